"""The proxy under the load of many calls in real time, which it records."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.chain import cores, ours, rtcli_proxy, running
from benchmarks.crowd import FRAME_BYTES, PACE
from benchmarks.rounds import Failed
from benchmarks.table import Row

CALLS, MANY_CALLS = 100, 400
SECONDS, MANY_SECONDS = 8.0, 5.0
ROUNDS = 2
ENOUGH = 0.98
"""With less than this part of what was due, nothing can be said of the share of a core."""
EACH = f"{PACE} frames a second of {FRAME_BYTES // 1000} kB each way"
Result = dict[str, Any]


def load(bench: Bench) -> list[Row]:
    """A hundred calls, plain and to an upstream with TLS, and four hundred."""
    plain: list[list[Result]] = [[], [], []]
    for number in range(min(ROUNDS, bench.rounds)):
        at = f"round {number + 1} of {ROUNDS}: {CALLS} calls"
        for which, (name, proxied, tls) in enumerate(
            (("direct", False, False), ("through the proxy", True, False), ("to TLS", True, True))
        ):
            bench.progress(f"{at}, {name}")
            plain[which].append(_run(bench, CALLS, SECONDS, proxied=proxied, tls=tls))
    bench.progress(f"{MANY_CALLS} calls")
    many = [_run(bench, MANY_CALLS, MANY_SECONDS, proxied=True)]
    direct, through, to_tls = plain
    return [
        *_hundred("", through, direct, "≤ 20 %"),
        *_hundred(", TLS upstream", to_tls, direct, "≤ 35 %"),
        *_many(many),
    ]


def _hundred(suffix: str, found: list[Result], direct: list[Result], goal: str) -> list[Row]:
    name = f"{CALLS} calls{suffix}"
    shares = [result["share"] * 100 for result in found]
    added = [result["p99_ms"] - base["p99_ms"] for result, base in zip(found, direct, strict=True)]
    short = _short(found)
    return [
        Row(f"{name}: of a core", shares, "%", None if short else statistics.median(shares), goal, short or EACH),
        Row(f"{name}: p99 added", added, "ms", None if short else statistics.median(added), "≤ 5 ms"),
        _lost(name, found),
    ]


def _many(found: list[Result]) -> list[Row]:
    """Whether all that was due has come out at the other end when the sending ends."""
    name = f"{MANY_CALLS} calls on one core"
    through = [100 * (result["sent"] - result["behind"]) / result["due"] for result in found]
    shares = [result["share"] * 100 for result in found]
    return [
        Row(f"{name}: of the core", shares, "%"),
        Row(f"{name}: through in time", through, "%", min(through), "≥ 99 %", _short(found)),
        _lost(name, found),
    ]


def _lost(name: str, found: list[Result]) -> Row:
    """What did not come out at the other end, or is not in the recordings."""
    lost = [result["lost"] + result["unrecorded"] for result in found]
    return Row(
        f"{name}: frames lost", lost, "", max(lost), "≤ 0", f"of {found[0]['sent']:,}, counted in the recordings too"
    )


def _short(found: list[Result]) -> str:
    """What the ends themselves did not manage, in words."""
    offered = min(result["sent"] / result["due"] for result in found)
    return f"the ends sent {offered:.0%} of what was due: is the machine busy?" if offered < ENOUGH else ""


def _run(bench: Bench, sessions: int, seconds: float, *, proxied: bool, tls: bool = False) -> Result:
    """One crowd, in front of the server's ends or of the proxy."""
    own, rest = cores()
    with tempfile.TemporaryDirectory() as name, running(ours("crowd"), core=rest) as (origin, crowd):
        folder = Path(name)
        asked: dict[str, Any] = {"url": origin, "sessions": sessions, "seconds": seconds, "pem": None, "pid": None}
        if not proxied:
            return _asked(crowd, asked)
        trusted = {}
        if tls:
            asked["pem"] = str(certificate(folder))
            trusted["SSL_CERT_FILE"] = asked["pem"]
        upstream = origin.replace("ws://", "wss://") if tls else origin
        command = rtcli_proxy(bench.peers, upstream, folder / "calls")
        with running(command, core=own, environment=trusted) as (url, proxy):
            result = _asked(crowd, asked | {"url": url, "pid": proxy.pid})
        result["unrecorded"] = result["sent"] - sum(map(_frames_in, (folder / "calls").iterdir()))
        return result


def _asked(crowd: subprocess.Popen[str], what: dict[str, Any]) -> Result:
    assert crowd.stdin is not None
    assert crowd.stdout is not None
    crowd.stdin.write(json.dumps(what) + "\n")
    crowd.stdin.flush()
    line = crowd.stdout.readline()
    if not line:
        raise Failed("the crowd broke up")
    result: Result = json.loads(line)
    return result


def _frames_in(path: Path) -> int:
    """How many frames a recording holds."""
    with path.open("rb") as file:
        return sum(b'"event":{' in line[:80] for line in file)


def certificate(folder: Path) -> Path:
    """A certificate of this machine for a moment, with its key."""
    pem, key = folder / "upstream.pem", folder / "key.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command: list[str | Path] = ["openssl", "req", "-x509", *kind, *names, "-keyout", key, "-out", pem]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failed("there is no openssl to make a certificate") from error
    with os.fdopen(os.open(pem, os.O_WRONLY | os.O_APPEND), "w") as file:
        file.write(key.read_text())
    return pem
