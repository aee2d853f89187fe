"""What the tests of links share."""

from __future__ import annotations

import asyncio
import gc
import os

import pytest

from rtcli.links.loop import new_loop


@pytest.fixture(params=["the usual loop", "the loop with the short way"])
def either_loop(request, monkeypatch):
    """Run what is run in a loop of asyncio's own, and again in the one that the command has."""
    if request.param == "the usual loop":
        return

    def run(main):
        with asyncio.Runner(loop_factory=new_loop) as runner:
            return runner.run(main)

    monkeypatch.setattr(asyncio, "run", run)


@pytest.fixture
def uncollected():
    """What is let go of in a circle stays where it is, as in a process that looks for circles seldom."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Descriptors:
    """Which descriptors are open."""

    def mark(self):
        self._before = len(os.listdir("/proc/self/fd"))

    async def left(self):
        """How many more are open than when that was marked; they have a while to be closed."""
        for _ in range(500):
            if len(os.listdir("/proc/self/fd")) <= self._before:
                break
            await asyncio.sleep(0.01)
        return max(0, len(os.listdir("/proc/self/fd")) - self._before)


@pytest.fixture
def descriptors():
    """Whether some are left behind; skips where the system does not tell."""
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("the system does not say which descriptors are open")
    return Descriptors()
