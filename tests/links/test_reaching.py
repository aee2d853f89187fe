"""Reaching an upstream for an app that does not wait for it."""

from __future__ import annotations

import asyncio
import gc
import os
from contextlib import suppress

import pytest
from proxied import silent, upstream
from websockets.datastructures import Headers
from websockets.http11 import Request

from rtcli.links.reaching import reach
from rtcli.links.upstream import upstream_of


def open_descriptors():
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("the system does not say which descriptors are open")
    return len(os.listdir("/proc/self/fd"))


@pytest.fixture
def uncollected():
    """What is let go of in a circle stays where it is, as in a process that looks for circles seldom."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
def test_whenever_it_is_interrupted_no_socket_is_left_behind():
    async def visit(way, turns):
        asking = asyncio.create_task(reach(Request("/", Headers(Host="localhost")), way, compressing=False))
        for _ in range(turns):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait({asking})

    async def hold():
        async with upstream(silent, answer=b"") as origin:
            way = upstream_of(origin, {})
            before = open_descriptors()
            for turns in range(40):
                await asyncio.gather(*(visit(way, turns) for _ in range(5)))
            with suppress(TimeoutError):
                async with asyncio.timeout(10):
                    while open_descriptors() > before:  # noqa: ASYNC110 - of the system
                        await asyncio.sleep(0.05)
            return open_descriptors() - before

    assert asyncio.run(hold()) <= 0
