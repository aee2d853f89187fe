"""No byte of a recording, a peer, a configuration or a name reaches a terminal as more than what it looks like."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial

import pytest
from hostile import ARGUMENT, BROKEN, FILE_NAME, HOSTILE, TEXT, examples, lines, obeyed, recorded
from sweeping import LINES, Run, by_turns, lines_of, one_each, plain, swept
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from rtcli.commands import COMMANDS
from rtcli.commands.line import application

FOR_PROGRAMS = {"redact", "convert", "cut", "filter", "merge", "recover", "migrate"}
"""To a pipe they write a recording, which is what it is to the byte."""
NOBODY = "ws://127.0.0.1:9/x"
MATERIAL = {
    "texts": lambda: lines(recorded("tool.jsonl") + recorded("interruption.jsonl", 150)),
    "words of the protocol too": lambda: lines(recorded("tool.jsonl"), kept=frozenset({"from"})),
    "names of fields": lambda: lines(recorded("tool.jsonl") + examples("realtime"), names=True),
}
TO_BE_LOOKED_AT = (
    *("show", "show --timeline", "info", "turns", "cost", "transcript", "doctor", "validate", "diff IN"),
    *("validate --output-format concise", "replay --speed 100", "migrate --diff", "bundle --issue --allow-doubts"),
)


def test_every_command_is_here():
    assert set(LINES) == set(COMMANDS)


def assert_only_read(runs):
    """Runs them; every one ends by itself, as it should, and with nothing that a terminal would obey."""
    for run, done in zip(runs, swept(runs), strict=True):
        told = (ascii(run.arguments), run.environment.get("RTCLI_DEBUG"), done.out[-600:], done.err[-600:])
        assert done.code in {0, 1, 2, 3}, told
        if "RTCLI_DEBUG" not in run.environment:
            assert b"Traceback" not in done.out + done.err, told
        raw = not run.terminal and (run.arguments[0] in FOR_PROGRAMS or "--raw" in run.arguments)
        found = obeyed(b"" if raw else done.out, terminal=run.terminal) | obeyed(done.err, terminal=False)
        assert not found, (found, *told)


def written(folder, name, body):
    path = folder / (name + FILE_NAME + ".jsonl")
    path.write_bytes(b"".join(body))
    return str(path)


@pytest.mark.parametrize("material", MATERIAL)
def test_what_stands_in_a_recording_is_only_read(material, tmp_path):
    one = written(tmp_path, "one", MATERIAL[material]() + BROKEN)
    two = written(tmp_path, "two", lines(recorded("text.jsonl")) + BROKEN)
    names = {"IN": one, "IN2": two, "OUT": str(tmp_path / ("out" + FILE_NAME)), "URL": NOBODY, "NOTE": ARGUMENT}
    commands = [arguments for arguments in lines_of(names) if NOBODY not in arguments]
    if material == "names of fields":
        commands = by_turns(commands, 0, 7)
    else:  # half of the commands read the one, the others the other
        commands = by_turns(one_each(commands), list(MATERIAL).index(material), 2)
    environment = plain(TERM="xterm-256color")
    assert_only_read([Run(arguments, str(tmp_path), environment, terminal=True) for arguments in commands])


def test_what_is_said_in_other_dialects_is_only_read(tmp_path):
    runs = []
    for turn, dialect in enumerate(("beta", "translation", "live")):
        call = written(tmp_path, dialect, lines(examples(dialect), names=True))
        for command in by_turns(TO_BE_LOOKED_AT, turn, 4):
            words = [call if word == "IN" else word for word in (*command.split(), "IN")]
            runs.append(Run(tuple(words), str(tmp_path), plain(TERM="xterm-256color"), terminal=True))
    assert_only_read(runs)


@pytest.mark.parametrize("colour", [{}, {"FORCE_COLOR": "1"}], ids=["plain", "coloured"])
def test_a_pipe_gets_no_more_than_a_terminal(colour, tmp_path):
    one = written(tmp_path, "one", MATERIAL["names of fields"]() + BROKEN)
    names = {"IN": one, "IN2": one, "OUT": str(tmp_path / ("out" + FILE_NAME)), "URL": NOBODY, "NOTE": ARGUMENT}
    commands = one_each([arguments for arguments in lines_of(names) if NOBODY not in arguments])
    commands = by_turns(commands, len(colour), 8 if colour else 4)  # a terminal has had them all
    assert_only_read([Run(arguments, str(tmp_path), plain(**colour)) for arguments in commands])


def parameters():
    """Every option and argument of every command, once by its name."""
    seen = {}
    group = application()
    for command in COMMANDS:
        for parameter in group.get_command(None, command).params:
            name = next((word for word in parameter.opts if word.startswith("--")), f"{command} {parameter.name}")
            if name != "--help":
                seen.setdefault(name, (command, parameter))
    return seen


MANDATORY = {"connect": [NOBODY], "proxy": [NOBODY], "rule": [], "schema": [], "serve": [], "mark": ["IN", "x"], "diff": ["IN", "IN"]}  # fmt: skip


@pytest.mark.parametrize("debugged", [False, True], ids=["", "with traces"])
def test_what_is_asked_for_is_repeated_only_as_it_looks(debugged, tmp_path):
    recording = tmp_path / "call.jsonl"
    recording.write_bytes(b"".join(json.dumps(record).encode() + b"\n" for record in recorded("text.jsonl")))
    environment = plain(TERM="xterm-256color", **({"RTCLI_DEBUG": "1"} if debugged else {}))
    runs = []
    for name, (command, parameter) in by_turns(list(parameters().items()), debugged, 12 if debugged else 4):
        words = [str(recording) if word == "IN" else word for word in MANDATORY.get(command, ["IN"])]
        if command in {"proxy", "serve"} and name not in {"--listen", "--fault", "--split-size", "--snapshot", "--on"}:
            continue  # they would begin to listen
        if not name.startswith("--"):
            asked = [ARGUMENT, *words[1:]]
        elif getattr(parameter, "is_flag", False):
            asked = [*words, f"{name}={ARGUMENT}"]
        else:
            asked = [*words, name, ARGUMENT]
        runs.append(Run((command, *asked), str(tmp_path), environment, terminal=True))
    runs += [
        Run((command, "x", "y", "z", ARGUMENT), str(tmp_path), environment, terminal=True)
        for command in ("show", "merge", "bundle", "serve")
    ]
    runs += [Run(words, str(tmp_path), environment, terminal=True) for words in [(ARGUMENT,), ("--" + ARGUMENT,)]]
    assert_only_read(runs)


def toml(text):
    """The text as a string of TOML."""
    pairs = "".join(c if c.isalnum() else f"\\U{ord(c):08x}" for c in text)
    return f'"{pairs}"'


SAID = (
    f"[{toml(TEXT)}]\n",
    f"{toml(TEXT)} = 1\n",
    f"[show]\n{toml(TEXT)} = 1\n",
    f"show = {toml(TEXT)}\n",
    f"[show]\ndialect = {toml(TEXT)}\n",
    f"[show]\ntype = {{{toml(TEXT)} = {toml(TEXT)}}}\n",
    f"[show]\nsince = {toml(TEXT)}\n",
    f"[show]\nfrom = [{toml(TEXT)}]\n",
    f"[show]\nfollow = {toml(TEXT)}\n",
    TEXT.replace("\n", ""),
)
"""What may stand in a file of options that somebody else has written."""


def test_what_a_configuration_says_is_repeated_only_as_it_looks(tmp_path):
    recording = tmp_path / "call.jsonl"
    recording.write_bytes(b"".join(lines(recorded("text.jsonl"))))
    runs = []
    for number, body in enumerate(SAID):
        folder = tmp_path / str(number) / FILE_NAME
        folder.mkdir(parents=True)
        (folder / "rtcli.toml").write_text(body)
        for debugged in by_turns(({}, {"RTCLI_DEBUG": "1"}), number, 2):
            environment = plain(TERM="xterm-256color", **debugged)
            runs.append(Run(("show", str(recording)), str(folder), environment, terminal=True))
    assert_only_read(runs)


SERVER = """
import json, sys
from websockets.sync.server import serve
lines = json.load(open({lines!r}))
refusing = {refusing!r}

def answer(connection, request):
    if refusing:
        body = json.dumps({{"error": {{"message": lines[0], "code": lines[0], "type": lines[0]}}}})
        response = connection.respond(401, body)
        response.headers["x-request-id"] = "r" + "\x1b[2J\x9b8m\x07"
        response.reason_phrase = "No"
        return response

def hold(connection):
    for line in lines:
        connection.send(line)
    connection.close(4000, lines[0][:20])

with serve(hold, "127.0.0.1", {port}, process_request=answer) as server:
    server.serve_forever()
"""
"""A peer beside the program: it begins to listen at once, and the program may have to try again."""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.mark.parametrize("refusing", [False, True], ids=["in its events", "in its refusal"])
def test_what_a_server_says_is_only_read(refusing, tmp_path):
    told = [HOSTILE] + [line.decode() for line in lines([r["event"] for r in examples("realtime")], names=True)]
    (tmp_path / "lines.json").write_text(json.dumps([TEXT.replace("\n", ""), *told[1:]]))
    call = tmp_path / "call.jsonl"
    call.write_bytes(b"".join(json.dumps(record).encode() + b"\n" for record in recorded("text.jsonl")))
    port = free_port()
    url = f"ws://127.0.0.1:{port}/v1/realtime"
    script = SERVER.format(lines=str(tmp_path / "lines.json"), refusing=refusing, port=port)
    with subprocess.Popen([sys.executable, "-c", script]) as server:
        try:
            reachable(port)
            assert_only_read(
                [
                    Run(words, str(tmp_path), plain(TERM="xterm-256color"), terminal=terminal)
                    for terminal in (True, False)
                    for words in [
                        ("connect", url, "-x", "hello", "--wait", "0.5", "--no-record"),
                        (
                            "replay",
                            str(call),
                            "--to",
                            url,
                            "--timing",
                            "fast",
                            "--wait",
                            "0.5",
                            "-o",
                            f"{call}{terminal}",
                        ),
                    ]
                ]
                + [
                    Run(
                        ("proxy", url, "--listen", f"127.0.0.1:{own}", "-o", str(tmp_path)),
                        str(tmp_path),
                        plain(TERM="xterm-256color"),
                        terminal=terminal,
                        beside=app(own),
                    )
                    for terminal, own in ((True, free_port()), (False, free_port()))
                ]
            )
        finally:
            server.kill()


def client(port):
    """What connects to a server, says what is hostile in every place, and stops the server."""

    def talk(pid):
        said = [json.dumps(HOSTILE), TEXT, b"\x1b[2J", "[" * 30_000]
        said += [
            line.decode()
            for line in lines([r["event"] for r in recorded("tool.jsonl")[1:9] if "event" in r], names=True)
        ]
        said += [json.dumps({"type": "response.create" + HOSTILE, "event_id": HOSTILE, "k" + HOSTILE: HOSTILE})]
        url = f"ws://127.0.0.1:{port}/v1/realtime?model=%1B%5B2J"
        with suppress(ConnectionError, WebSocketException), retried(partial(connect, url)) as websocket:
            for one in said:
                websocket.send(one)
            with suppress(TimeoutError):
                while True:
                    websocket.recv(0.3)
            websocket.close(4000, "\x1b[2J\u202e")
        time.sleep(0.1)
        os.kill(pid, signal.SIGINT)

    return talk


@pytest.mark.parametrize("terminal", [True, False], ids=["on a terminal", "off one"])
def test_what_a_client_says_is_only_read(terminal, tmp_path):
    call = tmp_path / "call.jsonl"
    call.write_bytes(b"".join(json.dumps(record).encode() + b"\n" for record in recorded("tool.jsonl")))
    ways = [("replay", str(call), "--serve"), ("serve", "--listen")]
    runs = []
    for way in ways:
        own = free_port()
        words = (*way, f"127.0.0.1:{own}")
        runs.append(Run(words, str(tmp_path), plain(TERM="xterm-256color"), terminal=terminal, beside=client(own)))
    assert_only_read(runs)


def app(port):
    """What connects to a proxy, takes all that is said, and stops the proxy."""

    def talk(pid):
        url = f"ws://127.0.0.1:{port}/v1/realtime?model=%1B%5B2J"
        with suppress(ConnectionError, WebSocketException), retried(partial(connect, url)) as websocket:
            websocket.send("\x1b[2J\u202e[/x]")
            list(websocket)
        time.sleep(0.1)
        os.kill(pid, signal.SIGINT)

    return talk


def retried(attempt):
    """What it gives as soon as somebody listens."""
    for _ in range(500):
        with suppress(ConnectionRefusedError):
            return attempt()
        time.sleep(0.02)
    raise AssertionError(attempt)


def reachable(port):
    for _ in range(500):
        with socket.socket() as one:
            if not one.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.01)
    raise AssertionError(port)
