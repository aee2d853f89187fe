"""What one event costs: the strict decode beside orjson.loads and the official pydantic union.

    python benchmarks/decode.py [--events 50000] [--rounds 5] [--json FILE]

One process, rounds interleaved. The reader is what every command reads files with; `broken` lines
have a value of the wrong type, another one in each line, and all faults of a line are told; `unknown`
lines have one field that the schema does not have.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from corpus import audio_heavy, text_heavy
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from rtcli.events import REALTIME
from rtcli.formats.rtcli import read

SHARES = {"clean": 0, "1 % broken": 1, "10 % broken": 10, "all broken": 100}
GOALS = {"official union": "100x audio, 250x text", "all broken": ">= 1/3", "all unknown": ">= 2/3"}


def lines_of(make: Callable[[int], Path], size_bytes: int, count: int) -> list[bytes]:
    """A header, the session and the first server events of a corpus, as lines of a recording."""
    lines = make(size_bytes).read_bytes().splitlines(keepends=True)
    served = [line for line in lines[1:] if b'"from":"server"' in line]
    return [lines[0], *served[: count + 1]]


def changed(lines: list[bytes], percent: int, change: Callable[[dict[str, Any], int], None]) -> list[bytes]:
    """The lines, some of them changed, evenly spread."""

    def one(number: int, line: bytes) -> bytes:
        if number * percent // 100 == (number + 1) * percent // 100:
            return line
        record = json.loads(line)
        change(record["event"], number)
        return json.dumps(record, separators=(",", ":")).encode() + b"\n"

    return [*lines[:2], *(one(number, line) for number, line in enumerate(lines[2:]))]


def broken(event: dict[str, Any], number: int) -> None:
    """A value of the wrong type."""
    event["event_id"] = number


def unknown(event: dict[str, Any], number: int) -> None:
    """A field that the schema does not have."""
    event["vendor_field"] = number


def seconds(work: Callable[[], Any]) -> float:
    """How long something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def each(function: Callable[[bytes], Any], texts: list[bytes]) -> None:
    """Call it for each text, and keep nothing."""
    for text in texts:
        function(text)


def drain(lines: list[bytes]) -> None:
    """Read a recording to its end."""
    for _ in read(lines):
        pass


def measure(lines: list[bytes], rounds: int) -> dict[str, float]:
    """Microseconds an event for each way, medians over interleaved rounds."""
    texts = [bytes(json.dumps(json.loads(line)["event"], separators=(",", ":")), "utf-8") for line in lines[2:]]
    decode, loads = REALTIME.decoder.decode, orjson.loads
    official = TypeAdapter(RealtimeServerEvent)
    few = texts[: max(200, len(texts) // 20)]
    work: dict[str, tuple[Callable[[], Any], int]] = {
        "strict decode": (lambda: each(decode, texts), len(texts)),
        "orjson.loads": (lambda: each(loads, texts), len(texts)),
        "official union": (lambda: each(official.validate_json, few), len(few)),
    }
    for name, percent in SHARES.items():
        these = changed(lines, percent, broken)
        work[name] = (lambda these=these: drain(these), len(these))
    strange = changed(lines, 100, unknown)
    work["all unknown"] = (lambda: drain(strange), len(strange))
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, (run, count) in work.items():
            times[name].append(seconds(run) / count * 1e6)
    return {name: statistics.median(each) for name, each in times.items()}


def table(mix: str, figures: dict[str, float]) -> None:
    """One mix, a line for each way."""
    print(f"\n{mix}\n{'':18}{'us/event':>10}{'ratio':>10}  goal")
    for name, cost in figures.items():
        reads = name in SHARES or name == "all unknown"
        ratio = figures["clean"] / cost if reads else cost / figures["strict decode"]
        print(f"{name:18}{cost:>10.2f}{ratio:>9.2f}x  {GOALS.get(name, '')}")


def main() -> None:
    """Measure both mixes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures = {}
    for mix, make, size_bytes in (("audio-heavy", audio_heavy, 200 * 10**6), ("text-heavy", text_heavy, 50 * 10**6)):
        figures[mix] = measure(lines_of(make, size_bytes, options.events), options.rounds)
        table(mix, figures[mix])
    print("\nratio: of the ways to decode, the cost of the strict decode; of the reader, its speed on clean lines")
    if options.json:
        options.json.write_text(json.dumps({"python": sys.version, "us_per_event": figures}, indent=2) + "\n")


if __name__ == "__main__":
    main()
