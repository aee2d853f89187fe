"""Every command survives events of every dialect in which any one field is missing, or is what it never is."""

from __future__ import annotations

import json

import pytest
from hostile import ODD, damaged
from sweeping import ALL, Run, by_turns, lines_of, one_each, plain, swept

from rtcli.events import DIALECTS

NOBODY = "ws://127.0.0.1:9/x"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_field_that_is_odd_ends_a_command(dialect, tmp_path):
    call = tmp_path / "call.jsonl"
    records = list(damaged(dialect, len(ODD) if ALL else 1))[:: 1 if ALL else 2]
    call.write_bytes(b"".join(json.dumps(record).encode() + b"\n" for record in records))
    names = {"IN": str(call), "IN2": str(call), "OUT": str(tmp_path / "out"), "URL": NOBODY, "NOTE": "note"}
    lines = [line for line in one_each(lines_of(names)) if NOBODY not in line]
    lines = by_turns(lines, list(DIALECTS).index(dialect), 3)  # each of them in one dialect at least
    runs = [Run(line, str(tmp_path), plain()) for line in lines]
    for run, done in zip(runs, swept(runs), strict=True):
        assert b"Traceback" not in done.err, (run.arguments, done.err[-500:])
        assert done.code in {0, 1, 2, 3}, (run.arguments, done.err[-500:])
