"""The small faults that are put into a module, one at a time.

What a sentence says is not among them, nor are annotations and assertions: strings stay as they are.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

BOUNDARIES: Final[dict[type, type[ast.cmpop]]] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
OPPOSITES: Final[dict[type, type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
SUMS: Final[dict[type, type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
NAMES: Final = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
METHODS: Final = {"startswith": "endswith", "endswith": "startswith", "append": "count", "add": "discard"}
EMPTY: Final = {
    "str": "''",
    "int": "0",
    "float": "0.0",
    "Sequence": "()",
    "tuple": "()",
    "list": "[]",
    "Iterator": "()",
}
UNTOUCHED: Final = {"annotation", "returns", "decorator_list"}
FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass
class Mutation:
    """One small fault: where it is, what it changes, and the outermost function that has it."""

    lines: frozenset[int]
    before: str
    after: str
    function: tuple[str, int] | None
    """Its qualified name and first line; none for what runs when the module is loaded."""
    apply: Callable[[], None]

    def __str__(self) -> str:
        return f"{min(self.lines)}: {self.before} → {self.after}"


@dataclass
class _Place:
    """Where a node stands: what holds it, and what it is inside of."""

    holder: Any
    field: str
    index: int | None
    statement: ast.stmt
    function: tuple[str, int] | None
    inner: Any = None
    """The function next to it."""

    def put(self, node: Any) -> None:
        if self.index is None:
            setattr(self.holder, self.field, node)
        else:
            getattr(self.holder, self.field)[self.index] = node


def mutations(tree: ast.Module) -> Iterator[Mutation]:
    """Every fault that is put into a module."""
    for node, place in _nodes(tree):
        for after in _instead(node, place):
            yield _mutation(node, place, after)


def _mutation(node: Any, place: _Place, after: Any) -> Mutation:
    ast.copy_location(after, node)
    ast.fix_missing_locations(after)
    last = node.end_lineno if not isinstance(node, (ast.If, ast.While, ast.For)) else node.lineno
    lines = frozenset({*range(node.lineno, last + 1), place.statement.lineno})
    words = [ast.unparse(one).replace("\n", " ") for one in (node, after)]
    return Mutation(lines, *words, place.function, lambda: place.put(after))


def _nodes(tree: ast.Module) -> Iterator[tuple[Any, _Place]]:
    yield from _below(tree, "", None, None, None)


def _below(holder: Any, prefix: str, function: Any, statement: Any, inner: Any) -> Iterator[tuple[Any, _Place]]:
    for field, value in ast.iter_fields(holder):
        if field in UNTOUCHED:
            continue
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or _left_out(node):
                continue
            own_statement = node if isinstance(node, ast.stmt) else statement
            yield node, _Place(holder, field, index, own_statement, function, inner)
            named = isinstance(node, (*FUNCTIONS, ast.ClassDef))
            below = f"{prefix}{node.name}." if named else prefix
            outermost, nearest = function, inner
            if isinstance(node, FUNCTIONS):
                first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                outermost = function or (f"{prefix}{node.name}", first)
                nearest = node
                yield from _below(node.args, prefix, function, node, inner)
                for one in node.body:
                    yield from _of_body(node, one, below, outermost, nearest)
            else:
                yield from _below(node, below, outermost, own_statement, nearest)


def _of_body(holder: Any, node: Any, prefix: str, function: Any, inner: Any) -> Iterator[tuple[Any, _Place]]:
    if _left_out(node):
        return
    alone = ast.Module([node], [])
    for found, place in _below(alone, prefix, function, node, inner):
        if place.holder is alone:
            place.holder, place.field, place.index = holder, "body", holder.body.index(node)
        yield found, place


def _left_out(node: ast.AST) -> bool:
    match node:
        case ast.Assert() | ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Raise(exc=ast.Call(func=ast.Name(id="AssertionError"))):
            return True
    return False


def _instead(node: Any, place: _Place) -> Iterator[Any]:
    """What may stand there instead."""
    if isinstance(node, ast.stmt):
        yield from _instead_of_statement(node, place)
    elif isinstance(node, ast.expr):
        yield from _instead_of_expression(node, place)
        if (type(place.holder), place.field) == (ast.comprehension, "ifs"):
            yield _parsed("True")
        if (type(place.holder), place.field) == (ast.match_case, "guard"):
            yield from map(_parsed, ("True", "False"))


def _instead_of_statement(node: ast.stmt, place: _Place) -> Iterator[ast.stmt]:
    match node:
        case ast.If(body=body, orelse=orelse):
            yield ast.If(_parsed("True"), body, orelse)
            yield ast.If(_parsed("False"), body, orelse)
        case ast.While(body=body, orelse=orelse):
            yield ast.While(_parsed("False"), body, orelse)
        case ast.Return(value=ast.expr() as value) if not _is_plain(value):
            yield ast.Return(_empty(place.inner))
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()
        case ast.Raise() | ast.Delete() | ast.AugAssign() | ast.Expr(value=ast.Yield() | ast.YieldFrom()):
            yield ast.Pass()
        case ast.Expr(value=ast.Call(func=func)):
            if not (isinstance(func, ast.Attribute) and func.attr in METHODS):
                yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) if place.function:
            yield ast.Pass()
        case ast.Assign(targets=[ast.Name(id=name)]) if place.inner and _set_before(name, node, place.inner):
            yield ast.Pass()


def _instead_of_expression(node: ast.expr, place: _Place) -> Iterator[ast.expr]:
    match node:
        case ast.IfExp(body=body, orelse=orelse):
            yield body
            yield orelse
        case ast.Compare(ops=ops, left=left, comparators=rights):
            for number, op in enumerate(ops):
                if (instead := _compared(op, place)) is not None:
                    yield ast.Compare(left, [*ops[:number], instead, *ops[number + 1 :]], rights)
        case ast.BoolOp(op=op, values=values):
            for number in range(len(values)):
                rest = [*values[:number], *values[number + 1 :]]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            if not isinstance(place.holder, (ast.If, ast.While)):
                yield operand
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.BinOp(op=op, left=left, right=right) if type(op) in SUMS and not (_is_text(left) or _is_text(right)):
            yield ast.BinOp(left, SUMS[type(op)](), right)
        case ast.Name(id=name) if name in NAMES and isinstance(place.holder, ast.Call) and place.field == "func":
            yield ast.Name(NAMES[name], ast.Load())
        case ast.Attribute(attr=name, value=value) if name in METHODS and place.field == "func":
            yield ast.Attribute(value, METHODS[name], ast.Load())


def _compared(op: ast.cmpop, place: _Place) -> ast.cmpop | None:
    """Another comparison; the opposite only where no branch hangs on it, for a branch is turned anyhow."""
    if type(op) in BOUNDARIES:
        return BOUNDARIES[type(op)]()
    hangs = isinstance(place.holder, (ast.If, ast.IfExp, ast.While, ast.comprehension))
    return None if hangs else OPPOSITES[type(op)]()


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _empty(function: Any) -> ast.expr:
    """What a function gives that has nothing to give."""
    returns = function.returns if function else None
    words = ast.unparse(returns) if returns is not None else ""
    return _parsed(EMPTY.get(words.partition("[")[0], "None") if " | None" not in words else "None")


def _is_plain(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) or (isinstance(value, (ast.Tuple, ast.List)) and not value.elts)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def _set_before(name: str, node: ast.Assign, function: Any) -> bool:
    """Whether a name has a value already, so that leaving the assignment out is no error by itself."""
    if any(one.arg == name for one in [*function.args.args, *function.args.kwonlyargs]):
        return True
    targets = (one for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
    return any(one.id == name and one.lineno < node.lineno for one in targets)
