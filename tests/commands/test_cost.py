"""``rtcli cost`` as a process of its own: what it says adds up to what the doctor says."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import sys
from pathlib import Path

import program
import pytest

CALL = Path(__file__).parents[2] / "recordings" / "interruption.jsonl"
OWN = {
    "as_of": "2026-01-31",
    "tokens": {"gpt-realtime": {"input": {"text": 1000, "audio": 1000}, "output": {"text": 1000, "audio": 1000}}},
}
"""A thousandth of a dollar for each token: the call has 89 in and 155 out."""


def run(command, *arguments, code=0, width=120):
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("RTCLI_")}
    surroundings |= {"NO_COLOR": "1", "COLUMNS": str(width)}
    line = [sys.executable, "-m", "rtcli", command, *map(str, arguments)]
    done = program.run(line, capture_output=True, text=True, timeout=60, env=surroundings)
    assert done.returncode == code, (done.stdout, done.stderr)
    return done.stdout


def test_the_document_and_the_table_add_up_to_what_the_doctor_says():
    (connection,) = json.loads(run("cost", CALL, "--json"))["connections"]
    (told,) = json.loads(run("doctor", CALL, "--json"))["connections"]
    assert connection["total"]["cost_usd"] == told["cost_usd"]
    assert connection["total"]["input_tokens"] == told["input_tokens"]
    responses = [one for turn in connection["turns"] for one in turn["responses"]]
    parts = [cell["usd"] for one in responses for cell in one["cells"]]
    assert round(math.fsum(parts), 9) == told["cost_usd"]["high"]
    rows = list(csv.DictReader(io.StringIO(run("cost", CALL, "--csv"))))
    assert round(math.fsum(float(row["cost_high_usd"] or 0) for row in rows), 9) == told["cost_usd"]["high"]
    kinds = ("new_usd", "resent_usd", "cached_usd", "text_out_usd", "audio_out_usd")
    answers = [row for row in rows if row["kind"] == "response"]
    assert round(math.fsum(float(row[kind]) for row in answers for kind in kinds), 9) == told["cost_usd"]["high"]


def test_each_turn_has_a_bar_whose_length_is_its_share_of_the_dearest_one(tmp_path):
    """122 and 122 tokens at one price: two bars of one length, plain where it is no terminal."""
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps(OWN))
    told = run("cost", CALL, "--prices", prices).splitlines()
    rows = [line.split() for line in told if line.strip()[:1].isdigit() and "$0.12" in line]
    assert [row[0] for row in rows] == ["1", "2"]
    bars = [next(word for word in row if set(word) <= set("+.#~")) for row in rows]
    assert len(bars[0]) == len(bars[1])
    assert bars[0].count("#") == round(len(bars[0]) * 87 / 122)
    assert told[0] == str(CALL)
    assert "$0.24 (prices of 2026-01-31)" in told[1]
    assert "".join(told).isprintable()


@pytest.mark.parametrize("width", [60, 80, 140])
def test_the_rows_fit_the_screen(width):
    told = run("cost", CALL, width=width).splitlines()
    table = told[3 : told.index("", 3)]
    assert max(map(len, table)) <= width


def test_an_unknown_model_has_tokens_only_and_that_is_said(shared):
    told = run("cost", shared / "traffic/vendors/xai_tool_call_round.jsonl")
    assert "no price is known for this model (prices of 2026-11-20)" in told
    assert "grok-voice-latest: price or usage is not known" in told
    assert "$" not in told
    (connection,) = json.loads(run("cost", shared / "traffic/vendors/xai_tool_call_round.jsonl", "--json"))[
        "connections"
    ]
    assert connection["total"]["cost_usd"] is None
    assert (connection["total"]["input_tokens"], connection["total"]["output_tokens"]) == (7, 382)


def test_two_formats_at_once_cannot_be_meant():
    assert run("cost", CALL, "--json", "--csv", code=2) == ""


@pytest.mark.parametrize("name", ["transcription.jsonl", "interruption.jsonl", "text.jsonl"])
def test_what_has_no_price_is_counted_as_info_counts_it(name):
    call = CALL.with_name(name)
    (connection,) = json.loads(run("cost", call, "--json"))["connections"]
    (one,) = json.loads(run("info", call, "--json", "unpriced,cost_usd"))["sessions"]
    assert connection["total"]["unpriced"] == one["unpriced"]
    turns = json.loads(run("turns", call, "--json"))["connections"][0]["turns"]
    assert one["unpriced"] == sum(turn["unpriced"] for turn in turns)


def test_a_transcript_without_a_price_is_not_called_nothing():
    told = run("info", CALL.with_name("transcription.jsonl"))
    assert "not known: 1 part without a price" in told
    assert "nothing to be priced" not in told
