"""A call with the built-in server, step by step: the session says what was said, and a live check what a later one says."""

from __future__ import annotations

import json
from collections import defaultdict

from callers import CREATE, TOOL, message, update
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sweeping import examples

from rtcli.events import Listener, build, encode
from rtcli.formats.rtcli import read
from rtcli.rules import RULES, Check
from rtcli.session import Session
from rtcli.session.metrics import Metrics
from rtcli.session.tree import Response, children_of
from rtcli.standin import Standin, voice

SENT = {
    "greets": message("hello"),
    "asks": message("weather"),
    "creates": CREATE,
    "creates anyway": CREATE,
    "cancels": build.new_response.cancel(),
    "speaks": build.input_audio.append(voice.user("stop").pcm16),
    "is silent": build.input_audio.append(bytes(48 * 900)),
    "commits": build.input_audio.commit(),
    "clears": build.input_audio.clear(),
    "has a tool": update(tools=[TOOL]),
    "wants text": update(output_modalities=["text"]),
}
TEXTS = (
    "response.output_text.delta",
    "response.output_audio_transcript.delta",
    "response.function_call_arguments.delta",
)
STRANGE = (
    '{"type":"vendor.thing","event_id":"v"}',
    '{"type":"response.done","event_id":"d"}',
    '{"type":"response.output_text.delta","event_id":"w","delta":7}',
    "{",
    "[1]",
    '{"type":3}',
)


class Call(RuleBasedStateMachine):
    @initialize()
    def connect(self):
        self.lines = []
        self.now = 0.0
        self.is_healthy = True
        self.connections = 0
        self.listener = Listener()
        self.session = Session()
        self.check = Check(RULES, self.listener)
        self.reader = read(self._coming(), self.listener)
        self.found = []
        self.events = 0
        self.said = defaultdict(str)
        """By connection and item what its deltas add up to."""
        self.responses = {}
        """By connection and response how it ended."""
        self.dial()

    def _coming(self):
        while True:
            yield self.lines[-1]

    def _line(self, **record):
        self.lines.append(json.dumps({"t": round(self.now, 6), **record}).encode() + b"\n")
        entry = next(self.reader)
        self.session.apply(entry)
        self.metrics.apply(entry)
        self.found.append(list(self.check.feed(entry)))

    def _event(self, sender, text):
        self.events += 1
        self._line(**{"from": sender, "event": json.loads(text)})

    @rule()
    def dial(self):
        """Another connection begins."""
        self.connections += 1
        self.standin = Standin(seed=self.connections)
        self.metrics = Metrics(self.session.config)
        self.lines.append(b'{"rtcli":1,"transport":"websocket","handshake":true,"lossless":true}\n')
        entry = next(self.reader)
        self.session.apply(entry)
        self.found.append(list(self.check.feed(entry)))
        self.metrics = Metrics(self.session.config)
        self.now = 0.0
        self.standin.open()
        self._hear()

    def _hear(self):
        for event in self.standin.due(self.now):
            body = json.loads(encode(event))
            self._event("server", encode(event))
            self._note(body)

    def _note(self, body):
        """Keep what a plain reader of the events keeps."""
        kind = body["type"]
        if kind in TEXTS:
            self.said[self.connections, body["item_id"]] += body["delta"]
        elif kind == "response.created":
            self.responses[self.connections, body["response"]["id"]] = None
        elif kind == "response.done":
            self.responses[self.connections, body["response"]["id"]] = body["response"]["status"]

    @rule(name=st.sampled_from(sorted(SENT)))
    def say(self, name):
        sent = SENT[name]
        text = json.dumps(sent) if isinstance(sent, dict) else encode(sent).decode()
        self._event("client", text)
        self.standin.receive(text, self.now)
        self._hear()

    @rule(wait_s=st.sampled_from([0.02, 0.1, 0.3, 1.0, 20.0]))
    def wait(self, wait_s):
        until = self.now + wait_s
        while (soon := self.standin.next_at) is not None and soon <= until:
            self.now = max(self.now, soon)
            self._hear()
        self.now = until

    @rule()
    def note(self):
        self._line(note="somebody said something")

    @rule(text=st.sampled_from(STRANGE), sender=st.sampled_from(["client", "server"]))
    def come_something_strange(self, text, sender):
        self.is_healthy = False
        if text.startswith("{") and text != "{":
            self._event(sender, text)
        else:
            self._line(**{"from": sender, "text": text})

    @rule()
    def come_the_last_event_again(self):
        if json.loads(self.lines[-1]).get("from") != "server":
            return
        self.is_healthy = False
        self.lines.append(self.lines[-1])
        entry = next(self.reader)
        self.session.apply(entry)
        self.found.append(list(self.check.feed(entry)))

    @rule(back=st.integers(0, 5))
    def come_a_piece_again(self, back):
        """A delta comes twice, later than the first time."""
        begins = max(number for number, line in enumerate(self.lines) if line.startswith(b'{"rtcli"'))
        pieces = [line for line in self.lines[begins:] if json.loads(line).get("event", {}).get("type") in TEXTS]
        if pieces:
            self.is_healthy = False
            event = json.loads(pieces[-1 - back % len(pieces)])["event"]
            if isinstance(event["delta"], str):
                self._event("server", json.dumps(event))

    def _nodes(self, kind):
        for number, connection in enumerate(self.session.connections, 1):
            waiting = [connection]
            while waiting:
                node = waiting.pop()
                waiting += children_of(node)
                if isinstance(node, kind):
                    yield number, node

    @invariant()
    def the_session_says_what_was_said(self):
        if not hasattr(self, "session"):
            return
        assert len(self.session.connections) == self.connections
        told = {}
        for number, response in self._nodes(Response):
            if not response.known:
                continue
            told[number, response.id] = response.status if response.done else None
            for item in response.children:
                texts = [stream.text for stream in item.streams.values() if stream.kind != "audio"]
                assert "".join(texts) == self.said.get((number, item.id), ""), item.id
        assert told == self.responses

    @invariant()
    def what_is_healthy_has_no_errors(self):
        if hasattr(self, "found") and self.is_healthy:
            assert [
                one for found in self.found for one in found if one.severity == "error" and one.side == "server"
            ] == []

    def teardown(self):
        """Whoever reads the same lines later finds the same, at the same lines."""
        if not hasattr(self, "found"):
            return
        listener = Listener()
        later = Check(RULES, listener)
        again = [list(later.feed(entry)) for entry in read(self.lines, listener)]
        assert again == self.found
        assert list(later.finish()) == list(self.check.finish())


Call.TestCase.settings = settings(max_examples=examples(50), stateful_step_count=30, deadline=None)
TestCall = Call.TestCase
