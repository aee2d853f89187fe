"""Other people's clients hear the same of the built-in server, through the proxy, and of the proxy's recording.

Each driver holds the same call: a question in writing, one that a tool answers, and a spoken one. It is told an
address and a file of speech, and prints one line of JSON: what was said to it, the hash of the audio it got, and
the tool calls. Run by `make test-clients`, which makes the environments.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from chained import RTCLI, encrypted, rtcli, running
from msgspec import Struct

from rtcli.standin import voice

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
NODE = HERE / "node"
PYTHON = HERE / "python"


class Client(Struct, frozen=True):
    """A driver, and how it is run."""

    command: tuple[str, ...]
    encrypted: bool = False
    """It speaks wss only."""
    answers: tuple[str, ...] = ("greeting", "weather", "hear")
    """What the built-in server says in its call."""

    @property
    def heard(self):
        """What its driver is to print."""
        phrases = [voice.model(name) for name in self.answers]
        return {
            "transcripts": [phrase.text for phrase in phrases],
            "audio_sha256": hashlib.sha256(b"".join(phrase.pcm16 for phrase in phrases)).hexdigest(),
            "tool_calls": [{"name": "get_weather", "arguments": {"city": "London"}}],
        }


NATIVE = ("--experimental-websocket",)
"""Node has a WebSocket of its own; before version 22 it wants to be asked for it."""

CLIENTS = {
    "openai": Client((sys.executable, str(PYTHON / "openai_call.py"), "awaiting")),
    "openai-blocking": Client((sys.executable, str(PYTHON / "openai_call.py"), "blocking")),
    "openai-agents": Client((sys.executable, str(PYTHON / "agents_call.py"))),
    "pipecat": Client(
        (str(ROOT / ".venv-pipecat/bin/python"), str(PYTHON / "pipecat_call.py")), answers=("weather", "hear")
    ),
    "livekit": Client((str(ROOT / ".venv-livekit/bin/python"), str(PYTHON / "livekit_call.py"))),
    "ws": Client(("node", str(NODE / "ws.mjs"))),
    "npm-openai-ws": Client(("node", str(NODE / "openai-ws.mjs")), encrypted=True),
    "wscat": Client(("node", str(NODE / "wscat.mjs"))),
    "npm-agents": Client(("node", str(NODE / "agents.mjs"))),
    "npm-agents-browser": Client(("node", *NATIVE, "--conditions=browser", str(NODE / "agents.mjs"))),
    "npm-openai-native": Client(("node", *NATIVE, str(NODE / "openai-native.mjs")), encrypted=True),
}


def node_can_run(command):
    for name in ("node", "npm"):
        if not shutil.which(name):
            pytest.skip(f"there is no {name} on this machine")
    if NATIVE[0] in command and subprocess.run(["node", *NATIVE, "-e", "WebSocket"], capture_output=True).returncode:
        pytest.skip("this Node has no WebSocket of its own")
    assert (NODE / "node_modules").is_dir(), "run `make test-clients`: it installs the packages"


class Calls(Struct):
    """What one client told in the three settings, and what was recorded."""

    heard: dict
    told: dict[str, dict]
    recordings: list[Path]
    kept: str
    """What the replay said of how the client kept to the recording."""
    diverged: int


def called(client, folder, base, certificate=None):
    """Hold the call; gives what the driver printed, or how it failed."""
    environment = {"NODE_EXTRA_CA_CERTS": str(certificate), "SSL_CERT_FILE": str(certificate)} if certificate else {}
    with running([*client.command, base, folder / "speech.pcm"], folder, environment) as driver:
        try:
            code, printed = driver.leaves()
        except subprocess.TimeoutExpired:
            return {"waits for ever": driver.said}
        return json.loads(printed) if code == 0 else {"failed": driver.said}


@contextmanager
def suiting(client, base):
    """The address as the client can speak to it, and the certificate that it is to trust."""
    if client.encrypted:
        with encrypted(base) as reached:
            yield reached
    else:
        yield base, None


def directly(client, folder):
    with rtcli(folder, "serve", "--listen", "127.0.0.1:0") as (_, base), suiting(client, base) as reached:
        return called(client, folder, *reached)


def through_the_proxy(client, folder):
    tls = ["--tls"] if client.encrypted else []
    with rtcli(folder, "proxy", "demo", "--listen", "127.0.0.1:0", "-o", "calls", *tls) as (proxy, base):
        certificate = proxy.says(r"NODE_EXTRA_CA_CERTS=(\S+)")[1] if client.encrypted else None
        told = called(client, folder, base, certificate)
        proxy.interrupt()
        code, _ = proxy.leaves()
        assert code == 0, proxy.said
    return told


def of_its_recording(client, folder, recording):
    with ExitStack() as stack:
        served = rtcli(folder, "replay", recording, "--serve", "127.0.0.1:0", "--once", "--json")
        replay, base = stack.enter_context(served)
        told = called(client, folder, *stack.enter_context(suiting(client, base)))
        if client.heard.keys() != told.keys():
            replay.interrupt()
        code, kept = replay.leaves()
    return told, code, kept


@pytest.fixture(scope="module", params=CLIENTS)
def calls(request, tmp_path_factory):
    client = CLIENTS[request.param]
    if client.command[0] == "node":
        node_can_run(client.command)
    folder = tmp_path_factory.mktemp(request.param)
    speech = bytes(48 * 300) + voice.user("hello").pcm16 + bytes(48 * 1200)
    (folder / "speech.pcm").write_bytes(speech)
    told = {"directly": directly(client, folder), "through the proxy": through_the_proxy(client, folder)}
    recordings = sorted((folder / "calls").glob("*.jsonl"))
    told["of its recording"], diverged, kept = of_its_recording(client, folder, recordings[0])
    return Calls(client.heard, told, recordings, kept, diverged)


def test_it_hears_what_the_built_in_server_says(calls):
    assert calls.told["directly"] == calls.heard


def test_it_hears_the_same_through_the_proxy(calls):
    assert calls.told["through the proxy"] == calls.heard


def test_it_hears_the_same_of_the_recording_and_keeps_to_it(calls):
    assert calls.told["of its recording"] == calls.heard, calls.kept
    assert calls.diverged == 0, calls.kept


def test_its_recording_is_one_file_without_a_finding_above_a_remark(calls):
    assert len(calls.recordings) == 1
    command = [*RTCLI, "validate", *map(str, calls.recordings), "--fail-severity", "warning"]
    judged = subprocess.run(command, capture_output=True, text=True)
    assert judged.returncode == 0, judged.stdout + judged.stderr
