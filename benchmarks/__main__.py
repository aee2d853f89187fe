"""Measures everything that has a goal, and prints one table.

    python -m benchmarks [--only start,validate,…] [--rounds 5] [--json FILE] [--readme]

Rounds are interleaved, so that a busy machine slows all alike: read the ratios. The medians are of
this machine on this day.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import jobs, live, load, looking, memory, proxying, readme, recorder, replaying, startup, validation
from benchmarks.bench import Bench, Part
from benchmarks.peers import ROOT, Peers
from benchmarks.rounds import Failed, Launcher, Progress
from benchmarks.table import Row, text

PARTS: dict[str, list[tuple[str, Part]]] = {
    "start": [("start-up", startup.startup)],
    "validate": [
        ("validating, audio-heavy", validation.audio),
        ("validating, text-heavy", validation.text),
        ("validating with two processes", jobs.jobs),
        ("validating what is damaged", validation.damaged),
    ],
    "memory": [("peak memory of validate", memory.memory)],
    "look": [("looking at a long recording", looking.looking)],
    "proxy": [("the proxy", proxying.proxying)],
    "load": [("the proxy under load", load.load)],
    "record": [("the recorder", recorder.recorder)],
    "live": [("the live view at 30 frames a second", live.live)],
    "replay": [("replay", replaying.replaying)],
}


LEGEND = """\
ratio: of rtcli to the program of the row, in speed, memory or number as the goal says; where the row is
rtcli itself, to the row above it that has none"""


def measured(bench: Bench, names: Sequence[str]) -> list[tuple[str, list[Row]]]:
    """Every part that is asked for; one that fails leaves a line that says why."""
    found = []
    for name in names:
        for title, part in PARTS[name]:
            bench.progress(title)
            try:
                rows = part(bench)
            except (Failed, OSError) as failure:
                rows = [Row("could not be measured", remark=str(failure))]
            found.append((title, rows))
    return found


def summary(parts: Sequence[tuple[str, Sequence[Row]]], peers: Peers, took: str) -> str:
    """How many goals are met, whose figures these are, and who is missing."""
    verdicts = [row.met for _, rows in parts for row in rows if row.goal]
    lines = [LEGEND]
    lines += [f"goals met: {verdicts.count(True)} of {len(verdicts)}; measured in {took} minutes"]
    lines += ["with " + ", ".join(f"{name} {version}" for name, version in sorted(peers.versions.items()))]
    lines += [f"without {name}: {why}" for name, why in sorted(peers.missing.items())]
    return "\n".join(lines)


def as_json(parts: Sequence[tuple[str, Sequence[Row]]], peers: Peers, preface: str) -> str:
    """Everything, for programs."""
    rows = [{"part": title} | row.as_json() for title, found in parts for row in found]
    whole = {"schema": "rtcli.benchmarks/1", "of": preface, "versions": peers.versions, "missing": peers.missing}
    return json.dumps(whole | {"rows": rows}, indent=1, ensure_ascii=False) + "\n"


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="", metavar="PART,…", help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--audio-mb", type=int, default=200, help="size of the recording of mostly audio")
    parser.add_argument("--text-mb", type=int, default=50, help="size of the recording of mostly text")
    parser.add_argument("--long-mb", type=int, default=1000, help="size of the long recording")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--clock", choices=["wall", "cpu"], default="wall", help="what ratios of processes are taken of"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there as well")
    parser.add_argument("--readme", action="store_true", help="write the table into README.md")
    given = parser.parse_args()
    given.only = [name for name in given.only.replace(",", " ").split() if name] or list(PARTS)
    if unknown := sorted(set(given.only) - set(PARTS)):
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    given.command = command(given, parser)
    return given


def command(given: argparse.Namespace, parser: argparse.ArgumentParser) -> str:
    """What measures the same again."""
    changed = [
        f"--{name.replace('_', '-')} {value}"
        for name, value in vars(given).items()
        if name not in {"only", "json", "readme"} and value != parser.get_default(name)
    ]
    only = [] if given.only == list(PARTS) else ["ONLY=" + ",".join(given.only)]
    return " ".join(["make bench", *only, *([f'BENCH="{" ".join(changed)}"'] if changed else [])])


def main() -> None:
    """Measure, print, and write what is asked for."""
    given = options()
    if sys.platform != "linux":
        sys.exit("benchmarks: they need Linux, for its /proc and for keeping a process on a core")
    progress = Progress()
    peers = Peers(progress)
    progress(f"measuring rtcli in {peers.python.parents[1].relative_to(ROOT)}")
    with Launcher(progress) as launcher:
        bench = Bench(
            peers,
            launcher,
            progress,
            given.rounds,
            given.audio_mb,
            given.text_mb,
            given.long_mb,
            given.seed,
            given.clock,
        )
        parts = measured(bench, given.only)
    progress.over()
    preface = readme.preface(given.command)
    table = "\n\n".join([preface, text(parts), summary(parts, peers, progress.so_far)])
    print(table)
    if given.json:
        given.json.write_text(as_json(parts, peers, preface))
    if given.readme:
        readme.write(ROOT / "README.md", table)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
