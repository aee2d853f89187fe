"""A recording that plays the server's part: a client's texts and a clock in, the recorded answers out.

Laws: a server event goes out after everything that it needed has come again; of what is due, nothing
overtakes what stands before it in the recording; nothing that a client sends raises.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

from msgspec import Struct

from rtcli.events import build
from rtcli.events.event import encode
from rtcli.recording import Close
from rtcli.script.causes import causes_of
from rtcli.script.echo import Echo, names_of
from rtcli.script.matching import find, find_text
from rtcli.script.outcome import Came, Divergence, Outcome
from rtcli.script.steps import APPENDS, Step, audio_in, body_of, type_in
from rtcli.script.understudy import Actor, Understudy

Timing = Literal["original", "causal", "fast"]
Unmatched = Literal["wait", "skip", "error", "standin"]
Line = str | bytes | Close
"""What goes out: a frame, or the close of the connection."""

_TOLD: Final = 100
"""How many events that are not in the recording are told one by one."""
_KEPT: Final = 1 << 16
"""How many characters of an event are told."""


class Script:
    """A recording made ready to be played, for any number of clients."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = _without_the_answer_to_a_close(steps)
        self.causes = causes_of(self.steps)
        self.expected = [step for step in self.steps if step.sender == "client" and not step.is_append]
        """What a client is to send, but for its audio."""
        self.audio_bytes = max((step.audio_bytes for step in self.steps), default=0)
        self.per_ms = next((step.per_ms for step in self.steps if step.is_append), 1)
        self.by_audio = sorted(
            (cause.need.audio_bytes, index) for index, cause in self.causes.of.items() if cause.need.audio_bytes
        )
        self.followers: dict[int, list[int]] = {}
        self.needs: dict[int, int] = {}
        """By server step how much it waits for: client events, and audio as one more."""
        for index, cause in self.causes.of.items():
            self.needs[index] = len(cause.need.steps) + bool(cause.need.audio_bytes)
            for step in cause.need.steps:
                self.followers.setdefault(step, []).append(index)
        self.ids = names_of(self.steps, self.causes)

    @property
    def speaks(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.causes.of)


def _without_the_answer_to_a_close(steps: Sequence[Step]) -> list[Step]:
    """Where the client closed, the server's close frame answers by itself; behind a server's there is nothing."""
    for step in steps:
        if isinstance(step.content, Close):
            return [*steps[: step.index], *([step] if step.sender == "server" else [])]
    return list(steps)


class Manner(Struct, frozen=True, kw_only=True):
    """How a recording is played."""

    timing: Timing = "causal"
    unmatched: Unmatched = "wait"


class Performance:
    """The recording for one client. Times are seconds of any clock that does not go backwards."""

    def __init__(self, script: Script, manner: Manner, understudy: Callable[[], Actor] | None = None) -> None:
        self._script = script
        self._manner = manner
        self._make_understudy = understudy
        self._understudy: Understudy | None = None
        self._expected = list(script.expected)
        self._echo = Echo(script.steps, script.causes, script.ids)
        self._audio_bytes = 0
        self._frames: list[str | bytes] = []
        """All that came, where another server may have to take over."""
        self._needs = dict(script.needs)
        self._heard = 0
        """How many of those that wait for audio have it."""
        self._outbox: list[tuple[float, int]] = []
        self._ready: list[Line] = []
        self._released = 0
        self._opened_at = 0.0
        self._number = 0
        self._outcome = Outcome(
            expected=len(script.expected), audio_bytes_expected=script.audio_bytes, per_ms=script.per_ms
        )
        self._diverged: Divergence | None = None

    # --- from outside --------------------------------------------------------------------------

    def open(self, now: float) -> None:
        """The connection is there."""
        self._opened_at = now
        self._release([index for index, needs in self._needs.items() if not needs], now)

    def receive(self, frame: str | bytes, now: float) -> None:
        """A frame came from the client."""
        self._number += 1
        if self._understudy is not None:
            self._understudy.receive(frame, now)
            return
        if self._manner.unmatched == "standin":
            self._frames.append(frame)
        body = body_of(frame)
        if type_in(body) in APPENDS and (self._script.audio_bytes or not audio_in(body)):
            self._hear(audio_in(body), now)
            return
        found = find(body, self._expected, self._echo.then) if body else find_text(frame, self._expected)
        if found is not None:
            self._outcome.same += found[1]
            self._outcome.alike += not found[1]
            self._take(found[0], body, now)
        else:
            self._unmatched(frame, body, now)

    def due(self, now: float) -> list[Line]:
        """What is to go out now, in order."""
        ready, self._ready = self._ready, []
        while self._outbox and self._outbox[0][0] <= now:
            _, index = heapq.heappop(self._outbox)
            self._released += 1
            ready.append(self._echo.of(self._script.steps[index]))
        if self._understudy is not None:
            ready += self._understudy.due(now)
        return ready

    @property
    def next_at(self) -> float | None:
        """When there is something to do without the client; None when there is not."""
        times = [self._outbox[0][0]] if self._outbox else []
        if self._ready:
            times.append(self._opened_at)
        if self._understudy is not None and self._understudy.next_at is not None:
            times.append(self._understudy.next_at)
        return min(times, default=None)

    def outcome(self) -> Outcome:
        """How it went so far."""
        outcome = self._outcome
        outcome.audio_bytes = self._audio_bytes
        outcome.released, outcome.held_back = self._released, len(self._script.causes.of) - self._released
        outcome.missing = [_recorded(step) for step in self._expected]
        outcome.silent = self._lacks_audio()
        outcome.first = self._first(outcome)
        return outcome

    def _lacks_audio(self) -> bool:
        return self._heard < len(self._script.by_audio)

    def _first(self, outcome: Outcome) -> Divergence | None:
        if self._diverged is not None:
            return self._diverged
        if outcome.missing:
            return Divergence(outcome.missing[0], None)
        if outcome.silent:
            needed = self._script.by_audio[self._heard][1]
            return Divergence(_recorded(self._script.steps[needed]), None, "audio")
        return None

    # --- what the client sent ------------------------------------------------------------------

    def _take(self, step: Step, body: dict[str, Any], now: float) -> None:
        """The recorded event has come again."""
        self._expected.remove(step)
        self._echo.learn(step, body)
        self._settle(self._script.followers.get(step.index, []), now)

    def _hear(self, audio_bytes: int, now: float) -> None:
        self._audio_bytes += audio_bytes
        waiting, first = self._script.by_audio, self._heard
        while self._heard < len(waiting) and waiting[self._heard][0] <= self._audio_bytes:
            self._heard += 1
        self._settle([index for _, index in waiting[first : self._heard]], now)

    def _unmatched(self, frame: str | bytes, body: dict[str, Any], now: float) -> None:
        text = frame[:_KEPT] if isinstance(frame, str) else "(binary)"
        came = Came(self._number, type_in(body), text)
        expected = self._expected[0] if self._expected else None
        self._outcome.off_script += 1
        if len(self._outcome.unmatched) < _TOLD:
            self._outcome.unmatched.append(came)
        if self._diverged is None:
            self._diverged = Divergence(_recorded(expected) if expected else None, came)
        match self._manner.unmatched:
            case "skip":
                same = next((step for step in self._expected if step.type == came.type), None)
                if same is not None:
                    self._outcome.skipped += 1
                    self._take(same, body, now)
            case "error":
                self._ready.append(_refusal(body, expected))
            case "standin" if self._make_understudy is not None:
                self._understudy = Understudy(self._make_understudy(), self._frames, now)

    # --- what goes out -------------------------------------------------------------------------

    def _settle(self, indexes: list[int], now: float) -> None:
        """Each of these waits for one thing less."""
        for index in indexes:
            self._needs[index] -= 1
        self._release([index for index in indexes if not self._needs[index]], now)

    def _release(self, indexes: list[int], now: float) -> None:
        """Everything that these need has come: give each its time, none before what stands before it."""
        if not indexes:
            return
        waiting = sorted((index, at) for at, index in self._outbox)
        latest, position = now, 0
        for index in sorted(indexes):
            while position < len(waiting) and waiting[position][0] < index:
                latest = max(latest, waiting[position][1])
                position += 1
            latest = max(latest, self._time_of(index, now))
            heapq.heappush(self._outbox, (latest, index))

    def _time_of(self, index: int, now: float) -> float:
        delay_s = self._script.causes.of[index].delay_s
        match self._manner.timing:
            case "fast":
                return now
            case "causal":
                return now + delay_s
        return max(now, self._opened_at + self._script.steps[index].t)


def _recorded(step: Step) -> Came:
    return Came(step.line, step.type, str(step.content)[:_KEPT])


def _refusal(body: dict[str, Any], expected: Step | None) -> str:
    there = f"It has {expected.type} in line {expected.line}" if expected else "It expects nothing more"
    event_id = body.get("event_id")
    message = f"The recording that is replayed has no such '{body.get('type')}' here. {there}."
    caused_by = event_id if isinstance(event_id, str) else None
    return encode(build.error(message, code="not_in_recording", caused_by=caused_by)).decode()
