"""``rtcli serve`` as a process."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit

import program
import pytest
from websockets.sync.client import connect

SERVE = [sys.executable, "-m", "rtcli", "serve", "--listen"]


@contextmanager
def serving(address="127.0.0.1:0"):
    process = subprocess.Popen([*SERVE, address], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_its_url_serves_and_leaves_with_zero_when_told(number):
    with serving() as (process, url):
        assert urlsplit(url).path == "/v1/realtime"
        with connect(url) as client:
            assert '"session.created"' in client.recv()
            process.send_signal(number)
            _, said = process.communicate(timeout=10)
        assert process.returncode == 0
        assert said.count("\n") == 1, "nothing but the hint"


def test_a_visitor_who_speaks_no_websocket_is_not_repeated():
    with serving() as (process, url):
        with socket.create_connection(("127.0.0.1", urlsplit(url).port)) as visitor:
            visitor.sendall(b"GET /sk-secret\r\n\r\n")
            visitor.recv(100)
        with connect(url) as client:
            client.recv()
        process.terminate()
        _, said = process.communicate(timeout=10)
        assert "sk-secret" not in said
        assert "Traceback" not in said


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("0.0.0.0:0", "--allow-remote"),
        ("[::]:0", "--allow-remote"),
        ("nowhere", "no address"),
        ("127.0.0.1:70000", "no address"),
    ],
)
def test_what_it_will_not_listen_on_is_said_in_one_line(address, why):
    done = program.run([*SERVE, address], capture_output=True, text=True, timeout=10)
    assert done.returncode == 2
    assert why in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_address_that_is_taken_is_said_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = program.run([*SERVE, address], capture_output=True, text=True, timeout=10)
    assert done.returncode == 2
    assert address in done.stderr
