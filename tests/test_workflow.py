"""What runs elsewhere for every change may read the source and nothing else, and runs no action that could change unseen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

WORKFLOWS = sorted((Path(__file__).parents[1] / ".github" / "workflows").glob("*.yml"))
A_COMMIT = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}")


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.name)
def workflow(request):
    return yaml.safe_load(request.param.read_text())


def steps(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_there_is_one():
    assert WORKFLOWS


def test_it_may_read_the_source_and_nothing_else(workflow):
    assert workflow["permissions"] == {"contents": "read"}
    assert not [name for name, job in workflow["jobs"].items() if "permissions" in job]


def test_every_action_is_pinned_by_its_commit(workflow):
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert used
    assert [one for one in used if not A_COMMIT.fullmatch(one)] == []


def test_what_is_checked_out_leaves_no_key_behind(workflow):
    out = [step for step in steps(workflow) if step.get("uses", "").startswith("actions/checkout@")]
    assert out
    assert all(step["with"]["persist-credentials"] is False for step in out)


def test_nothing_that_a_stranger_writes_is_run(workflow):
    asked = workflow[True] if True in workflow else workflow["on"]  # `on` is a truth value in YAML 1.1
    assert "pull_request_target" not in asked
    assert "workflow_run" not in asked
    assert not [step["run"] for step in steps(workflow) if "${{" in step.get("run", "")]
    assert "secrets." not in str(workflow)
