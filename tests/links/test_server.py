"""The built-in server on real sockets, and clients that do not behave."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlsplit

import pytest
from proxied import KEY
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from rtcli.links.frames import Frames
from rtcli.links.server import serving


async def hello(url, **options):
    async with connect(url, **options) as client:
        return json.loads(await client.recv()), client.subprotocol


def test_a_client_gets_the_model_that_it_asked_for():
    async def ask():
        async with serving() as url:
            return await hello(url + "?model=gpt-realtime-mini")

    event, _ = asyncio.run(ask())
    assert (event["type"], event["session"]["model"]) == ("session.created", "gpt-realtime-mini")


@pytest.mark.parametrize(
    ("path", "model"),
    [
        (b"/v1/realtime?model=\xff", "\ufffd"),
        ("/v1/realtime?model=größer".encode(), "größer"),
        (b"//[/realtime?model=m", "m"),
        (b"http://x:y/realtime?model=m", "m"),
    ],
)
def test_whatever_address_it_is_asked_for_a_client_is_answered(path, model, caplog):
    async def ask():
        async with serving() as url:
            reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
            head = b"Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            writer.write(b"GET %s HTTP/1.1\r\n%sSec-WebSocket-Key: %s\r\n\r\n" % (path, head, KEY.encode()))
            await reader.readuntil(b"\r\n\r\n")
            frames, seen = Frames(masked=False), []
            while not seen:
                seen = frames.feed(await reader.read(1 << 16))
            writer.close()
            return json.loads(seen[0].text)

    event = asyncio.run(asyncio.wait_for(ask(), 10))
    assert (event["type"], event["session"]["model"]) == ("session.created", model)
    assert caplog.records == []


def test_a_browsers_subprotocol_is_answered_and_its_key_is_not():
    async def ask():
        async with serving() as url:
            return await hello(url, subprotocols=["realtime", "openai-insecure-api-key.sk-secret"])

    _, subprotocol = asyncio.run(ask())
    assert subprotocol == "realtime"


def test_another_path_is_answered_with_404_and_a_json_error():
    async def ask():
        async with serving() as url:
            await hello(url.replace("/v1/realtime", "/elsewhere"))

    with pytest.raises(InvalidStatus) as refusal:
        asyncio.run(ask())
    assert refusal.value.response.status_code == 404
    assert json.loads(refusal.value.response.body)["error"]["code"] == "not_found"


def test_binary_frames_and_nonsense_are_answered_with_errors_and_the_session_goes_on():
    async def ask():
        async with serving(pace=0) as url, connect(url) as client:
            await client.recv()
            for frame in (b"\x00\x01", "nonsense", '{"type":"nothing"}', '{"type":"input_audio_buffer.clear"}'):
                await client.send(frame)
            return [json.loads(await client.recv())["type"] for _ in range(4)]

    assert asyncio.run(ask()) == ["error", "error", "error", "input_audio_buffer.cleared"]


def test_a_client_that_vanishes_in_the_middle_of_an_answer_does_no_harm_to_the_next():
    async def ask():
        async with serving() as url:
            async with connect(url) as client:
                await client.recv()
                await client.send('{"type":"response.create"}')
                await client.recv()
                client.transport.abort()
            return await hello(url)

    assert asyncio.run(ask())[0]["type"] == "session.created"


def test_a_megabyte_of_audio_in_one_frame_is_heard():
    async def ask():
        async with serving(pace=0.0) as url, connect(url) as client:
            await client.recv()
            await client.send('{"type":"input_audio_buffer.append","audio":"%s"}' % ("AAAA" * 350_000))
            await client.send('{"type":"input_audio_buffer.commit"}')
            return json.loads(await client.recv())["type"]

    assert asyncio.run(ask()) == "input_audio_buffer.committed"


def test_the_url_may_ask_for_a_transcription_session():
    async def ask():
        async with serving() as url:
            return await hello(url + "?intent=transcription")

    event, _ = asyncio.run(ask())
    assert event["session"]["type"] == "transcription"


def test_who_speaks_no_websocket_is_not_logged(caplog):
    async def visit():
        async with serving() as url:
            reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
            writer.write(b"GET /sk-secret\r\n\r\n")
            await reader.read()
            writer.close()

    asyncio.run(visit())
    assert caplog.text == ""
