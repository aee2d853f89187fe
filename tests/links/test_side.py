"""The two ends of a proxied call."""

from __future__ import annotations

import asyncio
import socket

import pytest

from rtcli.links.side import Side


@pytest.mark.skipif(not hasattr(socket, "TCP_KEEPIDLE"), reason="the system does not say how long it waits")
@pytest.mark.parametrize("who", ["app", "upstream"])
def test_an_end_that_is_gone_without_a_word_is_noticed_in_minutes_though_nobody_pings(who):
    async def asked():
        loop, arrived = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()
        server = await loop.create_server(lambda: Side(arrived.set_result), "127.0.0.1", 0)
        async with server:
            transport, side = await loop.create_connection(Side, *server.sockets[0].getsockname())
            side = await arrived if who == "app" else side
            raw = side.transport.get_extra_info("socket")
            names = ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT")
            idle_s, between_s, times = (raw.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in names)
            is_on = raw.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            transport.abort()
            (await arrived).transport.abort()
            return is_on, idle_s + between_s * times

    is_on, at_most_s = asyncio.run(asked())
    assert is_on
    assert 120 <= at_most_s <= 600
