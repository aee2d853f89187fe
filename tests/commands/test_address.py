"""Why nobody can be waited for at an address, and what to do."""

from __future__ import annotations

import asyncio
import socket

import pytest

from rtcli.commands.address import taken


def refusal(host, port):
    """What is said where a server cannot listen there."""

    async def listen():
        await asyncio.start_server(lambda *_: None, host, port)

    with pytest.raises(OSError) as refused:  # noqa: PT011 - which one it is, is what is told
        asyncio.run(listen())
    return str(taken("--listen", f"{host}:{port}", refused.value))


def test_a_port_that_another_server_has():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert refusal("127.0.0.1", port) == (
            f"--listen: cannot listen on 127.0.0.1:{port}: Address already in use; "
            "is another server running there? With port 0 a free one is taken"
        )


def test_an_address_of_another_machine():
    assert refusal("192.0.2.1", 0) == (
        "--listen: cannot listen on 192.0.2.1:0: Cannot assign requested address; "
        "name an address of this machine, such as 127.0.0.1:0"
    )


def test_a_name_that_nobody_has_is_told_in_the_words_of_who_looked_it_up():
    error = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    assert "cannot listen on nobody:0: Name or service not known; " in str(taken("--listen", "nobody:0", error))


def test_a_port_of_the_system():
    assert "take a port from 1024 on" in str(
        taken("--listen", "127.0.0.1:80", PermissionError(13, "Permission denied"))
    )
