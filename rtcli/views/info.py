"""Sessions at a glance: one on a screen of its own, several as the rows of a table."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from rtcli.causes.overview import Overview
from rtcli.session.prices import Cost
from rtcli.views.columns import Cell, Column, room, table
from rtcli.views.cost import dollars, priced
from rtcli.views.diagnosis import span
from rtcli.views.measure import duration, plural
from rtcli.views.text import said

SCREENS: Final = 4
"""So many connections of one file have a screen each; more are a table."""
_LABEL: Final = 13
_NARROWEST: Final = 20
_CODES_SHOWN: Final = 6
_MINUTE_MS: Final = 60_000
_STYLES: Final = {3: "bold red", 2: "red", 1: "yellow", 0: ""}
_COLUMNS: Final = (
    Column("file", left=True, cut="begin", least=28),
    Column("model", 6, left=True),
    Column("duration", 1),
    Column("turns", 3),
    Column("resp.", 7),
    Column("errors", 2),
    Column("findings"),
    Column("first audio", 4),
    Column("silence", 4),
    Column("audio in", 8),
    Column("audio out", 9),
    Column("tok. in", 10),
    Column("out", 10),
    Column("cost", 1),
    Column("closed by", 11, left=True),
    Column("worst cause", 5, left=True, cut="end", least=24),
)


def print_session(console: Console, one: Overview, *, several: bool) -> None:
    """Print one session on a screen of its own."""
    which = f" · connection {one.connection}" if several else ""
    _put(console, Text.assemble((said(one.file), "bold"), which))
    if not one.events and one.duration_s is None:
        _put(console, Text("There are no events in it."))
        return
    for label, text in _rows(one):
        _print_row(console, label, text)


def _put(console: Console, line: Text) -> None:
    console.print(line, soft_wrap=not console.is_terminal)


def _print_row(console: Console, label: str, text: Text) -> None:
    head = Text(f"{label:<{_LABEL}}", style="dim")
    if not console.is_terminal:
        console.print(Text.assemble(head, text), soft_wrap=True)
        return
    for line in text.wrap(console, max(console.width - _LABEL, _NARROWEST)):
        line.rstrip()
        console.print(Text.assemble(head, line), soft_wrap=True)
        head = Text(" " * _LABEL)


def _rows(one: Overview) -> Iterator[tuple[str, Text]]:
    spoken = f"{one.dialect} ({one.vendor})" if one.vendor else one.dialect
    yield "model", _joined(one.model or "not told", spoken, f"voice {one.voice}" if one.voice else "")
    yield "session", _joined(one.session_id or "", f"began {one.started_at}" if one.started_at else "")
    yield "duration", _joined(span(one.duration_s) or "no times", plural(one.events, "event"), _closed(one))
    yield "audio", _audio(one)
    detection = {"none": "turn detection off", None: ""}.get(one.turn_detection, f"turn detection {one.turn_detection}")
    cut = f"{one.interrupted_turns:,} interrupted" if one.interrupted_turns else ""
    yield "turns", _joined(f"{one.turns:,}", cut, detection)
    yield "responses", _joined(_responses(one), *_calls(one))
    if one.ttfa_worst_ms is not None:
        yield "first audio", _joined(*_waits(one))
    if one.longest_silence_ms is not None:
        where = f"from {one.longest_silence_at_s:.1f} s on, behind line {one.longest_silence_line}"
        yield "silence", _joined(f"{_long(one.longest_silence_ms)} at the longest, {where}")
    yield "errors", _errors(one)
    if one.input_tokens is not None or one.output_tokens is not None:
        yield "tokens", _joined(*_tokens(one))
    yield "cost", _joined(_cost(one))
    yield "findings", _findings(one)
    yield "causes", _causes(one)


def _waits(one: Overview) -> Iterator[str]:
    """How long the model's voice took, from the end of the turn and from the end of the speech."""
    waits = (
        ("the user's turn", one.ttfa_worst_ms, one.ttfa_p50_ms),
        ("the end of speech", one.voice_to_voice_worst_ms, one.voice_to_voice_p50_ms),
    )
    for which, worst_ms, half_ms in waits:
        if worst_ms is not None:
            half = f", p50 {duration(half_ms)}" if half_ms is not None else ""
            yield f"at worst {duration(worst_ms)} after {which}{half}"


def _joined(*parts: str) -> Text:
    return Text(said(" · ".join(part for part in parts if part)) or "–")


def _audio(one: Overview) -> Text:
    """What was heard of both sides; where formats were agreed upon and nothing came, that."""
    if one.audio_in_ms == 0 and one.audio_out_ms == 0:
        return Text("none")
    return _joined(_way("in", one.audio_in_ms, one.input_format), _way("out", one.audio_out_ms, one.output_format))


def _way(name: str, ms: float | None, audio_format: str | None) -> str:
    told = " ".join(part for part in (_long(ms), audio_format or "") if part)
    return f"{name} {told}" if told else ""


def _closed(one: Overview) -> str:
    if one.closed_by is None:
        return "the recording ends without a close"
    by = f"closed by the {one.closed_by}" if one.closed_by != "unknown" else "closed"
    code = "without a code" if one.close_code is None else str(one.close_code)
    return f"{by} ({code}{f' {one.close_reason}' if one.close_reason else ''})"


def _responses(one: Overview) -> str:
    counts = [(one.completed, "completed"), (one.cancelled, "cancelled"), (one.incomplete, "incomplete")]
    counts += [(one.failed, "failed"), (one.unfinished, "without an end")]
    told = ", ".join(f"{count:,} {word}" for count, word in counts if count)
    return f"{one.responses:,}{f': {told}' if told else ''}"


def _calls(one: Overview) -> Iterator[str]:
    if one.function_calls:
        yield plural(one.function_calls, "function call")
    if one.mcp_calls:
        yield plural(one.mcp_calls, "MCP call")


def _errors(one: Overview) -> Text:
    if not one.error_codes:
        return Text("none")
    text = Text(f"{one.errors:,}", style="red" if one.errors else "")
    late = sum(one.error_codes.values()) - one.errors
    harmless = f", {late:,} harmless" if late else ""
    return text.append_text(Text(f"{harmless}: {_codes(one.error_codes)}", style=""))


def _codes(counts: dict[str, int]) -> str:
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    told = [said(code) + (f" ({count:,})" if count > 1 else "") for code, count in ranked[:_CODES_SHOWN]]
    return ", ".join(told) + (", …" if len(ranked) > _CODES_SHOWN else "")


def _tokens(one: Overview) -> Iterator[str]:
    taken = [(one.text_in_tokens, "text"), (one.audio_in_tokens, "audio"), (one.image_in_tokens, "image")]
    given = [(one.text_out_tokens, "text"), (one.audio_out_tokens, "audio")]
    if one.input_tokens is not None:
        cached = f", {one.cached_tokens:,} cached" if one.cached_tokens else ""
        yield f"{one.input_tokens:,} in{_parts(taken)}{cached}"
    if one.output_tokens is not None:
        yield f"{one.output_tokens:,} out{_parts(given)}"


def _parts(counts: Sequence[tuple[int | None, str]]) -> str:
    told = [f"{count:,} {word}" for count, word in counts if count]
    return f" ({', '.join(told)})" if told else ""


def _cost(one: Overview) -> str:
    if one.cost_usd is None or one.cost_low_usd is None:
        if one.output_tokens is not None:
            return "no price is known for this model"
        return f"not known: {plural(one.unpriced, 'part')} without a price" if one.unpriced else "nothing to be priced"
    return priced(Cost(one.cost_low_usd, one.cost_usd), one.unpriced, one.prices_as_of or "")


def _findings(one: Overview) -> Text:
    counts = ((one.error_findings, "error", "bold red"), (one.warning_findings, "warning", "bold yellow"))
    parts = [Text(plural(count, word), style=style) for count, word, style in counts if count]
    parts += [Text(plural(one.info_findings, "remark"))] if one.info_findings else []
    if not parts:
        return Text("none", style="green")
    return Text.assemble(Text(", ").join(parts), f": {_codes(one.finding_codes)}")


def _causes(one: Overview) -> Text:
    if not one.causes:
        return Text("nothing went wrong", style="green")
    more = f" and {one.causes - 1:,} more" if one.causes > 1 else ""
    return Text.assemble((said(one.worst_cause or ""), _STYLES[one.gravity]), f"{more}: rtcli doctor {said(one.file)}")


def print_table(console: Console, sessions: Sequence[Overview], files: int) -> None:
    """Print a row for each session, and what they come to."""
    width = room(console)
    several = {one.file for one in sessions if one.connection > 1}
    above = _above([one.file for one in sessions]) if width is not None else 0

    def rows() -> Iterator[list[Cell]]:
        for one in sessions:
            yield _row(one, said(one.file[above:]) + (f"#{one.connection}" if one.file in several else ""))

    if above:
        _put(console, Text(f"in {said(sessions[0].file[:above])}", style="dim"))

    for line in table(_COLUMNS, rows, width):
        console.print(line, soft_wrap=True)
    console.print()
    _put(console, Text(_total(sessions, files), style="dim"))


def _above(names: Sequence[str]) -> int:
    """How long the folder is that all are in: it needs no room in each row."""
    folders = [os.path.dirname(name) for name in names]  # noqa: PTH120 - as it was written
    if len(names) < 2 or not all(folders) or len({folder.startswith("/") for folder in folders}) > 1:
        return 0
    common = os.path.commonpath(folders)
    return len(common) + 1 if all(name.startswith(f"{common}/") for name in names) else 0


def _row(one: Overview, name: str) -> list[Cell]:
    style = _STYLES[one.gravity]
    return [
        Text(name, style=style),
        said(one.model or ""),
        span(one.duration_s),
        f"{one.turns:,}",
        f"{one.responses:,}",
        Text(f"{one.errors:,}", style="red") if one.errors else "0",
        _marks(one),
        duration(one.ttfa_worst_ms) if one.ttfa_worst_ms is not None else "",
        _long(one.longest_silence_ms),
        _long(one.audio_in_ms),
        _long(one.audio_out_ms),
        f"{one.input_tokens:,}" if one.input_tokens is not None else "",
        f"{one.output_tokens:,}" if one.output_tokens is not None else "",
        dollars(one.cost_usd) if one.cost_usd is not None else "",
        f"{one.closed_by or ''}{f' {one.close_code}' if one.close_code is not None else ''}",
        Text(said(one.worst_cause or ""), style=style),
    ]


def _marks(one: Overview) -> Text:
    """Findings as short as they can be: ``2 E 1 W``."""
    parts = []
    if one.error_findings:
        parts.append(Text(f"{one.error_findings:,} E", style="bold red"))
    if one.warning_findings:
        parts.append(Text(f"{one.warning_findings:,} W", style="bold yellow"))
    return Text(" ").join(parts) if parts else Text("0")


def _total(sessions: Sequence[Overview], files: int) -> str:
    lengths = [one.duration_s for one in sessions if one.duration_s is not None]
    wrong = sum(bool(one.causes) for one in sessions)
    parts = [
        f"{plural(len(sessions), 'session')} in {plural(files, 'file')}",
        span(sum(lengths)) if lengths else "",
        plural(sum(one.turns for one in sessions), "turn"),
        plural(sum(one.errors for one in sessions), "error"),
        f"{wrong:,} in which something went wrong" if wrong else "nothing went wrong",
        _paid(sessions),
    ]
    return " · ".join(part for part in parts if part)


def _paid(sessions: Sequence[Overview]) -> str:
    """What all of them cost, by prices of which day, and how much of it has none."""
    known = [
        Cost(one.cost_low_usd, one.cost_usd)
        for one in sessions
        if one.cost_usd is not None and one.cost_low_usd is not None
    ]
    as_of = next((one.prices_as_of for one in sessions if one.prices_as_of), "")
    unpriced = sum(one.unpriced for one in sessions)
    return priced(Cost(sum(one.low for one in known), sum(one.high for one in known)), unpriced, as_of) if known else ""


def _long(ms: float | None) -> str:
    """A length of time, from a minute on in minutes; empty where it is not known."""
    return "" if ms is None else duration(ms) if ms < _MINUTE_MS else span(ms / 1000)
