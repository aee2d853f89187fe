from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from time import monotonic

import pytest

from rtcli.links.alarm import Alarm, alarm_for


@pytest.fixture(params=["a timer of the kernel's", "the loop's own"])
def timers(request, monkeypatch):
    """Both kinds of timer, the second as on systems that have no other."""
    if request.param == "the loop's own":
        monkeypatch.setattr(sys, "platform", "another")


@pytest.mark.usefixtures("timers")
def test_it_rings_no_sooner_than_it_is_set_for():
    async def rung(after_s):
        woken = asyncio.Event()
        async with alarm_for(woken) as alarm:
            at = monotonic() + after_s
            alarm.set(at)
            await woken.wait()
            return monotonic() - at

    for after_s in (0.02, 0.0005, 0.0, -1.0, -monotonic()):
        assert asyncio.run(rung(after_s)) >= 0


@pytest.mark.usefixtures("timers")
def test_it_rings_for_the_moment_that_was_set_last():
    async def rung():
        woken = asyncio.Event()
        async with alarm_for(woken) as alarm:
            at = monotonic()
            alarm.set(at + 3600)
            alarm.set(at + 0.01)
            await woken.wait()
            woken.clear()
            alarm.set(at)
            alarm.set(None)
            for _ in range(10):
                await asyncio.sleep(0)
            return woken.is_set()

    assert not asyncio.run(rung())


def opened():
    """How many descriptors are open, where the system tells."""
    return len(list(Path("/proc/self/fd").glob("*")))


@pytest.mark.usefixtures("timers")
def test_what_is_closed_leaves_nothing_open_and_never_rings():
    async def closed():
        woken = asyncio.Event()
        before = opened()
        alarm = Alarm(woken.set)
        alarm.set(monotonic())
        alarm.close()
        for _ in range(10):
            await asyncio.sleep(0)
        return woken.is_set(), opened() - before

    assert asyncio.run(closed()) == (False, 0)
