"""What it costs to stand between an app and a server: round trips, and frames a second."""

from __future__ import annotations

import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.chain import cores, mitmdump, ours, rtcli_proxy, running
from benchmarks.frames import event, opened
from benchmarks.table import Row, quotient
from benchmarks.upstream import ANSWER, BATCH, QUESTION

TRIPS = 2000
SMALL_BYTES, LARGE_BYTES = 200, 3000
FLOOD_S = 1.0
"""About as long as a flood shall last."""

Between = dict[str, str]
"""What stands between, and its URL."""


def proxying(bench: Bench) -> list[Row]:
    """All that stand between, one after the other in every round, each on a core of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        between = _begun(bench, stack, folder)
        trips = _trips(bench, between)
        small = _floods(bench, between, SMALL_BYTES, folder)
        large = _floods(bench, between, LARGE_BYTES, folder)
    return [*_added(trips), *_rates("200 B", small, goals=True), *_rates("3 kB", large, goals=False)]


def _begun(bench: Bench, stack: ExitStack, folder: Path) -> Between:
    """Everything that there is, running."""
    own, rest = cores()
    origin, _ = stack.enter_context(running(ours("upstream"), core=rest))
    commands = {
        "rtcli proxy": rtcli_proxy(bench.peers, origin, folder / "calls"),
        "websockets pump": ours("pump", origin),
    }
    if bench.peers.relay:
        commands["C relay"] = [bench.peers.relay, origin.rpartition(":")[2]]
    if bench.peers.mitmproxy:
        commands["mitmproxy"] = mitmdump(bench.peers.mitmproxy, origin, folder / "mitmproxy")
    return {"direct": origin} | {
        name: stack.enter_context(running(command, core=own))[0] for name, command in commands.items()
    }


def _trips(bench: Bench, between: Between) -> dict[str, list[float]]:
    """Median round trips in microseconds."""
    found: dict[str, list[float]] = {name: [] for name in between}
    for number in range(bench.rounds):
        for name, url in between.items():
            bench.progress(f"round {number + 1} of {bench.rounds}: round trips, {name}")
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
    own = added["rtcli proxy"]
    rows = [Row("round trip, direct", direct, "µs")]
    rows += [Row(f"added by {name}", us, "µs") for name, us in added.items() if name != "rtcli proxy"]
    rows.append(Row("added by rtcli proxy while it records", own, "µs"))
    if "C relay" in added:
        rows.append(Row("… to the C relay's", own, "µs", quotient(own, added["C relay"]), "≤ 1.6×"))
    if "mitmproxy" in added:
        rows.append(Row("… times less than mitmproxy's", own, "µs", quotient(added["mitmproxy"], own), "≥ 15×"))
    return rows


def _floods(bench: Bench, between: Between, size_bytes: int, folder: Path) -> dict[str, list[float]]:
    """Frames a second, of one size."""
    found: dict[str, list[float]] = {name: [] for name in between if name not in {"direct", "C relay"}}
    for number in range(bench.rounds):
        for name, values in found.items():
            bench.progress(f"round {number + 1} of {bench.rounds}: frames of {size_bytes} bytes, {name}")
            frames = int(values[-1] * FLOOD_S) if values else 10_000
            values.append(frames_a_second(between[name], size_bytes, frames))
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
    own = found["rtcli proxy"]
    rows = [Row(f"frames of {size} a second, {name}", values, "/s") for name, values in found.items()]
    for name, goal in (("mitmproxy", "≥ 35×"), ("websockets pump", "≥ 4×")):
        if name in found:
            rows.append(
                Row(
                    f"rtcli proxy while it records, to {name}",
                    own,
                    "/s",
                    quotient(own, found[name]),
                    goal if goals else "",
                )
            )
    return rows
