"""TIM: when things come: clocks that run backwards, answers that begin late, stall, or starve the player."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import response
from rtcli.formats import Entry
from rtcli.rules.rule import SHOWN, Backwards, End, Rule, Verdict
from rtcli.session.flow import DELTAS, DONES
from rtcli.session.ledgers import Ledgers
from rtcli.session.lifetime import LONGEST_S
from rtcli.session.written import DRY_MS, STALL_S, Response

SLOW_S: Final = 10.0
"""How long a response may take to begin; a choice, reasoning models take seconds."""
_LAST_S: Final = 300.0
"""How long before its end a session is called close to it."""


def backwards(_event: Any, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Time goes backwards.

    A record lies before the one in front of it. Whatever is measured across them is wrong: delays,
    silences, playback. Two clocks in one file, or a clock that was set meanwhile, do this.

    Fix: stamp both directions with one monotonic clock.

    ::

        5.0 < session.created {"session": {"type": "realtime"}}
        4.0 < rate_limits.updated {"rate_limits": []}     # TIM01

    Source: the recording format: one monotonic clock for both directions.
    """
    latest = ledgers.context.latest_t
    message = f"{entry.t} s lies before {latest} s of line {ledgers.context.latest_line}"
    return (Verdict("", message, "stamp with a monotonic clock", (ledgers.context.latest_line,), side="unknown"),)


def slow_to_begin(event: Any, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A response is slow to begin.

    More than ten seconds lie between its creation and whatever comes of it first. Models that reason
    can take that long; most callers hang up.

    Fix: ask for less reasoning, or say something while the caller waits.

    ::

        0.5 < session.created {"session": {"type": "realtime"}}
        1.0 < response.created {"response": {"id": "r"}}
        12.0 < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "content": []}}     # TIM02
        12.1 < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "status": "completed", "content": []}}
        12.2 < response.done {"response": {"id": "r"}}

    Source: openai-python 3.52.0, ``response_created_event.py``; the ten seconds are a choice.
    """
    answer = _response(event, ledgers)
    if answer is None or answer.state != "created" or answer.t is None or entry.t is None:
        return ()
    waited_s = entry.t - answer.t
    if waited_s <= SLOW_S:
        return ()
    message = f"nothing came of the response {answer.id[:SHOWN]} for {waited_s:.1f} s"
    return (Verdict("", message, "ask for less reasoning, or fill the silence", (answer.line,)),)


def stalled(event: Any, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A response stalls.

    More than five seconds lie between two events of an item that is being written. The caller hears it
    stop in the middle of a sentence. A response that waits for an MCP tool, or that thinks between two
    items, is not meant.

    Fix: look at the network, and at the server's load.

    ::

        0.5 < session.created {"session": {"type": "realtime"}}
        1.0 < response.created {"response": {"id": "r"}}
        1.1 < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "content": []}}
        7.0 < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "status": "completed", "content": []}}     # TIM03
        7.1 < response.done {"response": {"id": "r"}}

    Source: captured sessions pause for 0.1 s at most; the five seconds are a choice.
    """
    answer = _response(event, ledgers)
    if answer is None or not answer.is_open or answer.last_t is None or entry.t is None:
        return ()
    gap_s = entry.t - answer.last_t
    if gap_s <= STALL_S:
        return ()
    writing = [item for item in answer.items.values() if not item.done_line]
    if not writing or any(item.type.startswith("mcp_") for item in writing):
        return ()
    message = f"nothing came of the response {answer.id[:SHOWN]} for {gap_s:.1f} s, in the middle of an item"
    return (Verdict("", message, "look at the network and at the server's load", (answer.line,)),)


def starved(event: Any, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Audio arrives more slowly than it plays.

    A player that began with the first delta has had nothing to play for more than a quarter of a
    second. The voice stutters. Servers send audio faster than it plays, so that something holds it up:
    the network, or a recorder that cannot follow.

    Fix: look at the network, and at what else the client does while it receives.

    ::

        - header {}
        0.5 < session.created {"session": {"type": "realtime", "audio": {"output": {"format": {"type": "audio/pcm"}}}}}
        1.0 < response.created {"response": {"id": "r"}}
        1.1 < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "content": []}}
        1.1 < response.content_part.added {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio"}}
        1.2 < response.output_audio.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": {"$bytes": 9600}}
        1.6 < response.output_audio.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": {"$bytes": 9600}}
        2.4 < response.output_audio.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": {"$bytes": 9600}}     # TIM04
        2.9 < response.output_audio.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": {"$bytes": 9600}}
        2.9 < response.output_audio.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
        2.9 < response.content_part.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio"}}
        2.9 < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "status": "completed", "content": []}}
        2.9 < response.done {"response": {"id": "r"}}

    Source: openai-python 3.52.0, ``conversation_item_truncate_event.py``, on audio that comes faster than it plays.
    """
    stream = ledgers.lifecycle.stream_of(event)
    if stream is None or not stream.response.line or stream.response.starved or entry.t is None:
        return ()
    dry_ms = stream.item.dry_ms(entry.t, stream.response.audio_format)
    if dry_ms <= DRY_MS:
        return ()
    message = f"a player of {stream.item_id[:SHOWN]} has had nothing to play for {dry_ms:.0f} ms"
    remedy = "look at the network, and at the recorder's back-pressure"
    return (Verdict("", message, remedy, (stream.line,), side="network"),)


def near_its_end(_event: Any, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A session comes close to the longest that one may last.

    Sessions end after 60 minutes, whatever is being said. ``session.expires_at`` tells when, where the
    server sends it.

    Fix: begin another session before that, and give it the conversation.

    ::

        0.0 < session.created {"session": {"type": "realtime"}}
        3400.0 < input_audio_buffer.cleared {}     # TIM05

    Source: the guide on realtime conversations.
    """
    first_t, expires_t = ledgers.context.first_t, ledgers.lifetime.expires_t
    if entry.t is None or first_t is None:
        return ()
    left_s = (expires_t if expires_t is not None else first_t + LONGEST_S) - entry.t
    if left_s >= _LAST_S:
        return ()
    lasted, left = (entry.t - first_t) / 60, max(left_s, 0) / 60
    message = f"the connection has lasted {lasted:.0f} minutes, {left:.0f} short of the end of the session"
    return (Verdict("", message, "begin another session in time", side="client"),)


def _response(event: Any, ledgers: Ledgers) -> Response | None:
    """The response that an event belongs to, if it is known; of one without an id nobody knows what belongs to it."""
    name = event.response.id if isinstance(event, response.Done) else event.response_id
    return ledgers.lifecycle.responses.get(name) if name else None


_WRITES: Final[tuple[type, ...]] = (
    response.OutputItemAdded,
    response.OutputItemDone,
    response.ContentPartAdded,
    response.ContentPartDone,
    *DELTAS,
    *DONES,
    response.Done,
)

RULES: Final[tuple[Rule, ...]] = (
    Rule("TIM01", "error", backwards, (Backwards,), frozenset({"times"})),
    Rule("TIM02", "warning", slow_to_begin, _WRITES, frozenset({"times", "lossless"}), tier="extended"),
    Rule("TIM03", "warning", stalled, _WRITES, frozenset({"times", "lossless"})),
    Rule("TIM04", "warning", starved, (response.OutputAudioDelta,), frozenset({"times", "audio", "websocket"})),
    Rule("TIM05", "info", near_its_end, (End,), frozenset({"times"}), tier="second"),
)
