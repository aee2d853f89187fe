"""Recordings played without sockets, on a clock of the test's own."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import msgspec
from hypothesis import strategies as st

from rtcli.events import REALTIME
from rtcli.formats import read, rtcli
from rtcli.recording import Close
from rtcli.script.performance import Manner, Performance, Script
from rtcli.script.steps import APPENDS, body_of, steps_of
from rtcli.standin import Standin

FOLDER = Path(__file__).parents[1] / "recordings"
OURS = sorted(FOLDER.glob("*.jsonl"))
CLEAN = sorted((FOLDER / "clean").glob("*.jsonl"))
BROKEN = sorted((FOLDER / "broken").glob("*.jsonl*"))
END_S = 1e6


def name_of(path):
    return f"{path.parent.name}/{path.stem}"


def steps(path):
    return steps_of(read(path))


def script_of(path):
    return Script(steps(path))


def said_by(script, sender):
    return [step for step in script.steps if step.sender == sender]


class Client:
    """A client on the test's clock; ``lines`` is all that it got."""

    def __init__(self, script, understudy=None, **manner):
        self.performance = Performance(script, Manner(**manner), understudy or (lambda: Standin(seed=1, pace=0)))
        self.now = 0.0
        self.lines = []
        self.performance.open(0.0)

    def wait(self, until=END_S):
        """Let the time pass, and take what comes; with a server that never rests, not for ever."""
        for _ in range(100_000):
            soon = self.performance.next_at
            if soon is None or soon > until:
                break
            self.now = max(self.now, soon)
            self.lines += self.performance.due(self.now)
        self.now = max(self.now, until) if until < END_S else self.now
        return self

    def send(self, *bodies):
        for body in bodies:
            frame = body if isinstance(body, str | bytes) else msgspec.json.encode(body).decode()
            self.performance.receive(frame, self.now)
            self.lines += self.performance.due(self.now)
        return self

    def replay(self, script, change=lambda body: body):
        """Send what the recorded client sent, each at its time, after `change`."""
        for step in said_by(script, "client"):
            self.wait(step.t)
            self.send(change(step.body) if step.body and not step.is_append else step.content)
        return self.wait()

    @property
    def events(self):
        return [body_of(line) for line in self.lines]

    @property
    def types(self):
        return [event.get("type") for event in self.events]

    @property
    def outcome(self):
        return self.performance.outcome()


def frames_by(script, sender):
    """What one side sent, but for its close."""
    return [step.content for step in said_by(script, sender) if not isinstance(step.content, Close)]


def cut_anew(bodies, sizes):
    """The same events with the audio of neighbouring appends cut into pieces of these sizes, in turn."""
    audio, kind, turn = b"", "", 0
    for body in (*bodies, {}):
        if body.get("type") in APPENDS:
            audio, kind = audio + base64.b64decode(body["audio"]), body["type"]
            continue
        while audio:
            size = sizes[turn % len(sizes)]
            yield {"type": kind, "audio": base64.b64encode(audio[:size]).decode()}
            audio, turn = audio[size:], turn + 1
        if body:
            yield body


def by_response(lines):
    """By response what came of it, in order."""
    groups = {}
    for line in lines:
        body = body_of(line)
        response = body.get("response_id") or body.get("response", {}).get("id")
        groups.setdefault(response, []).append(line)
    groups.pop(None, None)
    return groups


FIELDS = st.sampled_from(
    [
        "event_id",
        "item",
        "response",
        "session",
        "audio",
        "item_id",
        "response_id",
        "error",
        "audio_end_ms",
        "type",
        "id",
        "metadata",
        "conversation_id",
        "status_details",
        "reason",
        "call_id",
        "delta",
        "previous_item_id",
    ]
)
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["a", "b", "turn_detected"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(FIELDS, below, max_size=4),
    max_leaves=8,
)
NAMES = sorted(REALTIME.types)


EVENTS = st.builds(
    lambda kind, body: {**body, "type": kind},
    st.sampled_from(NAMES) | st.just("x") | ANYTHING,
    st.dictionaries(FIELDS, ANYTHING, max_size=5),
)
"""Events of every type, with fields that may be anything."""
TOLD = st.lists(st.tuples(st.sampled_from(["client", "server"]), EVENTS), max_size=12)
"""Who said what in a recording."""


def steps_told(told):
    lines = (json.dumps({"t": at, "from": sender, "event": body}) + "\n" for at, (sender, body) in enumerate(told))
    return steps_of(rtcli.read([line.encode() for line in lines]))
