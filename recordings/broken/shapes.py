"""SCH: what is wrong with one line by itself."""

from __future__ import annotations

import msgspec
from configuration import Asks
from edits import Edit, Lines, add, change, event, find, remove
from row import Row, driven, edited
from sessions import text
from stage import Call


def old_fashioned(call: Call) -> None:
    """A client that speaks as the beta did."""
    text(call)
    session = {"modalities": ["text"], "input_audio_format": "pcm16"}
    call.send({"type": "session.update", "session": session})
    call.wait(0.2)


_LIMITS = "rate_limits.updated"


def _frame(before: str, behind: str, most: int | None = None) -> Edit:
    """Send other text in place of an event: with something around it, or less of it."""

    def edit(lines: Lines) -> None:
        line = lines[find(lines, _LIMITS)]
        whole = msgspec.json.encode(line.pop("event")).decode()
        line["text"] = before + whole[:most] + behind

    return edit


def _binary(lines: Lines) -> None:
    line = lines[find(lines, _LIMITS)]
    line["binary"] = msgspec.json.encode(line.pop("event")).decode()


def _raw(old: str, new: str) -> Edit:
    """Spoil the envelope of a record."""

    def edit(lines: Lines) -> None:
        line = lines[find(lines, _LIMITS)]
        raw = msgspec.json.encode(line).decode() + "\n"
        assert old in raw
        line["raw"] = raw.replace(old, new, 1)
        del line["event"]

    return edit


def _torn(lines: Lines) -> None:
    del lines[find(lines, _LIMITS) + 1 :]
    _raw("}]}}\n", "")(lines)


ROWS: tuple[Row, ...] = (
    edited("SCH01", "text", f"`{_LIMITS}` ends after 60 characters", _frame("", "", 60)),
    edited("SCH02", "text", f"`{_LIMITS}` stands in a list", _frame("[", "]")),
    edited("SCH03", "text", f"`{_LIMITS}` has no type", remove(_LIMITS, "type")),
    edited("SCH04", "text", f"`{_LIMITS}` has a type of its own", change(_LIMITS, type="rate_limits.announced")),
    edited("SCH05", "text", f"`{_LIMITS}` has no limits", remove(_LIMITS, "rate_limits")),
    edited("SCH06", "text", f"`{_LIMITS}` tells the limit as a string", change(_LIMITS, rate_limits__0__limit="40000")),
    edited("SCH07", "text", f"`{_LIMITS}` limits words", change(_LIMITS, rate_limits__0__name="words")),
    driven(
        "SCH08",
        Asks(None, max_output_tokens=0),
        "The client allows no output tokens at all, which the server refuses",
        also="ERR01",
    ),
    edited("SCH09", "text", f"`{_LIMITS}` has a field `region`", change(_LIMITS, region="north")),
    edited("SCH10", "text", f"The time of `{_LIMITS}` is a word", _raw('"t":', '"t":"later","was":')),
    edited("SCH11", "text", f"The file ends in the middle of `{_LIMITS}`", _torn),
    edited("SCH12", "text", f"`{_LIMITS}` comes as a binary frame", _binary),
    edited(
        "SCH13",
        "text",
        "A `session.closed`, with which translations end, is added at the end",
        add("server", event("session.closed"), behind="rate_limits.updated"),
    ),
    driven(
        "SCH14",
        old_fashioned,
        "The client asks for a configuration as the beta had it, which the server refuses",
        also="ERR01 SCH05 SCH09 SES03 SES07",
    ),
)
