"""How a saying of a transcript is worded, whatever it is written in."""

from __future__ import annotations

from rtcli.session.saying import Saying

NAMES = {"user": "User", "model": "Model", "system": "System", "tool": "Tool"}


def name(one: Saying) -> str:
    """Who says it; a call and its answer are the tool's."""
    return NAMES["tool" if one.kind == "call" else one.who]


def flat(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def clock(seconds: float | None) -> str:
    """A time as people read it, such as ``1:02.5``; empty where there is none."""
    if seconds is None:
        return ""
    tenths = round(max(0.0, seconds) * 10)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    shown = f"{minutes:02}" if hours else f"{minutes}"
    return f"{f'{hours}:' if hours else ''}{shown}:{tenths // 10:02}.{tenths % 10}"


def heard(one: Saying) -> str:
    """What was heard of it; of a call, what was called and what came of it."""
    if one.kind == "call":
        return called(one)
    if one.transcribed or one.text:
        return flat(one.heard)
    lasting = f", {one.audio_ms / 1000:.1f} s" if one.audio_ms else ""
    return f"[no transcription{lasting}{f': {flat(one.failure)}' if one.failure else ''}]"


def called(one: Saying) -> str:
    """A call with its arguments and what came of it, in one line."""
    if one.who == "tool":
        return f"→ {flat(one.output or '')}"
    call = f"{one.name or 'a function'}({flat(one.text)})"
    return call if one.output is None else f"{call} → {flat(one.output)}"


def remark(one: Saying) -> str:
    """What else is to be said of it."""
    parts = ["outside the conversation"] if one.out_of_band else []
    if one.interrupted and one.heard_ms is not None:
        parts.append(f"interrupted after {one.heard_ms / 1000:.1f} s")
    elif one.interrupted:
        parts.append("interrupted")
    elif one.cancelled and one.kind != "call":
        parts.append("cancelled")
    return ", ".join(parts)
