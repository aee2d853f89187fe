"""The metrics hold their laws on any sequence of events: nothing raises, nothing is made up, and memory is bounded."""

from __future__ import annotations

import json
import math
import tracemalloc
from functools import cache

import pytest
import sweeping
from hypothesis import given, settings
from hypothesis import strategies as st

from rtcli.events import DIALECTS, Listener, decode
from rtcli.events.example import example
from rtcli.formats import Entry
from rtcli.formats.rtcli import read
from rtcli.recording import Header
from rtcli.session.clock import REMEMBERED_APPENDS
from rtcli.session.config import Config
from rtcli.session.measured import Connection
from rtcli.session.measures import METRICS
from rtcli.session.metrics import Metrics

EVERYTHING = frozenset().union(*(metric.needs for metric in METRICS.values()))
IDS = ("a", "b", "")
NUMBERS = (0, 1, 100, 640, 2**63, 10**400)
SOUND = "AAAA" * 1600
CLICK = "AAAA" * 16
CALL = {"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}", "status": "completed"}
MESSAGE = {"type": "message", "role": "user", "content": []}
APPROVAL = {"type": "mcp_approval_request", "server_label": "s", "name": "f", "arguments": "{}"}
CONVERSE = {
    "type": "realtime",
    "id": "s",
    "model": "gpt-realtime",
    "audio": {
        "input": {
            "format": {"type": "audio/pcm", "rate": 24000},
            "turn_detection": {"type": "server_vad"},
            "transcription": {"model": "gpt-4o-transcribe"},
        },
        "output": {"format": {"type": "audio/pcm", "rate": 24000}},
    },
}
TELLING = [
    {"type": "session.created", "session": CONVERSE},
    {"type": "response.output_audio.delta", "delta": CLICK, "response_id": "a", "item_id": "a"}
    | {"output_index": 0, "content_index": 0},
    {"type": "input_audio_buffer.append", "audio": CLICK},
    {"type": "conversation.item.create", "item": MESSAGE},
    {"type": "conversation.item.added", "item": {"id": "a", **MESSAGE}},
    {"type": "conversation.item.added", "item": {"id": "a", **CALL, "type": "function_call_output", "output": ""}},
    {"type": "response.output_item.added", "response_id": "a", "output_index": 0, "item": {"id": "a", **CALL}},
    {"type": "response.output_item.done", "response_id": "a", "output_index": 0, "item": {"id": "a", **CALL}},
    {"type": "response.output_item.done", "response_id": "a", "output_index": 0, "item": {"id": "a", **APPROVAL}},
    {"type": "response.created", "response": {"id": "a", "status": "in_progress", "conversation_id": "c"}},
    {"type": "response.create", "response": {"conversation": "none", "metadata": {"a": "b"}}},
    {"type": "response.done", "response": {"id": "a", "status": "cancelled", "conversation_id": None}}
    | {"status_details": {"type": "cancelled", "reason": "turn_detected"}},
    {"type": "response.done"}
    | {"response": {"id": "a", "status": "completed", "usage": {"input_tokens": 9, "output_tokens": 9}}},
]
"""What the examples of the types leave out, and what the metrics live on."""


@cache
def examples(dialect):
    made = [example(event) for event in DIALECTS[dialect].types.values()]
    return made + TELLING * 3 if dialect == "realtime" else made


def varied(value, draw, name=""):
    """The value with other ids and numbers, and nulls here and there."""
    if isinstance(value, dict):
        return {key: varied(one, draw, key) for key, one in value.items()}
    if isinstance(value, list):
        return [varied(one, draw, name) for one in value]
    if name == "id" or name.endswith("_id"):
        return draw(st.sampled_from((*IDS, value, None)))
    if isinstance(value, int) and not isinstance(value, bool):
        return draw(st.sampled_from((*NUMBERS, value)))
    return value


@st.composite
def conversations(draw, times):
    """Lines of a recording in one dialect: events of all types about few ids, so that they meet."""
    dialect = draw(st.sampled_from(sorted(DIALECTS)))
    lines = []
    for event in draw(st.lists(st.sampled_from(examples(dialect)), max_size=20)):
        record = {"from": draw(st.sampled_from(["client", "server"])), "event": varied(event, draw)}
        t = draw(times)
        lines.append(json.dumps(record if t is None else {"t": t, **record}))
    return dialect, lines


def measured(conversation):
    dialect, lines = conversation
    connection = Connection()
    for entry in read((line.encode() + b"\n" for line in lines), Listener(DIALECTS[dialect])):
        connection.apply(entry)
        connection.metrics.of("cost_usd", EVERYTHING)
    return connection


@settings(max_examples=sweeping.examples(300), deadline=None)
@given(conversations(st.sampled_from([None, 0.0, 0.5, 2.0, 7.25, -3.0, 1e308])))
def test_no_sequence_of_events_raises_and_every_value_is_a_number_with_a_line(conversation):
    metrics = measured(conversation).metrics
    for name, metric in METRICS.items():
        aggregate = metrics.aggregate(name, EVERYTHING)
        assert aggregate.n == len(aggregate.values)
        for value in aggregate.values:
            assert math.isfinite(value.value), name
            assert 0 <= value.line <= len(conversation[1])
        assert all(math.isfinite(part) for part in aggregate.parts.values())
        for rows in (metrics.turns, metrics.responses, metrics.speeches, metrics.calls, metrics.mcp, metrics.updates):
            for row in rows:
                metrics.value(name, row, EVERYTHING)
        assert metric.needs <= EVERYTHING


@settings(max_examples=sweeping.examples(200), deadline=None)
@given(conversations(st.none()))
def test_without_times_nothing_that_is_measured_in_time_has_a_value_even_where_times_are_promised(conversation):
    metrics = measured(conversation).metrics
    for name, metric in METRICS.items():
        if "times" in metric.needs and name != "unplayed_ms":
            assert metrics.of(name, EVERYTHING) == []
    for name in ("unplayed_ms", "talk_share", "connect_ms", "cost_per_minute"):
        assert metrics.of(name, EVERYTHING) == []


@settings(max_examples=sweeping.examples(100), deadline=None)
@given(conversations(st.sampled_from([0.0, 1.0, 2.0])))
def test_what_the_recording_cannot_be_relied_on_for_has_no_value(conversation):
    metrics = measured(conversation).metrics
    for name, metric in METRICS.items():
        if metric.needs:
            assert metrics.of(name, EVERYTHING - metric.needs) == []
            assert metrics.aggregate(name, frozenset()).parts == {}


# --- Memory --------------------------------------------------------------------------------------------------------


def entry(line, t, kind, **fields):
    event = decode(json.dumps({"type": kind, "event_id": "e", **fields}))
    return Entry(line, t, event.sender, event)


def new():
    config = Config()
    metrics = Metrics(config)
    for one in (Entry(0, 0.0, None, Header(rtcli=1)), entry(1, 0.0, "session.created", session=CONVERSE)):
        config.apply(one)
        metrics.apply(one)
    return metrics


def grown_bytes(metrics, entries, first, then):
    """How much memory the later ones of many entries take."""
    feed = metrics.apply
    tracemalloc.start()
    try:
        for number in range(first):
            for one in entries(number):
                feed(one)
        before, _ = tracemalloc.get_traced_memory()
        for number in range(first, first + then):
            for one in entries(number):
                feed(one)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return after - before


PLACE = {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
REPEATED = {
    "audio of one response": ("response.output_audio.delta", {**PLACE, "delta": SOUND}),
    "text of one response": ("response.output_text.delta", {**PLACE, "delta": "x"}),
    "requests that nothing answers": ("response.create", {}),
    "commits that nothing answers": ("input_audio_buffer.commit", {}),
    "errors": ("error", {"error": {"type": "x", "message": "no"}}),
}


@pytest.mark.parametrize(("kind", "fields"), REPEATED.values(), ids=REPEATED)
def test_what_goes_on_takes_no_memory(kind, fields):
    metrics = new()
    created = {"id": "r", "status": "in_progress", "conversation_id": "c"}
    metrics.apply(entry(2, 0.0, "response.created", response=created))
    event = entry(3, 1.0, kind, **fields).event
    assert grown_bytes(metrics, lambda n: [Entry(n, n / 10, event.sender, event)], 2_000, 10_000) < 20_000


def test_the_clock_of_the_input_remembers_the_latest_appends_only():
    metrics = new()
    event = entry(3, 1.0, "input_audio_buffer.append", audio=SOUND).event
    rounds = 2 * REMEMBERED_APPENDS
    more = 3 if sweeping.ALL else 1
    grown = grown_bytes(metrics, lambda n: [Entry(n, n / 10, "client", event)], rounds, more * rounds)
    assert grown < rounds * more * 8
    clock = metrics.listening.clock
    assert clock.at(1.0) is None
    assert clock.at(clock.appended_ms).line == (1 + more) * rounds - 1


BEFORE, THEN = (4_500, 1_000) if sweeping.ALL else (2_500, 512)
"""So many go before those whose memory is looked at: more than are left alone, before the older ones are packed."""


def test_of_a_response_that_never_ends_a_row_is_kept_and_the_oldest_are_given_up():
    metrics = new()

    def begin(number):
        response = {"id": f"r{number}", "status": "in_progress", "conversation_id": "c"}
        yield entry(number, 1.0, "response.created", response=response)
        yield entry(number, 1.0, "response.output_audio.delta", **{**PLACE, "response_id": f"r{number}"}, delta=SOUND)

    assert grown_bytes(metrics, begin, BEFORE, THEN) / THEN < 2_000
    assert metrics.responses[0].audio_ms is None
    assert metrics.responses[-1].audio_ms == 100


def test_of_a_turn_that_is_over_small_rows_are_kept():
    metrics = new()

    def turn(number):
        item, answer, t = f"u{number}", f"r{number}", float(number)
        response = {"id": answer, "conversation_id": "c"}
        used = {"input_tokens": 9, "output_tokens": 9}
        yield entry(number, t, "input_audio_buffer.speech_started", item_id=item, audio_start_ms=number)
        yield entry(number, t, "input_audio_buffer.speech_stopped", item_id=item, audio_end_ms=number)
        yield entry(number, t, "input_audio_buffer.committed", item_id=item)
        yield entry(number, t, "response.created", response={**response, "status": "in_progress"})
        yield entry(number, t, "response.output_audio.delta", **{**PLACE, "response_id": answer}, delta=SOUND)
        yield entry(number, t, "response.done", response={**response, "status": "completed", "usage": used})

    assert grown_bytes(metrics, turn, BEFORE, THEN) / THEN < 3_000
    assert len(metrics.turns) == len(metrics.responses) == len(metrics.speeches) == BEFORE + THEN
