"""Start-up as multiples of ``python -c pass``; validation beside json.loads and orjson.loads.

    python benchmarks/validate.py [--audio-mb 200] [--text-mb 50] [--long-mb 1000] [--rounds 5] [--json FILE]

Each figure is a process of its own, and the rounds are interleaved, so that a busy machine slows
all of them alike. Read the ratios; the medians are of this machine on this day.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from pathlib import Path

from corpus import audio_heavy, small, text_heavy

LOOP = "import sys,{0}\nloads={0}.loads\nfor line in open(sys.argv[1],'rb'): loads(line)"


START_GOALS = {"rtcli --version": 1.5, "rtcli validate small": 6.0, "rtcli validate --help": 10.0}
"""At most so many times ``python -c pass``."""
RULE_GOALS = {"audio": 1.35, "text": 1.9}
"""At most so many times the schema alone, with all rules and base64 of every byte."""

QUIET = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(command: list[str]) -> tuple[float, int]:
    """Seconds and peak memory in KiB of one process."""
    began = time.perf_counter()
    process = os.posix_spawn(
        command[0], command, QUIET, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    )
    _, status, used = os.wait4(process, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"failed: {command}")
    return time.perf_counter() - began, used.ru_maxrss


def rounds(commands: dict[str, list[str]], count: int) -> dict[str, dict[str, float]]:
    """Medians, spread and peak memory over interleaved rounds."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    memory = dict.fromkeys(commands, 0)
    for _ in range(count):
        for name, command in commands.items():
            seconds, peak = run(command)
            times[name].append(seconds)
            memory[name] = max(memory[name], peak)
    return {
        name: {"median_s": statistics.median(t), "spread_s": max(t) - min(t), "peak_mib": memory[name] / 1024}
        for name, t in times.items()
    }


def against(ratio: float, goal: float) -> str:
    """A goal, and whether it is met."""
    return f"goal ≤ {goal:g}×: {'met' if ratio <= goal else 'missed'}"


def measure_start(count: int) -> dict[str, dict[str, float]]:
    """How long a process takes that has little to do."""
    rtcli = [sys.executable, "-m", "rtcli"]
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "rtcli --version": [*rtcli, "--version"],
        "rtcli validate small": [*rtcli, "validate", str(small())],
        "rtcli validate --help": [*rtcli, "validate", "--help"],
    }
    results = rounds(commands, count)
    print(f"{'start-up':24}{'median':>10}{'spread':>10}{'ratio':>8}")
    for name, row in results.items():
        ratio = row["ratio"] = row["median_s"] / results["python -c pass"]["median_s"]
        goal = f"   {against(ratio, START_GOALS[name])}" if name in START_GOALS else ""
        print(f"{name:24}{row['median_s'] * 1000:7.1f} ms{row['spread_s'] * 1000:7.1f} ms{ratio:7.2f}×{goal}")
    return results


def measure_file(path: Path, count: int, goal: float) -> dict[str, dict[str, float]]:
    """How fast a file is gone through."""
    size_mb = path.stat().st_size / 1e6
    with path.open("rb") as file:
        events = sum(1 for _ in file) - 1
    validate = [sys.executable, "-m", "rtcli", "validate", str(path)]
    commands = {
        "rtcli validate": validate,
        "  the schema alone": [*validate, "--select", "SCH"],
        "orjson.loads loop": [sys.executable, "-c", LOOP.format("orjson"), str(path)],
        "json.loads loop": [sys.executable, "-c", LOOP.format("json"), str(path)],
    }
    results = rounds(commands, count)
    print(f"\n{path.name}: {size_mb:.0f} MB, {events:,} events")
    print(f"{'':24}{'median':>10}{'spread':>10}{'MB/s':>8}{'events/s':>12}{'peak':>10}{'speed':>10}")
    for name, row in results.items():
        row["mb_s"], row["events_s"] = size_mb / row["median_s"], events / row["median_s"]
        ratio = row["ratio"] = results["orjson.loads loop"]["median_s"] / row["median_s"]
        print(
            f"{name:24}{row['median_s']:8.2f} s{row['spread_s']:8.2f} s{row['mb_s']:8.0f}{row['events_s']:12,.0f}"
            f"{row['peak_mib']:6.0f} MiB{ratio:9.2f}×"
        )
    alone, whole = results["  the schema alone"]["median_s"], results["rtcli validate"]["median_s"]
    over = results["rtcli validate"]["over_the_schema"] = whole / alone
    print(f"with all rules and base64 of every byte {over:.2f}× the schema alone; {against(over, goal)}")
    return results


def measure_memory(small_mb: int, large_mb: int) -> dict[str, dict[str, float]]:
    """Peak memory of a short recording and of a long one."""
    results = {}
    print(f"\n{'peak memory':24}{f'{small_mb} MB':>10}{f'{large_mb} MB':>10}")
    paths = [audio_heavy(megabytes * 10**6) for megabytes in (small_mb, large_mb)]
    for command in ("validate", "doctor"):
        peaks = [run([sys.executable, "-m", "rtcli", command, str(path)])[1] / 1024 for path in paths]
        results[f"rtcli {command}"] = {"small_mib": peaks[0], "large_mib": peaks[1]}
        print(f"rtcli {command:18}{peaks[0]:6.1f} MiB{peaks[1]:6.1f} MiB")
    return results


def main() -> None:
    """Measure, print, and write JSON where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--audio-mb", type=int, default=200)
    parser.add_argument("--text-mb", type=int, default=50)
    parser.add_argument("--long-mb", type=int, default=1000, help="size of the long recording, for peak memory")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; speed: orjson.loads loop = 1\n"
    )
    results = {
        "start": measure_start(4 * options.rounds),
        "audio": measure_file(audio_heavy(options.audio_mb * 10**6), options.rounds, RULE_GOALS["audio"]),
        "text": measure_file(text_heavy(options.text_mb * 10**6), options.rounds, RULE_GOALS["text"]),
        "memory": measure_memory(10, options.long_mb),
    }
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
