"""What the row of each node says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from rtcli.session.mark import Mark
from rtcli.session.stream import Stream
from rtcli.session.tree import Connection, Cut, Ended, Failure, Item, Odd, Part, Remark, Response, Setup, Speech, Turn
from rtcli.views import setup
from rtcli.views.measure import duration, plural, short, size, times
from rtcli.views.style import (
    ERROR,
    ITEM_KINDS,
    MODEL,
    QUIET,
    ROLES,
    STATUS,
    SYSTEM,
    USER,
    WARNING,
)
from rtcli.views.text import said
from rtcli.views.trouble import failure, mark_row, odd
from rtcli.views.words import Label, Words, joined
from rtcli.views.wrap import visible


def label(node: Any, parent: Any = None) -> Label:
    """What the row of a node says; a stream's colour is that of the item it hangs under."""
    if isinstance(node, Stream):
        return _stream(node, colour(parent))
    return LABELS[type(node)](node)


def colour(item: Any) -> str:
    """The colour of whoever speaks in the item."""
    if not isinstance(item, Item):
        return USER
    return ROLES.get(item.role) or ITEM_KINDS.get(item.kind, ("", ""))[1]


def sole_stream(item: Item) -> Stream | None:
    """The one text of an item that came whole; it stands in the item's own row."""
    if len(item.streams) != 1 or item.speech or item.role == "assistant" or len(item.children) != 1:
        return None
    (stream,) = item.streams.values()
    return stream if stream.deltas == 0 and stream.done and not stream.audio_bytes else None


def _connection(node: Connection) -> Label:
    head = Words().add("session", "bold")
    if node.session_id:
        head.add(f" {short(node.session_id)}", QUIET)
    more = joined(
        (f"{node.unknown:,} of unknown type", "magenta") if node.unknown else "",
        (f"{node.malformed:,} damaged", ERROR) if node.malformed else "",
        (plural(node.errors, "error"), ERROR) if node.errors else "",
        (plural(node.warnings, "warning"), WARNING) if node.warnings else "",
        (said(node.header.url), QUIET) if node.header and node.header.url else "",
    )
    return Label(joined(head, more))


def _setup(node: Setup) -> Label:
    word, facts = (
        ("created", setup.facts(node.session))
        if node.before is None
        else ("updated", setup.changes(node.before, node.session))
    )
    return Label(
        Words()
        .add(word, SYSTEM)
        .add(" ")
        .join(joined(*[said(fact) for fact in facts]) or Words("nothing changed", QUIET))
    )


def _turn(node: Turn) -> Label:
    return Label(joined((f"turn {node.number}", "bold"), ("interrupted", "magenta") if node.interrupted else ""))


def status(word: str, reason: str = "") -> Words:
    """A status with its sign, and why."""
    sign, style = STATUS.get(word, ("…", QUIET))
    name = said(word.replace("in_progress", "in progress") or "in progress")
    return Words(f"{sign} {name}{f' ({said(reason)})' if reason else ''}", style)


def _response(node: Response) -> Label:
    details = node.details
    head = Words().add("response", f"bold {MODEL}").add(f" {short(node.id)} ", QUIET)
    head.join(status(node.status, str(details.reason or "") if details else ""))
    facts = joined(
        head,
        ("out of band", QUIET) if node.out_of_band else "",
        ("its beginning is missing", QUIET) if not node.known else "",
        _latency(node),
        ("cancel asked", QUIET) if node.cancel_sent_s is not None and not node.done else "",
        (f"playback {node.playback}", QUIET) if node.playback else "",
        _usage(node),
    )
    return Label(facts, _reason(node), ERROR, apart=True)


def _latency(node: Response) -> tuple[str, str]:
    if node.latency_ms is None:
        return "", ""
    return f"first {node.first_output} after {duration(node.latency_ms)}", ""


def _usage(node: Response) -> tuple[str, str]:
    usage = node.usage
    if usage is None or not (usage.input_tokens or usage.output_tokens):
        return "", ""
    cached = (usage.input_token_details.cached_tokens or 0) if usage.input_token_details else 0
    return (
        f"{usage.input_tokens or 0:,} tokens in{f' ({cached:,} cached)' if cached else ''}, {usage.output_tokens or 0:,} out",
        QUIET,
    )


def _reason(node: Response) -> str:
    """Why it failed, whole."""
    error = node.details.error if node.details else None
    if not error:
        return ""
    kind = " ".join(said(str(word)) for word in (error.type, error.code) if word)
    return ": ".join(part for part in (kind, visible(error.message or "")) if part)


def _item(node: Item) -> Label:
    word, style = ITEM_KINDS.get(node.kind, (said(node.role or node.kind), colour(node)))
    head = Words(word, f"bold {style}")
    if node.name:
        head.add(f" {said(node.name)}", "bold")
    if node.server_label:
        head.add(f" at {said(node.server_label)}")
    if node.approve is not None:
        head.add(" given" if node.approve else " refused")
    sole = sole_stream(node)
    name = node.call_id or ("" if sole else node.id)
    facts = joined(head.add(f" {short(name)}", QUIET) if name else head, *_item_facts(node))
    return Label(facts, visible(sole.text) if sole else "", style)


def _item_facts(node: Item) -> list[tuple[str, str] | Words]:
    progress = node.progress or (node.status if node.status == "incomplete" or node.kind == "function_call" else "")
    return [
        status(progress) if progress and not node.unclosed else Words(),
        ("not closed" if node.unclosed else "", "magenta"),
        (said(node.phase), QUIET),
        (plural(node.offers, "tool") if node.offers is not None and node.progress != "in_progress" else "", ""),
        ("refused by the server" if node.refused else "", ERROR),
        ("deleted" if node.deleted else "", "magenta"),
    ]


def _speech(node: Speech) -> Label:
    facts = ""
    start, end = node.audio_start_ms, node.audio_end_ms
    if start is not None and end is not None:
        facts = f" {duration(end - start)} ({start / 1000:.2f} to {end / 1000:.2f} s of the input)"
    elif start is not None:
        facts = f" from {start / 1000:.2f} s of the input …"
    elif end is not None:
        facts = f" to {end / 1000:.2f} s of the input"
    word = {"vad": "speech", "commit": "committed", "timeout": "silence, nobody spoke"}[node.cause]
    return Label(Words().add(word, USER).add(facts))


def _stream(node: Stream, style: str) -> Label:
    word = {"input": "audio sent"}.get(node.kind, node.kind.partition(" ")[0])
    head = Words().add(word, style).add(f" {times(node.deltas)}" if node.deltas else "")
    if node.kind in {"audio", "input"}:
        for fact in amounts(node):
            head.add(f" {fact}")
        return Label(_flags(head, node))
    if node.speaker:
        head.add(f" {said(node.speaker)}:", "bold")
    head = _flags(head, node)
    return Label(head, visible(node.text) if node.done else "", style, None if node.done else node)


def amounts(node: Stream) -> list[str]:
    """How long, how large and how steady an audio stream is."""
    length_ms, gap_s = node.audio_ms, node.longest_gap_s
    facts = [] if length_ms is None else [duration(length_ms)]
    facts.append(size(node.audio_bytes))
    return facts if gap_s is None else [*facts, f"gap ≤ {duration(gap_s * 1000)}"]


def _flags(head: Words, node: Stream) -> Words:
    if node.unclosed:
        head.add(" not closed", "magenta")
    if node.late:
        head.add(f" {node.late:,} late or twice", "magenta")
    return head


def _part(node: Part) -> Label:
    kind = {"audio": "speech"}.get(node.kind, node.kind or "part")
    return Label(
        Words()
        .add(said(kind), QUIET)
        .add(f" {size(node.size_bytes)}" if node.size_bytes else "")
        .add("" if node.done or node.size_bytes else " …", QUIET)
    )


def _cut(node: Cut) -> Label:
    who = "" if node.asked else " by the server"
    return Label(Words(f"cut{who} at {node.audio_end_ms / 1000:.2f} s{'' if node.settled else ' …'}", "magenta"))


def _remark(node: Remark) -> Label:
    return Label(Words(said(node.kind), "bold"), visible(node.text))


def _ended(node: Ended) -> Label:
    who = f" by {node.sender}" if node.sender else ""
    code = "without a code" if node.code is None else str(node.code)
    return Label(
        Words(f"closed{who} {code}", "bold"), visible(node.reason), "" if node.code in {1000, 1001, None} else ERROR
    )


LABELS: Final[dict[type, Callable[[Any], Label]]] = {
    Connection: _connection,
    Setup: _setup,
    Turn: _turn,
    Response: _response,
    Item: _item,
    Speech: _speech,
    Part: _part,
    Failure: failure,
    Cut: _cut,
    Odd: odd,
    Remark: _remark,
    Ended: _ended,
    Mark: mark_row,
}
