"""``rtcli doctor`` as a process of its own, on calls that went wrong and on the same calls in order."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from incidents.catalogue import INCIDENTS, NEAR_MISSES

CALLS = [pytest.param(name, call, id=f"{name}: {told}") for name, told, call in INCIDENTS]


def doctor(path, *, code):
    command = [sys.executable, "-m", "rtcli", "doctor", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert done.stderr == ""
    return json.loads(done.stdout)


@pytest.mark.parametrize(("name", "call"), CALLS)
def test_the_worst_cause_of_an_incident_is_named_first(name, call, tmp_path):
    path = tmp_path / "call.jsonl"
    path.write_text("\n".join(call()) + "\n")
    causes = doctor(path, code=1)["causes"]
    assert causes[0]["name"] == name, [cause["name"] for cause in causes]


@pytest.mark.parametrize(("name", "call"), CALLS)
def test_nothing_is_found_in_the_same_call_without_the_fault(name, call, tmp_path):
    path = tmp_path / "call.jsonl"
    path.write_text("\n".join(call(healthy=True)) + "\n")
    assert doctor(path, code=0)["causes"] == []


@pytest.mark.parametrize("call", NEAR_MISSES, ids=lambda call: call.__name__)
def test_a_call_that_only_looks_like_an_incident_has_no_cause(call, tmp_path):
    path = tmp_path / "call.jsonl"
    path.write_text("\n".join(call()) + "\n")
    assert doctor(path, code=0)["causes"] == []


def without_ids(lines):
    """The recording without the ids of the server's events, as a log that leaves them out has it."""
    for line in lines:
        record = json.loads(line)
        if record.get("from") == "server" and "event" in record:
            record["event"].pop("event_id", None)
        yield json.dumps(record) + "\n"


@pytest.mark.parametrize(("name", "call"), CALLS)
def test_the_worst_cause_is_named_first_where_a_log_has_left_out_the_ids_of_events(name, call, tmp_path):
    path = tmp_path / "call.jsonl"
    path.write_text("".join(without_ids(call())))
    causes = [cause["name"] for cause in doctor(path, code=1)["causes"]]
    assert causes[0] == name
    assert set(causes) <= {name, "SCH05"}


@pytest.mark.parametrize("call", [call for _, _, call in INCIDENTS[:3]] + list(NEAR_MISSES))
def test_nothing_else_is_wrong_with_a_call_in_order_that_lacks_the_ids_of_its_events(call, tmp_path):
    path = tmp_path / "call.jsonl"
    path.write_text("".join(without_ids(call() if call in NEAR_MISSES else call(healthy=True))))
    assert [cause["name"] for cause in doctor(path, code=1)["causes"]] == ["SCH05"]


@pytest.mark.parametrize(
    ("name", "model", "tokens"),
    [
        ("azure_voice_live_tool_call_round", "gpt-realtime-global-standard", (159, 36)),
        ("xai_audio_in_server_vad_turn", "grok-voice-latest", (156, 185)),
        ("xai_tool_call_round", "grok-voice-latest", (7, 382)),
    ],
)
def test_of_other_vendors_the_model_and_the_tokens_are_told(name, model, tokens, shared):
    (connection,) = doctor(shared / f"traffic/vendors/{name}.jsonl", code=0)["connections"]
    assert connection["model"] == model
    assert (connection["input_tokens"], connection["output_tokens"]) == tokens
