"""What it costs to stand between an app and a server: round trips, and frames a second."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.chain import cores, mitmdump, ours, pin, rtcli_proxy, running, staying
from benchmarks.frames import event, opened
from benchmarks.table import Row, quotient
from benchmarks.upstream import ANSWER, BATCH, QUESTION

TRIPS = 500
TURNS = 4
"""Turns of so many trips in every round: what is added is less than what a moment of noise adds."""
SMALL_BYTES, LARGE_BYTES = 200, 3000
FLOOD_S = 1.0
"""About as long as a flood shall last."""

Between = dict[str, tuple[str, int]]
"""What stands between, its URL and its process."""


def proxying(bench: Bench) -> list[Row]:
    """All that stand between, one after the other in every round.

    Round trips are measured with everything on one core, where what each adds is the time that it
    takes, and not how fast another core wakes up; floods with what stands between on a core of its own.
    """
    own, rest = cores()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(staying(rest))
        between = _begun(bench, stack, folder)
        trips = _trips(bench, between)
        for name, (_, pid) in between.items():
            pin(pid, rest if name == "direct" else own)
        small = _floods(bench, between, SMALL_BYTES, folder)
        large = _floods(bench, between, LARGE_BYTES, folder)
    return [*_added(trips), *_rates("200 B", small, goals=True), *_rates("3 kB", large, goals=False)]


def _begun(bench: Bench, stack: ExitStack, folder: Path) -> Between:
    """Everything that there is, running."""
    origin, server = stack.enter_context(running(ours("upstream")))
    commands = {
        "rtcli proxy": rtcli_proxy(bench.peers, origin, folder / "calls"),
        "websockets pump": ours("pump", origin),
    }
    if bench.peers.relay:
        commands["C relay"] = [bench.peers.relay, origin.rpartition(":")[2]]
    if bench.peers.mitmproxy:
        commands["mitmproxy"] = mitmdump(bench.peers.mitmproxy, origin, folder / "mitmproxy")
    between = {"direct": (origin, server.pid)}
    for name, command in commands.items():
        url, process = stack.enter_context(running(command))
        between[name] = url, process.pid
    return between


def _trips(bench: Bench, between: Between) -> dict[str, list[float]]:
    """Median round trips in microseconds."""
    found: dict[str, list[float]] = {name: [] for name in between}
    for number in range(TURNS * bench.rounds):
        for name, (url, _) in between.items():
            bench.progress(f"turn {number + 1} of {TURNS * bench.rounds}: round trips, {name}")
            found[name].append(trip_us(url))
    return found


def trip_us(url: str, trips: int = TRIPS) -> float:
    """The median time from a question to its answer."""
    times = []
    with opened(url, "/trip") as sock:
        for _ in range(trips):
            began, left = time.perf_counter(), len(ANSWER)
            sock.sendall(QUESTION)
            while left:
                left -= len(sock.recv(left))
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e6


def _added(trips: dict[str, list[float]]) -> list[Row]:
    """What each adds to the direct way."""
    direct = trips.pop("direct")
    added = {name: [own - way for own, way in zip(us, direct, strict=True)] for name, us in trips.items()}
    own = added.pop("rtcli proxy")
    rows = [Row("round trip, direct", direct, "µs"), Row("added by rtcli proxy, which records", own, "µs")]
    for name, us in added.items():
        if name == "C relay":
            rows.append(Row("added by a relay in C", us, "µs", _to(own, us), "≤ 1.6× as much"))
        else:
            goal = "≥ 15× less" if name == "mitmproxy" else ""
            rows.append(Row(f"added by {name}", us, "µs", _to(us, own), goal))
    return rows


def _to(above: Sequence[float], below: Sequence[float]) -> float | None:
    """The ratio of the medians: differences of one turn are too noisy to divide by."""
    return quotient([statistics.median(above)], [statistics.median(below)])


def _floods(bench: Bench, between: Between, size_bytes: int, folder: Path) -> dict[str, list[float]]:
    """Frames a second, of one size."""
    found: dict[str, list[float]] = {name: [] for name in between if name not in {"direct", "C relay"}}
    for number in range(bench.rounds):
        for name, values in found.items():
            bench.progress(f"round {number + 1} of {bench.rounds}: frames of {size_bytes} bytes, {name}")
            frames = int(values[-1] * FLOOD_S) if values else 10_000
            values.append(frames_a_second(between[name][0], size_bytes, frames))
            for path in folder.glob("calls/*"):
                path.unlink()
    return {name: values[1:] or values for name, values in found.items()}


def frames_a_second(url: str, size_bytes: int, frames: int) -> float:
    """How fast frames get through, from the server to the client."""
    frames = max(BATCH, frames // BATCH * BATCH)
    left = len(event(size_bytes, mask=False)) * frames
    with opened(url, f"/flood/{size_bytes}/{frames}") as sock:
        began = time.perf_counter()
        while left > 0:
            got = len(sock.recv(1 << 18))
            if not got:
                raise ConnectionError(f"{left} bytes short")
            left -= got
        return frames / (time.perf_counter() - began)


def _rates(size: str, found: dict[str, list[float]], *, goals: bool) -> list[Row]:
    own = found.pop("rtcli proxy")
    rows = [Row(f"frames of {size}, rtcli proxy, which records", own, "/s")]
    for name, values in found.items():
        goal = {"mitmproxy": "≥ 35× as many", "websockets pump": "≥ 4× as many"}[name] if goals else ""
        rows.append(Row(f"frames of {size}, {name}", values, "/s", quotient(own, values), goal))
    return rows
