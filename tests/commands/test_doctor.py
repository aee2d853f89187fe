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
