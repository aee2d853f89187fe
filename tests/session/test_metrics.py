"""The metrics of the worked example come out to the digit, and percentiles are what they are called."""

from __future__ import annotations

import json
import re

import pytest
from counted import BEGIN, created, done, measured, text
from examples import entries

from rtcli.events import Listener
from rtcli.session.measured import connections
from rtcli.session.measures import METRICS

KNOWN = {"transport": "websocket", "lossless": True}
OF_RESPONSES = (
    "request_to_created",
    "created_to_first_text",
    "created_to_first_audio",
    "duration",
    "stream_speed",
    "barge_in_to_done",
    "barge_in_to_last_audio",
    "unplayed_ms",
)
OF_TURNS = ("stop_to_created", "stop_to_first_audio", "voice_to_voice")


@pytest.fixture
def protocol(shared):
    return json.loads((shared / "protocol/metrics.json").read_text())


@pytest.fixture
def worked(protocol):
    """The connection of the worked example, and what is to come out."""
    example = protocol["worked_example"]
    (connection,) = connections(entries(example["records"], KNOWN, Listener()))
    return connection, example["expected"]


def test_every_metric_of_the_protocol_is_there_with_its_unit_and_its_needs(protocol):
    defined = {one["id"]: one for one in protocol["metrics"]}
    assert set(METRICS) == set(defined)
    for name, metric in METRICS.items():
        assert (metric.title, metric.unit) == (defined[name]["title"], defined[name]["unit"])
        assert metric.needs == set(defined[name]["needs"])


def test_the_session_of_the_worked_example_has_its_numbers(worked):
    connection, expected = worked
    metrics, kept = connection.metrics, connection.kept
    told = expected["session"]
    assert metrics.of("age_s", kept)[0].value == told["duration_s"]
    assert [value.value for value in metrics.of("update_ms", kept)] == told["update_ms"]
    assert metrics.listening.clock.appended_ms == told["input_audio_s"] * 1000
    assert sum(row.audio_ms for row in metrics.responses) == told["output_audio_s"] * 1000
    assert (len(metrics.turns), len(metrics.responses)) == (told["turns"], told["responses"])


def test_the_responses_of_the_worked_example_have_their_numbers(worked):
    connection, expected = worked
    metrics, kept = connection.metrics, connection.kept
    first_of = {turn.response_ids[0]: turn for turn in metrics.turns}
    for row, told in zip(metrics.responses, expected["responses"], strict=True):
        of_row = {name: metrics.value(name, row, kept) for name in OF_RESPONSES}
        turn = first_of.get(row.id)
        of_turn = {name: metrics.value(name, turn, kept) if turn else None for name in OF_TURNS}
        itself = {"id": row.id, "status": row.status, "reason": row.reason}
        audio = {"audio_ms": row.audio_ms, "dry_ms": row.dry_ms}
        assert itself | of_row | of_turn | audio == told


def test_the_turns_of_the_worked_example_have_their_numbers(worked):
    connection, expected = worked
    metrics, kept = connection.metrics, connection.kept
    for speech, told in zip(metrics.speeches, expected["turns"], strict=True):
        assert speech.item_id == told["item"]
        assert speech.speech_ms == told["speech_ms"]
        assert metrics.value("vad_delay", speech, kept) == told["vad_delay"]
        assert metrics.turns[speech.turn - 1].response_ids[0] == told["answered_by"]


def test_the_tools_and_transcriptions_of_the_worked_example_have_their_numbers(worked):
    connection, expected = worked
    metrics, kept = connection.metrics, connection.kept
    for call, told in zip(metrics.calls, expected["tool_calls"], strict=True):
        assert (call.call_id, call.name) == (told["call_id"], told["name"])
        assert metrics.value("tool_client_ms", call, kept) == told["client_ms"]
        assert metrics.value("tool_server_ms", call, kept) == told["server_ms"]
        assert metrics.value("tool_round_trip", call, kept) == told["round_trip"]
    for row, told in zip(metrics.transcriptions, expected["transcriptions"], strict=True):
        assert row.item_id == told["item"]
        assert metrics.value("transcription_first_delta", row, kept) == told["first_delta"]
        assert metrics.value("transcription_lag", row, kept) == told["lag"]


def test_the_tokens_and_the_cost_of_the_worked_example_are_its_own(worked):
    connection, expected = worked
    metrics, kept = connection.metrics, connection.kept
    tokens = metrics.aggregate("tokens", kept).parts
    assert {name: tokens[name] for name in expected["tokens"]} == expected["tokens"]
    assert [value.value for value in metrics.of("cached_share", kept)] == [expected["cached_share"]]
    cost = metrics.aggregate("cost_usd", kept).parts
    assert {name: cost[name] for name in ("low", "high")} == expected["cost_usd"]


def test_percentiles_are_of_the_nearest_rank_and_there_are_none_below_five_values():
    def texts(number):
        return BEGIN + "".join(
            created(10 * n, f"r{n}") + text(10 * n + n / 10, f"r{n}") + done(10 * n + 5, f"r{n}")
            for n in range(1, number + 1)
        )

    few, many = measured(texts(4)), measured(texts(20))
    spread = few.metrics.aggregate("created_to_first_text", few.kept)
    assert (spread.n, spread.p50, spread.p95) == (4, None, None)
    spread = many.metrics.aggregate("created_to_first_text", many.kept)
    assert (spread.n, spread.p50, spread.p95, spread.worst.value) == (20, 1000, 1900, 2000)
    assert spread.worst.line == 61


def test_without_the_ids_of_its_events_a_session_measures_the_same():
    script = BEGIN + created(1.0, "r") + text(1.2, "r") + done(1.5, "r")
    ids = [line for line in script.splitlines() if line]
    bare = [re.sub(r"^([0-9.]+) < (\S+) \{", r'- {"t":\1,"from":"server","event":{"type":"\2",', line) for line in ids]
    stripped = "\n".join(line + "}" * (line != plain) for line, plain in zip(bare, ids, strict=True))
    whole, left = measured(script), measured(stripped)
    assert left.kept == whole.kept
    assert [left.metrics.of(name, left.kept) for name in METRICS] == [
        whole.metrics.of(name, whole.kept) for name in METRICS
    ]
    assert any(whole.metrics.of(name, whole.kept) for name in METRICS)
