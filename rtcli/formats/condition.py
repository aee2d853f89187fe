"""A condition on the records of a recording, in JMESPath: ``event.item.role == 'user' && t > 3``.

It is asked of an object with what the line says (``t``, ``from``, ``event`` or what the record is), its number
(``line``) and its kind (``type``). As in JMESPath, false, null and what is empty are no, everything else is yes; a function that is asked about
what is not there says no. Behind a comparison a number, true and false may stand without the backquotes that
JMESPath wants and shells take for something else.

Source: https://jmespath.org/specification.html
"""

from __future__ import annotations

import re
from typing import Any, Final

import jmespath
import jmespath.exceptions
import msgspec

from rtcli.errors import BadOption
from rtcli.formats.peek import Look

_REFUSALS: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
_value: Final = msgspec.json.Decoder().decode
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_REMEDY: Final = "in JMESPath, texts stand in '…': event.item.role == 'user' && t > 3"
_QUOTED_OR_COMPARED: Final = re.compile(
    r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|([=!<>]=|[<>])(\s*)(-?\d+(?:\.\d+)?|true|false)(?![\w.(])"""
)


class Condition:
    """Something that holds for a record, or does not."""

    def __init__(self, option: str, text: str) -> None:
        """Read the condition.

        Raises:
            BadOption: it is no JMESPath.

        """
        self._option = option
        try:
            self._search = jmespath.compile(_QUOTED_OR_COMPARED.sub(_quoted, text)).search
        except jmespath.exceptions.JMESPathError as error:
            raise BadOption(option, _in_a_line(error), _REMEDY) from error
        except RecursionError as error:
            raise BadOption(option, "it is nested too deep", _REMEDY) from error

    def holds(self, line: bytes, number: int, look: Look) -> bool:
        """Whether it holds for a line; for one that is broken it does not.

        Raises:
            BadOption: there is no such function, or it takes other arguments.

        """
        told = record_of(line, number, look)
        if told is None:
            return False
        try:
            found = self._search(told)
        except jmespath.exceptions.JMESPathTypeError:
            # Most events lack most fields; to guard every function against null would help nobody.
            return False
        except jmespath.exceptions.JMESPathError as error:
            raise BadOption(self._option, f"{_in_a_line(error)} (line {number})", _REMEDY) from error
        except (TypeError, ValueError, RecursionError):
            # The library stumbles over a text that is compared with a number.
            return False
        return found is not None and found is not False and (found == 0 or bool(found))


def record_of(line: bytes, number: int, look: Look) -> dict[str, Any] | None:
    """What conditions are asked of: a bare event is put where it stands in the others."""
    try:
        body = _value(line.removeprefix(_BYTE_ORDER_MARK))
        if isinstance(body, dict) and "text" in body and "type" not in body:
            body["event"] = _event_in(body["text"])
    except _REFUSALS:
        return None
    if not isinstance(body, dict):
        return None
    if "type" in body:
        body = {"event": body}
    return {"t": None, "event": None, **body, "from": look.sender, "line": number, "type": look.kind}


def _quoted(told: re.Match[str]) -> str:
    return f"{told[1]}{told[2]}`{told[3]}`" if told[3] else told[0]


def _event_in(text: Any) -> Any:
    try:
        return _value(text)
    except (*_REFUSALS, TypeError):
        return None


def _in_a_line(error: Exception) -> str:
    """What a message of several lines, the second of which is the expression, says first."""
    said = " ".join(str(error).split("\n")[0].split())
    return said.rstrip(":") or "it is no JMESPath expression"
