"""The stages of a turn, counted from the moment at which the user's side of it was over.

That moment is the first of these that the recording shows with a time: turn detection says so, the client
commits, the client asks for a response, the audio is committed, the response begins. The end of the speech
itself lies before it, by as long as turn detection waited: its offset is negative.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from rtcli.session.measures import METRICS
from rtcli.session.metric import Metric, Value
from rtcli.session.rows import At, TurnRow, ms_between

STAGES: Final = ("speech_end", "stopped", "committed", "created", "first_text", "first_audio", "done")
"""What a turn goes through, in the order in which it does."""
_BEGINNINGS: Final = ("stopped", "commit", "asked", "committed", "created", "started")


def beginning(turn: TurnRow) -> tuple[str, At] | None:
    """What the stages of a turn are counted from; None where nothing of it has a time."""
    for name in _BEGINNINGS:
        at: At | None = getattr(turn, name)
        if at is not None and at.t is not None:
            return name, at
    return None


def reached(turn: TurnRow, kept: AbstractSet[str] | None = None) -> dict[str, At | None]:
    """When a turn reached each stage, as far as the recording can be relied on for it.

    Where speech ended is counted in the audio that was sent, all of which must be there.
    """
    can_hear = kept is None or METRICS["voice_to_voice"].needs <= kept
    return {name: getattr(turn, name) if can_hear or name != "speech_end" else None for name in STAGES}


def offsets_ms(turn: TurnRow, kept: AbstractSet[str] | None = None) -> dict[str, float | None]:
    """How long after its beginning a turn reached each stage; None where it did not, or nobody knows."""
    begun = beginning(turn)
    return {name: ms_between(begun[1] if begun else None, at) for name, at in reached(turn, kept).items()}


def _first_audio(turn: TurnRow) -> Value | None:
    """From turn detection's word, the client's commit or its request, whichever ended the user's turn."""
    for name in ("stop_to_first_audio", "commit_to_first_audio"):
        measure = METRICS[name].measure
        value = measure(turn) if measure is not None else None
        if value is not None:
            return value
    ms = ms_between(turn.asked, turn.first_audio) if turn.stopped is None and turn.commit is None else None
    return Value(ms, turn.first_audio.line) if ms is not None and turn.first_audio is not None else None


TTFA: Final = Metric(
    "ttfa", "Time to first audio (TTFA)", "ms", frozenset({"times"}), rows="turns", measure=_first_audio
)
"""What dashboards call so, for every kind of turn; without the wait of turn detection, which ``voice_to_voice`` has."""
