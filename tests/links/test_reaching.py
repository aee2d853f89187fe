"""Reaching an upstream for an app that does not wait for it."""

from __future__ import annotations

import asyncio

import pytest
from proxied import silent, upstream
from websockets.datastructures import Headers
from websockets.http11 import Request

from rtcli.links.reaching import reach
from rtcli.links.upstream import upstream_of


@pytest.mark.usefixtures("uncollected")
def test_whenever_it_is_interrupted_no_socket_is_left_behind(descriptors):
    async def visit(way, turns):
        asking = asyncio.create_task(reach(Request("/", Headers(Host="localhost")), way, compressing=False))
        for _ in range(turns):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait({asking})

    async def hold():
        async with upstream(silent, answer=b"") as origin:
            way = upstream_of(origin, {})
            descriptors.mark()
            for turns in range(40):
                await asyncio.gather(*(visit(way, turns) for _ in range(5)))
            return await descriptors.left()

    assert asyncio.run(hold()) == 0
