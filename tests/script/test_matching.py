"""Which recorded event one that comes now stands for."""

from __future__ import annotations

import pytest

from rtcli.script.matching import find
from rtcli.script.steps import Step


def recorded(*bodies):
    return [Step(index, index + 1, float(index), "client", "", body) for index, body in enumerate(bodies)]


def match(now, *then, names=None):
    """The line of the recorded event and whether it is the same; None where there is none."""
    found = find(now, recorded(*then), names or {})
    return (found[0].line, found[1]) if found else None


def message(text, **fields):
    content = [{"type": "input_text", "text": text}]
    item = {"type": "message", "role": "user", "content": content} | fields
    return {"type": "conversation.item.create", "item": item}


def update(**config):
    return {"type": "session.update", "session": config}


def output(call_id, text):
    item = {"type": "function_call_output", "call_id": call_id, "output": text}
    return {"type": "conversation.item.create", "item": item}


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (message("Hello", id="a"), message("Hello", id="b")),
        (message("Hello", id="a"), message("Hello")),
        (message("Hello") | {"event_id": "a"}, message("Hello") | {"event_id": "b"}),
        (message("Hello") | {"previous_item_id": None}, message("Hello")),
        ({"type": "response.create", "response": {}}, {"type": "response.create"}),
    ],
    ids=["ids", "an id or none", "event ids", "null or nothing", "an empty response or none"],
)
def test_what_a_client_chooses_says_nothing(now, then):
    assert match(now, then) == (1, True)
    assert match(then, now) == (1, True)


def test_other_words_are_another_event():
    assert match(message("Hello"), message("Good bye")) is None


def test_not_the_order_but_the_content_decides():
    assert match(message("two"), message("one"), message("two")) == (2, True)


def test_of_two_that_are_the_same_the_first_is_meant():
    assert match({"type": "response.create"}, {"type": "response.create"}, {"type": "response.create"}) == (1, True)


def test_a_configuration_is_told_by_its_keys():
    then = update(instructions="Be brief.", audio={"output": {"voice": "marin"}})
    assert match(update(instructions="Be kind.", audio={"output": {"voice": "cedar"}}), then) == (1, False)
    assert match(update(instructions="Be kind."), then) is None
    assert match(update(instructions="Be brief.", audio={"output": {"voice": "marin"}}), then) == (1, True)


def test_a_null_in_a_configuration_means_something():
    then = update(audio={"input": {"turn_detection": None}})
    assert match(update(audio={"input": {}}), then) is None


def test_what_a_tool_said_is_told_by_the_call():
    assert match(output("call_2", "rain"), output("call_1", "sun"), output("call_2", "sun")) == (2, False)
    assert match(output("call_3", "sun"), output("call_1", "sun")) is None


def test_a_truncation_is_told_by_the_item_and_not_by_the_moment():
    def truncate(item, at_ms):
        return {"type": "conversation.item.truncate", "item_id": item, "content_index": 0, "audio_end_ms": at_ms}

    assert match(truncate("b", 5), truncate("a", 9), truncate("b", 9)) == (2, False)


def test_metadata_tell_requests_apart_only_where_nothing_else_does():
    def request(**fields):
        return {"type": "response.create", "response": fields}

    assert match(request(metadata={"n": "2"}), request(metadata={"n": "1"}), request(metadata={"n": "2"})) == (2, True)
    assert match(request(metadata={"n": "3"}), request(metadata={"n": "1"})) == (1, False)
    assert match(request(metadata={"n": "1"}), {"type": "response.create"}) == (1, False)
    assert match(request(instructions="a"), request(instructions="b")) is None


def test_an_item_that_the_client_named_itself_is_known_by_its_new_name():
    then = {"type": "conversation.item.delete", "item_id": "old"}
    assert match({"type": "conversation.item.delete", "item_id": "new"}, then) is None
    assert match({"type": "conversation.item.delete", "item_id": "new"}, then, names={"new": "old"}) == (1, True)
