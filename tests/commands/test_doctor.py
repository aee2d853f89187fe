"""``rtcli doctor`` as a process of its own."""

from __future__ import annotations

import json
import os
import sys

import program
import pytest
from incidents.catalogue import INCIDENTS

LOST = next(call for name, _, call in INCIDENTS if name == "lost-response")


def doctor(path, *, code):
    command = [sys.executable, "-m", "rtcli", "doctor", str(path), "--json"]
    done = program.run(command, capture_output=True, text=True, timeout=60, env=os.environ)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_the_worst_cause_of_an_incident_is_named_first_and_nothing_in_the_same_call_without_it(tmp_path):
    path = tmp_path / "call.jsonl"
    path.write_text("\n".join(LOST()) + "\n")
    (cause,) = doctor(path, code=1)["causes"]
    assert (cause["name"], cause["side"]) == ("lost-response", "client")
    assert "never asked for again" in cause["effect"]
    path.write_text("\n".join(LOST(healthy=True)) + "\n")
    assert doctor(path, code=0)["causes"] == []


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
