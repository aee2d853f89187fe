"""``rtcli proxy`` as a process between real clients and real servers."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import program
import pytest
from proxied import recordings, records
from terminal import Terminal
from websockets.sync.client import connect
from websockets.sync.server import serve

from rtcli.formats import read
from rtcli.links.server import serving
from rtcli.recording import Close, Frame, Header, Note
from rtcli.rules import RULES, Check
from rtcli.standin import voice

RTCLI = [sys.executable, "-m", "rtcli"]
WAIT_S = 20


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, tmp_path):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "RTCLI_UPSTREAM", "RTCLI_LISTEN", "RTCLI_RECORDINGS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


class Running:
    """A proxy that runs, and its URL."""

    def __init__(self, process, url):
        self.process = process
        self.url = url
        self.realtime = url + "/v1/realtime?model=gpt-realtime"

    def stop(self, number=signal.SIGINT):
        """Tell it to end; gives its exit code and what it said."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=WAIT_S)
        return self.process.returncode, said


@contextmanager
def proxying(*arguments, **options):
    command = [*RTCLI, "proxy", *map(str, arguments), "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    try:
        yield Running(process, process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


@contextmanager
def server(handler, **options):
    import threading

    with serve(handler, "127.0.0.1", 0, **options) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"ws://127.0.0.1:{listening.socket.getsockname()[1]}"
        listening.shutdown()
        thread.join()


def echo(connection):
    for message in connection:
        connection.send(message)


def refused(*arguments, environment=None):
    command = [*RTCLI, "proxy", *arguments]
    done = program.run(command, capture_output=True, text=True, timeout=WAIT_S, env=os.environ | (environment or {}))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return done.stderr


# --- clients nobody here wrote -----------------------------------------------------------------


async def converse(base_url):
    """A spoken turn of the official client; gives the transcript and the hash of the audio."""
    from openai import AsyncOpenAI

    async with AsyncOpenAI(api_key="sk-secret", websocket_base_url=base_url) as client:
        async with client.realtime.connect(model="gpt-realtime") as connection:
            speech = bytes(48 * 300) + voice.user("weather").pcm16 + bytes(48 * 800)
            for start in range(0, len(speech), 4800):
                await connection.input_audio_buffer.append(
                    audio=base64.b64encode(speech[start : start + 4800]).decode()
                )
            audio, transcript = hashlib.sha256(), ""
            async for event in connection:
                if event.type == "response.output_audio.delta":
                    audio.update(base64.b64decode(event.delta))
                elif event.type == "response.output_audio_transcript.delta":
                    transcript += event.delta
                elif event.type == "response.done":
                    return transcript, audio.hexdigest()
    raise AssertionError("the connection ended before the answer")


def test_the_official_client_hears_the_same_through_it_and_the_recording_is_without_fault():
    async def directly():
        async with serving() as url:
            return await converse(url.removesuffix("/realtime"))

    heard = asyncio.run(asyncio.wait_for(directly(), WAIT_S))
    assert heard == (voice.model("weather").text, hashlib.sha256(voice.model("weather").pcm16).hexdigest())
    with proxying("demo") as proxy:
        assert asyncio.run(asyncio.wait_for(converse(proxy.url + "/v1"), WAIT_S)) == heard
        code, said = proxy.stop()
    assert code == 0
    assert "sk-secret" not in said
    (path,) = recordings("recordings")
    assert "sk-secret" not in path.read_text()
    recorded = hashlib.sha256()
    for entry in read(path):
        if getattr(entry.event, "type", "") == "response.output_audio.delta":
            recorded.update(base64.b64decode(entry.event.delta))
    assert recorded.hexdigest() == heard[1]
    assert [one for one in Check(RULES).run(read(path)) if one.severity != "info"] == []


def test_the_blocking_client_works_through_it():
    from openai import OpenAI

    with proxying("demo") as proxy, OpenAI(api_key="none", websocket_base_url=proxy.url + "/v1") as client:
        with client.realtime.connect(model="gpt-realtime") as connection:
            item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Can you hear me?"}]}
            connection.conversation.item.create(item=item)
            connection.response.create()
            done = next(event for event in connection if event.type == "response.done")
    assert done.response.output[0].content[0].transcript == voice.model("hear").text


# --- files and lines ---------------------------------------------------------------------------


def test_a_connection_is_a_private_whole_file_named_by_start_and_session():
    with proxying("demo", "-o", "calls") as proxy:
        with connect(proxy.realtime) as client:
            created = json.loads(client.recv())
        code, said = proxy.stop()
    assert code == 0
    (path,) = recordings("calls")
    assert re.fullmatch(r"\d{8}T\d{6}\.\d{6}Z_%s\.jsonl" % created["session"]["id"], path.name)
    assert path.stat().st_mode & 0o777 == 0o600
    header, opened, first, *closes = records(path)
    assert isinstance(header, Header)
    assert re.fullmatch(r"rtcli \S+ proxy", header.by)
    assert (header.handshake, header.lossless, opened.status) == (True, True, 101)
    assert json.loads(first.text) == created
    assert [(close.sender, close.code) for close in closes] == [("client", 1000), ("server", 1000)]
    began, ended = said.splitlines()[1:]
    assert re.fullmatch(r"1 began: ws://127\.0\.0\.1:\d+/v1/realtime\?model=gpt-realtime", began)
    assert ended.startswith("1 ended after ")
    assert ended.endswith(f"closed by the client with code 1000; 1 frame in calls/{path.name}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_interrupt_closes_the_sessions_and_leaves_whole_files(number):
    with proxying("demo") as proxy, connect(proxy.realtime) as client:
        client.recv()
        code, _ = proxy.stop(number)
        with pytest.raises(Exception, match="1001"):
            client.recv()
    assert code == 0
    (path,) = recordings("recordings")
    *_, note, close = records(path)
    assert isinstance(note, Note)
    assert (close.sender, close.code) == ("server", 1001)


def test_the_second_interrupt_leaves_at_once():
    import threading

    release = threading.Event()

    def stubborn(connection):
        release.wait(WAIT_S)

    with server(stubborn, close_timeout=0.1) as origin:
        with proxying(origin) as proxy, connect(proxy.realtime, close_timeout=0.1) as client:
            client.send("one")
            proxy.process.send_signal(signal.SIGINT)
            while "rtcli was stopped" not in "".join(path.read_text() for path in recordings("recordings")):
                pass
            code, _ = proxy.stop()
            release.set()
    # What comes while Python itself ends, ends it by the signal; a shell says 130 of both.
    assert code in {130, -signal.SIGINT}
    (path,) = recordings("recordings")
    assert [record.text for record in records(path) if isinstance(record, Frame)] == ["one"]


def test_when_the_disk_is_full_forwarding_goes_on_and_the_file_is_whole():
    def full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    with server(echo) as origin, proxying(origin, preexec_fn=full) as proxy:
        with connect(proxy.realtime) as client:
            for number in range(100):
                client.send("%d " % number + "x" * 1000)
                assert client.recv().startswith(f"{number} ")
        code, said = proxy.stop()
    assert code == 3
    assert said.count("recording suspended") == 1
    (path,) = recordings("recordings")
    frames = [record for record in records(path) if isinstance(record, Frame)]
    assert 10 < len(frames) < 20
    assert path.stat().st_size <= 20_000


def test_when_nobody_hears_what_it_says_forwarding_goes_on():
    with server(echo) as origin, proxying(origin) as proxy:
        proxy.process.stderr.close()
        for word in ("one", "two"):
            with connect(proxy.realtime) as client:
                client.send(word)
                assert client.recv() == word
        proxy.process.send_signal(signal.SIGINT)
        assert proxy.process.wait(WAIT_S) == 0
    assert [
        [record.text for record in records(path) if isinstance(record, Frame)] for path in recordings("recordings")
    ] == [
        ["one", "one"],
        ["two", "two"],
    ]


def test_when_nobody_reads_what_it_says_no_call_waits_for_that():
    with server(echo) as origin, proxying(origin) as proxy:
        refusals = 600  # more than a pipe holds
        for _ in range(refusals):
            with socket.create_connection(("127.0.0.1", int(proxy.url.rpartition(":")[2])), WAIT_S) as app:
                app.sendall(b"GET /v1/realtime HTTP/1.1\r\nOrigin: https://%b.example\r\n\r\n" % (b"x" * 200))
                assert app.recv(100).startswith(b"HTTP/1.1 403 ")
        _, said = proxy.stop()
    assert said.count("may not connect") > refusals / 4


def test_a_snapshot_is_written_when_an_error_comes_and_not_before():
    with proxying("demo", "--snapshot", "60s", "--on", "error") as proxy:
        with connect(proxy.realtime) as client:
            client.recv()
        with connect(proxy.realtime) as client:
            client.recv()
            client.send('{"type":"nonsense"}')
            assert '"error"' in client.recv()
        code, said = proxy.stop()
    assert code == 0
    assert "not recorded" in said
    (path,) = recordings("recordings")
    assert [type(record) for record in records(path)[2:]] == [Frame, Frame, Frame, Close, Close]


def test_files_are_split_by_size():
    with server(echo) as origin, proxying(origin, "--split-size", "5k") as proxy:
        with connect(proxy.realtime) as client:
            for number in range(20):
                client.send("%d " % number + "x" * 1000)
                client.recv()
        proxy.stop()
    files = [records(path) for path in recordings("recordings")]
    assert len(files) > 5
    assert sum(header.handshake for header, *_ in files) == 1
    ordered = sorted(files, key=lambda file: file[0].started_at)
    texts = [record.text.split()[0] for file in ordered for record in file if isinstance(record, Frame)]
    assert texts == [str(number) for number in range(20) for _ in "ab"]


def test_a_key_from_the_environment_reaches_the_upstream_and_nothing_else():
    seen = []

    def look(connection):
        seen.append(connection.request.headers["Authorization"])

    environment = os.environ | {"OPENAI_API_KEY": "sk-planted"}
    with server(look) as origin, proxying(origin, "--key-from-env", env=environment) as proxy:
        with connect(proxy.realtime) as client, pytest.raises(Exception, match="1000"):
            client.recv()
        _, said = proxy.stop()
    assert seen == ["Bearer sk-planted"]
    assert "sk-planted" not in said + "".join(path.read_text() for path in recordings("recordings"))


def test_with_tls_it_says_the_fingerprint_and_how_to_trust_it():
    import ssl

    with proxying("demo", "--tls") as proxy:
        assert proxy.url.startswith("wss://")
        lines = [proxy.process.stderr.readline() for _ in range(3)]
        fingerprint = lines[1].split()[-1].replace(":", "").lower()
        path = Path(lines[2].rsplit("=", 1)[1].split()[0])
        certificate = path.read_text()
        assert hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).hexdigest() == fingerprint
        with connect(proxy.realtime, ssl=ssl.create_default_context(cafile=path)) as client:
            assert "session.created" in client.recv()
        assert proxy.stop()[0] == 0
    assert not path.exists()


# --- what it will not do -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["demo", "--listen", "0.0.0.0:0"], "--allow-remote"),
        (["demo", "--listen", "nowhere"], "no address"),
        (["sk-secret"], "names no upstream"),
        (["openai", "--key-from-env"], "OPENAI_API_KEY is not set"),
        (["demo", "--split-size", "much"], "no size"),
        (["demo", "--split-duration", "0"], "no length of time"),
        (["demo", "--snapshot", "60s", "--split-size", "5k"], "contradicts"),
        (["demo", "--tls-cert", "missing.pem"], "there is no file missing.pem"),
        (["demo", "--tls-key", "missing.pem"], "--tls-cert"),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_line(arguments, why):
    said = refused(*arguments)
    assert why in said
    assert said.count("\n") == 1
    assert "sk-secret" not in said


def test_a_proxy_in_front_of_itself_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {"OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1"}
    said = refused("openai", "--listen", f"127.0.0.1:{port}", environment=environment)
    assert "itself" in said
    assert "OPENAI_BASE_URL" in said


def test_an_address_that_is_taken_is_said_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = refused("demo", "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
    assert "cannot listen" in said
    assert said.count("\n") == 1


# --- on a terminal -----------------------------------------------------------------------------


def test_a_terminal_shows_the_tree_of_one_session_and_a_row_for_each_of_several(tmp_path):
    with Terminal("proxy", "demo", "--listen", "127.0.0.1:0", cwd=tmp_path) as terminal:
        terminal.shows("no session yet")
        url = re.search(r"ws://127\.0\.0\.1:\d+", terminal.text)[0] + "/v1/realtime?model=gpt-realtime"
        with connect(url) as first:
            terminal.shows("session sess_")
            with connect(url):
                terminal.shows("2 sessions")
            terminal.shows("2 ended after")
            terminal.shows("1 began")
            first.send('{"type":"nonsense"}')
            terminal.shows("nonsense")
        terminal.shows("1 ended after")
        with connect(url):
            terminal.shows("3 began")
        terminal.shows("└─ closed by")
        terminal.shows("no session yet")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.leaves() == 0
        assert terminal.whole


def test_a_terminal_that_is_stopped_stops_no_call_and_shows_all_when_it_goes_on(tmp_path):
    with Terminal("proxy", "demo", "--listen", "127.0.0.1:0", cwd=tmp_path) as terminal:
        terminal.shows("no session yet")
        url = re.search(r"ws://127\.0\.0\.1:\d+", terminal.text)[0] + "/v1/realtime?model=gpt-realtime"
        terminal.type("\x13")
        for _ in range(3):
            with connect(url) as client:
                assert "session.created" in client.recv(WAIT_S)
        assert "1 ended after" not in terminal.text
        terminal.type("\x11")
        terminal.shows("3 ended after")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.leaves() == 0
