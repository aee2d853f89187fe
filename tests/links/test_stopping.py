"""Whoever holds calls and is told to stop ends them in order; a hang-up that is ignored changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from functools import partial
from pathlib import Path

import program
import pytest
from chained import ENVIRONMENT, RTCLI, rtcli, running
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

begun = partial(rtcli, begin=program.Begun)
RECORDING = Path(__file__).parents[2] / "recordings" / "text.jsonl"
LISTENING = {
    "serve": ["serve", "--listen", "127.0.0.1:0"],
    "replay --serve": ["replay", "text.jsonl", "--serve", "127.0.0.1:0"],
    "proxy": ["proxy", "demo", "--listen", "127.0.0.1:0", "-o", "calls"],
}


@pytest.fixture(autouse=True)
def recording(tmp_path):
    shutil.copy(RECORDING, tmp_path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("command", LISTENING)
def test_who_is_told_to_stop_in_a_call_closes_it_and_ends_with_nothing_wrong(tmp_path, command, number):
    with begun(tmp_path, *LISTENING[command]) as (process, base), connect(f"{base}/realtime") as client:
        client.recv()
        os.kill(process.pid, number)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                client.recv(10)
        assert closed.value.rcvd.code == 1001
        assert process.leaves()[0] == (1 if command == "replay --serve" else 0), process.said
        assert "Traceback" not in process.said


@pytest.mark.parametrize("command", ["serve", "proxy"])
def test_a_hang_up_that_is_ignored_ends_no_call(tmp_path, command):
    with running(["nohup", *RTCLI, *LISTENING[command]], tmp_path) as process:
        url = process.line().removesuffix("/v1/realtime") + "/v1/realtime"
        with connect(url) as client:
            client.recv()
            os.kill(process.pid, signal.SIGHUP)
            client.send(json.dumps({"type": "input_audio_buffer.clear"}))
            assert json.loads(client.recv(10))["type"] == "input_audio_buffer.cleared"
        process.interrupt()
        assert process.leaves()[0] == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_rehearsal_that_is_told_to_stop_closes_its_call_and_compares_what_there_is(tmp_path, number):
    with (
        begun(tmp_path, *LISTENING["serve"]) as (_, base),
        running([*RTCLI, "replay", "text.jsonl", "--to", f"{base}/realtime", "-o", "new.jsonl"], tmp_path) as process,
    ):
        while not (tmp_path / "new.jsonl").exists() or b"session.created" not in (tmp_path / "new.jsonl").read_bytes():
            assert not process.ended
        os.kill(process.pid, number)
        assert process.leaves()[0] == 1
        assert "Traceback" not in process.said
    assert '"close":{"code":1000' in (tmp_path / "new.jsonl").read_text()


@pytest.mark.parametrize("typed", [b"", b"Hello\nhalf a line"])
def test_a_conversation_whose_input_never_ends_ends_when_it_is_told(tmp_path, typed):
    with subprocess.Popen(
        [*RTCLI, "connect", "demo", "-o", "call.jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=ENVIRONMENT,
    ) as process:
        process.stdin.write(typed)
        process.stdin.flush()
        expected = b"conversation.item.create" if typed else b"session.created"
        while not (tmp_path / "call.jsonl").exists() or expected not in (tmp_path / "call.jsonl").read_bytes():
            assert process.poll() is None
        process.terminate()
        assert process.wait(30) == 0
        assert process.stderr.read().startswith(b"rtcli: recorded ")
