"""How fast recordings are checked, beside programs that parse or check the same file."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from benchmarks.bench import Bench, peaks
from benchmarks.corpus import DATA, audio_heavy, text_heavy
from benchmarks.damage import every_line_bad, every_line_strange, lines_in, schema_of_lines
from benchmarks.rounds import QUIET
from benchmarks.table import Row, quotient

ORJSON = "import sys,orjson\nloads=orjson.loads\nfor line in open(sys.argv[1],'rb'): loads(line)"
JSONSCHEMA_RS = """
import sys, json, jsonschema_rs
valid = jsonschema_rs.validator_for(json.load(open(sys.argv[1]))).is_valid
assert all(valid(json.loads(line)) for line in open(sys.argv[2], "rb"))
"""
UNION = """
import sys, json
from openai.types.realtime import RealtimeClientEvent, RealtimeServerEvent
from pydantic import TypeAdapter
unions = {side: TypeAdapter(it).validate_python for side, it in
          {"client": RealtimeClientEvent, "server": RealtimeServerEvent}.items()}
for line in open(sys.argv[1], "rb"):
    record = json.loads(line)
    if "event" in record:
        unions[record["from"]](record["event"])
"""
PEERS = {
    "orjson": "orjson.loads over the lines",
    "sourcemeta": "sourcemeta jsonschema validate --fast",
    "jq": "jq .event.type",
    "jsonschema-rs": "jsonschema-rs over the lines",
    "openai": "the official pydantic union",
}
AUDIO_GOALS = {"orjson": "≥ 0.9× its speed", "sourcemeta": "≥ 2× its speed", "rules": "≤ 1.35×"}
TEXT_GOALS = {"orjson": "≥ 1.25× its speed", "sourcemeta": "≥ 5× its speed", "rules": "≤ 1.9×"}
DAMAGED_MB = 20


def audio(bench: Bench) -> list[Row]:
    """Mostly audio: few events, and large ones."""
    return _checked(bench, audio_heavy(bench.audio_mb * 10**6, bench.seed), AUDIO_GOALS)


def text(bench: Bench) -> list[Row]:
    """Mostly text: many events, and small ones."""
    return _checked(bench, text_heavy(bench.text_mb * 10**6, bench.seed), TEXT_GOALS)


def _checked(bench: Bench, path: Path, goals: Mapping[str, str]) -> list[Row]:
    commands = {"alone": bench.rtcli("validate", path, "--select", "SCH"), "whole": bench.rtcli("validate", path)}
    found = bench.launcher.rounds(commands | _peers(bench, path), bench.rounds)
    alone, whole = found.pop("alone"), found.pop("whole")
    size = f"{path.stat().st_size / 1e6:.0f} MB, {lines_in(path):,} lines"
    rows = [
        bench.timed("validate, the schema alone", alone, size),
        bench.slower("validate, all rules, every byte of base64", whole, alone, goals["rules"]),
    ]
    for peer, samples in found.items():
        rows.append(bench.peer(PEERS[peer], samples, alone, goals.get(peer, "≥ 1× its speed")))
        if peer == "sourcemeta":
            its = peaks(samples)
            rows.append(Row("its peak memory", its, "MiB", quotient(peaks(alone), its), "≤ 1/15 its memory"))
    return rows


def _peers(bench: Bench, path: Path) -> dict[str, list[str | Path]]:
    """How each of those that there are goes over a recording."""
    peers, python = bench.peers, bench.peers.python
    found: dict[str, list[str | Path]] = {}
    if peers.package("orjson"):
        found["orjson"] = [python, "-c", ORJSON, path]
    if peers.sourcemeta:
        found["sourcemeta"] = [peers.sourcemeta, "validate", _schema(bench), path, "--fast"]
    if peers.jq:
        found["jq"] = [peers.jq, ".event.type", path]
    if peers.package("jsonschema-rs"):
        found["jsonschema-rs"] = [python, "-c", JSONSCHEMA_RS, _schema(bench), path]
    if peers.package("openai"):
        found["openai"] = [python, "-c", UNION, path]
    return found


def _schema(bench: Bench) -> Path:
    """What rtcli itself gives to other validators."""
    command = bench.rtcli("schema", "--json-schema", "--dialect", "realtime")
    written = subprocess.run(command, capture_output=True, check=True, env=QUIET).stdout
    return schema_of_lines(json.loads(written), DATA / "schema.json")


def damaged(bench: Bench) -> list[Row]:
    """Files in which every line has a fault, the schema alone."""
    rows = []
    for name, make in (("audio", audio_heavy), ("text", text_heavy)):
        path = make(DAMAGED_MB * 10**6, bench.seed)
        files = {"clean": path, "bad": every_line_bad(path), "strange": every_line_strange(path)}
        options = ("--select", "SCH", "--exit-zero", "--statistics")
        commands = {which: bench.rtcli("validate", file, *options) for which, file in files.items()}
        found = bench.launcher.rounds(commands, bench.rounds)
        rows += [
            bench.timed(f"{name}-heavy, in order", found["clean"]),
            bench.faster(f"{name}-heavy, every line bad", found["bad"], found["clean"], "≥ 1/3 the speed"),
            bench.faster(f"{name}-heavy, a field unknown", found["strange"], found["clean"], "≥ 2/3 the speed"),
        ]
    return rows
