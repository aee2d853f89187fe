"""A recording that plays the client's part: a server's events and a clock in, the recorded client's events out.

A client event waits for what it answered: the last milestone before it (a response that is done, a
session that is updated, …), and every id that it refers to. Audio that is streamed does not wait for
milestones and keeps its pace. Laws: what is sent keeps its order, audio apart; nothing that a server
sends raises.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from rtcli.recording import Close
from rtcli.script.performance import Timing
from rtcli.script.places import Place, Places
from rtcli.script.renaming import encoded, ids_in, renamed
from rtcli.script.steps import Step, type_in
from rtcli.units import BYTES_PER_MS, base64_bytes

MILESTONES: Final = frozenset(
    {
        "session.created",
        "session.started",
        "session.updated",
        "session.closed",
        "transcription_session.updated",
        "input_audio_buffer.committed",
        "input_audio_buffer.cleared",
        "conversation.item.truncated",
        "conversation.item.deleted",
        "conversation.item.retrieved",
        "response.done",
    }
)
"""Server events that a client waits for before it goes on."""

_AT_ONCE: Final = frozenset({"conversation.item.truncate", "response.cancel", "output_audio_buffer.clear"})
"""What a client sends because the user broke in, so that speech is what it answers."""
_BREAKS_IN: Final = "input_audio_buffer.speech_started"
_STREAM_PAUSE_S: Final = 1.0
"""Appends that are closer than this belong to one stream of audio."""
_ENDS_STREAM: Final = frozenset({"input_audio_buffer.commit", "input_audio_buffer.clear", "session.update"})
_SAID: Final = frozenset({"response.output_audio.delta", "response.audio.delta"})
_CONFIGURED: Final = frozenset({"session.created", "session.updated"})
_LINGER_S: Final = 1.0
"""How long a server may take for what no client waits for."""

Mark = tuple[str, Place | int]
"""A server event: its type, and its response or its number among those of its type."""


class Cue(Struct, frozen=True):
    """A client event, and what it waits for."""

    step: Step
    mark: Mark | None
    """The server event that must have come."""
    after_s: float
    """How long after that it was sent."""
    streams: bool
    """It goes on with a stream of audio, and is paced by the append before it."""
    ids: frozenset[str]
    """The server's ids that it refers to."""


class Marks:
    """Which server events have come, by what they mean."""

    def __init__(self) -> None:
        self.places = Places()
        self._counts: Counter[str] = Counter()

    def of(self, body: Mapping[str, Any]) -> Mark:
        """Take in a server event; gives back what it means."""
        kind = type_in(body)
        self.places.seen(body)
        self._counts[kind] += 1
        answer = body.get("response")
        named = answer.get("id") if isinstance(answer, dict) else body.get("response_id")
        place = self.places.of.get(str(named))
        return (kind, place) if place is not None and kind == "response.done" else (kind, self._counts[kind])


class Part:
    """The client's part of a recording, made ready to be played."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.places = Places()
        self.own: set[str] = set()
        """Ids that the client chose itself, which stay."""
        self.awaited: list[tuple[Mark, Step]] = []
        """Every server event that is not a part of a longer one."""
        self.ends_s = 0.0
        """How long after the last event the connection was closed."""
        self.cues = list(self._cues(steps))

    def _cues(self, steps: Sequence[Step]) -> Iterator[Cue]:
        marks = Marks()
        self.places = marks.places
        milestone = speech = append = None
        for step in steps:
            if isinstance(step.content, Close):
                self.ends_s = max(0.0, step.t - steps[step.index - 1].t) if step.index else 0.0
                return
            if step.sender == "server":
                mark = marks.of(step.body)
                if not step.type.endswith(".delta"):
                    self.awaited.append((mark, step))
                milestone = (mark, step) if step.type in MILESTONES else milestone
                speech = (mark, step) if step.type == _BREAKS_IN else speech
                continue
            due = max((one for one in (milestone, speech) if one), key=lambda one: one[1].index, default=None)
            after = due if step.type in _AT_ONCE else milestone
            streams = step.is_append and append is not None and step.t - append.t < _STREAM_PAUSE_S
            append = step if step.is_append else None if step.type in _ENDS_STREAM else append
            names = ids_in(step.body) if not step.is_append else set()
            self.own |= names - marks.places.of.keys()
            yield Cue(
                step,
                after[0] if after else None,
                max(0.0, step.t - after[1].t) if after else step.t,
                streams,
                frozenset(names - self.own),
            )


class Voice:
    """How much of each item the new server has said."""

    def __init__(self) -> None:
        self._bytes: Counter[str] = Counter()
        self._per_ms = BYTES_PER_MS["audio/pcm"]

    def take(self, body: Mapping[str, Any]) -> None:
        """An event came from the server."""
        kind, delta = type_in(body), body.get("delta")
        if kind in _SAID and isinstance(delta, str):
            self._bytes[str(body.get("item_id"))] += base64_bytes(len(delta), delta[-2:])
        elif kind in _CONFIGURED:
            self._per_ms = BYTES_PER_MS.get(_output_format(body.get("session")), self._per_ms)

    def within(self, truncate: dict[str, Any]) -> dict[str, Any]:
        """A truncation that leaves no more than there is: a server refuses any other.

        Source: the Realtime API reference, ``conversation.item.truncate``, ``audio_end_ms``.
        """
        said_ms = self._bytes[str(truncate.get("item_id"))] // self._per_ms
        end_ms = truncate.get("audio_end_ms")
        return {**truncate, "audio_end_ms": said_ms} if isinstance(end_ms, int) and end_ms > said_ms else truncate


def _output_format(session: Any) -> str:
    for key in ("audio", "output", "format", "type"):
        session = session.get(key, session.get("output_audio_format")) if isinstance(session, dict) else session
    return session if isinstance(session, str) else ""


class Rehearsal:
    """The client's part against one server. Times are seconds of any clock that does not go backwards."""

    def __init__(self, part: Part, timing: Timing = "causal", wait_s: float = 30.0) -> None:
        self._part = part
        self._timing = timing
        self._wait_s = wait_s
        self._marks = Marks()
        self._voice = Voice()
        self._came: dict[Mark, float] = {}
        self._lacking = {mark: step.type for mark, step in part.awaited}
        """What the recorded server sent and this one has not."""
        self._controls = deque(cue for cue in part.cues if not cue.step.is_append)
        self._appends = deque(cue for cue in part.cues if cue.step.is_append)
        self._open_at = self._news_at = self._sent_at = self._heard_at = 0.0
        self._last_append: Cue | None = None
        self.stuck: Step | None = None
        """The client event that was not sent, because what it waits for did not come."""

    def open(self, now: float) -> None:
        """The connection is there."""
        self._open_at = self._news_at = now

    def receive(self, body: Mapping[str, Any], now: float) -> None:
        """An event came from the server."""
        self._news_at = now
        mark = self._marks.of(body)
        self._came.setdefault(mark, now)
        self._lacking.pop(mark, None)
        self._voice.take(body)

    def due(self, now: float) -> list[str | bytes]:
        """The client events whose time has come."""
        out: list[str | bytes] = []
        while (soon := self._next()) is not None and soon[0] <= now:
            at, queue = soon
            cue = queue.popleft()
            self._sent_at = self._news_at = now
            if cue.step.is_append:
                self._last_append, self._heard_at = cue, at if cue.streams else now
            out.append(self._line(cue.step))
        self._give_up(now)
        return out

    @property
    def next_at(self) -> float | None:
        """When there is something to do or to give up without the server; None when it is over."""
        soon = self._next()
        return soon[0] if soon else self._news_at + (self._wait_s if self._waits else _LINGER_S)

    def is_over(self, now: float) -> bool:
        """Whether everything was said, and everything came that can be expected."""
        if self.stuck is not None:
            return True
        if self._controls or self._appends:
            return False
        rest_s = min(self._part.ends_s, _LINGER_S) if self._timing != "fast" else 0.0
        if not self._lacking:
            return now >= self._news_at + rest_s
        return now >= self._news_at + (self._wait_s if self._waits else _LINGER_S)

    # --- what goes out when --------------------------------------------------------------------

    @property
    def _waits(self) -> bool:
        """Whether something is missing that a client waits for."""
        return bool(self._controls or self._appends) or any(
            kind in MILESTONES or "transcription." in kind for kind in self._lacking.values()
        )

    def _next(self) -> tuple[float, deque[Cue]] | None:
        """What goes out next and when, as far as nothing is waited for."""
        queues = [queue for queue in (self._appends, self._controls) if queue]
        found = [(at, queue) for queue in queues if (at := self._time(queue[0])) is not None]
        return min(found, key=lambda one: (one[0], one[1][0].step.index), default=None)

    def _time(self, cue: Cue) -> float | None:
        """When an event is due; None while it waits for the server or for what goes before it."""
        step, last = cue.step, self._last_append
        if cue.streams and last is not None:
            return self._heard_at + max(0.0, step.t - last.step.t)
        others = self._controls if step.is_append else self._appends
        if others and others[0].step.index < step.index:
            return None
        came = self._came.get(cue.mark) if cue.mark else self._open_at
        if came is None or any(self._is_unknown(name) for name in cue.ids):
            return None
        return max(self._sent_at, self._by_clock(cue, came))

    def _by_clock(self, cue: Cue, came: float) -> float:
        match self._timing:
            case "fast":
                return came
            case "causal":
                return came + cue.after_s
        return max(came, self._open_at + cue.step.t)

    def _is_unknown(self, name: str) -> bool:
        """Whether an id is the old server's, and the new one has not given its own yet."""
        place = self._part.places.of.get(name)
        return place is not None and self._marks.places.of.get(name) is None and place not in self._marks.places.at

    def _give_up(self, now: float) -> None:
        left = sorted(
            (queue[0].step for queue in (self._appends, self._controls) if queue), key=lambda step: step.index
        )
        if left and self._next() is None and now >= self._news_at + self._wait_s:
            self.stuck = left[0]

    def _line(self, step: Step) -> str | bytes:
        """The recorded frame, with the new server's ids where it has the old one's."""
        assert not isinstance(step.content, Close)
        if step.is_append:
            return step.content
        there = self._marks.places.at
        names = {
            name: there[place]
            for name in ids_in(step.body) - self._part.own
            if (place := self._part.places.of.get(name)) is not None and place in there
        }
        body = renamed(step.body, names) if names else step.body
        if step.type == "conversation.item.truncate":
            body = self._voice.within(body)
        return step.content if body is step.body else encoded(body)
