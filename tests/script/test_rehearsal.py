"""A recording that plays the client, against the built-in server and without sockets."""

from __future__ import annotations

import json
from base64 import b64decode

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from performed import CLEAN, FOLDER, OURS, TOLD, name_of, steps, steps_told
from sweeping import examples

from rtcli.events import Listener, encode
from rtcli.formats import Entry, interpret
from rtcli.recording import Frame
from rtcli.rules import RULES, Check
from rtcli.script.rehearsal import Part, Rehearsal
from rtcli.script.renaming import ids_in
from rtcli.standin import Standin

FOR_THE_BUILT_IN_SERVER = [
    *OURS,
    *(path for path in CLEAN if path.stem in {"chat", "history", "heard", "push_to_talk", "tool"}),
]


class Stage:
    """The two parts on one clock; ``entries`` is the new recording."""

    def __init__(self, path, timing="causal", **options):
        kind = next(step.body["session"]["type"] for step in steps(path) if step.type == "session.created")
        self.rehearsal = Rehearsal(Part(steps(path)), timing)
        self.standin = Standin(seed=5, transcription=kind == "transcription", **options)
        self.now = 0.0
        self.listener = Listener()
        self.entries: list[Entry] = []

    def play(self):
        self.standin.open()
        self.rehearsal.open(0.0)
        for _ in range(100_000):
            self._exchange()
            if self.rehearsal.is_over(self.now):
                return self
            times = [at for at in (self.rehearsal.next_at, self.standin.next_at) if at is not None]
            self.now = max(self.now + 1e-6, min(times))
        raise AssertionError("it does not end")

    def _exchange(self):
        for event in self.standin.due(self.now):
            text = encode(event).decode()
            self._pass("server", text)
            self.rehearsal.receive(json.loads(text), self.now)
        for line in self.rehearsal.due(self.now):
            self._pass("client", line)
            self.standin.receive(line, self.now)

    def _pass(self, sender, text):
        self.entries.append(interpret(Frame(self.now, sender, text), len(self.entries) + 1, self.listener))

    def types(self, sender):
        return [entry.event.type for entry in self.entries if entry.sender == sender]

    def bodies(self, kind):
        return [msgspec.to_builtins(entry.event) for entry in self.entries if entry.event.type == kind]


@pytest.mark.parametrize("timing", ["original", "causal", "fast"])
@pytest.mark.parametrize("path", FOR_THE_BUILT_IN_SERVER, ids=name_of)
def test_the_server_that_was_recorded_says_the_same_again(path, timing):
    stage = Stage(path, timing).play()
    assert stage.rehearsal.stuck is None
    then = [step.type for step in steps(path) if step.sender == "client" and step.type]
    assert sorted(stage.types("client")) == sorted(then)
    whole = [kind for kind in stage.types("server") if not kind.endswith(".delta")]
    assert sorted(whole) == sorted(
        step.type for step in steps(path) if step.sender == "server" and step.type and not step.type.endswith(".delta")
    )


@pytest.mark.parametrize("path", FOR_THE_BUILT_IN_SERVER, ids=name_of)
def test_nothing_is_found_in_the_new_session(path):
    stage = Stage(path).play()
    found = [one for one in Check(RULES, stage.listener).run(stage.entries) if one.severity != "info"]
    assert found == []


def test_a_tool_answers_the_new_call():
    stage = Stage(FOLDER / "tool.jsonl").play()
    (call,) = stage.bodies("response.function_call_arguments.done")
    output = stage.bodies("conversation.item.create")[1]["item"]
    assert output["call_id"] == call["call_id"]
    then = next(step.body for step in steps(FOLDER / "tool.jsonl") if "arguments.done" in step.type)
    assert call["call_id"] != then["call_id"]


def test_a_truncation_names_the_new_item():
    stage = Stage(FOLDER / "interruption.jsonl").play()
    (truncate,) = stage.bodies("conversation.item.truncate")
    assert truncate["item_id"] == stage.bodies("response.output_item.added")[0]["item"]["id"]
    assert "error" not in stage.types("server")


def test_a_truncation_leaves_no_more_than_the_new_server_said():
    path = FOLDER / "interruption.jsonl"
    then = next(step for step in steps(path) if step.type == "conversation.item.truncate").body["audio_end_ms"]
    stage = Stage(path, pace=8.0).play()
    (truncate,) = stage.bodies("conversation.item.truncate")
    said = [body for body in stage.bodies("response.output_audio.delta") if body["item_id"] == truncate["item_id"]]
    assert truncate["audio_end_ms"] == sum(len(b64decode(body["delta"])) for body in said) // 48
    assert truncate["audio_end_ms"] < then
    assert "error" not in stage.types("server")


def test_what_the_client_named_itself_keeps_its_name():
    stage = Stage(FOLDER / "clean" / "history.jsonl").play()
    named = {name for body in stage.bodies("conversation.item.create") for name in ids_in(body)}
    assert {"user_1", "user_2", "user_3"} <= named
    assert "error" not in stage.types("server")


def test_audio_keeps_its_pace():
    path = FOLDER / "spoken.jsonl"
    then = [step.t for step in steps(path) if step.is_append]
    now = [entry.t for entry in Stage(path, "fast").play().entries if "append" in entry.event.type]
    assert [at - now[0] for at in now] == [pytest.approx(at - then[0], abs=0.01) for at in then]


def test_it_gives_up_when_what_it_waits_for_does_not_come():
    rehearsal = Rehearsal(Part(steps(FOLDER / "tool.jsonl")), wait_s=5.0)
    rehearsal.open(0.0)
    rehearsal.receive({"type": "session.created"}, 0.0)
    (sent,) = rehearsal.due(1.0)
    assert json.loads(sent)["type"] == "session.update"
    assert rehearsal.due(5.9) == []
    assert not rehearsal.is_over(5.9)
    assert rehearsal.due(rehearsal.next_at) == []
    assert rehearsal.is_over(6.0)
    assert rehearsal.stuck.type == "conversation.item.create"


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [step.body for path in OURS[:2] for step in steps(path) if step.sender == "server" and step.body]
        )
        | st.dictionaries(st.sampled_from(["type", "item", "response", "item_id"]), st.none() | st.text(max_size=3)),
        max_size=8,
    )
)
def test_nothing_that_a_server_sends_raises(events):
    rehearsal = Rehearsal(Part(steps(FOLDER / "tool.jsonl")), "fast", wait_s=1.0)
    rehearsal.open(0.0)
    sent = []
    for number, event in enumerate(events):
        rehearsal.receive(event, float(number))
        sent += rehearsal.due(float(number))
    assert len(sent) <= 5
    assert rehearsal.next_at is not None


@settings(max_examples=examples(100), deadline=None)
@given(TOLD, TOLD)
def test_whatever_a_recording_holds_can_be_said_to_whatever_answers(recorded, live):
    part = Part(steps_told(recorded))
    rehearsal = Rehearsal(part, "fast", wait_s=1.0)
    rehearsal.open(0.0)
    sent = rehearsal.due(0.0)
    for number, (_, body) in enumerate(live):
        rehearsal.receive(body, float(number))
        sent += rehearsal.due(float(number))
    frames = [cue.step.content for cue in part.cues]
    assert len(sent) <= len(frames)
    assert rehearsal.next_at is not None
