"""What caused what in a recording."""

from __future__ import annotations

import pytest
from performed import BROKEN, CLEAN, FOLDER, OURS, name_of, steps, steps_told

from rtcli.script.causes import causes_of

EVERY = [*OURS, *CLEAN, *BROKEN]


def told(path):
    """By line of each server event the lines of what it needs, and how many bytes of audio."""
    script = steps(path)
    of = causes_of(script).of
    return {
        script[index].line: ([script[step].line for step in sorted(cause.need.steps)], cause.need.audio_bytes)
        for index, cause in of.items()
    }


def line_of(path, kind, number=1):
    return [step.line for step in steps(path) if step.type == kind][number - 1]


@pytest.mark.parametrize("path", EVERY, ids=name_of)
def test_what_a_server_event_needs_lies_before_it(path):
    script = steps(path)
    causes = causes_of(script)
    assert causes.of.keys() == {step.index for step in script if step.sender == "server"}
    for index, cause in causes.of.items():
        before = [step for step in script[:index] if step.sender == "client"]
        assert cause.need.steps <= {step.index for step in before}
        assert cause.need.audio_bytes <= max((step.audio_bytes for step in before), default=0)
        assert cause.step is None or script[cause.step].sender == "client"
        assert cause.delay_s >= 0


def test_the_connection_is_cause_enough_of_a_session():
    path = FOLDER / "text.jsonl"
    assert told(path)[line_of(path, "session.created")] == ([], 0)


def test_speech_is_caused_by_the_audio_up_to_its_position():
    path = FOLDER / "clean" / "heard.jsonl"
    assert told(path)[line_of(path, "input_audio_buffer.speech_stopped")] == ([], 500 * 8), "G.711, 8 bytes a ms"


def test_what_follows_a_turn_that_vad_ended_is_caused_by_its_end():
    path = FOLDER / "spoken.jsonl"
    ended = told(path)[line_of(path, "input_audio_buffer.speech_stopped")]
    for kind in ("input_audio_buffer.committed", "conversation.item.added", "response.created", "response.done"):
        assert told(path)[line_of(path, kind)] == ended, kind


def test_a_commit_causes_the_item_and_with_a_request_the_response():
    path = FOLDER / "clean" / "push_to_talk.jsonl"
    commit, request = line_of(path, "input_audio_buffer.commit"), line_of(path, "response.create")
    assert told(path)[line_of(path, "conversation.item.added")][0] == [commit]
    assert told(path)[line_of(path, "response.done")][0] == [commit, request]


def test_responses_side_by_side_are_told_apart():
    path = FOLDER / "clean" / "side_by_side.jsonl"
    requests = [line_of(path, "response.create", number) for number in (1, 2)]
    done = [told(path)[line_of(path, "response.done", number)][0] for number in (1, 2)]
    question = line_of(path, "conversation.item.create")
    assert done == [[question, requests[0]], [requests[1]]], "the one beside the conversation is not about it"


def test_a_response_needs_what_the_tools_said():
    path = FOLDER / "clean" / "parallel.jsonl"
    outputs = [line_of(path, "conversation.item.create", number) for number in (2, 3, 4)]
    need, _ = told(path)[line_of(path, "response.created", 2)]
    assert need == [*outputs, line_of(path, "response.create", 2)]


def test_the_end_of_an_interrupted_response_is_caused_by_the_speech():
    path = FOLDER / "interruption.jsonl"
    speech = told(path)[line_of(path, "input_audio_buffer.speech_started", 2)]
    assert told(path)[line_of(path, "response.done")] == speech
    assert told(path)[line_of(path, "response.created")] < speech


@pytest.mark.parametrize("name", ["retrieve", "delete"])
def test_what_is_asked_of_an_item_causes_its_answer(name):
    path = FOLDER / "clean" / "history.jsonl"
    past = {"retrieve": "retrieved", "delete": "deleted"}[name]
    asked = line_of(path, f"conversation.item.{name}")
    assert told(path)[line_of(path, f"conversation.item.{past}")] == ([asked], 0)


def test_a_truncation_is_caused_by_the_client():
    path = FOLDER / "interruption.jsonl"
    asked = line_of(path, "conversation.item.truncate")
    assert told(path)[line_of(path, "conversation.item.truncated")] == ([asked], 0)


def test_an_error_is_caused_by_the_event_that_it_names(tmp_path):
    path = tmp_path / "refused.jsonl"
    path.write_text(
        '{"t":0,"from":"client","event":{"type":"response.create","event_id":"a"}}\n'
        '{"t":1,"from":"client","event":{"type":"response.create","event_id":"b"}}\n'
        '{"t":2,"from":"server","event":{"type":"error","event_id":"s","error":{"type":"x","event_id":"b"}}}\n'
        '{"t":3,"from":"server","event":{"type":"response.created","response":{"id":"r","conversation_id":"c"}}}\n'
    )
    assert told(path) == {3: ([2], 0), 4: ([1], 0)}


def test_what_an_item_without_an_id_was_called_is_known():
    path = FOLDER / "text.jsonl"
    script = steps(path)
    (created,) = [step for step in script if step.type == "conversation.item.create"]
    added = next(step for step in script if step.type == "conversation.item.added")
    assert causes_of(script).named == {created.index: added.body["item"]["id"]}


def test_translated_speech_is_caused_by_the_audio_before_it():
    path = FOLDER / "clean" / "translation.jsonl"
    script = steps(path)
    first = next(step for step in script if step.type == "session.output_transcript.delta")
    sent = max(step.audio_bytes for step in script[: first.index])
    assert told(path)[first.line] == ([], sent)
    assert told(path)[line_of(path, "session.closed")] == ([line_of(path, "session.close")], 0)


@pytest.mark.parametrize("at_ms", [10**400, -(10**400), True, "1", None])
def test_a_position_that_is_no_number_is_none(at_ms):
    told = [
        ("client", {"type": "input_audio_buffer.append", "audio": "AAAA"}),
        ("server", {"type": "input_audio_buffer.speech_started", "event_id": "e", "audio_start_ms": at_ms}),
    ]
    script = steps_told(told)
    assert causes_of(script).of[1].need.audio_bytes == 0
