"""How a command declares what it takes, without loading the library that reads command lines.

A run that names recordings and nothing else needs no such library, whose loading takes longer than the run.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints


class Declared:
    """An option or an argument: its names, and what typer's function of the same name is to be told of it."""

    def __init__(self, *names: str, **how: Any) -> None:
        self.names = names
        self.how = how

    def told(self) -> Any:
        """The same as typer declares it."""
        import typer

        return getattr(typer, type(self).__name__)(*self.names, **self.how)


class Option(Declared):
    """What stands behind its name on the command line."""


class Argument(Declared):
    """What stands on the command line by itself."""


def hints(function: Callable[..., Any]) -> dict[str, Any]:
    """What a function says of its parameters, with all that is declared of them; found out once."""
    function.__annotations__ = get_type_hints(function, include_extras=True)
    return function.__annotations__


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
        same.__annotations__[name] = Annotated[kind, declared.told()] if declared else hint
    return same
