"""The machines that hypothesis drives at random, led by what they reach: each input is a run, step by step.

An input stands for what hypothesis would draw by lot, in a way that is its own and changes with its versions: none is
kept. Where an input ends, the run ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from fuzz.target import Target
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, get_state_machine_test

_STEPS = 60


def _target(kind: type[RuleBasedStateMachine], *packages: str) -> Target:
    run = get_state_machine_test(kind, settings=settings(database=None, stateful_step_count=_STEPS))
    one = run.hypothesis.fuzz_one_input

    def check(data: bytes) -> None:
        one(data)

    return Target(check, _seeds, packages, max_bytes=4096, mutates_json=False, lasts=False)


def _seeds() -> Iterator[bytes]:
    """What draws the first choice everywhere, the last, and all of them in turn."""
    for size in (64, 512, 4096):
        yield bytes(size)
        yield b"\xff" * size
        yield bytes(number * 151 % 256 for number in range(size))


def __getattr__(name: str) -> Target:
    """A machine of the tests, by its class; each is imported alone."""
    module, packages = _MACHINES[name]
    return _target(getattr(import_module(module), name), *packages)


_MACHINES = {
    "Call": ("session.test_stateful", ("session", "rules", "standin")),
    "Recorder": ("formats.test_writer_stateful", ("formats", "recording")),
    "Socket": ("links.test_frames_stateful", ("links.frames", "links.messages")),
    "Replay": ("links.test_replay_stateful", ("script",)),
}
