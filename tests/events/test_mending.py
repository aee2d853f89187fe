"""What is left of a damaged event agrees with it in all that is in order, and makes nothing up."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from sweeping import by_turns, examples

from rtcli.events import BETA, DIALECTS, REALTIME, Event, Listener, Malformed, decode, encode
from rtcli.events.example import example
from rtcli.events.mending import rest

CLEAN = Path(__file__).parents[2] / "recordings/clean"
WRONG = (None, 7, -1, "x", True, [], {}, [7], {"type": "x"}, 1e308)
SAYS_NOTHING = ("", 0, None, [], {}, "active")
"""The last is the only status that a session of the live dialect can have."""
CREATED = {"type": "session.created", "session": {"type": "realtime", "id": "s", "model": "gpt-realtime"}}
DONE = {
    "type": "response.done",
    "event_id": "e",
    "response": {
        "id": "r",
        "status": "completed",
        "output": [
            {"type": "function_call", "id": "i", "name": "f", "arguments": "{}", "call_id": "c"},
            {"type": "message", "id": "j", "role": "assistant", "content": [{"type": "output_text", "text": "x"}]},
        ],
        "usage": {"total_tokens": 3, "input_tokens": 1, "output_tokens": 2},
    },
}
DELTA = {
    "type": "response.output_text.delta",
    "event_id": "e",
    "response_id": "r",
    "item_id": "i",
    "output_index": 0,
    "content_index": 0,
    "delta": "x",
}


def is_plain(event, dialect):
    """Whether an event is one of the dialect's, with nothing beyond the schema."""
    result = decode(json.dumps(event), dialect)
    return isinstance(result, Event) and not result.extra and not result.foreign and not result.implied


def in_recordings():
    """An event of each shape in the clean recordings."""
    events = {}
    for path in sorted(CLEAN.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            record = json.loads(line)
            event = record.get("event", record)
            if isinstance(event.get("type"), str):
                dialect = next((one for one in DIALECTS.values() if is_plain(event, one)), None)
                if dialect is not None:
                    events.setdefault((dialect.name, event["type"], str(sorted(places(event)))), (dialect, event))
    return list(events.values())


def places(value, path=()):
    """The paths of everything inside a value."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in entries:
        yield str((*path, step))
        yield from places(inner, (*path, step))


def paths(value, path=()):
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in entries:
        if (*path, step) != ("type",):
            yield (*path, step)
        yield from paths(inner, (*path, step))


@cache
def events():
    """Events of every type of every dialect: those in the recordings, and the examples."""
    shown = [(dialect, example(kind)) for dialect in DIALECTS.values() for kind in dialect.types.values()]
    return [*in_recordings(), *shown, (REALTIME, CREATED | {"event_id": "e"}), (REALTIME, DONE), (REALTIME, DELTA)]


MISSING = object()


def damaged(event, path, value=MISSING):
    """The event without what is at a path, or with something else there; as it is where the path leads nowhere."""
    twin = copy.deepcopy(event)
    holder = twin
    try:
        for step in path[:-1]:
            holder = holder[step]
        if value is MISSING:
            del holder[path[-1]]
        else:
            holder[path[-1]] = value
    except (LookupError, TypeError):
        return event
    return twin


def rest_of(event, dialect=REALTIME):
    """What is left of an event, as JSON has it; the event itself where it is in order."""
    result = decode(json.dumps(event), dialect)
    if isinstance(result, Malformed):
        assert result.rest is None or isinstance(result.rest, result.meant)
        return None if result.rest is None else json.loads(encode(result.rest))
    return event


def differs_only_along(path, whole, left):
    """Whether what is left is the whole, but for what lies on the way to the damage."""
    if whole == left or not path:
        return True
    step = path[0]
    if isinstance(whole, dict) and isinstance(left, dict):
        beside = [{name: value for name, value in one.items() if name != step} for one in (whole, left)]
        if beside[0] != beside[1]:
            return False
        return step not in left or left[step] in SAYS_NOTHING or differs_only_along(path[1:], whole[step], left[step])
    if isinstance(whole, list) and isinstance(left, list):
        if len(left) < len(whole):
            return left in (whole[:step], whole[:step] + whole[step + 1 :])
        beside = [one[:step] + one[step + 1 :] for one in (whole, left)]
        return beside[0] == beside[1] and differs_only_along(path[1:], whole[step], left[step])
    return False


def comes_from(left, body):
    """Whether all that is left was there, or says nothing."""
    if left == body or left in SAYS_NOTHING:
        return True
    if isinstance(left, dict) and isinstance(body, dict):
        return all(name == "type" or comes_from(value, body.get(name)) for name, value in left.items())
    if isinstance(left, dict):
        return all(value in SAYS_NOTHING for name, value in left.items() if name != "type")
    if isinstance(left, list) and isinstance(body, list):
        there = iter(body)
        return all(any(comes_from(entry, one) for one in there) for entry in left)
    return False


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=lambda dialect: dialect.name)
def test_one_damage_leaves_everything_beside_it_as_it_was(dialect):
    left_of = 0
    for event in [one for spoken, one in events() if spoken is dialect]:
        for number, path in enumerate(paths(event)):
            for value in by_turns((MISSING, *WRONG), number, 4):
                left = rest_of(damaged(event, path, value), dialect)
                if left is not None:
                    left_of += 1
                    spoilt = damaged(event, path, value)
                    assert differs_only_along(path, event, left) or left == spoilt, (path, value, event)
    assert left_of > 100


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=lambda dialect: dialect.name)
def test_an_event_of_the_server_without_its_id_is_left_whole(dialect):
    for event in [one for spoken, one in events() if spoken is dialect and "event_id" in one]:
        without = {name: value for name, value in event.items() if name != "event_id"}
        assert rest_of(without, dialect) in (without, without | {"event_id": ""})


@settings(max_examples=examples(500), deadline=None)
@given(st.data())
def test_whatever_is_wrong_with_an_event_nothing_raises_and_nothing_is_made_up(data):
    dialect, event = data.draw(st.sampled_from(events()))
    body = event
    for _ in range(data.draw(st.integers(1, 5))):
        found = list(paths(body))
        if found:
            body = damaged(body, data.draw(st.sampled_from(found)), data.draw(st.sampled_from((MISSING, *WRONG))))
    left = rest_of(body, dialect)
    assert left is None or comes_from(left, body), (left, body)


def test_a_session_without_the_id_of_its_event_is_known():
    rest = decode(json.dumps(CREATED)).rest
    assert (rest.event_id, rest.session.model, rest.session.id) == ("", "gpt-realtime", "s")


def test_faulty_fields_are_left_out_and_needed_ones_say_nothing():
    event = copy.deepcopy(DONE)
    event["response"]["status"] = "finished"
    event["response"]["usage"]["input_tokens"] = "1"
    event["response"]["output"][0]["name"] = 7
    del event["response"]["output"][1]["content"]
    assert rest_of(event)["response"] == {
        "id": "r",
        "output": [
            {"type": "function_call", "id": "i", "name": "", "arguments": "{}", "call_id": "c"},
            {"type": "message", "id": "j", "role": "assistant", "content": []},
        ],
        "usage": {"total_tokens": 3, "output_tokens": 2},
    }


@pytest.mark.parametrize(
    ("event", "path", "value"),
    [
        (DELTA, ("item_id",), MISSING),
        (DELTA, ("response_id",), 7),
        (DELTA, ("content_index",), -1),
        (DELTA, ("delta",), None),
        (DONE, ("response",), MISSING),
        (DONE, ("response",), "r"),
        (DONE, ("response", "id"), 7),
        (CREATED, ("session",), []),
        ({"type": "response.cancel", "response_id": "r"}, ("response_id",), 7),
        ({"type": "conversation.item.added", "event_id": "e", "item": {"type": "message"}}, ("item", "id"), 7),
    ],
)
def test_nothing_is_left_where_it_is_not_known_what_it_is_about_or_what_it_brings(event, path, value):
    assert decode(json.dumps(damaged(event, path, value))).rest is None


def test_a_place_that_nobody_goes_by_may_be_missing():
    assert rest_of(damaged(DELTA, ("output_index",))) == DELTA


def test_content_ends_where_a_part_is_lost_and_other_lists_go_on():
    parts = [{"type": "output_text", "text": "a"}, "lost", {"type": "output_text", "text": "b"}]
    event = damaged(DONE, ("response", "output", 1, "content"), parts)
    event["response"]["output"].insert(0, "lost")
    call, message = rest_of(event)["response"]["output"]
    assert (call["name"], message["content"]) == ("f", parts[:1])


def test_an_object_that_does_not_say_its_type_is_told_by_its_fields_and_never_guessed():
    assert rest_of(damaged(CREATED, ("session", "type")))["session"] == CREATED["session"]
    for kind in ({"rate": 24000}, {}):
        event = damaged(CREATED, ("session", "audio"), {"output": {"format": kind}})
        known = {"format": {"type": "audio/pcm", "rate": 24000}} if kind else {}
        assert rest_of(event)["session"]["audio"] == {"output": known}


def test_an_object_of_an_unknown_kind_is_not_taken_for_another():
    assert "audio" not in rest_of(damaged(CREATED, ("session", "audio"), {"output": 7}))["session"].get("audio", {})
    event = damaged(DONE, ("response", "output", 0, "type"), "computer_call")
    assert [one["type"] for one in rest_of(event)["response"]["output"]] == ["message"]


def test_what_stands_beside_a_response_is_put_into_it():
    event = {
        "type": "response.done",
        "response_id": "r",
        "usage": {"input_tokens": 1},
        "response": {"status": "completed", "usage": {}},
    }
    assert rest_of(event, BETA)["response"] == {"id": "r", "status": "completed", "usage": {"input_tokens": 1}}
    told = event | {"response": {"id": "s", "usage": {"input_tokens": 2}}}
    assert rest_of(told, BETA)["response"] == {"id": "s", "usage": {"input_tokens": 2}}


def test_what_is_left_is_the_same_when_the_fault_has_been_learned():
    listener = Listener(REALTIME)
    text = json.dumps(damaged(DELTA, ("obfuscation",), 7) | {"extra": 1, "obfuscation": 7})
    found = [listener.decode(text, line) for line in range(1, 20)]
    plain = json.dumps(DELTA | {"obfuscation": 7})
    found += [listener.decode(plain, line) for line in range(20, 40)]
    assert any(isinstance(one.source, Event) for one in found)
    assert {encode(one.rest) for one in found} == {encode(decode(json.dumps(DELTA)))}


@pytest.mark.parametrize("text", ["", "no event", "[]", "{}", '{"type":7}', '{"type":"session.created","session":7}'])
def test_of_a_text_that_is_no_event_nothing_is_left(text):
    assert decode(text).rest is None


def test_what_is_left_does_not_change_what_was_found():
    asked, untouched = decode(json.dumps(CREATED)), decode(json.dumps(CREATED))
    assert asked.rest is asked.rest
    assert asked == untouched


def test_a_recording_in_order_loads_nothing_of_it():
    path = CLEAN / "chat.jsonl"
    code = (
        "import sys; from pathlib import Path; from rtcli.events import Listener; from rtcli.formats import read\n"
        "from rtcli.causes.case import Case\n"
        "listener = Listener(); case = Case(listener)\n"
        f"for entry in read(Path({str(path)!r}), listener): case.feed(entry)\n"
        "case.finish(); print('rtcli.events.mending' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False\n"


DEEP_TOOL = (
    '{"type":"session.update","event_id":7,"session":{"type":"realtime","tools":[{"type":"function","parameters":%s}]}}'
)


@pytest.mark.parametrize("is_learned", [False, True])
def test_what_is_nested_nearly_too_deep_to_be_parsed_is_mended_or_not_and_nothing_raises(is_learned):
    limit = sys.getrecursionlimit()
    listener = Listener(REALTIME)
    for line in range(50 * is_learned):
        listener.decode(DEEP_TOOL % "{}", line)
    depths = [*range(limit // 2, limit, 50), *range(limit - 200, limit)]
    found = [listener.decode(DEEP_TOOL % ("[" * depth + "]" * depth), 51) for depth in sorted(depths)]
    assert isinstance(found[0].source, Event) is is_learned
    mended = [one.rest is not None for one in found]
    assert mended[0]
    assert not mended[-1]
    assert mended == sorted(mended, reverse=True)


def further_down(frames, call):
    return further_down(frames - 1, call) if frames else call()


def test_what_is_nested_deeper_than_there_is_room_on_the_stack_is_mended_all_the_same():
    limit = sys.getrecursionlimit()
    body = json.loads(DEEP_TOOL.replace('"function",', '"function","name":"f",') % "{}")
    parameters = inner = body["session"]["tools"][0]["parameters"]
    for _ in range(limit * 6 // 10):
        inner["x"] = inner = {}
    kind = REALTIME.types["session.update"]
    mended = further_down(limit // 2, lambda: rest(body, kind))
    assert mended.event_id is UNSET
    assert mended.session.tools[0].parameters is parameters


def test_a_field_that_is_learned_does_not_keep_what_is_nested_deep_beside_it_from_being_read():
    limit = sys.getrecursionlimit()
    listener = Listener(REALTIME)
    text = DEEP_TOOL.replace('"event_id":7', '"mood":%d')
    for depth in (*[1] * 20, *range(limit - 200, limit)):
        event = listener.decode(text % (depth, "[" * depth + "]" * depth), depth)
        assert isinstance(event, Malformed) or [(one.path, one.value) for one in event.extra] == [(("mood",), depth)]
