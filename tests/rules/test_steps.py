"""A session that goes as sessions go is passed by most rules: what is found and known is the same as by the usual way."""

from __future__ import annotations

import json
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers_shape import shape
from sweeping import by_turns, examples

from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.rules import RULES, Check
from rtcli.session.ledgers import Ledgers

HEADER = {"rtcli": 1, "transport": "websocket", "handshake": True, "lossless": True}
SESSION = {"type": "session.created", "session": {"type": "realtime", "id": "s", "audio": {}}}
MESSAGE = {"type": "message", "status": "in_progress", "role": "assistant", "content": []}
USAGE = {"total_tokens": 9, "input_tokens": 4, "output_tokens": 5}


def written(turn, *, spoken=False):
    """A turn of a session in order: the client says something in text, and is answered in text or with a voice."""
    asked, answer = f"u{turn}", f"a{turn}"
    message = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Go on."}]}
    yield {"type": "conversation.item.create", "from": "client", "item": message}
    previous = {"previous_item_id": f"a{turn - 1}"} if turn else {"previous_item_id": None}
    yield {"type": "conversation.item.added", **previous, "item": message | {"id": asked}}
    yield {"type": "conversation.item.done", "item": message | {"id": asked}}
    yield {"type": "response.create", "from": "client"}
    yield from answered(turn, answer, spoken=spoken)


def answered(turn, answer, *, spoken):
    told = {"id": f"r{turn}", "conversation_id": "c", "status": "in_progress", "status_details": None, "output": []}
    yield {"type": "response.created", "response": told}
    here = {"response_id": f"r{turn}", "output_index": 0}
    begun = {**MESSAGE, "id": answer}
    yield {"type": "response.output_item.added", **here, "item": begun}
    yield {"type": "conversation.item.added", "previous_item_id": f"u{turn}", "item": begun}
    part = {**here, "item_id": answer, "content_index": 0}
    yield {"type": "response.content_part.added", **part, "part": {"type": "audio" if spoken else "text"}}
    kind, field = ("output_audio_transcript", "transcript") if spoken else ("output_text", "text")
    for piece in ("Yes", ",", " sir"):
        if spoken:
            yield {"type": "response.output_audio.delta", **part, "delta": "AAAAAAAA"}
        yield {"type": f"response.{kind}.delta", **part, "delta": piece}
    if spoken:
        yield {"type": "response.output_audio.done", **part}
    whole = {field: "Yes, sir"}
    yield {"type": f"response.{kind}.done", **part, **whole}
    yield {"type": "response.content_part.done", **part, "part": {"type": "audio" if spoken else "text", **whole}}
    content = {"type": "output_audio" if spoken else "output_text", **whole}
    final = begun | {"status": "completed", "content": [content]}
    yield {"type": "conversation.item.done", "item": final}
    yield {"type": "response.output_item.done", **here, "item": final}
    yield {"type": "response.done", "response": told | {"status": "completed", "output": [final], "usage": USAGE}}


def session(turns):
    for turn in range(turns):
        yield from written(turn, spoken=turn % 2 == 1)


EVENTS = [*session(4)]
OTHERS = [
    {"type": "input_audio_buffer.speech_started", "item_id": "v", "audio_start_ms": 0},
    {"type": "input_audio_buffer.speech_stopped", "item_id": "v", "audio_end_ms": 0},
    {"type": "input_audio_buffer.committed", "item_id": "v"},
    {"type": "input_audio_buffer.timeout_triggered", "item_id": "v", "audio_start_ms": 0, "audio_end_ms": 1},
    {"type": "input_audio_buffer.clear", "from": "client"},
    {"type": "response.create", "from": "client", "response": {"conversation": "none"}},
    {"type": "response.cancel", "from": "client"},
    {"type": "conversation.item.delete", "from": "client", "item_id": "u1"},
    {"type": "conversation.item.deleted", "item_id": "u1"},
    {"type": "mcp_list_tools.in_progress", "item_id": "m"},
    {"type": "error", "error": {"type": "x", "message": "No."}},
    {**SESSION, "type": "session.updated"},
    {"type": "session.updated", "session": {"type": "transcription"}},
    {"close": {"code": 1000}},
    {"type": "response.output_item.added", "response_id": "r2", "output_index": 0, "item": {**MESSAGE, "id": "b2"}},
    {"type": "response.output_item.added", "response_id": "r3", "output_index": 1, "item": {**MESSAGE, "id": "b3"}},
]
VALUES = [
    "",
    "r0",
    "a0",
    "u1",
    "v",
    "c",
    "Yes",
    "text",
    "completed",
    "failed",
    "cancelled",
    "user",
    "AAA",
    0,
    1,
    7,
    None,
    [],
    {},
]


def places(value, path=()):
    """Where something stands in an event."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        if key not in ("type", "from"):
            yield (*path, key)
        yield from places(one, (*path, key))


def changed(event, path, value):
    copy = json.loads(json.dumps(event))
    here = copy
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return copy


@st.composite
def disturbed(draw):
    """A session with a few events lost, doubled, moved, changed or added."""
    events = list(EVENTS)
    for _ in range(draw(st.integers(0, 4))):
        at, to = draw(st.integers(0, len(events) - 1)), draw(st.integers(0, len(events) - 1))
        match draw(st.sampled_from(["lose", "double", "move", "add", "change", "change", "change"])):
            case "lose":
                del events[at]
            case "double":
                events.insert(to, events[at])
            case "move":
                events.insert(to, events.pop(at))
            case "add":
                events.insert(at, draw(st.sampled_from(OTHERS)))
            case "change" if found := [*places(events[at])]:
                events[at] = changed(events[at], draw(st.sampled_from(found)), draw(st.sampled_from(VALUES)))
    return events[: draw(st.integers(1, len(events)))]


PAUSES = st.lists(st.sampled_from([0.0] * 30 + [0.1, 3.0, 6.0, 11.0, -1.0]), min_size=64, max_size=64)
NAMES = st.sampled_from([{}, {5: 3}, {0: ""}, {9: 8, 40: 20}])


def lines_of(events, pauses, *, timed, names=()):
    names, t = dict(names), 1.0
    yield {"t": 0.0, **HEADER} if timed else HEADER
    for number, event in enumerate([SESSION, *events]):
        t += pauses[number % len(pauses)]
        moment = {"t": round(t, 3)} if timed else {}
        if "close" in event:
            yield {**moment, "from": "server", **event}
            continue
        body = dict(event)
        sender = body.pop("from", "server")
        if sender == "server" or number % 3 == 0:
            body = {"event_id": f"e{names.get(number, number)}" if names.get(number) != "" else "", **body}
        yield {**moment, "from": sender, "event": body}


def judged(lines, *, usually=False):
    listener = Listener()
    check = Check(RULES, listener)
    feed = check._weigh if usually else check.feed
    found = []
    for number, entry in enumerate(read((json.dumps(line).encode() + b"\n" for line in lines), listener)):
        found += [(number, one) for one in feed(entry)]
    return found, shape(check.ledgers)


@settings(max_examples=examples(60), deadline=None)
@given(disturbed(), PAUSES, st.booleans(), NAMES)
def test_the_same_is_found_and_known_where_every_event_goes_the_usual_way(events, pauses, timed, names):
    lines = [*lines_of(events, pauses, timed=timed, names=names)]
    assert judged(lines) == judged(lines, usually=True)


@pytest.mark.parametrize("place", range(len(EVENTS)))
def test_a_session_with_one_event_lost_or_doubled_is_found_out_as_by_the_usual_way(place):
    for here in by_turns(([], [EVENTS[place]] * 2, [EVENTS[place - 1], EVENTS[place]]), place, 2):
        events = [*EVENTS[:place], *here, *EVENTS[place + 1 :]]
        lines = [*lines_of(events, [0.0], timed=True)]
        assert judged(lines) == judged(lines, usually=True)


LATER = range(len([*session(2)]), len(EVENTS))
"""Places in turns whose events are all of kinds that were seen before."""
LIKELY = {
    str: ["", "r0", "a0", "u1", "failed", "user"],
    int: [0, 1, 7],
    list: [[]],
    dict: [{}],
    type(None): ["a0", {"type": "failed"}],
}


def value_at(event, path):
    for step in path:
        event = event[step]
    return event


@pytest.mark.parametrize("place", LATER)
def test_a_session_with_one_value_changed_is_judged_as_by_the_usual_way(place):
    event = EVENTS[place]
    for path in places(event):
        was = value_at(event, path)
        for value in by_turns([*LIKELY[type(was)], None], place + len(path), 8):
            events = [*EVENTS[:place], changed(event, path, value), *EVENTS[place + 1 :]]
            lines = [*lines_of(events, [0.0], timed=True)]
            assert judged(lines) == judged(lines, usually=True), (path, value)


@pytest.mark.parametrize("place", LATER)
def test_a_session_with_something_else_in_it_is_judged_as_by_the_usual_way(place):
    for number, other in enumerate(by_turns(OTHERS, place, 8)):
        for left_out in by_turns((0, 1), place + number, 2):
            events = [*EVENTS[:place], other, *EVENTS[place + left_out :], *written(4)]
            lines = [*lines_of(events, [0.0], timed=True)]
            assert judged(lines) == judged(lines, usually=True), (other, left_out)


class Counting(Ledgers):
    """Ledgers that count what goes the usual way."""

    def __init__(self):
        super().__init__()
        self.usual = count()

    def apply(self, entry):
        next(self.usual)
        super().apply(entry)


def test_all_of_a_session_in_order_goes_the_fast_way_but_for_what_begins_a_stream():
    listener = Listener()
    check = Check(RULES, listener)
    check.ledgers = Counting()
    lines = [*lines_of(session(20), [0.0], timed=False)][1:]
    found = [*check.run(read((json.dumps(line).encode() + b"\n" for line in lines), listener))]
    assert found == []
    first_of_their_kind, streams = len({event["type"] for event in EVENTS}) + 2, 20 + 10
    assert next(check.ledgers.usual) <= first_of_their_kind + streams + 4
