"""A witness that nobody here wrote: mitmproxy between an app and the proxy saw what the recording says.

Run by `make test-clients`, which makes the environment.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import subprocess
from contextlib import contextmanager
from pathlib import Path

from chained import WAIT_S, rtcli, running
from openai import AsyncOpenAI
from proxied import records
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from rtcli.recording import Binary, Frame
from rtcli.standin import voice

ROOT = Path(__file__).parents[3]
MITMPROXY = ROOT / ".venv-mitmproxy/bin"
DIRECTIONS = ("client", "server")


@contextmanager
def witnessing(base, folder):
    """The address of a mitmproxy in front of another; what it saw is in `flow` when it has ended."""
    origin = base.removeprefix("ws://").partition("/")[0]
    mode = f"reverse:http://{origin}@127.0.0.1:0"
    settings = ["--set", f"confdir={folder / 'mitmproxy'}", "--save-stream-file", folder / "flow"]
    settings += ["--set", f"hardump={folder / 'flow.har'}"]
    command = [MITMPROXY / "mitmdump", "--mode", mode, *settings]
    with running(command, folder, {"PYTHONUNBUFFERED": "1"}) as mitmdump:
        line = mitmdump.line()
        found = re.search(r"listening at (127\.0\.0\.1:\d+)", line)
        assert found, line + mitmdump.said
        yield base.replace(origin, found[1])
        mitmdump.interrupt()
        assert mitmdump.leaves()[0] == 0, mitmdump.said


def seen(folder):
    """What mitmproxy saw, by direction: the kind and the bytes of each message."""
    command = [MITMPROXY / "python", Path(__file__).parent / "python/messages.py", folder / "flow"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    messages = [json.loads(line) for line in printed.splitlines()]
    return {
        direction: [(kind, base64.b64decode(data)) for sender, kind, data in messages if sender == direction]
        for direction in DIRECTIONS
    }


def recorded(folder):
    """What the recording holds, in the same form."""
    (path,) = (folder / "calls").glob("*.jsonl")
    return messages(path)


def converted(folder, name):
    """What becomes of a file of mitmproxy's, with mitmproxy's package beside rtcli, in the same form."""
    out = folder / f"{name}.jsonl"
    done = subprocess.run([MITMPROXY / "rtcli", "convert", folder / name, "-o", out], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return messages(out)


def messages(path):
    """The messages of a recording, in the same form."""
    passed = records(path)
    return {direction: [_message(one) for one in passed if _is_message(one, direction)] for direction in DIRECTIONS}


def _is_message(record, direction):
    return isinstance(record, Frame | Binary) and record.sender == direction


def _message(record):
    return ("text", record.text.encode()) if isinstance(record, Frame) else ("binary", record.data)


def hold(folder, upstream, app):
    """Run an app against mitmproxy in front of the proxy in front of the upstream; gives what the app does."""
    with rtcli(folder, "proxy", upstream, "--listen", "127.0.0.1:0", "-o", "calls") as (proxy, base):
        with witnessing(base, folder) as address:
            done = asyncio.run(asyncio.wait_for(app(address), WAIT_S))
        proxy.interrupt()
        assert proxy.leaves()[0] == 0, proxy.said
    return done


async def a_spoken_turn(base):
    """Of the official client; gives how many events came."""
    events = 0
    async with AsyncOpenAI(api_key="none", websocket_base_url=base) as client:
        async with client.realtime.connect(model="gpt-realtime") as connection:
            speech = bytes(48 * 300) + voice.user("weather").pcm16 + bytes(48 * 800)
            for start in range(0, len(speech), 4800):
                piece = base64.b64encode(speech[start : start + 4800]).decode()
                await connection.input_audio_buffer.append(audio=piece)
            async for event in connection:
                events += 1
                if event.type == "response.done":
                    return events
    raise AssertionError("the connection ended before the answer")


def test_of_a_call_both_hold_the_same_messages_byte_for_byte(tmp_path):
    events = hold(tmp_path, "demo", a_spoken_turn)
    saw = seen(tmp_path)
    assert len(saw["server"]) >= events > 20
    assert recorded(tmp_path) == saw
    assert converted(tmp_path, "flow") == converted(tmp_path, "flow.har") == saw


def test_a_call_that_mitmproxy_saved_is_as_healthy_as_the_recording_of_it(tmp_path):
    hold(tmp_path, "demo", a_spoken_turn)
    told = {}
    for name in ("flow", "flow.har"):
        converted(tmp_path, name)
        header = json.loads((tmp_path / f"{name}.jsonl").read_text().splitlines()[0])
        assert (header["handshake"], header["lossless"], header["transport"]) == (True, True, "websocket")
        assert header["url"].startswith("ws://127.0.0.1:")
        assert header["url"].endswith("/realtime?model=gpt-realtime")
        done = subprocess.run(
            [MITMPROXY / "rtcli", "doctor", tmp_path / name, "--json"], capture_output=True, text=True
        )
        told[name] = json.loads(done.stdout)
        assert "read as" in done.stderr
        assert told[name]["causes"] == []
    (seen_by_flow,), (seen_by_har,) = (told[name]["connections"] for name in told)
    assert abs(seen_by_flow["duration_s"] - seen_by_har["duration_s"]) < 0.5
    assert seen_by_flow["closed_by"] == "client"


ODD = [
    "no JSON",
    "",
    "[1, 2]",
    '{"type":"one",\n "type":"two"}',
    '{ "spaced" : "\\u0041 é 😀 \u2028" }  ',
    b"",
    bytes(range(256)) * 300,
    ["in ", "three ", "pieces, é"],
    [b"\x00\x01", b"\x02"],
    json.dumps({"type": "large", "audio": "A" * 1_500_000}),
]
"""Messages that are legal on a WebSocket; a list is sent in as many fragments."""


async def echoed(address):
    """Send each odd message, and take its echo."""
    async with connect(f"{address}/realtime?model=gpt-realtime", max_size=None) as client:
        for message in ODD:
            await client.send(message)
            whole = message if not isinstance(message, list) else type(message[0])().join(message)
            assert await client.recv() == whole


async def echo(connection):
    async for message in connection:
        await connection.send(message)


async def odd_messages(folder):
    async with serve(echo, "127.0.0.1", 0, max_size=None) as server:
        origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.to_thread(hold, folder, origin, echoed)


def test_of_odd_messages_they_do_too(tmp_path):
    asyncio.run(odd_messages(tmp_path))
    saw = seen(tmp_path)
    assert len(saw["client"]) == len(saw["server"]) == len(ODD)
    assert recorded(tmp_path) == saw
    assert converted(tmp_path, "flow") == converted(tmp_path, "flow.har") == saw


def test_of_a_file_that_was_cut_short_what_is_whole_is_read(tmp_path):
    hold(tmp_path, "demo", a_spoken_turn)
    whole = (tmp_path / "flow").read_bytes()
    (tmp_path / "twice").write_bytes(whole + whole[:-100])
    done = subprocess.run(
        [MITMPROXY / "rtcli", "convert", tmp_path / "twice", "-o", tmp_path / "cut.jsonl"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert "the rest of the file, which mitmproxy cannot read" in done.stderr
    assert messages(tmp_path / "cut.jsonl") == seen(tmp_path)
