"""What is to be said of the sound of a call: what was written, what nobody heard, what is lacking."""

from __future__ import annotations

from typing import Final

from rtcli.session.clip import Clip, Coding, Side
from rtcli.session.whole_call import Call, Span
from rtcli.views.measure import plural

_CUTS_SHOWN: Final = 5
_ID_SHOWN: Final = 40
_SIDES: Final = {"user": "the user", "model": "the model"}
_ENDINGS: Final = {
    "truncated": "truncated by the client",
    "cleared": "cleared by the server",
    "replaced": "pushed aside by the next answer",
}


def absence(call: Call) -> tuple[str, str] | None:
    """Why there is nothing to be heard, and what to do; None where there is something."""
    left_out = [why for track in call.tracks for why in track.left_out]
    sides = {clip.side for track in call.tracks for clip in track.clips}
    if sides - call.shortened:
        return None
    if sides:
        return (
            "its audio was shortened by whoever made the log",
            "record the call with rtcli proxy, which keeps all of it",
        )
    if left_out:
        return f"none of its audio can be decoded: {left_out[0]}", "record the call with rtcli proxy"
    return "it holds no audio", "text sessions have none, and over WebRTC and SIP it does not travel with the events"


def lacking(call: Call) -> list[str]:
    """What audio the recording lacks, or has in a way that cannot be heard."""
    sentences = []
    for side in sorted(call.shortened):
        lines = sum(clip.lines for track in call.tracks for clip in track.clips if clip.side == side)
        why = "it was shortened by whoever made the log"
        sentences.append(
            f"the audio of {_SIDES[side]} is left out: {why} ({plural(lines, 'line')} with a few bytes each)"
        )
    for why in sorted({why for track in call.tracks for why in track.left_out}):
        lines = sum(track.left_out.get(why, 0) for track in call.tracks)
        sentences.append(f"{plural(lines, 'line')} with audio left out: {why}")
    return sentences


def told(call: Call, sides: tuple[Side, ...], coding: Coding, span: Span) -> list[str]:
    """What a file holds, and what of the call nobody heard."""
    shape = "stereo" if len(sides) > 1 else "mono"
    parts = [f"{span.until_s - span.since_s:.2f} s, {shape}, {coding.name}, {coding.rate_hz} Hz"]
    for side in sides:
        clips = call.clips(side)
        seconds = sum(clip.heard_ms for clip in clips) / 1000
        parts.append(f"{_SIDES[side]} {seconds:.2f} s" + (f" in {plural(len(clips), 'clip')}" if clips else ""))
    lines = ["; ".join(parts)]
    if span.since_s:
        lines.append(f"it begins at {span.since_s:.2f} s of the recording")
    if any(clip.coding.assumed for side in sides for clip in call.clips(side)):
        lines.append("no format is told: the audio was taken for PCM16 at 24000 Hz")
    return lines + (_unheard(call) if "model" in sides else [])


def _unheard(call: Call) -> list[str]:
    """Which clips were not heard to their end, and which were though their response was cancelled."""
    clips = [
        (clip, later_s)
        for track, later_s in zip(call.tracks, call.later_s, strict=True)
        for clip in track.playback.clips
        if call.has(clip)
    ]
    cut = [_cut(clip, later_s) for clip, later_s in clips if clip.cut_ms is not None]
    lines = cut[:_CUTS_SHOWN]
    if len(cut) > _CUTS_SHOWN:
        lines.append(f"and {plural(len(cut) - _CUTS_SHOWN, 'more clip')} that nobody heard to the end")
    played = sum(clip.cancelled and clip.cut_ms is None for clip, _ in clips)
    if played:
        told = f"{plural(played, 'clip')} of cancelled responses"
        lines.append(f"{told}: nobody says how much was heard, all that came is played")
    return lines


def _cut(clip: Clip, later_s: float) -> str:
    heard = f"{clip.heard_ms / 1000:.2f} s of {clip.duration_ms / 1000:.2f} s"
    name = clip.item_id if len(clip.item_id) <= _ID_SHOWN else f"{clip.item_id[:_ID_SHOWN]}…"
    return f"{name or 'the model'} at {clip.starts_s + later_s:.2f} s: {heard} heard, {_ENDINGS[clip.ending]}"


def told_items(folder: str, names: list[str]) -> str:
    """What was written to a folder."""
    if not names:
        return f"wrote nothing to {folder}: no item has audio"
    more = f" to {names[-1]}" if len(names) > 1 else ""
    return f"wrote {folder}: {plural(len(names), 'file')}, {names[0]}{more}"
