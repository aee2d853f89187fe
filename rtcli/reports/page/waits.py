"""How long answers took: stage by stage for the chart, and put together as the commands name it."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any, Final, NamedTuple

from rtcli.session.measures import METRICS
from rtcli.session.metric import Metric, percentile
from rtcli.session.rows import At, TurnRow, ms_between
from rtcli.session.stages import TTFA, beginning, reached

Stage = tuple[str, float, int]
"""Its name, its milliseconds, and the line that ends it."""
_OF_THE_TURN: Final = ("stopped", "commit", "asked", "committed")
"""What says that the user's side of a turn is over; without any of it nobody knows since when an answer was due."""


class Waited(NamedTuple):
    """What the page tells of a turn's answer."""

    number: int
    since: str
    """What the stages are counted from: the end of the ``speech``, the end of the user's ``turn``, or nothing."""
    stages: list[Stage]
    first_audio_ms: float | None
    voice_to_voice_ms: float | None
    first_text_ms: float | None
    """Where no audio answers."""


def waited(turn: TurnRow, kept: AbstractSet[str]) -> Waited:
    """How long a turn's answer took, as far as the recording can be relied on for it."""
    since, begin = _begun(turn, kept)
    return Waited(
        turn.number,
        since,
        _stages(turn, begin),
        _measured(TTFA, turn, kept),
        _measured(METRICS["voice_to_voice"], turn, kept),
        ms_between(_over(turn), turn.first_text) if turn.first_audio is None else None,
    )


def spreads(turns: Iterable[Waited]) -> list[dict[str, Any]]:
    """The waits that some turn has, with how they are spread; of writing only where nothing is said."""
    all_turns = list(turns)
    audible = [
        ("TTFA", "from the end of the user's turn", [(one.first_audio_ms, one.number) for one in all_turns]),
        ("voice to voice", "from the end of speech", [(one.voice_to_voice_ms, one.number) for one in all_turns]),
    ]
    told = [spread for one in audible if (spread := _spread(*one)) is not None]
    if told:
        return told
    written = _spread(
        "first text", "from the end of the user's turn", [(one.first_text_ms, one.number) for one in all_turns]
    )
    return [written] if written is not None else []


def _spread(name: str, since: str, values: list[tuple[float | None, int]]) -> dict[str, Any] | None:
    known = [(ms, number) for ms, number in values if ms is not None]
    if not known:
        return None
    ranked = sorted(ms for ms, _ in known)
    worst, turn = max(known, key=lambda one: one[0])
    spread = {"n": len(known), "p50": percentile(ranked, 50), "p95": percentile(ranked, 95)}
    return {"name": name, "since": since, **spread, "worst": worst, "turn": turn}


def _begun(turn: TurnRow, kept: AbstractSet[str]) -> tuple[str, At | None]:
    spoken = reached(turn, kept)["speech_end"]
    if spoken is not None and spoken.t is not None:
        return "speech", spoken
    over = _over(turn)
    return ("turn", over) if over is not None else ("", None)


def _over(turn: TurnRow) -> At | None:
    """When the user's side of a turn was over."""
    begun = beginning(turn)
    return begun[1] if begun is not None and begun[0] in _OF_THE_TURN else None


def _stages(turn: TurnRow, begin: At | None) -> list[Stage]:
    """Up to the first of the answer; a stage whose beginning or end is not known is part of the next one."""
    told: list[Stage] = []
    path = (
        ("turn detection", turn.stopped),
        ("request", turn.asked),
        ("response", turn.created),
        ("first output", _earlier(turn.first_text, turn.first_audio)),
        ("first audio", turn.first_audio),
    )
    for name, moment in path:
        ms = ms_between(begin, moment)
        if ms is not None and ms >= 0 and moment is not begin and moment is not None:
            told.append((name, ms, moment.line))
            begin = moment
    return told


def _earlier(one: At | None, other: At | None) -> At | None:
    known = [moment for moment in (one, other) if moment is not None and moment.t is not None]
    return min(known, key=lambda moment: moment.t or 0.0) if known else None


def _measured(metric: Metric, turn: TurnRow, kept: AbstractSet[str]) -> float | None:
    value = metric.measure(turn) if metric.measure is not None and metric.needs <= kept else None
    return value.value if value is not None else None
