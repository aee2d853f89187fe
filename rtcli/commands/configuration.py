"""What ``rtcli.toml``, or ``[tool.rtcli]`` of ``pyproject.toml``, says about the options of a command.

The nearest folder that has either wins, from the current one upwards, and there ``rtcli.toml`` does. Each command
has a table of its own name whose keys are its long options; a path is relative to the file it stands in. What
is on the command line or in the environment goes before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from rtcli.errors import BadOption

OWN: Final = "rtcli.toml"
SHARED: Final = "pyproject.toml"
_KINDS: Final = {bool: "true or false", str: "a text", int: "a number", float: "a number", list: "a list of texts"}


class Configuration:
    """The tables of a file, by the name of the command."""

    def __init__(self, path: Path, tables: Mapping[str, Any]) -> None:
        self.path = path
        self.tables = tables

    def defaults(self, command: Any, ctx: Any) -> dict[str, Any]:
        """What stands in the command's table, by the name of the parameter.

        Raises:
            BadOption: a key that the command does not have, or a value that it cannot take.

        """
        table = self.tables.get(ctx.info_name, {})
        if not isinstance(table, dict):
            raise BadOption(str(self.path), f"{ctx.info_name} is no table", f"write {self._table(ctx.info_name)}")
        options = {
            name[2:]: parameter
            for parameter in command.params
            if parameter.param_type_name == "option"
            for name in parameter.opts
            if name.startswith("--")
        }
        given = {}
        for key, value in table.items():
            if key not in options:
                raise BadOption(
                    str(self.path), f"{ctx.info_name} has no option {key!r}", _meant(key, options, "it has ")
                )
            given[options[key].name] = self._value(ctx, key, options[key], value)
        return given

    def _value(self, ctx: Any, key: str, parameter: Any, value: Any) -> Any:
        """The value as the command line would have it."""
        where = self.place(ctx.info_name, key)
        if parameter.multiple and isinstance(value, str):
            value = [value]
        wanted = list if parameter.multiple else bool if getattr(parameter, "is_flag", False) else None
        if not _fits(value, wanted):
            raise BadOption(where, f"{_shown(value)} is not {_KINDS[wanted] if wanted else 'one value'}")
        if parameter.type.name in {"path", "file", "directory"} and isinstance(value, str) and value != "-":
            value = str(self.path.parent / value)
        try:
            parameter.type_cast_value(ctx, value)
        except Exception as error:
            choices = [str(choice) for choice in getattr(parameter.type, "choices", ())]
            if choices:
                raise BadOption(where, f"there is no {_shown(value)}", _meant(value, choices, "it can be ")) from error
            if not hasattr(error, "message"):
                raise
            raise BadOption(where, str(error.message)) from error
        return value

    def place(self, command: str, key: str) -> str:
        """Where a key stands, for people."""
        return f"{self.path}: {self._table(command)} {key}"

    def _table(self, command: str) -> str:
        return f"[{command}]" if self.path.name == OWN else f"[tool.rtcli.{command}]"


def here() -> Path:
    """The current folder; one that was removed has nothing in it, nor above it."""
    try:
        return Path.cwd()
    except OSError:
        return Path()


def find(folder: Path, commands: Collection[str]) -> Configuration | None:
    """The configuration for a program that is run in `folder`.

    Raises:
        BadOption: the file cannot be read, or has a table of no command.

    """
    for place in (folder, *folder.parents):
        for path in (place / OWN, place / SHARED):
            tables = _tables(path) if path.is_file() else None
            if tables is None:
                continue
            for name in tables:
                if name not in commands:
                    remedy = _meant(name, commands, "options stand in the table of their command: ")
                    raise BadOption(str(path), f"there is no command {name!r}", remedy)
            return Configuration(path, tables)
    return None


def _tables(path: Path) -> dict[str, Any] | None:
    """What the file says about this program; None where it says nothing."""
    try:
        content = path.read_bytes()
        if path.name == SHARED and not _may_speak(content):
            return None
        import tomllib

        body: Any = tomllib.loads(content.decode())
    except (OSError, ValueError, RecursionError) as error:
        raise BadOption(str(path), f"it cannot be read as TOML: {error}") from error
    if path.name == OWN:
        return dict(body)
    tables = body.get("tool", {}).get("rtcli") if isinstance(body.get("tool", {}), dict) else None
    if tables is not None and not isinstance(tables, dict):
        raise BadOption(str(path), "tool.rtcli is no table", "write [tool.rtcli.validate]")
    return tables


def _may_speak(content: bytes) -> bool:
    """Whether a shared file can have a table of ours; to tell so takes a thousandth of what it takes to read it.

    A key may stand in quotes, with spaces about it; where one is spelt with escapes, there may be anything.
    """
    if b"rtcli" not in content:
        return False
    bare = content.translate(None, b" \t\"'")
    return any(one in bare for one in (b"tool.rtcli", b"[tool]", b"tool=", b"\\"))


def _fits(value: Any, wanted: type | None) -> bool:
    if wanted is list:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if wanted is bool:
        return isinstance(value, bool)
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    import json

    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) < 60 else text[:59] + "…"


def _meant(word: Any, words: Any, otherwise: str) -> str:
    from rtcli.events.wording import nearest

    near = nearest(word, words, cutoff=0.6)
    return f"did you mean {near}?" if near else otherwise + ", ".join(words)
