"""A recording that plays the server, without sockets."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from performed import (
    BROKEN,
    CLEAN,
    EVENTS,
    FOLDER,
    OURS,
    TOLD,
    Client,
    body_of,
    by_response,
    cut_anew,
    frames_by,
    name_of,
    said_by,
    script_of,
    steps_told,
)
from sweeping import examples

from rtcli.script.performance import Script

GOOD = [*OURS, *CLEAN]
TIMINGS = ["original", "causal", "fast"]
cached = cache(script_of)


def recorded(script):
    return [step.content for step in said_by(script, "server")]


@pytest.mark.parametrize("timing", TIMINGS)
@pytest.mark.parametrize("path", GOOD, ids=name_of)
def test_the_recorded_client_gets_the_recorded_answers_word_for_word(path, timing):
    script = cached(path)
    client = Client(script, timing=timing).replay(script)
    assert client.outcome.first is None
    assert client.outcome.same == len(script.expected)
    assert sorted(map(str, client.lines)) == sorted(map(str, recorded(script)))
    if timing != "fast":
        assert client.lines == recorded(script)


@pytest.mark.parametrize("path", GOOD, ids=name_of)
def test_a_client_that_does_not_wait_gets_them_too(path):
    script = cached(path)
    client = Client(script, timing="fast")
    client.send(*frames_by(script, "client")).wait()
    assert client.outcome.first is None
    assert by_response(client.lines) == by_response(recorded(script))
    assert len(client.lines) == len(recorded(script))


@pytest.mark.parametrize("path", BROKEN, ids=name_of)
def test_a_recording_in_which_something_is_wrong_can_be_played_too(path):
    script = cached(path)
    client = Client(script, timing="fast").replay(script)
    assert client.outcome.first is None
    assert client.outcome.held_back == 0


def test_audio_where_the_recorded_client_sent_none_is_not_in_the_recording():
    script = cached(FOLDER / "text.jsonl")
    append = {"type": "input_audio_buffer.append", "audio": "AAAA"}
    client = Client(script, timing="fast").send(append, *frames_by(script, "client")).wait()
    assert client.outcome.first.came.type == append["type"]
    assert client.outcome.off_script == 1
    assert client.outcome.same == len(script.expected)


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.integers(1, 9600), min_size=1, max_size=4))
def test_audio_may_be_cut_anyhow(sizes):
    script = cached(FOLDER / "interruption.jsonl")
    bodies = cut_anew(map(body_of, frames_by(script, "client")), sizes)
    client = Client(script, timing="fast").send(*bodies).wait()
    assert client.outcome.first is None
    assert client.outcome.audio_bytes == client.outcome.audio_bytes_expected
    assert client.lines == recorded(script)


def test_nothing_comes_before_its_cause():
    script = cached(FOLDER / "text.jsonl")
    client = Client(script, timing="fast").wait()
    assert client.types == ["session.created"]


def test_the_audio_up_to_the_end_of_the_speech_is_enough():
    script = cached(FOLDER / "clean" / "heard.jsonl")
    client = Client(script, timing="fast").wait()
    client.send({"type": "input_audio_buffer.append", "audio": "AAAA" * 1000}).wait()
    assert "input_audio_buffer.speech_started" in client.types, "3000 of 4000 bytes"
    assert "input_audio_buffer.speech_stopped" not in client.types
    client.send({"type": "input_audio_buffer.append", "audio": "AAAA" * 334}).wait()
    assert client.types.count("input_audio_buffer.speech_stopped") == 1


def test_the_time_between_cause_and_answer_is_kept_and_a_hasty_client_is_not_slowed_down():
    script = cached(FOLDER / "clean" / "push_to_talk.jsonl")
    commit, committed = (
        next(step for step in script.steps if step.type == f"input_audio_buffer.{name}")
        for name in ("commit", "committed")
    )
    waited = {}
    for timing in TIMINGS:
        client = Client(script, timing=timing).wait(0.02)
        client.send(*(step.content for step in said_by(script, "client") if step.is_append), commit.body)
        while "input_audio_buffer.committed" not in client.types:
            client.wait(client.performance.next_at)
        waited[timing] = client.now
    assert waited["fast"] == 0.02
    assert waited["causal"] == pytest.approx(0.02 + committed.t - commit.t)
    assert waited["original"] == pytest.approx(committed.t)


# --- a client with names of its own ---------------------------------------------------------------


def item(text, item_id=None):
    said = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
    return {"type": "conversation.item.create", "item": said | ({"id": item_id} if item_id else {})}


def ids_under(value, key):
    if isinstance(value, dict):
        found = [value[key]] if isinstance(value.get(key), str) else []
        return found + [one for below in value.values() for one in ids_under(below, key)]
    return [one for below in value for one in ids_under(below, key)] if isinstance(value, list) else []


def test_an_item_has_the_name_that_the_client_gives_it_now_wherever_it_is_named():
    script = cached(FOLDER / "clean" / "history.jsonl")

    def own(body):
        return {**body, "item": {**body["item"], "id": "own_" + body["item"]["id"]}} if "item" in body else body

    def referring(body):
        return {**body, "item_id": "own_" + body["item_id"]} if "item_id" in body else own(body)

    client = Client(script, timing="fast").replay(script, referring)
    assert client.outcome.first is None
    named = [
        name
        for event in client.events
        for key in ("id", "item_id", "previous_item_id")
        for name in ids_under(event, key)
    ]
    assert {name for name in named if "user_" in name} == {"own_user_1", "own_user_2", "own_user_3"}
    deleted = next(event for event in client.events if event["type"] == "conversation.item.deleted")
    assert deleted["item_id"] == "own_user_1"


def test_an_item_that_the_server_named_then_has_the_clients_name_now():
    script = cached(FOLDER / "text.jsonl")

    def own(body):
        return {**body, "item": {**body["item"], "id": "mine"}} if "item" in body else body

    client = Client(script, timing="fast").replay(script, own)
    assert client.outcome.first is None
    added = [event for event in client.events if event["type"] == "conversation.item.added"]
    assert added[0]["item"]["id"] == "mine"
    assert added[1]["previous_item_id"] == "mine"
    assert added[1]["item"]["id"] == next(
        step.body["item"]["id"] for step in script.steps if step.type == "response.output_item.added"
    ), "the server's own ids stay"


def test_the_metadata_of_a_request_come_back():
    script = cached(FOLDER / "text.jsonl")

    def own(body):
        return {**body, "response": {"metadata": {"k": "v"}}} if body["type"] == "response.create" else body

    client = Client(script, timing="fast").replay(script, own)
    assert client.outcome.first is None
    answers = [event["response"] for event in client.events if event["type"] in {"response.created", "response.done"}]
    assert [answer["metadata"] for answer in answers] == [{"k": "v"}, {"k": "v"}]


def test_words_that_read_like_an_id_are_left_alone(tmp_path):
    path = tmp_path / "call.jsonl"
    path.write_text(
        '{"t":0,"from":"client","event":{"type":"conversation.item.create","item":{"id":"one","type":"message",'
        '"role":"user","content":[{"type":"input_text","text":"one"}]}}}\n'
        '{"t":1,"from":"server","event":{"type":"conversation.item.added","event_id":"one","item":{"id":"one",'
        '"type":"message","role":"user","content":[{"type":"input_text","text":"one"}]}}}\n'
    )
    client = Client(script_of(path), timing="fast").send(item("one", "two")).wait()
    (added,) = client.events
    assert added["item"]["id"] == "two"
    assert added["item"]["content"] == [{"type": "input_text", "text": "one"}]
    assert added["event_id"] == "one", "a server's event is no client's"


def test_a_truncation_is_confirmed_as_it_was_asked_for_now():
    script = cached(FOLDER / "interruption.jsonl")

    def own(body):
        return {**body, "audio_end_ms": 7} if body["type"] == "conversation.item.truncate" else body

    client = Client(script, timing="fast").replay(script, own)
    assert client.outcome.alike == 1
    assert client.outcome.first is None
    cut = next(event for event in client.events if event["type"] == "conversation.item.truncated")
    assert cut["audio_end_ms"] == 7


def test_an_error_names_the_event_of_now(tmp_path):
    path = tmp_path / "refused.jsonl"
    path.write_text(
        '{"t":0,"from":"client","event":{"type":"response.cancel","event_id":"then"}}\n'
        '{"t":1,"from":"server","event":{"type":"error","event_id":"s","error":{"type":"x","event_id":"then"}}}\n'
    )
    client = Client(script_of(path), timing="fast").send({"type": "response.cancel", "event_id": "now"}).wait()
    assert client.events[0]["error"]["event_id"] == "now"


# --- a client that leaves the script ----------------------------------------------------------------


def test_waiting_leaves_what_is_not_in_the_recording_unanswered():
    script = cached(FOLDER / "text.jsonl")
    client = Client(script, timing="fast").wait().send(item("Something else")).wait()
    assert client.types == ["session.created"]
    first = client.outcome.first
    assert (first.expected.type, first.came.type, first.came.line) == ("session.update", "conversation.item.create", 1)
    assert first.expected.line == next(step.line for step in script.steps if step.type == "session.update")
    client.replay(script)
    assert len(client.lines) == len(recorded(script)), "the script waited, and goes on"


def test_skipping_takes_it_for_the_next_of_its_type():
    script = cached(FOLDER / "text.jsonl")

    def otherwise(body):
        return item("Something else", "mine") if body["type"] == "conversation.item.create" else body

    client = Client(script, timing="fast", unmatched="skip").replay(script, otherwise)
    assert client.outcome.skipped == 1
    assert client.outcome.diverged
    assert len(client.lines) == len(recorded(script))
    assert client.events[2]["item"]["id"] == "mine"


def test_an_error_says_what_the_recording_has_instead():
    script = cached(FOLDER / "text.jsonl")
    client = Client(script, timing="fast", unmatched="error").wait()
    client.send(item("Something else") | {"event_id": "mine"}).wait()
    error = client.events[-1]["error"]
    assert (client.types[-1], error["code"], error["event_id"]) == ("error", "not_in_recording", "mine")
    assert "session.update" in error["message"]


def test_the_built_in_server_takes_over_with_what_was_said_before():
    script = cached(FOLDER / "text.jsonl")
    client = Client(script, timing="fast", unmatched="standin").replay(script)
    assert client.outcome.first is None
    before = len(client.lines)
    question = item("Please tell me a story.", "story")
    client.send(question, {"type": "response.create"}).wait(client.now + 20)
    new = client.events[before:]
    assert client.types[before] == "conversation.item.added"
    assert new[0]["previous_item_id"], "it knows what was said before"
    assert client.types.count("session.created") == 1
    said = "".join(event["delta"] for event in new if event["type"] == "response.output_text.delta")
    assert said.startswith("Once upon a time"), "the session is configured as before, so that it writes"


def test_a_client_that_leaves_early_is_told_from_one_that_came_to_the_end():
    script = cached(FOLDER / "text.jsonl")
    client = Client(script, timing="fast").wait()
    client.send(*(step.body for step in script.expected[:1])).wait()
    outcome = client.outcome
    assert [one.type for one in outcome.missing] == ["conversation.item.create", "response.create"]
    assert outcome.first.expected == outcome.missing[0]
    assert outcome.first.came is None


def test_audio_that_does_not_come_is_missed():
    script = cached(FOLDER / "clean" / "heard.jsonl")
    client = Client(script, timing="fast").wait()
    client.send(*(step.body for step in script.expected)).wait()
    assert client.outcome.first.lacks == "audio"
    assert client.outcome.first.expected.type == "input_audio_buffer.speech_started"


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(EVENTS | st.binary(max_size=5) | st.text(max_size=5), max_size=6),
    st.sampled_from(["wait", "skip", "error"]),
)
def test_nothing_that_a_client_sends_raises(sent, unmatched):
    script = cached(FOLDER / "tool.jsonl")
    client = Client(script, timing="fast", unmatched=unmatched).send(*sent).wait()
    assert client.outcome.audio_bytes >= 0
    assert client.types.count("session.created") == 1


@settings(max_examples=examples(100), deadline=None)
@given(TOLD)
@example([("client", {"type": "input_audio_buffer.append"})])
def test_whatever_a_recording_holds_its_client_gets_all_of_it(told):
    script = Script(steps_told(told))
    client = Client(script, timing="fast").replay(script)
    assert len(client.lines) == sum(sender == "server" for sender, _ in told)
    assert client.outcome.first is None
