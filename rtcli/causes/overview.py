"""What there is to say of one connection in a row of a table: its course, its numbers, and what went wrong.

Law: every field is a number, a word or None, but for the counts by code; what is not known is None, and never 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from msgspec import Struct, field

from rtcli.causes.case import Case, Connection
from rtcli.events import Listener
from rtcli.events.configuration import SemanticVad, ServerVad
from rtcli.formats import Entry
from rtcli.rules import RULES, Finding
from rtcli.session.config import at
from rtcli.session.course import HARMLESS
from rtcli.session.measures import METRICS
from rtcli.session.metric import percentile
from rtcli.session.metrics import Metrics
from rtcli.session.prices import PRICES, Prices
from rtcli.session.quiet import longest_silence
from rtcli.session.soundtrack import Soundtrack
from rtcli.session.stages import TTFA
from rtcli.session.tokens import total
from rtcli.session.totals import unpriced

_EXTENDED: Final = frozenset(rule.code for rule in RULES if rule.tier == "extended")


class Overview(Struct, kw_only=True):
    """One connection."""

    file: str = ""
    connection: int = 1
    """From 1, in the file."""
    model: str | None = None
    dialect: str = ""
    vendor: str | None = None
    session_id: str | None = None
    started_at: str | None = None
    duration_s: float | None = None
    events: int = 0
    voice: str | None = None
    input_format: str | None = None
    output_format: str | None = None
    turn_detection: str | None = None
    turns: int = 0
    interrupted_turns: int = 0
    responses: int = 0
    completed: int = 0
    cancelled: int = 0
    incomplete: int = 0
    failed: int = 0
    unfinished: int = 0
    """Responses of which the recording has no end."""
    function_calls: int = 0
    mcp_calls: int = 0
    ttfa_p50_ms: float | None = None
    ttfa_worst_ms: float | None = None
    """Time to first audio, as `rtcli.session.stages.TTFA` has it."""
    voice_to_voice_p50_ms: float | None = None
    voice_to_voice_worst_ms: float | None = None
    """The same from the end of the speech itself."""
    audio_in_ms: float | None = None
    audio_out_ms: float | None = None
    longest_silence_ms: float | None = None
    longest_silence_at_s: float | None = None
    longest_silence_line: int | None = None
    errors: int = 0
    """Told by the server, without those that only say that the client was late; and responses that failed."""
    error_codes: dict[str, int] = field(default_factory=dict)
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    text_in_tokens: int | None = None
    audio_in_tokens: int | None = None
    image_in_tokens: int | None = None
    text_out_tokens: int | None = None
    audio_out_tokens: int | None = None
    cost_low_usd: float | None = None
    cost_usd: float | None = None
    """The dearest that the usage can mean."""
    unpriced: int = 0
    prices_as_of: str | None = None
    closed_by: str | None = None
    """None where the recording has no close."""
    close_code: int | None = None
    close_reason: str | None = None
    causes: int = 0
    worst_cause: str | None = None
    error_findings: int = 0
    warning_findings: int = 0
    info_findings: int = 0
    finding_codes: dict[str, int] = field(default_factory=dict)
    gravity: int = 0
    """How bad the worst cause was for the call: 3 it did not do what it was for, 2 it was heard, 1 nobody noticed."""

    @property
    def badness(self) -> tuple[int, ...]:
        """What puts the worst call first, when it is sorted from the highest."""
        return self.gravity, self.causes, self.error_findings, self.errors, self.warning_findings, self.failed


class _Counting(Case):
    """A case that counts what `rtcli validate` would tell."""

    def __init__(self, listener: Listener, prices: Prices) -> None:
        super().__init__(listener, prices=prices)
        self.by_severity: Counter[str] = Counter()

    def _note(self, findings: Sequence[Finding]) -> None:
        super()._note(findings)
        self.by_severity.update(one.severity for one in findings if one.code not in _EXTENDED)


def overviews(entries: Iterable[Entry], listener: Listener, prices: Prices = PRICES) -> Iterator[Overview]:
    """Each connection of a recording; one without an event, where there is nothing else in it."""
    case, track, number = _Counting(listener, prices), Soundtrack(), 1
    for entry in entries:
        if track.is_ended_by(entry):
            yield _overview(case, track, number)
            case, track, number = _Counting(listener, prices), Soundtrack(), number + 1
        case.feed(entry)
        track.apply(entry)
    yield _overview(case, track, number)


def _overview(case: _Counting, track: Soundtrack, number: int) -> Overview:
    case.finish()
    track.finish()
    told = Overview(connection=number, events=case.check.events)
    told.causes, told.gravity = len(case.causes), max((cause.weight for cause in case.causes), default=0)
    told.worst_cause = case.causes[0].title if case.causes else None
    told.error_findings, told.warning_findings, told.info_findings = (
        case.by_severity[severity] for severity in ("error", "warning", "info")
    )
    told.finding_codes = {code: count for code, count in sorted(case.by_code.items()) if code not in _EXTENDED}
    for connection, metrics in zip(case.connections, case.metrics, strict=True):
        _head(told, connection)
        _configured(told, metrics)
        _answered(told, metrics)
        _waited(told, metrics, frozenset(connection.kept))
        _sounded(told, track, metrics, frozenset(connection.kept))
        _used(told, connection, metrics)
    return told


def _head(told: Overview, connection: Connection) -> None:
    told.model, told.dialect = connection.model or None, connection.dialect
    told.vendor, told.session_id = connection.vendor or None, connection.session_id or None
    told.started_at = connection.started_at or None
    told.duration_s = round(connection.duration_s, 6) if connection.duration_s is not None else None
    if connection.close_line:
        told.closed_by = connection.closed_by or "unknown"
        told.close_code, told.close_reason = connection.close_code, connection.close_reason or None


def _configured(told: Overview, metrics: Metrics) -> None:
    """What was in force at the end."""
    config, beside = metrics.config, metrics.course.beside
    told.model = told.model or at(beside, "model") or metrics.course.translator
    voice = config.voice or at(beside, "audio", "output", "voice")
    told.voice = str(at(voice, "id") or voice) if voice else None
    told.input_format = config.input_format or _tag(at(beside, "audio", "format"))
    told.output_format = config.output_format or _tag(at(beside, "audio", "format"))
    told.session_id = told.session_id or at(beside, "id")
    detection = config.turn_detection
    if isinstance(detection, ServerVad | SemanticVad):
        told.turn_detection = str(detection.__struct_config__.tag)
    elif config.session is not None and config.session_id is not None:
        told.turn_detection = "none"


def _tag(chosen: Any) -> str | None:
    return str(chosen.__struct_config__.tag) if chosen is not None else None


def _answered(told: Overview, metrics: Metrics) -> None:
    by_status = Counter(row.status or "unfinished" for row in metrics.responses)
    told.turns, told.interrupted_turns = len(metrics.turns), sum(turn.interrupted for turn in metrics.turns)
    told.responses = len(metrics.responses)
    told.completed, told.cancelled, told.incomplete, told.failed = (
        by_status[status] for status in ("completed", "cancelled", "incomplete", "failed")
    )
    told.unfinished = by_status["unfinished"] + by_status["in_progress"]
    told.function_calls = len(metrics.calls)
    told.mcp_calls = sum(row.kind == "call" for row in metrics.mcp)
    told.error_codes = dict(metrics.course.errors)
    told.errors = sum(count for code, count in metrics.course.errors.items() if code not in HARMLESS)


def _waited(told: Overview, metrics: Metrics, kept: frozenset[str]) -> None:
    """How long the user waited for the model's voice, without the wait of turn detection and with it."""
    for metric in (TTFA, METRICS["voice_to_voice"]):
        if metric.measure is None or not metric.needs <= kept:
            continue
        measured = (metric.measure(turn) for turn in metrics.turns)
        ranked = sorted(value.value for value in measured if value is not None)
        if ranked:
            setattr(told, f"{metric.id}_p50_ms", percentile(ranked, 50))
            setattr(told, f"{metric.id}_worst_ms", ranked[-1])


def _sounded(told: Overview, track: Soundtrack, metrics: Metrics, kept: frozenset[str]) -> None:
    if "audio" in kept:
        clock = metrics.listening.clock
        told.audio_in_ms = round(clock.appended_ms, 3) if clock.is_measured and "client" in kept else None
        told.audio_out_ms = _out_ms(track, metrics)
    silence = longest_silence(track, metrics, kept)
    if silence is not None:
        told.longest_silence_ms, told.longest_silence_at_s = silence.ms, silence.at_s
        told.longest_silence_line = silence.line


def _out_ms(track: Soundtrack, metrics: Metrics) -> float | None:
    """All that the model's audio lasts, as it was delivered."""
    if not metrics.responses:
        return round(sum(clip.duration_ms for clip in track.playback.clips), 3)
    lengths = [row.audio_ms for row in metrics.responses]
    return round(sum(ms for ms in lengths if ms is not None), 3) if None not in lengths else None


def _used(told: Overview, connection: Connection, metrics: Metrics) -> None:
    used = total(row.tokens for row in metrics.responses if row.tokens is not None)
    told.input_tokens, told.cached_tokens = used.input, used.cached
    told.output_tokens = used.output
    told.text_in_tokens, told.audio_in_tokens, told.image_in_tokens = used.text_in, used.audio_in, used.image_in
    told.text_out_tokens, told.audio_out_tokens = used.text_out, used.audio_out
    told.unpriced = unpriced(metrics)
    if connection.cost_usd is not None:
        told.cost_low_usd, told.cost_usd = connection.cost_usd.low, connection.cost_usd.high
        told.prices_as_of = connection.prices_as_of
