"""The session that the protocol's metrics are explained with, as turns, as a bill and as an overview."""

from __future__ import annotations

import json
import math

import pytest
from examples import entries

from rtcli.causes.overview import overviews
from rtcli.events import Listener
from rtcli.session.measured import each
from rtcli.session.spending import bill_of, tokens_in
from rtcli.session.spoken import Spoken
from rtcli.session.stages import TTFA, beginning, offsets_ms

KNOWN = {"transport": "websocket", "lossless": True}


@pytest.fixture
def example(shared):
    worked = json.loads((shared / "protocol/metrics.json").read_text())["worked_example"]
    return worked["records"], worked["expected"]


def test_its_turns_have_the_times_of_the_responses_that_answer_them(example):
    records, expected = example
    (connection,) = each(entries(records, KNOWN, Listener()), Spoken)
    by_id = {one["id"]: one for one in expected["responses"]}
    for turn, told in zip(connection.metrics.turns, expected["turns"], strict=True):
        answer, offsets = by_id[told["answered_by"]], offsets_ms(turn)
        assert beginning(turn)[0] == "stopped"
        assert offsets["speech_end"] == -told["vad_delay"]
        assert offsets["created"] == answer["stop_to_created"]
        assert offsets["first_audio"] == answer["stop_to_first_audio"]
        ttfa = TTFA.measure(turn)
        assert (ttfa.value if ttfa else None) == answer["stop_to_first_audio"]
        assert connection.metrics.value("voice_to_voice", turn, connection.kept) == answer["voice_to_voice"]


def test_its_bill_adds_up_to_its_cost(example):
    records, expected = example
    (connection,) = each(entries(records, KNOWN, Listener()), Spoken)
    bill = bill_of(connection.metrics, connection.kept)
    parts = [cell.usd for cell in bill.cells] + [one.cost.high for one in bill.transcriptions if one.cost]
    assert round(math.fsum(parts), 9) == expected["cost_usd"]["high"]
    tokens, cells = expected["tokens"], list(bill.cells)
    assert tokens_in(cells) == tokens["input"] + tokens["output"]
    assert tokens_in(cells, cached=True) == tokens["cached"]
    assert tokens_in(cells, what="output", modality="audio") == tokens["audio_out"]
    assert sum(tokens_in(cells, what=what, modality="text") for what in ("new", "re-sent")) == tokens["text_in"]


def test_its_overview_has_its_numbers(example):
    records, expected = example
    listener = Listener()
    (one,) = overviews(entries(records, KNOWN, listener), listener)
    told = expected["session"]
    assert (one.audio_in_ms, one.audio_out_ms) == (told["input_audio_s"] * 1000, told["output_audio_s"] * 1000)
    assert (one.turns, one.responses) == (told["turns"], told["responses"])
    assert (one.completed, one.cancelled, one.function_calls) == (2, 1, len(expected["tool_calls"]))
    assert (one.input_tokens, one.cached_tokens, one.output_tokens) == tuple(
        expected["tokens"][name] for name in ("input", "cached", "output")
    )
    assert one.cost_usd == expected["cost_usd"]["high"]
