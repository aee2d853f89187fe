"""How a client kept to a recording: for a person a few lines, for a program one JSON object."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from rich.text import Text

from rtcli.script.outcome import Came, Divergence, Outcome
from rtcli.views.measure import duration, plural
from rtcli.views.text import said

SCHEMA: Final = "rtcli.replay/1"
_SHOWN: Final = 200
_MISSING_SHOWN: Final = 5


def kept(number: int, outcome: Outcome) -> Text:
    """How it went with one client."""
    told = Text.assemble((f"client {number}", "bold"), ": ", _verdict(outcome), "\n")
    told.append(f"  {', '.join(_counts(outcome))}\n")
    if outcome.first is not None:
        told.append(_divergence(outcome.first))
    for one in outcome.missing[:_MISSING_SHOWN]:
        told.append(f"  not sent: line {one.line} {said(one.type)}\n", "yellow")
    if len(outcome.missing) > _MISSING_SHOWN:
        told.append(f"  and {plural(len(outcome.missing) - _MISSING_SHOWN, 'more event')}\n", "yellow")
    told.rstrip()
    return told


def _verdict(outcome: Outcome) -> tuple[str, str]:
    return ("it left the script", "red") if outcome.diverged else ("it kept to the script", "green")


def _counts(outcome: Outcome) -> list[str]:
    matched = outcome.same + outcome.alike
    parts = [f"{matched} of {plural(outcome.expected, 'client event')} matched"]
    if outcome.alike:
        parts.append(f"{outcome.alike} with other values")
    if outcome.off_script:
        parts.append(f"{outcome.off_script} not in the recording")
    if outcome.skipped:
        parts.append(f"{outcome.skipped} of these taken for recorded ones")
    if outcome.audio_bytes_expected or outcome.audio_bytes:
        had, wanted = (count / outcome.per_ms for count in (outcome.audio_bytes, outcome.audio_bytes_expected))
        parts.append(f"{duration(had)} of {duration(wanted)} of audio")
    parts.append(f"{outcome.released} of {plural(outcome.released + outcome.held_back, 'server event')} sent")
    if outcome.troubled:
        parts.append(f"{outcome.troubled} of these dropped, doubled or spoilt on purpose")
    return parts


def _divergence(first: Divergence) -> Text:
    told = Text("  first divergence\n", "bold")
    told.append(_side("recorded", "line", first.expected))
    if first.lacks == "audio":
        told.append("    came      too little audio for it\n")
    else:
        told.append(_side("came", "frame", first.came))
    return told


def _side(name: str, unit: str, one: Came | None) -> Text:
    if one is None:
        return Text(f"    {name:<9} nothing\n")
    text = said(one.text)
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return Text(f"    {name:<9} {unit} {one.line}: {text}\n")


def kept_as_json(number: int, outcome: Outcome) -> dict[str, Any]:
    """The same for a program."""
    body = msgspec.to_builtins(outcome)
    per_ms = body.pop("per_ms")
    body["audio_ms_expected"] = round(body.pop("audio_bytes_expected") / per_ms, 3)
    body["audio_ms"] = round(body.pop("audio_bytes") / per_ms, 3)
    body["first_divergence"] = body.pop("first")
    return {"schema": SCHEMA, "client": number, "diverged": outcome.diverged, **body}
