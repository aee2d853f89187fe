"""A recording that plays the server to a client that does as it likes: nothing goes out before what it needs has come."""

from __future__ import annotations

import base64
from collections import defaultdict
from functools import cache

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from performed import CLEAN, OURS, script_of
from sweeping import examples

from rtcli.recording import Close
from rtcli.script.performance import Manner, Performance
from rtcli.script.steps import APPENDS, audio_in

SCRIPTS = [path for path in (*CLEAN, *OURS) if path.stat().st_size < 400_000]
cached = cache(script_of)
FOREIGN = (
    '{"type":"response.create","response":{"instructions":"not there"}}',
    "no event",
    b"\x00",
    '{"type":"x.y"}',
    "{}",
)


def _said(step):
    """What an event says, but for the ids that a client chooses for it: they tell no two events from each other."""
    body = msgspec.json.decode(step.content)
    item = body.get("item", {})
    return {**body, "event_id": "", "item": {**item, "id": ""}}


class Replay(RuleBasedStateMachine):
    @initialize(
        path=st.sampled_from(SCRIPTS),
        timing=st.sampled_from(["original", "causal", "fast"]),
        unmatched=st.sampled_from(["wait", "error"]),
    )
    def connect(self, path, timing, unmatched):
        self.script = cached(path)
        self.timing, self.unmatched = timing, unmatched
        self.performance = Performance(self.script, Manner(timing=timing, unmatched=unmatched))
        self.now = 0.0
        self.to_send = [
            step for step in self.script.steps if step.sender == "client" and not isinstance(step.content, Close)
        ]
        self.came_again = set()
        """The recorded events that the client has sent."""
        self.audio_bytes = 0
        self.off_script = 0
        self.refused = 0
        self.went_out = []
        self.places = defaultdict(list)
        for step in self.script.steps:
            if step.sender == "server":
                self.places[str(step.content)].append(step.index)
        self.performance.open(self.now)

    def _send(self, frame):
        self.performance.receive(frame, self.now)

    @precondition(lambda self: self.to_send)
    @rule(count=st.integers(1, 8))
    def go_on(self, count):
        """Send what the recorded client sent next."""
        for step in self.to_send[:count]:
            if step.is_append:
                self.audio_bytes += audio_in(msgspec.json.decode(step.content))
            else:
                self.came_again.add(step.index)
            self._send(step.content)
        del self.to_send[:count]

    @precondition(lambda self: any(not step.is_append for step in self.to_send))
    @rule(which=st.integers(0, 3))
    def go_on_in_another_order(self, which):
        waiting = [step for step in self.to_send if not step.is_append]
        step = waiting[which % len(waiting)]
        first = next(one for one in waiting if _said(one) == _said(step))
        self.to_send.remove(first)
        self.came_again.add(first.index)
        self._send(first.content)

    @rule(size=st.integers(0, 9000))
    def speak(self, size):
        kind = next((step.type for step in self.script.steps if step.is_append), None)
        if kind in APPENDS:
            self.audio_bytes += size
            self._send(msgspec.json.encode({"type": kind, "audio": base64.b64encode(bytes(size)).decode()}).decode())

    @rule(frame=st.sampled_from(FOREIGN))
    def say_something_else(self, frame):
        self.off_script += 1
        self.refused += self.unmatched == "error"
        self._send(frame)

    @rule(wait_s=st.sampled_from([0.0, 0.01, 0.3, 5.0, 1e5]))
    def wait(self, wait_s):
        until = self.now + wait_s
        while (soon := self.performance.next_at) is not None and soon <= until:
            self.now = max(self.now, soon)
            self._take()
        self.now = until
        self._take()

    def _take(self):
        for line in self.performance.due(self.now):
            places = self.places.get(str(line))
            if not places:
                assert self.refused > 0
                assert b"not_in_recording" in line.encode()
                self.refused -= 1
                continue
            index = places.pop(0)
            need = self.script.causes.of[index].need
            assert need.steps <= self.came_again, "it went out before what it needs had come"
            assert need.audio_bytes <= self.audio_bytes, "it went out before the user had said so much"
            if self.timing == "original":
                assert self.script.steps[index].t <= self.now + 1e-9
            self.went_out.append(index)

    @invariant()
    def it_tells_what_it_did(self):
        if not hasattr(self, "script"):
            return
        outcome = self.performance.outcome()
        assert outcome.released == len(self.went_out)
        assert outcome.released + outcome.held_back == len(self.script.causes.of)
        assert outcome.off_script == self.off_script
        assert outcome.same == len(self.came_again)
        assert outcome.alike == 0
        assert outcome.audio_bytes == self.audio_bytes

    @invariant()
    def when_all_has_come_and_time_has_passed_all_has_gone_out(self):
        if not hasattr(self, "script") or self.to_send or self.performance.next_at is not None:
            return
        assert len(self.went_out) == len(self.script.causes.of)


Replay.TestCase.settings = settings(max_examples=examples(60), stateful_step_count=30, deadline=None)
TestReplay = Replay.TestCase
