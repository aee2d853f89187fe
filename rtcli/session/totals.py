"""The metrics of a session as a whole: one value, what it is made of, and the line it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import structs

from rtcli.session.course import HARMLESS
from rtcli.session.prices import Cost
from rtcli.session.rows import ResponseRow, ms_between
from rtcli.session.tokens import total

if TYPE_CHECKING:
    from rtcli.session.metrics import Metrics


class Total(NamedTuple):
    """One value of a session."""

    value: float
    line: int
    parts: Mapping[str, float] = {}


def _connect(metrics: Metrics, _kept: AbstractSet[str]) -> Total | None:
    """The recorder's clock starts before it opens the socket."""
    header, started = metrics.course.header, metrics.started
    if header is None or not header.handshake or started is None or started.t is None:
        return None
    return Total(round(started.t * 1000, 3), started.line)


def _append_speed(metrics: Metrics, _kept: AbstractSet[str]) -> Total | None:
    clock = metrics.listening.clock
    wall_ms = ms_between(clock.first, clock.last)
    if not clock.is_measured or not wall_ms or wall_ms < 0 or clock.last is None:
        return None
    return Total(round(clock.appended_ms / wall_ms, 4), clock.last.line)


def _append_gap(metrics: Metrics, _kept: AbstractSet[str]) -> Total | None:
    longest = metrics.listening.clock.longest_gap
    return Total(*longest) if longest else None


def _interruptions(metrics: Metrics, _kept: AbstractSet[str]) -> Total | None:
    """Of the responses that spoke, or were not let, those that turn detection cancelled."""
    cut, spoken, last = 0, 0, None
    for row in metrics.responses:
        is_cut = row.reason == "turn_detected"
        if is_cut or row.speaks:
            cut, spoken = cut + is_cut, spoken + 1
            last = row if is_cut or not cut else last
    if last is None:
        return None
    return Total(round(cut / spoken, 4), _done_line(last), {"interrupted": float(cut), "spoken": float(spoken)})


def _talk(metrics: Metrics, _kept: AbstractSet[str]) -> Total | None:
    """How much of the session the user and the model speak, as far as each is known; what was not played is nobody's."""
    whole_ms = ms_between(metrics.began, metrics.last)
    if not whole_ms or whole_ms < 0 or metrics.last is None:
        return None
    parts = {}
    heard = [row.speech_ms for row in metrics.speeches]
    if heard and None not in heard:
        parts["user"] = sum(ms for ms in heard if ms is not None) / whole_ms
    played = [_played_ms(row) for row in metrics.responses]
    if played and None not in played:
        parts["assistant"] = sum(ms for ms in played if ms is not None) / whole_ms
    parts = {name: round(share, 4) for name, share in parts.items()}
    return Total(round(sum(parts.values()), 4), metrics.last.line, parts) if parts else None


def _played_ms(row: ResponseRow) -> float | None:
    if row.playback_began is not None:
        return ms_between(row.playback_began, row.playback_ended)
    if not row.interrupted or row.heard_ms is None:
        return row.audio_ms
    return row.heard_ms if row.audio_ms is None else min(row.heard_ms, row.audio_ms)


def _tokens(metrics: Metrics, _kept: AbstractSet[str]) -> Total | None:
    """All that was taken in and put out; ``context`` is what the last response in the conversation took in."""
    sums = total(row.tokens for row in metrics.responses if row.tokens is not None)
    last = next((row for row in reversed(metrics.responses) if row.tokens is not None), None)
    if last is None or (sums.input is None and sums.output is None):
        return None
    parts = {name: float(count) for name, count in structs.asdict(sums).items() if count is not None}
    taken_in = (row.tokens.input for row in reversed(metrics.responses) if row.tokens and not row.out_of_band)
    context = next(filter(None, taken_in), None)
    if context is not None:
        parts["context"] = float(context)
    return Total(float((sums.input or 0) + (sums.output or 0)), _done_line(last), parts)


def _cached(metrics: Metrics, _kept: AbstractSet[str]) -> Total | None:
    taken, cached, line = 0, 0, 0
    for row in metrics.responses:
        if row.tokens and row.tokens.cached is not None and row.tokens.input:
            taken, cached, line = taken + row.tokens.input, cached + row.tokens.cached, _done_line(row)
    return Total(round(cached / taken, 4), line) if taken else None


def _cost(metrics: Metrics, kept: AbstractSet[str]) -> Total | None:
    """The dearest that the usage can mean; ``unpriced`` counts what is used and has no price."""
    low, high, latest = 0.0, 0.0, None
    for cost, line in _costs(metrics, kept):
        low, high, latest = low + cost.low, high + cost.high, max(latest or 0, line)
    if latest is None:
        return None
    parts = {"low": round(low, 9), "high": round(high, 9), "unpriced": float(unpriced(metrics))}
    return Total(parts["high"], latest, parts)


def unpriced(metrics: Metrics) -> int:
    """How much is used and has no price, be there anything that has one or not."""
    count = sum(row.tokens is not None and row.cost is None for row in metrics.responses)
    count += sum(row.unpriced for row in metrics.transcriptions)
    return count + metrics.course.transcribes_what_it_translates


def _costs(metrics: Metrics, kept: AbstractSet[str]) -> Iterator[tuple[Cost, int]]:
    for answer in metrics.responses:
        if answer.cost is not None:
            yield answer.cost, _done_line(answer)
    for text in metrics.transcriptions:
        if text.cost is not None and text.completed is not None:
            yield text.cost, text.completed.line
    translated = translated_cost(metrics, kept)
    if translated is not None:
        yield translated, metrics.last.line if metrics.last else 0


def translated_cost(metrics: Metrics, kept: AbstractSet[str]) -> Cost | None:
    """What a translation session costs; None where it is none, or its model has no price."""
    return metrics.prices.of_translation(metrics.course.translator, list(_translated_minutes(metrics, kept)))


def _translated_minutes(metrics: Metrics, kept: AbstractSet[str]) -> Iterator[float]:
    """How long a translation was: the audio that was sent, and the time that it took; which is billed is not told."""
    clock = metrics.listening.clock
    if {"client", "audio"} <= kept and clock.is_measured and clock.appended_ms:
        yield clock.appended_ms / 60_000
    connected_ms = ms_between(metrics.began, metrics.last)
    if connected_ms is not None and connected_ms > 0:
        yield connected_ms / 60_000


def _cost_per_minute(metrics: Metrics, kept: AbstractSet[str]) -> Total | None:
    cost, whole_ms = _cost(metrics, kept), ms_between(metrics.began, metrics.last)
    if cost is None or not whole_ms or whole_ms < 0:
        return None
    parts = {name: round(cost.parts[name] * 60_000 / whole_ms, 9) for name in ("low", "high")}
    return Total(parts["high"], cost.line, parts)


def _errors(metrics: Metrics, _kept: AbstractSet[str]) -> Total | None:
    """All but the harmless ones, which are counted apart."""
    parts = {code: float(count) for code, count in metrics.course.errors.items()}
    harmless = sum(count for code, count in parts.items() if code in HARMLESS)
    real = sum((count for code, count in parts.items() if code not in HARMLESS), 0.0)
    if harmless:
        parts["harmless"] = harmless
    return Total(real, metrics.course.error_line, parts)


def _limits(metrics: Metrics, _kept: AbstractSet[str]) -> Total | None:
    lowest = metrics.course.lowest
    if not lowest:
        return None
    share, line = min(lowest.values())
    return Total(round(share, 4), line, {name: round(left, 4) for name, (left, _) in lowest.items()})


def _age(metrics: Metrics, _kept: AbstractSet[str]) -> Total | None:
    """``left_s`` is what is left of the session where its end and the time of the day are known."""
    ms, last = ms_between(metrics.started, metrics.last), metrics.last
    if ms is None or last is None or last.t is None:
        return None
    ends_at, header = metrics.course.expires_at, metrics.course.header
    parts = {"age_s": round(ms / 1000, 6)}
    at_s = _unix_s(header.started_at) if header is not None else None
    if ends_at is not None and at_s is not None:
        parts["left_s"] = round(ends_at - at_s - last.t, 3)
    return Total(parts["age_s"], last.line, parts)


def _unix_s(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo is not None else None


def _done_line(row: ResponseRow) -> int:
    return row.done.line if row.done is not None else row.line


TOTALS: Final[Mapping[str, Callable[[Metrics, AbstractSet[str]], Total | None]]] = {
    "connect_ms": _connect,
    "append_speed": _append_speed,
    "append_gap_max": _append_gap,
    "interruption_rate": _interruptions,
    "talk_share": _talk,
    "tokens": _tokens,
    "cached_share": _cached,
    "cost_usd": _cost,
    "cost_per_minute": _cost_per_minute,
    "error_count": _errors,
    "rate_limit_low": _limits,
    "age_s": _age,
}
"""By id of the metric."""
