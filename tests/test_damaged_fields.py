"""Every command survives events of every dialect in which any one field is missing, or is what it never is."""

from __future__ import annotations

import copy
import json

import pytest
from hostile import examples
from sweeping import Run, lines_of, plain, swept

from rtcli.events import DIALECTS

NOBODY = "ws://127.0.0.1:9/x"
GONE = object()
ODD = (GONE, None, "odd", 1e308, [[]], {"a": -1})


def paths(value, before=()):
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*before, key)
        yield from paths(part, (*before, key))


def damaged(event, path, odd):
    whole = copy.deepcopy(event)
    inner = whole
    for key in path[:-1]:
        inner = inner[key]
    if odd is GONE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = odd
    return whole


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_field_that_is_odd_ends_a_command(dialect, tmp_path):
    records, number = [], 0
    for record in examples(dialect):
        records.append(record)
        for path in paths(record["event"]):
            number += 1
            if path != ("type",):
                # One oddity a field, and another for its neighbour: all of them for every field take minutes.
                event = damaged(record["event"], path, ODD[number % len(ODD)])
                records.append(record | {"t": number / 4, "event": event})
    call = tmp_path / "call.jsonl"
    call.write_bytes(b"".join(json.dumps(record).encode() + b"\n" for record in records))
    names = {"IN": str(call), "IN2": str(call), "OUT": str(tmp_path / "out"), "URL": NOBODY, "NOTE": "note"}
    runs = [Run(line, str(tmp_path), plain()) for line in lines_of(names) if NOBODY not in line]
    for run, done in zip(runs, swept(runs), strict=True):
        assert b"Traceback" not in done.err, (run.arguments, done.err[-500:])
        assert done.code in {0, 1, 2, 3}, (run.arguments, done.err[-500:])
