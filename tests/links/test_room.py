"""When there are no descriptors left one line says so, and who knocked is let in when there are some again."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import socket
import ssl
from contextlib import contextmanager

import pytest
from proxied import app, proxied, upstream

from rtcli.links.room import stand_crowds
from rtcli.links.tls import made

pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="the system does not say what is open")


@contextmanager
def no_more_descriptors():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    spare = os.open(os.devnull, os.O_RDONLY)  # the lowest that is free, so that all others below it are taken
    os.close(spare)
    resource.setrlimit(resource.RLIMIT_NOFILE, (spare, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def leave(_wire):
    """Say nothing, and hang up."""


@pytest.mark.parametrize("encrypted", [False, True])
def test_without_a_descriptor_one_line_says_so_and_who_comes_later_is_let_in(tmp_path, caplog, monkeypatch, encrypted):
    monkeypatch.setattr(asyncio.constants, "ACCEPT_RETRY_DELAY", 0.01)
    certificate = made("127.0.0.1") if encrypted else None
    context = ssl.create_default_context(cadata=certificate.pem.decode()) if certificate else None

    async def hold():
        async with upstream(leave) as origin:
            async with proxied(origin, tmp_path, tls=certificate and certificate.context) as proxy:
                stand_crowds()
                with socket.socket() as knocking:
                    with no_more_descriptors():
                        knocking.connect(("127.0.0.1", proxy.port))
                        while len(caplog.records) < 1:  # noqa: ASYNC110 - a log, which tells nobody
                            await asyncio.sleep(0.005)
                        await asyncio.sleep(0.1)
                    async with app(proxy, ssl=context) as wire:
                        await wire.rest()
                        return wire.head

    with caplog.at_level(logging.WARNING):
        assert asyncio.run(asyncio.wait_for(hold(), 20)).startswith("HTTP/1.1 101 ")
    assert [record.getMessage() for record in caplog.records] == [
        "rtcli: some have to wait to be let in: Too many open files"
    ]
