"""One proxied connection: the same bytes at both ends, and the same in the file."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import socket
import ssl
import struct
import zlib
from contextlib import suppress

import pytest
from proxied import KEY, Proxied, app, frame, passed, proxied, recordings, records, silent, upstream
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode

from rtcli.links import reaching, splice
from rtcli.links.server import serving
from rtcli.links.tls import made
from rtcli.recording import Binary, Close, Control, Frame, Header, Note

pytestmark = pytest.mark.usefixtures("either_loop")

TEXT, BINARY, CONTINUED, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10


def contents(folder):
    """The records without their times."""
    return [type(record)(None, *_parts(record)) for record in passed(folder)]


def _parts(record):
    return [getattr(record, name) for name in record.__struct_fields__ if name != "t"]


async def pump(reader, writer):
    """Pass on what comes until there is no more."""
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
    writer.close()


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 30))


# --- frames ------------------------------------------------------------------------------------

FROM_APP = (
    frame(TEXT, b'{"type":"response.create"}', mask=True)
    + frame(TEXT, b"no JSON", mask=True)
    + frame(TEXT, b"", mask=True)
    + frame(BINARY, b"\x00\xff", mask=True)
    + frame(TEXT, b'{"type":', fin=False, mask=True)
    + frame(PING, b"still there?", mask=True)
    + frame(CONTINUED, b'"input_audio_buffer.clear"}', mask=True)
    + frame(PONG, b"", mask=True)
)
FROM_SERVER = (
    frame(PING, b"\x00\x01")
    + frame(TEXT, b'{"type":"session.created"}')
    + frame(BINARY, b"", fin=False)
    + frame(PONG, b"yes")
    + frame(CONTINUED, b"")
    + b"\x83\x02hi"  # a frame of a kind that is reserved
    + frame(TEXT, b"\xff")
    + frame(CLOSE, struct.pack("!H", 4000) + "genug für heute".encode())
)


def test_every_byte_arrives_as_it_was_sent_both_ways(tmp_path):
    async def hold():
        got = {}

        async def talk(wire):
            await wire.send(FROM_SERVER)
            got["server"] = await wire.read(len(FROM_APP))

        async with upstream(talk) as origin, proxied(origin, tmp_path) as proxy, app(proxy) as wire:
            await wire.send(FROM_APP)
            got["app"] = await wire.rest()
            wire.end()
            await proxy.finish()
        return got

    assert run(hold()) == {"server": FROM_APP, "app": FROM_SERVER}


def test_every_frame_is_recorded_as_what_it_was(tmp_path):
    async def hold():
        async def talk(wire):
            await wire.read(len(FROM_APP))
            await wire.send(FROM_SERVER)

        async with upstream(talk) as origin, proxied(origin, tmp_path) as proxy, app(proxy) as wire:
            await wire.send(FROM_APP)
            await wire.rest()
            wire.end()
            await proxy.finish()

    run(hold())

    assert contents(tmp_path) == [
        Frame(None, "client", '{"type":"response.create"}'),
        Frame(None, "client", "no JSON"),
        Frame(None, "client", ""),
        Binary(None, "client", b"\x00\xff"),
        Control(None, "client", "ping", b"still there?"),
        Frame(None, "client", '{"type":"input_audio_buffer.clear"}'),
        Control(None, "client", "pong", b""),
        Control(None, "server", "ping", b"\x00\x01"),
        Frame(None, "server", '{"type":"session.created"}'),
        Control(None, "server", "pong", b"yes"),
        Binary(None, "server", b""),
        Note(None, "the server sent a frame of the reserved kind 0x3"),
        Binary(None, "server", b"hi"),
        Note(None, "the server sent a text that is not UTF-8"),
        Binary(None, "server", b"\xff"),
        Close(None, "server", 4000, "genug für heute"),
    ]


def test_a_message_of_20_mib_in_fragments_arrives_and_is_recorded_whole(tmp_path):
    audio = base64.b64encode(os.urandom(15 << 20)).decode()
    text = '{"type":"input_audio_buffer.append","audio":"%s"}' % audio
    pieces = [text[at : at + 1_000_000] for at in range(0, len(text), 1_000_000)]

    async def hold():
        async def echo(connection):
            async for message in connection:
                await connection.send(hashlib.sha256(message.encode()).hexdigest())

        async with serve(echo, "127.0.0.1", 0, max_size=None) as server:
            origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            async with proxied(origin, tmp_path) as proxy, connect(proxy.url, max_size=None) as client:
                await client.send(pieces)
                return await client.recv()

    assert len(text) > 20 << 20
    assert run(hold()) == hashlib.sha256(text.encode()).hexdigest()
    assert next(record for record in passed(tmp_path) if isinstance(record, Frame)).text == text


def test_what_the_app_says_before_the_upstream_is_open_comes_first(tmp_path):
    early, late = frame(TEXT, b"1" * 2_000_000, mask=True), frame(TEXT, b"2", mask=True)

    async def hold():
        asked, got = asyncio.Event(), []

        async def talk(wire):
            got.append(await wire.read(len(early + late)))
            await wire.send(frame(CLOSE))

        async def slow(reader, writer):
            await asked.wait()
            inner = await asyncio.open_connection(*origin.removeprefix("ws://").split(":"))
            await asyncio.gather(pump(reader, inner[1]), pump(inner[0], writer))

        async with upstream(talk) as origin:
            server = await asyncio.start_server(slow, "127.0.0.1", 0)
            async with server, proxied(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", tmp_path) as proxy:
                opening = asyncio.create_task(first(proxy))
                await asyncio.sleep(0.05)
                asked.set()
                await opening
                await proxy.finish()
        return got

    async def first(proxy):
        async with app(proxy, early=early) as wire:
            await wire.send(late)
            await wire.rest()

    assert run(hold()) == [early + late]


def test_a_slow_app_slows_the_upstream_and_loses_nothing(tmp_path):
    message = frame(BINARY, bytes(range(256)) * 256)
    count = 600

    async def hold():
        sent = 0

        async def talk(wire):
            nonlocal sent
            for _ in range(count):
                await wire.send(message)
                sent += 1

        async with upstream(talk) as origin, proxied(origin, tmp_path) as proxy, app(proxy) as wire:
            before = -1
            while before < sent or not sent:  # until it stands still
                before = sent
                await asyncio.sleep(0.2)
            held = sent
            got = hashlib.sha256(await wire.rest())
            wire.end()
            await proxy.finish()
        return held, got.digest()

    held, digest = run(hold())
    assert held < count / 2, "it was not held back"
    assert digest == hashlib.sha256(message * count).digest()
    assert len(passed(tmp_path)) == count


# --- endings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "code", "reason"),
    [(b"", None, ""), (struct.pack("!H", 1000), 1000, ""), (struct.pack("!H", 4000) + b"enough", 4000, "enough")],
)
def test_a_close_goes_both_ways_with_its_code_or_without(tmp_path, payload, code, reason):
    async def hold():
        async def talk(wire):
            await wire.send(frame(CLOSE, payload))
            await wire.read(6 + len(payload))

        async with upstream(talk) as origin, proxied(origin, tmp_path) as proxy, connect(proxy.url) as client:
            with pytest.raises(ConnectionClosed) as closed:
                await client.recv()
            await proxy.finish()
        return closed.value.rcvd

    received = run(hold())
    assert (received.code if code else None, received.reason) == (code, reason)
    closes = [record for record in passed(tmp_path) if isinstance(record, Close)]
    assert [(record.sender, record.code) for record in closes] == [("server", code), ("client", code)]
    assert closes[0].reason == reason


def test_an_upstream_that_is_cut_in_the_middle_of_a_frame_is_passed_on_so_and_noted(tmp_path):
    whole = frame(TEXT, b'{"type":"session.created"}')

    async def hold():
        async def talk(wire):
            await wire.send(whole + whole[:10])

        async with upstream(talk) as origin, proxied(origin, tmp_path) as proxy, app(proxy) as wire:
            got = await wire.rest()
            wire.end()
            await proxy.finish()
            return got, proxy.said

    got, said = run(hold())
    assert got == whole + whole[:10]
    assert "broken off without a close frame" in said
    _, note = contents(tmp_path)
    assert note == Note(None, "the server's connection ended in the middle of a frame, after 8 of its 26 bytes")


def test_a_client_that_vanishes_is_gone_for_the_upstream_too_and_closes_nothing_in_the_file(tmp_path):
    async def hold():
        gone = asyncio.Event()

        async def talk(wire):
            await wire.send(frame(TEXT, b'{"type":"session.created"}'))
            await wire.rest()
            gone.set()

        async with upstream(talk) as origin, proxied(origin, tmp_path) as proxy:
            async with app(proxy) as wire:
                await wire.read(5)
                wire.vanish()
            await gone.wait()
            await proxy.finish()

    run(hold())
    assert [type(record) for record in passed(tmp_path)] == [Frame]


def test_an_app_that_says_no_more_still_hears_the_rest(tmp_path):
    async def hold():
        async def talk(wire):
            assert await wire.rest() == b""
            await wire.send(frame(TEXT, b"the rest"))

        async with upstream(talk) as origin, proxied(origin, tmp_path) as proxy, app(proxy) as wire:
            wire.end()
            return await wire.rest()

    assert run(hold()) == frame(TEXT, b"the rest")


def test_an_end_that_is_never_answered_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(splice, "LINGER_SECONDS", 0.05)

    async def hold():
        async def talk(wire):
            await wire.rest()
            await asyncio.sleep(30)

        async with upstream(talk) as origin, proxied(origin, tmp_path) as proxy, app(proxy) as wire:
            wire.end()
            assert await wire.rest() == b""
            await proxy.finish()
            return proxy.said

    assert "broken off" in run(hold())


def test_when_the_proxy_stops_the_upstream_closes_the_session_and_the_file_is_whole(tmp_path):
    async def hold():
        async with serving(pace=0) as url:
            async with proxied(url.removesuffix("/v1/realtime"), tmp_path) as proxy, connect(proxy.url) as client:
                await client.recv()
                await proxy.proxies.stop()
                with pytest.raises(ConnectionClosed) as closed:
                    await client.recv()
        return closed.value.rcvd.code

    assert run(hold()) == 1001
    created, note, close = passed(tmp_path)
    assert isinstance(created, Frame)
    assert note.text == "rtcli was stopped and closed the session"
    assert (close.sender, close.code) == ("server", 1001)


# --- handshakes --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [b"/v1/\xff?model=\xff", "/v1/é?model=é".encode()])
def test_a_path_that_is_no_ascii_goes_upstream_as_it_came(tmp_path, path):
    heads = []

    async def hold():
        async def talk(wire):
            heads.append(wire.head.encode("latin-1"))

        async with upstream(talk) as origin, proxied(origin, tmp_path) as proxy:
            async with app(proxy, path.decode("latin-1")) as wire:
                await wire.rest()
            await proxy.finish()

    run(hold())
    assert heads[0].startswith(b"GET " + path + b" HTTP/1.1\r\n")
    header, *_ = records(*recordings(tmp_path))
    assert header.url.endswith(("/v1/\ufffd?model=%EF%BF%BD", "/v1/é?model=%C3%A9"))


ODD_PATH = "/base/v1//realtime?model=a%2Fb+c&x=%zz&x=;y&call_id=rtc_1&é=1"


def test_path_query_headers_and_subprotocols_go_upstream_as_they_came(tmp_path):
    heads = []

    async def hold():
        async def talk(wire):
            heads.append(wire)

        async with upstream(talk) as origin, proxied(origin + "/prefix/", tmp_path) as proxy:
            headers = [
                "Authorization: Bearer sk-x",
                "X-Thing: one",
                "x-thing: two",
                "User-Agent: ünï",
                "Origin: http://localhost:3000",
                "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.sk-x",
                "Sec-WebSocket-Extensions: permessage-deflate",
                "Connection: keep-alive, X-Secret-Hop",
                "X-Secret-Hop: 1",
                "Proxy-Authorization: Basic eDp5",
            ]
            async with app(proxy, ODD_PATH, headers) as wire:
                await wire.rest()
            return origin

    origin = run(hold())
    (seen,) = heads
    assert seen.head.split("\r\n")[0] == f"GET /prefix{ODD_PATH} HTTP/1.1"
    assert seen.header("x-thing") == ["one", "two"]
    assert seen.header("user-agent") == ["ünï"]
    assert seen.header("authorization") == ["Bearer sk-x"]
    assert seen.header("origin") == ["http://localhost:3000"]
    assert seen.header("sec-websocket-protocol") == ["realtime, openai-insecure-api-key.sk-x"]
    assert seen.header("host") == [origin.removeprefix("ws://")]
    for hop in ("sec-websocket-extensions", "x-secret-hop", "proxy-authorization"):
        assert seen.header(hop) == []


def test_the_upstreams_answer_comes_back_and_its_harmless_part_is_recorded(tmp_path):
    async def hold():
        answer = ["X-Request-Id: req_1", "Set-Cookie: a=b", "Sec-WebSocket-Protocol: realtime"]
        async with upstream(silent, headers=answer) as origin, proxied(origin, tmp_path) as proxy:
            async with app(proxy, headers=["Sec-WebSocket-Protocol: realtime"]) as wire:
                wire.end()
                await proxy.finish()
                return wire

    wire = run(hold())
    assert wire.head.startswith("HTTP/1.1 101 ")
    assert wire.header("x-request-id") == ["req_1"]
    assert wire.header("set-cookie") == ["a=b"]
    assert wire.header("sec-websocket-protocol") == ["realtime"]
    (path,) = recordings(tmp_path)
    _, opened = records(path)
    assert (opened.status, opened.headers, opened.subprotocol) == (101, {"x-request-id": "req_1"}, "realtime")


def test_a_browser_gets_its_subprotocol_answered_even_when_the_upstream_says_none(tmp_path):
    async def hold():
        async with serve(echo, "127.0.0.1", 0, select_subprotocol=lambda *_: None) as server:
            origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            offered = ["realtime", "openai-insecure-api-key.sk-x"]
            async with proxied(origin, tmp_path) as proxy:
                async with connect(proxy.url, subprotocols=offered, origin="http://127.0.0.1:5173") as client:
                    return client.subprotocol

    assert run(hold()) == "realtime"


def test_a_refused_upgrade_comes_back_with_status_headers_and_body(tmp_path):
    body = b'{"error":{"code":"invalid_api_key","message":"Incorrect API key: sk-abc"}}'
    answer = (
        b"HTTP/1.1 401 Nope\r\nX-Request-Id: req_9\r\nX-Request-Id: req_8\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    )

    async def hold():
        async with upstream(silent, answer=answer) as origin, proxied(origin, tmp_path) as proxy:
            with pytest.raises(InvalidStatus) as refusal:
                await connect(proxy.url)
            await proxy.finish()
            return refusal.value.response, proxy.said

    response, said = run(hold())
    assert (response.status_code, response.reason_phrase, response.body) == (401, "Nope", body)
    assert response.headers.get_all("X-Request-Id") == ["req_9", "req_8"]
    assert "HTTP 401" in said
    assert "req_9" in said
    assert "sk-abc" not in said
    assert recordings(tmp_path) == []


async def refusal_of(proxy: Proxied, **options):
    with pytest.raises(InvalidStatus) as refusal:
        await connect(proxy.url, **options)
    await proxy.finish()
    response = refusal.value.response
    return response.status_code, json.loads(response.body)["error"]["message"], proxy.said


def refused(url, tmp_path, **options):
    async def hold():
        async with proxied(url, tmp_path) as proxy:
            return await refusal_of(proxy, **options)

    return run(hold())


def test_an_upstream_that_is_down_is_an_http_error_for_the_app_and_a_line_for_the_person(tmp_path, unused_port):
    status, message, said = refused(f"ws://127.0.0.1:{unused_port}", tmp_path)
    assert status == 502
    assert "nothing listens there" in message
    assert message in said
    assert said.count("\n") == 1


def test_a_host_that_is_not_known_is_an_http_error(tmp_path):
    status, message, _ = refused("wss://nowhere.invalid", tmp_path)
    assert status == 502
    assert "the host name is not known" in message


def test_an_upstream_without_tls_is_an_http_error(tmp_path):
    async def hold():
        async with serving() as url, proxied(url.replace("ws://", "wss://"), tmp_path) as proxy:
            return await refusal_of(proxy)

    status, message, _ = run(hold())
    assert status == 502
    assert "TLS" in message


def test_an_upstream_that_says_nothing_is_an_http_error_after_a_while(tmp_path, monkeypatch):
    monkeypatch.setattr(reaching, "OPEN_SECONDS", 0.2)

    async def hold():
        async with upstream(silent, answer=b"") as origin, proxied(origin, tmp_path) as proxy:
            return await refusal_of(proxy)

    status, message, _ = run(hold())
    assert status == 504
    assert "no answer" in message


def test_an_upstream_that_answers_at_length_is_not_taken_for_a_proxy_on_the_way(tmp_path):
    async def hold():
        async with upstream(silent, answer=b"HTTP/1.1 500 X\r\n" + b"X-Y: z\r\n" * 500) as origin:
            async with proxied(origin, tmp_path) as proxy:
                return await refusal_of(proxy)

    status, message, _ = run(hold())
    assert status == 502
    assert "too long" in message
    assert "PROXY" not in message


def test_what_an_upstream_answered_wrongly_is_named_and_not_repeated(tmp_path):
    answer = b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: sk-secret\r\n\r\n"

    async def hold():
        async with upstream(silent, answer=answer) as origin, proxied(origin, tmp_path) as proxy:
            return await refusal_of(proxy)

    status, message, said = run(hold())
    assert status == 502
    assert "Sec-WebSocket-Accept" in message
    assert "sk-secret" not in message + said


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 101 Sure\r\nUpgrade: websocket\r\n\r\n"])
def test_an_upstream_that_speaks_no_websocket_is_an_http_error(tmp_path, answer):
    async def hold():
        async with upstream(silent, answer=answer) as origin, proxied(origin, tmp_path) as proxy:
            return await refusal_of(proxy)

    assert run(hold())[0] == 502


@pytest.mark.parametrize(
    ("origin", "allowed", "status"),
    [
        (None, (), 101),
        (None, ("https://app.example",), 101),
        ("http://localhost:3000", (), 101),
        ("https://127.0.0.1", (), 101),
        ("http://[::1]:8080", (), 101),
        ("https://evil.example", (), 403),
        ("http://localhost.evil.example", (), 403),
        ("http://127.0.0.1.evil.example", (), 403),
        ("null", (), 403),
        ("https://app.example", ("https://app.example",), 101),
        ("http://localhost:3000", ("https://app.example",), 403),
        ("https://any.example", ("*",), 101),
    ],
)
def test_only_pages_of_this_machine_may_connect_unless_others_are_allowed(tmp_path, origin, allowed, status):
    async def hold():
        async with upstream(silent) as url, proxied(url, tmp_path, origins=allowed) as proxy:
            async with app(proxy, headers=[f"Origin: {origin}"] if origin else []) as wire:
                wire.end()
                await proxy.finish()
                return wire.head, proxy.said

    head, said = run(hold())
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert ("may not connect" in said) == (status == 403)


def test_who_comes_when_all_places_are_taken_is_told_so_and_the_others_go_on(tmp_path):
    async def hold():
        async with upstream(silent) as url, proxied(url, tmp_path, most=1) as proxy:
            async with app(proxy) as first:
                assert first.head.startswith("HTTP/1.1 101 ")
                reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
                answer = await reader.read()
                writer.close()
                first.end()
                await proxy.finish(2)
            return answer, proxy.said, recordings(proxy.folder)

    answer, said, files = run(hold())
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert "there is room for 1 at a time" in said
    assert len(files) == 1


def test_who_has_not_yet_agreed_on_tls_takes_a_place_too(tmp_path):
    certificate = made("127.0.0.1")
    context = ssl.create_default_context(cadata=certificate.pem.decode())

    async def hold():
        async with upstream(silent) as url, proxied(url, tmp_path, most=1, tls=certificate.context) as proxy:
            _, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            with pytest.raises(ConnectionError):
                await asyncio.open_connection("127.0.0.1", proxy.port, ssl=context)
            writer.close()
            while True:  # until its place is free
                with suppress(ConnectionError):
                    async with app(proxy, ssl=context) as wire:
                        head = wire.head
                    await proxy.proxies.stop()
                    return head, proxy.said

    head, said = run(hold())
    assert head.startswith("HTTP/1.1 101 ")
    assert "2 failed: there is room for 1 at a time" in said


@pytest.mark.parametrize("speaks", ["HTTP", "TLS"])
def test_an_app_that_does_not_agree_on_tls_is_a_line_that_says_what_to_do(tmp_path, speaks):
    def knock(port):
        with socket.create_connection(("127.0.0.1", port)) as wire:
            if speaks == "HTTP":
                wire.sendall(b"GET / HTTP/1.1\r\n\r\n")
                wire.recv(100)
            else:  # and trusts nobody
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(wire, server_hostname="127.0.0.1")

    async def hold():
        async with upstream(silent) as url, proxied(url, tmp_path, tls=made("127.0.0.1").context) as proxy:
            with suppress(OSError):
                await asyncio.to_thread(knock, proxy.port)
            await proxy.finish()
            return proxy.said

    why = {"HTTP": "HTTP_REQUEST", "TLS": "TLSV1_ALERT_UNKNOWN_CA"}[speaks]
    assert f"1 failed: the app did not agree on TLS ({why}); does it trust the certificate" in run(hold())


ASKING = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
ASKING += b"Sec-WebSocket-Key: " + KEY.encode() + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 426),
        (b"GET /sk-secret\r\n\r\n", 400),
        (b"sk-secret\n", 400),
        (b"POST /v1/x HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", 400),
        (b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: sk-secret\r\n\r\n", 400),
        (b"GET http://elsewhere/sk-secret HTTP/1.1\r\n" + ASKING, 400),
        (b"GET @elsewhere/sk-secret HTTP/1.1\r\n" + ASKING, 400),
        (b"GET / HTTP/1.1\r\nAuthorization: sk-secret" + b"x" * 9000 + b"\r\n\r\n", 431),
    ],
)
def test_a_visitor_who_speaks_no_websocket_is_told_so_and_not_repeated(tmp_path, said, status):
    async def hold():
        async with upstream(silent) as origin, proxied(origin, tmp_path) as proxy:
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(said)
            answer = await reader.read()
            writer.close()
            await proxy.finish()
            return answer, proxy.said

    answer, told = run(hold())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert json.loads(body)["error"]["type"] == "proxy_error"
    assert "sk-secret" not in told + answer.decode()


def test_an_app_that_speaks_tls_where_there_is_none_is_a_line_that_says_what_to_do(tmp_path):
    async def hold():
        async with upstream(silent) as origin, proxied(origin, tmp_path) as proxy:
            with pytest.raises(OSError, match="SSL"):
                await connect(proxy.url.replace("ws://", "wss://"))
            await proxy.finish()
            return proxy.said

    assert "the app speaks TLS; give it a ws:// URL, or listen with --tls" in run(hold())


def test_who_hangs_up_without_a_word_is_not_worth_one(tmp_path):
    async def hold():
        async with upstream(silent) as origin, proxied(origin, tmp_path) as proxy:
            _, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.close()
            await writer.wait_closed()
            async with app(proxy) as wire:
                wire.end()
                await proxy.finish()
            return proxy.said

    assert "failed" not in run(hold())


def test_a_proxy_on_the_way_is_used_for_what_is_not_on_this_machine(tmp_path, monkeypatch):
    asked = []

    async def hold():
        async def talk(wire):
            await wire.send(frame(TEXT, b"hello"))

        async with upstream(talk) as origin:
            server = await asyncio.start_server(lambda *ends: tunnel(origin, *ends), "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            monkeypatch.setenv("https_proxy", f"http://user:sk-way@127.0.0.1:{port}")
            async with server, proxied("ws://far.invalid:8080", tmp_path) as proxy:
                async with app(proxy) as wire:
                    got = await wire.rest()
                return got, proxy.said

    async def tunnel(origin, reader, writer):
        asked.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        inner = await asyncio.open_connection(*origin.removeprefix("ws://").split(":"))
        await asyncio.gather(pump(reader, inner[1]), pump(inner[0], writer))

    got, said = run(hold())
    assert got == frame(TEXT, b"hello")
    assert asked == [b"CONNECT far.invalid:8080 HTTP/1.1"]
    assert "sk-way" not in said


def test_a_proxy_on_the_way_that_is_none_is_an_http_error_and_its_password_is_not_told(tmp_path, monkeypatch):
    monkeypatch.setenv("https_proxy", "nonsense://user:sk-way@host:1")

    async def hold():
        async with proxied("ws://far.invalid", tmp_path) as proxy:
            async with app(proxy) as wire:
                await proxy.finish()
                return wire.head, (await wire.rest()).decode(), proxy.said

    head, body, said = run(hold())
    assert head.startswith("HTTP/1.1 502 ")
    assert "HTTPS_PROXY" in body
    assert "sk-way" not in body + said


# --- compression -------------------------------------------------------------------------------


async def echo(connection):
    async for message in connection:
        await connection.send(message)


@pytest.mark.parametrize("insists", [False, True])
def test_compression_is_declined_and_used_with_an_upstream_that_insists(tmp_path, insists):
    offers = []

    def look(connection, request):
        offers.append(request.headers.get("Sec-WebSocket-Extensions", ""))
        if insists and "permessage-deflate" not in offers[-1]:
            return connection.respond(400, "this server wants permessage-deflate\n")
        return None

    async def hold():
        async with serve(echo, "127.0.0.1", 0, process_request=look) as server:
            origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            async with proxied(origin, tmp_path) as proxy, connect(proxy.url) as client:
                texts = []
                for text in ('{"type":"one"}', "x" * 100_000, ""):
                    await client.send(text)
                    texts.append(await client.recv())
                await client.send([b"in ", b"fragments"])
                texts.append(await client.recv())
                await (await client.ping(b"ping"))
                return client.response.headers.get("Sec-WebSocket-Extensions"), texts

    agreed, texts = run(hold())
    assert agreed is None
    assert texts == ['{"type":"one"}', "x" * 100_000, "", b"in fragments"]
    assert ["permessage-deflate" in offer for offer in offers] == ([False, True] if insists else [False])
    texts_of = {
        side: [getattr(r, "text", None) or getattr(r, "data", "") for r in passed(tmp_path) if _is_message(r, side)]
        for side in ("client", "server")
    }
    assert texts_of == {"client": texts, "server": texts}


def test_an_upstream_that_compresses_without_being_asked_is_understood(tmp_path):
    packing = PerMessageDeflate(
        remote_no_context_takeover=False,
        local_no_context_takeover=False,
        remote_max_window_bits=15,
        local_max_window_bits=15,
    )
    texts = [b'{"type":"session.created"}', b"x" * 5000]
    plain = b"".join(frame(TEXT, text) for text in texts) + frame(PING, b"!") + frame(CLOSE)

    async def hold():
        async def talk(wire):
            packed = [WireFrame(Opcode.TEXT, text).serialize(mask=False, extensions=[packing]) for text in texts]
            await wire.send(b"".join(packed) + frame(PING, b"!") + frame(CLOSE))

        answer = ["Sec-WebSocket-Extensions: permessage-deflate"]
        async with upstream(talk, headers=answer) as origin, proxied(origin, tmp_path) as proxy, app(proxy) as wire:
            got = await wire.rest()
            wire.end()
            await proxy.finish()
            return got, wire

    got, wire = run(hold())
    assert got == plain
    assert wire.header("sec-websocket-extensions") == []
    assert [record.text.encode() for record in passed(tmp_path) if isinstance(record, Frame)] == texts


def test_what_an_upstream_that_compresses_sends_wrongly_ends_the_connection_and_is_noted(tmp_path):
    async def hold():
        async def talk(wire):
            await wire.send(b"\xc1\x05hello")

        answer = ["Sec-WebSocket-Extensions: permessage-deflate"]
        async with upstream(talk, headers=answer) as origin, proxied(origin, tmp_path) as proxy, app(proxy) as wire:
            await wire.rest()
            wire.end()
            await proxy.finish()

    run(hold())
    (note,) = passed(tmp_path)
    assert note.text == "closed by rtcli with code 1002: what the server sent cannot be unpacked: decompression failed"


def stands_for(size, *, opcode=TEXT):
    """A packed frame of so many bytes of a kind, in megabytes that are packed alike."""
    packer = zlib.compressobj(wbits=-15)
    megabyte = packer.compress(b"a" * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = megabyte * (size >> 20) + zlib.compressobj(wbits=-15).flush(zlib.Z_SYNC_FLUSH)[:-4]
    return bytes([0xC0 | opcode, 127]) + struct.pack("!Q", len(packed)) + packed


def test_few_bytes_that_stand_for_many_end_the_call_and_both_ends_are_told(tmp_path):
    before, told = frame(TEXT, b'{"type":"session.created"}'), []

    async def hold():
        async def talk(wire):
            if "good" in wire.head:
                await wire.send(frame(TEXT, await wire.read(2 + 4 + 2) and b"{}") + frame(CLOSE))
            else:
                await wire.send(before + stands_for(1 << 30))
                told.append(await wire.rest())

        answer = ["Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover"]
        async with upstream(talk, headers=answer) as origin, proxied(origin, tmp_path) as proxy:
            async with app(proxy, "/v1/realtime?good") as good, app(proxy) as wire:
                got = await wire.rest()
                wire.end()
                await good.send(frame(TEXT, b"{}", mask=True))
                other = await good.rest()
                good.end()
                await proxy.finish(2)
        return got, other, proxy.said

    got, other, said = run(hold())
    assert got == before + frame(CLOSE, struct.pack("!H", 1009))
    (close,) = told
    assert close[:2] == frame(CLOSE, struct.pack("!H", 1009), mask=True)[:2]
    assert bytes(a ^ b for a, b in zip(close[6:], close[2:6], strict=False)) == struct.pack("!H", 1009)
    assert "closed by rtcli with code 1009: what the server sent cannot be unpacked: " in said
    assert other == frame(TEXT, b"{}") + frame(CLOSE)
    assert all(records(path) for path in recordings(tmp_path))


def _is_message(record, side):
    return isinstance(record, Frame | Binary) and record.sender == side


# --- secrets -----------------------------------------------------------------------------------

SECRETS = ["sk-header", "sk-apikey", "sk-subprotocol", "sk-query", "sk-cookie", "sk-answer", "sk-userinfo"]


@pytest.mark.parametrize("down", [False, True])
def test_no_secret_of_a_handshake_reaches_the_file_or_the_terminal(tmp_path, down):
    heads = []

    async def hold():
        async def talk(wire):
            heads.append(wire)
            await wire.send(frame(CLOSE, struct.pack("!H", 1011) + b"no"))

        refusal = b"HTTP/1.1 403 No\r\nX-Key: sk-answer\r\n\r\nsk-answer" if down else None
        async with upstream(talk, headers=["X-Key: sk-answer"], answer=refusal) as origin:
            async with proxied(origin.replace("ws://", "ws://user:sk-userinfo@"), tmp_path) as proxy:
                headers = [
                    "X-Api: sk-header",
                    "api-key: sk-apikey",
                    "Cookie: sk-cookie",
                    "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.sk-subprotocol",
                ]
                async with app(proxy, "/v1/realtime?model=m&api-key=sk-query", headers) as wire:
                    wire.end()
                    await proxy.finish()
                return proxy.said

    said = run(hold())
    assert "sk-query" in heads[0].head if heads else down
    written = said + "".join(path.read_text() + path.name for path in recordings(tmp_path))
    assert [secret for secret in SECRETS if secret in written] == []
    assert len(recordings(tmp_path)) == (not down)


def test_a_key_from_the_environment_takes_the_place_of_the_apps(tmp_path):
    heads = []

    async def hold():
        async def talk(wire):
            heads.append(wire)

        async with upstream(talk) as origin:
            environment = {"OPENAI_API_KEY": "sk-mine"}
            async with proxied(origin, tmp_path, environment=environment, add_key=True) as proxy:
                headers = [
                    "Authorization: Bearer sk-dummy",
                    "api-key: sk-dummy",
                    "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.sk-dummy",
                ]
                async with app(proxy, headers=headers) as wire:
                    await wire.rest()
                await proxy.finish()
                return proxy.said

    said = run(hold())
    (seen,) = heads
    assert seen.header("authorization") == ["Bearer sk-mine"]
    assert seen.header("sec-websocket-protocol") == ["realtime"]
    assert "sk-dummy" not in seen.head
    assert "sk-mine" not in said + "".join(path.read_text() for path in recordings(tmp_path))


# --- many --------------------------------------------------------------------------------------


def test_a_hundred_sessions_at_once_lose_and_mix_up_nothing(tmp_path):
    sessions, frames = 100, 10

    async def hold():
        async def talk(number, proxy):
            async with connect(proxy.url, compression=None, ping_interval=None) as client:

                async def say():
                    for at in range(frames):
                        await client.send('{"type":"t","of":%d,"at":%d}' % (number, at))
                        await asyncio.sleep(0.005)

                saying = asyncio.create_task(say())
                got = [json.loads(await client.recv()) for _ in range(frames)]
                await saying
                return got == [{"type": "t", "of": number, "at": at} for at in range(frames)]

        async with serve(echo, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
            origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            async with proxied(origin, tmp_path) as proxy:
                good = await asyncio.gather(*(talk(number, proxy) for number in range(sessions)))
                await proxy.finish(sessions)
        return good

    assert all(run(hold()))
    assert len(recordings(tmp_path)) == sessions
    for path in recordings(tmp_path):
        header, _, *rest = records(path)
        assert isinstance(header, Header)
        for side in ("client", "server"):
            texts = [json.loads(record.text) for record in rest if _is_message(record, side)]
            assert [text["at"] for text in texts] == list(range(frames))
            assert len({text["of"] for text in texts}) == 1


def test_connections_that_come_and_go_leave_no_descriptor_behind(tmp_path, descriptors):
    async def hold():
        async def visit(proxy, number):
            async with app(proxy) as wire:
                if number % 3 == 0:
                    await wire.send(frame(CLOSE, mask=True))
                    await wire.rest()
                elif number % 3 == 1:
                    wire.vanish()

        async def talk(wire):
            if await wire.reader.read(6):
                await wire.send(frame(CLOSE))

        async with upstream(talk) as origin, proxied(origin, tmp_path) as proxy:
            descriptors.mark()
            for start in range(0, 150, 50):
                await asyncio.gather(*(visit(proxy, start + number) for number in range(50)))
            await proxy.finish(150)
            return await descriptors.left()

    assert run(hold()) == 0
    assert len(recordings(tmp_path)) == 150


# --- when recording fails ----------------------------------------------------------------------


def test_where_nothing_can_be_written_forwarding_goes_on_and_says_so(tmp_path):
    (tmp_path / "file").touch()

    async def hold():
        async with serve(echo, "127.0.0.1", 0) as server:
            origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            async with proxied(origin, tmp_path / "file") as proxy, connect(proxy.url) as client:
                await client.send("hello")
                return await client.recv(), proxy.said, proxy.outcome.lost

    got, said, lost = run(hold())
    assert got == "hello"
    assert "recording suspended, forwarding goes on: cannot write" in said
    assert lost


@pytest.fixture
def unused_port():
    """A port of this machine at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]
