"""How fast recordings are checked, beside programs that parse or check the same file."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bench import Bench, peaks
from benchmarks.corpus import DATA, audio_heavy, text_heavy
from benchmarks.damage import every_line_bad, every_line_strange, schema_of_lines
from benchmarks.rounds import QUIET, Failed, Sample
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
DAMAGED_MB = 20
JOBS_MB = 200


def audio(bench: Bench) -> list[Row]:
    """Mostly audio: few events, and large ones."""
    return _checked(bench, audio_heavy(bench.audio_mb * 10**6, bench.seed), ("≥ 0.9×", "≥ 2×", "≤ 1.35×"))


def text(bench: Bench) -> list[Row]:
    """Mostly text: many events, and small ones."""
    return _checked(bench, text_heavy(bench.text_mb * 10**6, bench.seed), ("≥ 1.25×", "≥ 5×", "≤ 1.9×"))


def _checked(bench: Bench, path: Path, goals: tuple[str, str, str]) -> list[Row]:
    to_orjson, to_sourcemeta, over_schema = goals
    commands = {
        "alone": bench.rtcli("validate", path, "--select", "SCH"),
        "whole": bench.rtcli("validate", path),
    }
    found = bench.launcher.rounds(commands | _peers(bench, path), bench.rounds)
    alone, whole = found["alone"], found["whole"]
    rows = [bench.timed(title, found[peer]) for peer, title in PEERS.items() if peer in found]
    for peer, title in PEERS.items():
        if peer in found:
            goal = {"orjson": to_orjson, "sourcemeta": to_sourcemeta}.get(peer, "≥ 1×")
            rows.append(bench.faster(f"the schema alone: speed, to {title}", alone, found[peer], goal))
    if "sourcemeta" in found:
        rows.append(_memory(alone, found["sourcemeta"]))
    return [
        *rows,
        bench.slower("all rules and every byte of base64: time, to the schema alone", whole, alone, over_schema),
    ]


def _memory(alone: Sequence[Sample], peer: Sequence[Sample]) -> Row:
    own = peaks(alone)
    return Row("the schema alone: memory, to sourcemeta's", own, "MiB", quotient(own, peaks(peer)), "≤ 1/15")


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
            bench.timed(f"{name}-heavy, clean", found["clean"]),
            bench.faster(f"{name}-heavy, every line bad: speed", found["bad"], found["clean"], "≥ 1/3"),
            bench.faster(f"{name}-heavy, an unknown field: speed", found["strange"], found["clean"], "≥ 2/3"),
        ]
    return rows


def jobs(bench: Bench) -> list[Row]:
    """Two processes over one file, where rtcli can do that."""
    if (
        "--jobs"
        not in subprocess.run(bench.rtcli("validate", "--help"), capture_output=True, text=True, check=True).stdout
    ):
        return [Row("--jobs 2: speed, to one process", goal="≥ 1.8×", remark="not there")]
    rows = []
    for name, make in (("audio", audio_heavy), ("text", text_heavy)):
        path = make(max(JOBS_MB, bench.audio_mb) * 10**6, bench.seed)
        commands = {str(number): bench.rtcli("validate", path, "--jobs", str(number)) for number in (1, 2)}
        found = bench.launcher.rounds(commands, bench.rounds, budget_s=15)
        # What two processes save is seen on the clock only, whichever clock the rest is read from.
        one, two = ([sample.wall_s for sample in found[number]] for number in ("1", "2"))
        rows.append(Row(f"{name}-heavy, --jobs 2: speed, to --jobs 1", two, "s", quotient(one, two), "≥ 1.8×"))
    return [*rows, _same(bench)]


def _same(bench: Bench) -> Row:
    """Whether two processes say what one says, of a file with much to say."""
    path = every_line_bad(audio_heavy(max(JOBS_MB, bench.audio_mb) * 10**6, bench.seed))
    said = []
    for number in ("1", "2"):
        bench.progress(f"output of --jobs {number}")
        command = bench.rtcli("validate", path, "--output-format", "json-lines", "--jobs", number)
        done = subprocess.run(command, capture_output=True, check=False, env=QUIET)
        if done.returncode not in {0, 1}:
            raise Failed(f"validate --jobs {number} left with {done.returncode}")
        said.append(done.stdout)
    same = said[0] == said[1]
    return Row(
        f"--jobs 2: the same {len(said[0]):,} bytes of findings",
        figure=float(same),
        goal="≥ 1",
        remark="" if same else "they differ",
    )
