"""Stages, words, limits, silences and money hold their laws on any sequence of events: nothing raises, all adds up."""

from __future__ import annotations

import json
import math
import tracemalloc
from functools import cache

import pytest
import sweeping
from hypothesis import given, settings
from hypothesis import strategies as st

from rtcli.causes.overview import overviews
from rtcli.events import DIALECTS, Listener, decode
from rtcli.events.example import example
from rtcli.formats import Entry
from rtcli.formats.rtcli import read
from rtcli.session.gates import Gate, judge
from rtcli.session.spending import bill_of
from rtcli.session.spoken import Spoken
from rtcli.session.spread import spreads
from rtcli.session.stages import offsets_ms

IDS = ("a", "b", "")
SOUND = "AAAA" * 1600
PLACE = {"response_id": "a", "item_id": "a", "output_index": 0, "content_index": 0}
CREATED = {"id": "a", "status": "in_progress", "conversation_id": "c"}
SESSION = {
    "type": "realtime",
    "id": "s",
    "model": "gpt-realtime",
    "audio": {"input": {"format": {"type": "audio/pcm", "rate": 24000}, "turn_detection": {"type": "server_vad"}}},
}
USED = {
    "input_tokens": 90,
    "output_tokens": 9,
    "input_token_details": {"text_tokens": 50, "audio_tokens": 40, "cached_tokens": 30},
}
WRITTEN = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
TELLING = [
    {"type": "session.created", "session": SESSION},
    {"type": "input_audio_buffer.append", "audio": SOUND},
    {"type": "response.created", "response": CREATED},
    {"type": "response.output_audio.delta", **PLACE, "delta": SOUND},
    {"type": "response.output_audio_transcript.delta", **PLACE, "delta": "word "},
    {"type": "response.done", "response": {**CREATED, "status": "completed", "usage": USED}},
    {"type": "response.done", "response": {**CREATED, "status": "cancelled", "usage": USED}},
    {"type": "conversation.item.create", "item": WRITTEN},
    {"type": "conversation.item.added", "item": {"id": "a", **WRITTEN}},
    {"type": "conversation.item.truncate", "item_id": "a", "content_index": 0, "audio_end_ms": 20},
    {"type": "output_audio_buffer.started", "response_id": "a"},
]
GATES = [
    Gate("--max-ttfa", "1s", 1000, "ttfa"),
    Gate("--p95-voice-to-voice", "1s", 1000, "voice_to_voice", 95),
    Gate("--max-errors", "0", 0, "errors"),
]


@cache
def examples(dialect):
    made = [example(event) for event in DIALECTS[dialect].types.values()]
    return made + TELLING * 4 if dialect == "realtime" else made


def varied(value, draw, name=""):
    if isinstance(value, dict):
        return {key: varied(one, draw, key) for key, one in value.items()}
    if isinstance(value, list):
        return [varied(one, draw, name) for one in value]
    if name == "id" or name.endswith("_id"):
        return draw(st.sampled_from((*IDS, value, None)))
    if isinstance(value, int) and not isinstance(value, bool):
        return draw(st.sampled_from((0, 1, 100, 10**400, value)))
    return value


@st.composite
def conversations(draw):
    dialect = draw(st.sampled_from(sorted(DIALECTS)))
    header = draw(st.sampled_from([[], [{"rtcli": 1, "transport": "websocket", "handshake": True, "lossless": True}]]))
    records = list(header)
    for event in draw(st.lists(st.sampled_from(examples(dialect)), max_size=20)):
        record = {"from": draw(st.sampled_from(["client", "server"])), "event": varied(event, draw)}
        t = draw(st.sampled_from([None, 0.0, 0.5, 2.0, 7.25, -3.0, 1e308]))
        records.append(record if t is None else {"t": t, **record})
    return dialect, [json.dumps(record).encode() + b"\n" for record in records]


@settings(max_examples=sweeping.examples(200), deadline=None)
@given(conversations())
def test_no_sequence_of_events_raises_and_the_parts_add_up(conversation):
    dialect, lines = conversation
    connection = Spoken(longest=5)
    for entry in read(iter(lines), Listener(DIALECTS[dialect])):
        connection.apply(entry)
    connection.said.finish()
    for turn in connection.metrics.turns:
        assert all(ms is None or math.isfinite(ms) for ms in offsets_ms(turn).values())
        said = connection.said.of(turn.number)
        assert all(len(text) <= 5 for text in (*said.user, *said.model))
    for gate in GATES:
        assert judge(gate, [connection]).verdict in {"kept", "broken", "not judged"}
    assert all(one.n for _, one in spreads([connection]))
    bill = bill_of(connection.metrics, connection.kept)
    for one in bill.spendings:
        assert all(cell.tokens > 0 for cell in one.cells)
        if one.cost is not None:
            assert math.fsum(cell.usd for cell in one.cells) == pytest.approx(one.cost.high)


@settings(max_examples=sweeping.examples(100), deadline=None)
@given(conversations())
def test_an_overview_never_raises_and_knows_no_silence_longer_than_the_call(conversation):
    dialect, lines = conversation
    listener = Listener(DIALECTS[dialect])
    for one in overviews(read(iter(lines), listener), listener):
        assert one.turns >= 0
        if one.longest_silence_ms is not None:
            assert math.isfinite(one.longest_silence_ms)
            assert one.longest_silence_ms > 0


def entry(line, kind, **fields):
    event = decode(json.dumps({"type": kind, "event_id": "e", **fields}))
    return Entry(line, float(line), event.sender, event)


def test_of_the_words_of_a_turn_no_more_is_kept_than_was_asked_for():
    """A thousand long answers: what is kept of each is its row and a few words."""
    connection = Spoken(longest=40)
    long = "word " * 2000

    def turn(number):
        answer = f"r{number}"
        place = {**PLACE, "response_id": answer}
        yield entry(number, "response.created", response={**CREATED, "id": answer})
        yield entry(number, "response.output_audio_transcript.delta", **place, delta=long)
        yield entry(number, "response.output_audio_transcript.done", **place, transcript=long)
        yield entry(number, "response.done", response={**CREATED, "id": answer, "status": "completed"})

    for number in range(4200):
        for one in turn(number):
            connection.apply(one)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(4200, 5200):
            for one in turn(number):
                connection.apply(one)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (after - before) / 1000 < 3000
    assert len(connection.said.of(5200).model[0]) == 40
