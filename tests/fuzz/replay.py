"""A recording that plays the server: nothing that a client sends raises, and nothing goes out before what it needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import isfinite

from fuzz.laws import lines_of
from fuzz.material import pieces, recordings, traffic
from fuzz.target import Target

from rtcli.errors import RtcliError
from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.recording import Close
from rtcli.script.performance import Manner, Performance, Script
from rtcli.script.steps import Step, steps_of
from rtcli.standin import Standin

_TIMINGS = ("original", "causal", "fast")
_UNMATCHED = ("wait", "skip", "error", "standin")
_ROUNDS = 300


def check(data: bytes) -> None:
    """The first byte says how it is played, the second where the lines of the client that comes now begin."""
    if len(data) < 2:
        return
    lines = list(lines_of(data[2:]))
    cut = data[1] % (len(lines) + 1)
    recorded = _steps(lines[:cut] if cut else lines)
    script = Script(recorded)
    said = [step.content for step in recorded if step.sender == "client"]
    said += [line.decode("utf-8", "replace") for line in lines[cut:]] + [step.content for step in _steps(lines[cut:])]
    manner = Manner(timing=_TIMINGS[data[0] % 3], unmatched=_UNMATCHED[data[0] >> 2 & 3])
    performance = Performance(script, manner, lambda: Standin(seed=1, pace=0))
    performance.open(0.0)
    now, gone = 0.0, 0
    for frame in said:
        if not isinstance(frame, Close):
            performance.receive(frame, now)
        now, more = _passed(performance, now, 5)
        gone += more
    _, more = _passed(performance, now, _ROUNDS)
    outcome = performance.outcome()
    assert outcome.released + outcome.held_back == len(script.causes.of)
    assert gone + more >= outcome.released
    for index, cause in script.causes.of.items():
        assert all(step < index for step in cause.need.steps)


def _steps(lines: list[bytes]) -> list[Step]:
    try:
        return steps_of(read(lines, Listener()))
    except RtcliError:
        return []


def _passed(performance: Performance, now: float, rounds: int) -> tuple[float, int]:
    """Let time pass, and count what goes out."""
    gone = 0
    for _ in range(rounds):
        soon = performance.next_at
        if soon is None:
            break
        assert isfinite(soon)
        now = max(now, soon)
        for line in performance.due(now):
            gone += 1
            assert isinstance(line, str | bytes | Close)
            if isinstance(line, str):
                line.encode()
    return now, gone


def seeds() -> Iterator[bytes]:
    for number, piece in enumerate(pieces((*recordings(), *traffic("realtime", "beta", "live")), 3000)):
        yield bytes([number % 16, 0]) + piece
    yield b"\x00\x00" + json.dumps({"t": 1, "from": "client", "text": "x"}).encode() + b"\n"


TARGET = Target(check, seeds, ("script", "standin"))
