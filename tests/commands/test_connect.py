"""``rtcli connect`` as a process of its own, against the built-in server."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path

import program
import pytest
from mute import mute_server

from rtcli.events import Event, Malformed
from rtcli.formats import read
from rtcli.recording import Close, Header, Torn
from rtcli.standin import voice

RTCLI = [sys.executable, "-m", "rtcli"]


@pytest.fixture(autouse=True)
def no_keys(monkeypatch, tmp_path):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "RTCLI_URL", "AZURE_OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def rtcli(*arguments, text="", code=0):
    done = program.run([*RTCLI, *map(str, arguments)], input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def events(path):
    return [entry.event for entry in read(Path(path)) if isinstance(entry.event, Event)]


def types(path):
    return [event.type for event in events(path)]


def test_messages_on_the_command_line_are_said_and_answered_one_after_the_other():
    rtcli("connect", "demo", "--text", "-x", "hello", "-x", "weather", "-o", "call.jsonl")
    texts = [event.text for event in events("call.jsonl") if event.type == "response.output_text.done"]
    assert texts == [voice.model("greeting").text, voice.model("weather").text]


def test_a_recording_is_whole_private_and_says_how_it_was_made():
    rtcli("connect", "demo", "--text", "-x", "hello", "-o", "call.jsonl")
    entries = [entry.event for entry in read(Path("call.jsonl"))]
    header, last = entries[0], entries[-1]
    assert isinstance(header, Header)
    assert (header.handshake, header.lossless, header.transport) == (True, True, "websocket")
    assert isinstance(last, Close)
    assert last.code == 1000
    assert os.stat("call.jsonl").st_mode & 0o777 == 0o600


def test_without_a_name_the_file_is_named_by_time_and_session():
    rtcli("connect", "demo", "--text", "-x", "hello")
    (path,) = Path("recordings").iterdir()
    created = next(event for event in events(path) if event.type == "session.created")
    assert path.name.endswith(f"_{created.session.id}.jsonl")
    assert path.name[:8].isdigit()


def test_a_file_that_exists_is_not_overwritten_without_being_asked():
    rtcli("connect", "demo", "--text", "-x", "hello", "-o", "call.jsonl")
    before = Path("call.jsonl").read_bytes()
    refused = rtcli("connect", "demo", "--text", "-x", "hello", "-o", "call.jsonl", code=2)
    assert "--overwrite" in refused.stderr
    assert Path("call.jsonl").read_bytes() == before
    rtcli("connect", "demo", "--text", "-x", "hello", "-o", "call.jsonl", "--append")
    assert Path("call.jsonl").read_bytes().startswith(before)
    assert types("call.jsonl").count("session.created") == 2
    rtcli("connect", "demo", "--text", "-x", "hello", "-o", "call.jsonl", "--overwrite")
    assert types("call.jsonl").count("session.created") == 1


def test_one_event_is_told_in_the_singular():
    assert rtcli("connect", "demo", "-o", "call.jsonl").stderr == "rtcli: recorded 1 event in call.jsonl\n"


def test_nothing_is_written_when_nothing_is_to_be_recorded():
    rtcli("connect", "demo", "--text", "-x", "hello", "--no-record")
    assert list(Path().iterdir()) == []


def test_lines_of_a_pipe_are_messages_and_commands():
    lines = [
        "hello",
        '/update {"instructions":"Be brief."}',
        '/event {"type":"input_audio_buffer.clear"}',
        "/nothing",
        "/audio",
        "/help",
        "weather",
        "/close",
        "never said",
    ]
    done = rtcli("connect", "demo", "--text", "-o", "call.jsonl", text="\n".join(lines))
    said = [event.item.content[0].text for event in events("call.jsonl") if event.type == "conversation.item.create"]
    assert said == ["hello", "weather"]
    assert "input_audio_buffer.cleared" in types("call.jsonl")
    assert events("call.jsonl")[-1].type == "rate_limits.updated"
    assert "/nothing is no command" in done.stdout
    assert "/audio: name a WAV file" in done.stdout
    updated = [event for event in events("call.jsonl") if event.type == "session.updated"]
    assert updated[-1].session.instructions == "Be brief."


DICTATION = {
    "type": "transcription",
    "audio": {"input": {"turn_detection": None, "transcription": {"model": "whisper-1"}}},
}
APPENDED = '/event {"type":"input_audio_buffer.append","audio":"%s"}' % ("A" * 64_000)


@pytest.mark.parametrize(
    ("config", "lines", "last"),
    [
        ({}, ['/event {"type":"response.create"}'], "response.done"),
        ({}, ['/event {"type":"conversation.item.delete","item_id":"nobody"}'], "error"),
        (DICTATION, [APPENDED, "/commit"], "conversation.item.input_audio_transcription.completed"),
    ],
)
def test_what_is_asked_for_at_the_end_of_a_pipe_is_answered_before_it_leaves(config, lines, last):
    rtcli("connect", "demo", "--session", json.dumps(config), "-o", "call.jsonl", text="\n".join(lines))
    assert last in types("call.jsonl")


def test_what_is_asked_for_at_the_end_of_a_pipe_is_not_waited_for_without_end():
    with mute_server() as (url, _):
        asked = '/event {"type":"input_audio_buffer.clear"}\n'
        done = rtcli("connect", url, "--no-record", "--wait", "0.2", text=asked, code=2)
    assert "no answer to input_audio_buffer.clear within 0.2 s" in done.stdout


def test_nothing_is_waited_for_any_more_when_something_was_refused_and_nothing_tells_what():
    created = '{"type":"session.created","event_id":"e","session":{"type":"realtime","id":"s"}}'
    refused = '{"type":"error","event_id":"f","error":{"type":"server_error","message":"no"}}'
    with mute_server(created, refused) as (url, _):
        rtcli("connect", url, "--no-record", "--wait", "50", text='/event {"type":"input_audio_buffer.clear"}\n')


def test_a_tool_call_is_answered_with_a_command():
    Path("tools.json").write_text(
        json.dumps(
            {"tools": [{"type": "function", "name": "weather", "parameters": {"type": "object", "properties": {}}}]}
        )
    )
    rtcli(
        "connect",
        "demo",
        "--text",
        "--session",
        "@tools.json",
        "-o",
        "call.jsonl",
        text="What is the weather?\n/tool all is well\n",
    )
    texts = [event.text for event in events("call.jsonl") if event.type == "response.output_text.done"]
    assert texts == ["Here is what I found: all is well"]


def test_what_is_wrong_is_marked_as_it_happens():
    output = '/event {"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"nobody","output":"x"}}'
    lines = rtcli("connect", "demo", "--text", "-o", "call.jsonl", text=f"{output}\nhello\n").stdout.splitlines()
    (sent,) = (number for number, line in enumerate(lines) if "nobody" in line and "→" in line)
    assert "✗ FUN01" in lines[sent + 1]
    assert "✗ ERR01" in "\n".join(lines)
    assert "How can I help" in "\n".join(lines[sent:]), "and it goes on"
    found = rtcli("validate", "call.jsonl", "--output-format", "concise", "--select", "FUN01", code=1).stdout
    (line,) = re.findall(r"call\.jsonl:(\d+): error FUN01", found)
    assert f"✗ FUN01 line {line} " in lines[sent + 1], "live, and of the file, it is the same line"


def test_marks_can_be_left_out():
    output = '/event {"type":"response.create","response":7}'
    done = rtcli("connect", "demo", "--text", "--no-record", "--no-findings", text=f"{output}\n")
    assert "invalid_type" in done.stdout
    assert not re.search("[✗⚠]", done.stdout)


def test_options_configure_the_session_over_the_file():
    Path("s.json").write_text(json.dumps({"instructions": "from the file", "audio": {"output": {"speed": 1.25}}}))
    Path("i.txt").write_text("from the option")
    rtcli(
        "connect",
        "demo",
        "--text",
        "--voice",
        "ash",
        "--session",
        "@s.json",
        "--instructions",
        "@i.txt",
        "-x",
        "hi",
        "-o",
        "call.jsonl",
    )
    session = next(event for event in events("call.jsonl") if event.type == "session.updated").session
    assert (session.instructions, session.audio.output.voice, session.audio.output.speed) == (
        "from the option",
        "ash",
        1.25,
    )
    assert session.output_modalities == ["text"]


def speech(path, pcm16, rate=24000, channels=1):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm16)


def test_speech_is_sent_and_the_answer_is_kept_as_a_file():
    speech("in.wav", bytes(48 * 200) + voice.user("hello").pcm16)
    rtcli("connect", "demo", "--audio-in", "in.wav", "--pace", "fast", "--audio-out", "out.wav", "-o", "call.jsonl")
    with wave.open("out.wav", "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24000, 1, 2)
        assert file.readframes(file.getnframes()) == voice.model("hear").pcm16


def test_a_sound_file_that_exists_is_not_overwritten_without_being_asked():
    Path("out.wav").write_bytes(b"mine")
    refused = rtcli("connect", "demo", "-x", "hello", "--audio-out", "out.wav", "--no-record", code=2)
    assert refused.stderr == "rtcli: out.wav exists already; replace it with --overwrite\n"
    assert Path("out.wav").read_bytes() == b"mine"


@pytest.mark.parametrize("options", [["-o"], ["--overwrite", "-o"], ["--no-record", "--audio-out"]])
def test_a_folder_is_no_file_to_write(options):
    Path("calls").mkdir()
    refused = rtcli("connect", "demo", "-x", "hello", *options, "calls", code=2)
    assert (refused.stdout, refused.stderr) == ("", "rtcli: cannot write calls: it is a folder; name a file in it\n")


def test_a_file_at_another_rate_is_refused_with_a_line_that_says_how(monkeypatch):
    speech("in.wav", bytes(3200), rate=16000)
    blocked = "import sys; sys.modules['soxr'] = None\nfrom rtcli.__main__ import main\nmain()"
    command = [sys.executable, "-c", blocked, "connect", "demo", "--audio-in", "in.wav"]
    done = program.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert "rtcli[audio]" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_without_a_target_one_line_names_the_demo():
    done = rtcli("connect", code=2)
    assert "rtcli connect demo" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_handshake_that_is_refused_is_exit_code_2_and_leaves_no_file():
    rtcli("connect", "ws://127.0.0.1:9/nothing", "-x", "hi", code=2)
    assert list(Path().iterdir()) == []


def test_a_key_reaches_neither_the_file_nor_the_screen(monkeypatch):
    server = subprocess.Popen(
        [*RTCLI, "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        url = server.stdout.readline().strip()
        monkeypatch.setenv("OPENAI_API_KEY", "sk-verysecret")
        monkeypatch.setenv("OPENAI_BASE_URL", url.removesuffix("/realtime"))
        done = rtcli("connect", "openai", "--text", "-x", "hi", "--header", "X-Secret: verysecret", "-o", "call.jsonl")
        more = rtcli("connect", url + "?api-key=verysecret", "--text", "-x", "hi", "-o", "more.jsonl")
    finally:
        server.terminate()
        assert server.wait(10) == 0
        server.stdout.close()
    for text in (
        done.stdout,
        done.stderr,
        more.stdout,
        more.stderr,
        Path("call.jsonl").read_text(),
        Path("more.jsonl").read_text(),
    ):
        assert "verysecret" not in text


def talking(*arguments):
    """A conversation in the middle of a long answer."""
    process = subprocess.Popen(
        [*RTCLI, "connect", "demo", "-x", "Tell me a story", "-o", "call.jsonl", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    for _ in range(500):
        if Path("call.jsonl").exists() and b"output_audio.delta" in Path("call.jsonl").read_bytes():
            return process
        time.sleep(0.01)
    process.kill()
    raise AssertionError("no audio came")


def test_kill_9_in_the_middle_of_audio_leaves_a_file_that_reads_whole():
    process = talking()
    process.kill()
    process.communicate()
    entries = [entry.event for entry in read(Path("call.jsonl"))]
    assert not [event for event in entries if isinstance(event, Malformed)]
    assert not [event for event in entries[:-1] if isinstance(event, Torn)]
    assert "response.output_audio.delta" in types("call.jsonl")


def test_the_first_ctrl_c_closes_in_order_and_the_file_is_whole():
    process = talking()
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=20)
    assert process.returncode == 0, complaint
    entries = [entry.event for entry in read(Path("call.jsonl"))]
    assert [event.code for event in entries if isinstance(event, Close)] == [1000, 1000]


def test_a_disk_that_takes_no_more_stops_the_recording_and_not_the_conversation():
    limit = "import resource,signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
    run = limit + "from rtcli.__main__ import main\nmain()"
    command = [sys.executable, "-c", run, "connect", "demo", "-x", "hello", "-o", "call.jsonl"]
    done = program.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 3, done.stderr
    assert "recording stopped" in done.stderr
    assert "response.done" in done.stdout, "the conversation went on"
    assert not [entry for entry in read(Path("call.jsonl")) if isinstance(entry.event, Torn | Malformed)]


def test_the_second_ctrl_c_ends_at_once_and_the_file_still_reads():
    with mute_server() as (url, server):
        process = subprocess.Popen(
            [*RTCLI, "connect", url, "-x", "hi", "-o", "call.jsonl"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        try:
            wait_for(lambda: Path("call.jsonl").exists() and b'"open"' in Path("call.jsonl").read_bytes())
            server.send_signal(signal.SIGSTOP)
            process.send_signal(signal.SIGINT)
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.5)
            process.send_signal(signal.SIGINT)
            _, complaint = process.communicate(timeout=3)
        finally:
            process.kill()
    assert process.returncode == 130, complaint
    assert b"Traceback" not in complaint
    assert not [entry for entry in read(Path("call.jsonl")) if isinstance(entry.event, Torn | Malformed)]


def wait_for(condition):
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come about")


def test_when_the_user_breaks_in_the_model_is_told_how_much_was_heard():
    speech = Path(__file__).parents[2] / "recordings" / "speech"
    rtcli(
        "connect", "demo", "--session", f"@{speech / 'spoken.json'}", "--audio-in", speech / "interruption.wav",
        "-o", "call.jsonl",
    )  # fmt: skip
    told = [
        event for event in events("call.jsonl") if event.type.endswith(".truncate") or event.type.endswith("truncated")
    ]
    sent, confirmed = told
    assert (sent.item_id, sent.audio_end_ms) == (confirmed.item_id, confirmed.audio_end_ms)
    assert 0 < sent.audio_end_ms < 60_000
    rtcli("validate", "call.jsonl")


def test_a_reader_who_pauses_holds_up_neither_the_conversation_nor_the_recording():
    reads, writes = os.pipe()
    fcntl.fcntl(writes, fcntl.F_SETPIPE_SZ, 4096)
    command = [*RTCLI, "connect", "demo", "-o", "call.jsonl", "--no-findings"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=writes, stderr=subprocess.DEVNULL, text=True)
    os.close(writes)
    try:
        process.stdin.write('/event {"type":"input_audio_buffer.clear"}\n' * 120)
        process.stdin.flush()
        file = Path("call.jsonl")
        wait_for(lambda: file.exists() and file.read_bytes().count(b'"input_audio_buffer.cleared"') == 120)
        process.stdin.close()
        wait_for(lambda: b'"server","close"' in file.read_bytes())
        with os.fdopen(reads) as reader:
            shown = reader.read()
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
    assert shown.count("→ input_audio_buffer.clear\n") == 120
    assert shown.count("← input_audio_buffer.cleared\n") == 120
