"""Connecting, and what is said when it does not work."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import socket
import ssl
import struct
import subprocess
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import serve

from rtcli.errors import ConnectionFailed, HandshakeRefused
from rtcli.links.client import open_client
from rtcli.links.tap import Tap
from rtcli.links.target import Target
from rtcli.recording import Close, Frame

KEY = "sk-proj-averysecretkey123"


def attempt(url, headers=(), key_from=""):
    async def connect():
        await open_client(Target(url, headers, key_from), Tap(lambda entry: None))

    asyncio.run(connect())


@asynccontextmanager
async def answering(raw: bytes, *, resetting=False):
    """A server that answers anything with these bytes, and ends the connection, in order or not."""

    async def answer(reader, writer):
        await reader.read(4096)
        writer.write(raw)
        await writer.drain()
        if resetting:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        else:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def refused_with(status, body, *headers):
    payload = json.dumps(body).encode() if not isinstance(body, bytes) else body
    head = [f"HTTP/1.1 {status} No", f"Content-Length: {len(payload)}", *headers, "", ""]

    async def connect():
        async with answering("\r\n".join(head).encode() + payload) as port:
            target = Target(
                f"ws://127.0.0.1:{port}/v1/realtime", (("Authorization", f"Bearer {KEY}"),), "OPENAI_API_KEY"
            )
            await open_client(target, Tap(lambda entry: None))

    with pytest.raises(HandshakeRefused) as refusal:
        asyncio.run(connect())
    return str(refusal.value)


@asynccontextmanager
async def pointing(to: str):
    """A server that points somewhere else, with this header; and what it was asked for."""
    asked = []

    async def answer(reader, writer):
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        away = f"302 Found\r\n{to}" if len(asked) == 1 else "403 No"
        writer.write(f"HTTP/1.1 {away}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], asked


def refused_by_who_points(to, host="127.0.0.1"):
    """What is said, and what the other server was asked for."""

    async def connect():
        async with pointing("") as (elsewhere, reached), pointing(to.format(port=elsewhere)) as (port, asked):
            key = (("Authorization", f"Bearer {KEY}"), ("api-key", KEY))
            with pytest.raises(HandshakeRefused) as refusal:
                await open_client(Target(f"ws://{host}:{port}/v1", key), Tap(lambda entry: None))
        return str(refusal.value), asked, reached

    return asyncio.run(connect())


@pytest.mark.parametrize("there", ["ws://127.0.0.1:{port}/v2", "ws://localhost:{port}/v2", "//127.0.0.1:{port}/v2"])
def test_a_server_that_points_to_another_gets_no_key_for_it(there):
    said, asked, reached = refused_by_who_points(f"Location: {there}")
    assert len(asked) == 1
    assert reached == []
    assert "HTTP 302: ws://" in said
    assert "/v2" in said
    assert "a key goes to nobody but who was asked" in said


def test_a_server_that_points_to_another_path_of_its_own_is_followed():
    said, asked, _ = refused_by_who_points("Location: /v2?model=m")
    assert [head.split("\r\n")[0] for head in asked] == ["GET /v1 HTTP/1.1", "GET /v2?model=m HTTP/1.1"]
    assert f"Authorization: Bearer {KEY}" in asked[1]
    assert "HTTP 403" in said


@pytest.mark.parametrize(
    "there",
    [
        "http://[",
        "ws://user:sk-another-secret@[/",
        "ws://user:sk-another-secret@h/",
        "https://h/?api_key=sk-another-secret",
        "mailto:a@b.example",
        "ws://h/\r\nLocation: ws://h/",
    ],
)
def test_a_server_that_points_to_what_is_no_address_of_its_own_is_a_line_without_a_key(there):
    said, asked, _ = refused_by_who_points(f"Location: {there}")
    assert "HTTP 302" in said
    assert "sk-another-secret" not in said
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("status", "advice"), [(401, "key"), (403, "key"), (404, "model"), (429, "limit"), (503, "again")]
)
def test_a_refused_handshake_says_status_code_request_id_and_what_to_do(status, advice):
    body = {"error": {"message": "No, not today.", "code": "some_code", "type": "invalid_request_error"}}
    said = refused_with(status, body, "x-request-id: req_123")
    for part in (str(status), "some_code: No, not today (", "req_123", advice):
        assert part in said


def test_of_two_request_ids_the_first_is_said():
    said = refused_with(503, b"", "x-request-id: req_of_gateway", "X-Request-Id: req_of_server", "cf-ray: 7")
    assert "req_of_gateway" in said
    assert "req_of_server" not in said


def test_a_key_that_the_server_quotes_is_not_repeated():
    said = refused_with(401, {"error": {"message": f"Incorrect API key provided: {KEY}.", "code": "invalid_api_key"}})
    assert "invalid_api_key" in said
    assert "averysecret" not in said
    assert "OPENAI_API_KEY" in said, "where the key came from is the advice"


@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b"[1]", b'{"error":"plain words"}', b"\xff\xfe"])
def test_an_error_body_of_any_shape_is_taken(body):
    assert "HTTP 500" in refused_with(500, body)


def test_a_port_where_nothing_listens_is_named_as_such():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(ConnectionFailed, match="nothing listens there"):
        attempt(f"ws://127.0.0.1:{port}/")


def test_a_host_that_does_not_exist_is_named_as_such(monkeypatch):
    def unknown(*_args, **_kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ConnectionFailed, match="host name is not known"):
        attempt("ws://no.such.host.invalid/")


@pytest.mark.parametrize("proxy", ["ftp://user:hunter2@proxy:1", "http://user:hunter2@", "user:hunter2@x"])
def test_a_proxy_that_is_none_is_named_without_its_password(monkeypatch, proxy):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(ConnectionFailed, match="look at HTTPS_PROXY") as raised:
        attempt("wss://no.such.host.invalid/")
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["wss://user:averysecret/word@host/", "wss://user:averysecret@word@host:averysecret", "ws://[averysecret"]
)
def test_of_a_url_that_cannot_be_read_nothing_is_repeated(url):
    with pytest.raises(ConnectionFailed, match="the URL cannot be read; a password with a / in it") as failure:
        attempt(url)
    assert "averysecret" not in str(failure.value)


def test_a_host_that_is_no_name_is_named_as_such():
    with pytest.raises(ConnectionFailed, match="the host name is none"):
        attempt("ws://..example/")


def test_a_socks_proxy_without_its_package_is_named_as_such(monkeypatch):
    if importlib.util.find_spec("python_socks"):
        pytest.skip("the package is there")
    monkeypatch.setenv("https_proxy", "socks5://user:averysecretword@127.0.0.1:9")
    with pytest.raises(ConnectionFailed, match="needs the package python-socks; pip install") as failure:
        attempt("wss://far.invalid/")
    assert "averysecretword" not in str(failure.value)


def test_a_server_that_speaks_no_http_is_named_as_such():
    async def connect():
        async with answering(b"SSH-2.0-nothing\r\n") as port:
            await open_client(Target(f"ws://127.0.0.1:{port}/"), Tap(lambda entry: None))

    with pytest.raises(ConnectionFailed, match="does not speak HTTP"):
        asyncio.run(connect())


@pytest.mark.parametrize("resetting", [False, True])
@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 10", b"HTTP/1.1 101 Switching Protocols\r\nUpgr"])
def test_a_server_that_hangs_up_during_the_handshake_is_named_as_such(said, resetting):
    async def connect():
        async with answering(said, resetting=resetting) as port:
            await open_client(Target(f"ws://127.0.0.1:{port}/"), Tap(lambda entry: None))

    with pytest.raises(ConnectionFailed, match="hung up during the handshake"):
        asyncio.run(connect())


def test_tls_against_a_plain_server_and_an_untrusted_certificate_are_told_apart(tmp_path):
    async def plain():
        async with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
            await open_client(Target(f"wss://127.0.0.1:{port}/"), Tap(lambda entry: None))

    with pytest.raises(ConnectionFailed, match="does not speak TLS"):
        asyncio.run(plain())

    name = ["-subj", "/CN=localhost", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *name],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")

    async def untrusted():
        async with serve(lambda _: asyncio.sleep(0), "127.0.0.1", 0, ssl=context) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            await open_client(Target(f"wss://127.0.0.1:{port}/"), Tap(lambda entry: None))

    with pytest.raises(ConnectionFailed, match="certificate is not trusted"):
        asyncio.run(untrusted())


def closed_by(behave):
    """The entries of a connection to a server that behaves like this, and the client."""
    entries = []

    async def connect():
        async with serve(behave, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            client = await open_client(Target(f"ws://127.0.0.1:{port}/"), Tap(entries.append))
            await asyncio.wait_for(client.receive(), 10)
            return client

    return asyncio.run(connect()), [entry.event for entry in entries]


def test_a_close_code_and_its_reason_are_recorded():
    async def close(connection):
        await connection.close(4000, "beta_api_shape_disabled")

    client, events = closed_by(close)
    assert client.closed_with == (4000, "beta_api_shape_disabled")
    server, answer = [event for event in events if isinstance(event, Close)]
    assert (server.sender, server.code, server.reason) == ("server", 4000, "beta_api_shape_disabled")
    assert (answer.sender, answer.code) == ("client", 4000)


def test_a_server_that_vanishes_leaves_no_close_record_of_its_own():
    async def vanish(connection):
        await connection.send('{"type":"input_audio_buffer.cleared","event_id":"e"}')
        connection.transport.abort()

    client, events = closed_by(vanish)
    assert client.vanished
    assert not [event for event in events if isinstance(event, Close) and event.sender == "server"]


def test_frames_reach_the_tap_word_for_word():
    text = '{ "type" : "error",\t"event_id":"\\u00e9é" }'
    seen = []

    class Recorder:
        def write(self, record):
            seen.append(record)

    async def send(connection):
        await connection.send(text)

    async def connect():
        async with serve(send, "127.0.0.1", 0) as server:
            tap = Tap(lambda entry: None)
            tap._writer = Recorder()
            port = next(iter(server.sockets)).getsockname()[1]
            await (await open_client(Target(f"ws://127.0.0.1:{port}/"), tap)).receive()

    asyncio.run(connect())
    (frame,) = [record for record in seen if isinstance(record, Frame)]
    assert frame.text == text
