"""``rtcli doctor`` tells what a call used and cost, by the documented prices or by a file of the user's."""

from __future__ import annotations

import json
import os
import sys

import program
import pytest

OWN = {
    "as_of": "2026-01-31",
    "tokens": {"parrot": {"input": {"text": 1000, "audio": 1000}, "output": {"text": 2000, "audio": 2000}}},
}
USED = {
    "input_tokens": 1500,
    "input_token_details": {"text_tokens": 1500, "audio_tokens": 0, "cached_tokens": 0},
    "output_tokens": 250,
    "output_token_details": {"text_tokens": 250, "audio_tokens": 0},
}
"""Costs 1.50 and 0.50 dollars by those prices; 0.006 and 0.004 as gpt-realtime."""


@pytest.fixture
def recorded(tmp_path):
    """Writes a call of one written answer, and gives back its path."""

    def write(model, usage=USED):
        def served(t, **event):
            return {"t": t, "from": "server", "event": {"event_id": f"event_{t}", **event}}

        said = {"id": "item_a", "type": "message", "role": "assistant", "status": "completed", "content": []}
        response = {"id": "resp_1", "object": "realtime.response", "conversation_id": "conv_1"}
        place = {"response_id": "resp_1", "output_index": 0}
        records = [
            {"rtcli": 1, "transport": "websocket", "handshake": True, "lossless": True},
            served(0.1, type="session.created", session={"type": "realtime", "id": "sess_1", "model": model}),
            {"t": 0.2, "from": "client", "event": {"type": "response.create"}},
            served(0.3, type="response.created", response={**response, "status": "in_progress", "output": []}),
            served(0.4, type="response.output_item.added", item={**said, "status": "in_progress"}, **place),
            served(0.5, type="conversation.item.added", previous_item_id=None, item={**said, "status": "in_progress"}),
            served(0.6, type="conversation.item.done", previous_item_id=None, item=said),
            served(0.7, type="response.output_item.done", item=said, **place),
            served(
                0.8,
                type="response.done",
                response={**response, "status": "completed", "output": [said], "usage": usage},
            ),
            {"t": 1.0, "from": "client", "close": {"code": 1000, "reason": ""}},
        ]
        path = tmp_path / "call.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
        return path

    return write


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "prices.json"
    path.write_text(json.dumps(OWN))
    return path


def doctor(*arguments, **environment):
    command = [sys.executable, "-m", "rtcli", "doctor", *map(str, arguments)]
    surroundings = os.environ | {"COLUMNS": "120", "NO_COLOR": "1"} | environment
    return program.run(command, capture_output=True, text=True, timeout=60, env=surroundings)


def first(done):
    (connection,) = json.loads(done.stdout)["connections"]
    return connection


def test_tokens_and_cost_of_a_call_in_order_stand_beside_its_name_with_the_day_of_the_prices(recorded):
    done = doctor(recorded("gpt-realtime"))
    assert " · tokens: 1,500 in, 250 out · $0.0100 (prices of 2026-11-20)\n" in done.stdout


def test_a_file_of_prices_replaces_the_documented_ones(recorded, own):
    for done in (
        doctor(recorded("parrot"), "--prices", own),
        doctor(recorded("parrot"), RTCLI_PRICES=str(own)),
    ):
        assert " · tokens: 1,500 in, 250 out · $2.00 (prices of 2026-01-31)\n" in done.stdout
    assert "$" not in doctor(recorded("gpt-realtime"), "--prices", own).stdout


def test_an_unknown_model_has_tokens_only(recorded):
    path = recorded("parrot")
    assert " · tokens: 1,500 in, 250 out\n" in doctor(path).stdout
    told = first(doctor(path, "--json"))
    assert (told["input_tokens"], told["cached_tokens"], told["output_tokens"]) == (1500, 0, 250)
    assert (told["cost_usd"], told["unpriced"], told["prices_as_of"]) == (None, 1, "")


def test_a_call_whose_usage_is_not_told_has_neither(recorded):
    path = recorded("gpt-realtime", usage=None)
    assert "tokens:" not in doctor(path).stdout
    told = first(doctor(path, "--json"))
    assert (told["input_tokens"], told["output_tokens"], told["cost_usd"]) == (None, None, None)
    assert told["unpriced"] == 0


def test_programs_get_the_cost_as_a_range(recorded, own):
    told = first(doctor(recorded("parrot"), "--json", "--prices", own))
    assert told["cost_usd"] == {"low": 2.0, "high": 2.0}
    assert (told["unpriced"], told["prices_as_of"]) == (0, "2026-01-31")
    loose = {"input_tokens": 1000, "output_tokens": 100}
    told = first(doctor(recorded("gpt-realtime", usage=loose), "--json"))
    assert told["cost_usd"] == {"low": 0.0056, "high": 0.0384}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot read"),
        ("{}", "missing required field `as_of`"),
        ('{"as_of":"2026-01-31"}', "the table has no price"),
    ],
)
def test_a_file_that_is_no_table_of_prices_is_refused_before_anything_is_read(tmp_path, recorded, content, why):
    path = tmp_path / "prices.json"
    if content is not None:
        path.write_text(content)
    done = doctor(recorded("parrot"), "--prices", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("rtcli: --prices: ")
    assert why in done.stderr
    assert done.stderr.count("\n") == 1
