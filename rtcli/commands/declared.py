"""How a command declares what it takes, without loading the library that reads command lines.

A run that names recordings and nothing else needs no such library, whose loading takes longer than the run.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from types import FunctionType
from typing import Annotated, Any, get_args, get_origin


class Alone:
    """What an option means that nothing of its own stands behind, and which words are its own."""

    def __init__(self, means: str, is_own: Callable[[str], bool]) -> None:
        self.means = means
        self.is_own = is_own


class Declared:
    """An option or an argument: its names, and what typer's function of the same name is to be told of it."""

    def __init__(self, *names: str, alone: Alone | None = None, **how: Any) -> None:
        self.names = names
        self.alone = alone
        self.how = how

    def hint(self, kind: Any) -> Any:
        """What a function says to typer of a parameter whose values are of this kind."""
        import typer

        return Annotated[kind, getattr(typer, type(self).__name__)(*self.names, **self.how)]


class Option(Declared):
    """What stands behind its name on the command line."""


class Argument(Declared):
    """What stands on the command line by itself."""


class Context(Declared):
    """How typer read the command line, for a command that has to know it."""

    def hint(self, kind: Any) -> Any:  # noqa: ARG002 - it is of typer's kind
        """What typer hands itself on by."""
        import typer

        return typer.Context


def hints(function: Callable[..., Any]) -> dict[str, Any]:
    """What a function says of its parameters, with all that is declared of them; found out once."""
    said = function.__annotations__
    for name, hint in said.items():
        if isinstance(hint, str):  # evaluated as typing does it, they cost a millisecond more
            said[name] = eval(hint, function.__globals__)  # noqa: S307 - what stands in the module itself
    return said


def declaration(hint: Any) -> tuple[Any, Declared | None]:
    """The kind of a parameter's value, and what is declared of it."""
    if get_origin(hint) is not Annotated:
        return hint, None
    kind, *more = get_args(hint)
    return kind, next((one for one in more if isinstance(one, Declared)), None)


def as_typer(function: Any) -> Any:
    """A function that does the same, and says of its parameters what typer understands."""
    same = FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__)
    same.__doc__ = function.__doc__
    for name, hint in hints(function).items():
        kind, declared = declaration(hint)
        same.__annotations__[name] = declared.hint(kind) if declared else hint
    return same


def completed(function: Callable[..., Any], words: list[str]) -> list[str]:
    """The words of a command line, with what it means behind each option that stands alone."""
    declared = [one for _, one in map(declaration, hints(function).values()) if one]
    alone = {name: one.alone for one in declared if one.alone for name in one.names}
    if not alone:
        return words
    return [
        piece
        for word, following in zip_longest(words, words[1:])
        for piece in ((word, alone[word].means) if word in alone and not _is_own(alone[word], following) else (word,))
    ]


def _is_own(alone: Alone, following: str | None) -> bool:
    return following is not None and alone.is_own(following)
