"""Keys of every shape, in every place where a user has them, are in nothing that any command says or writes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from hostile import RECORDINGS
from planted import HEX, SECRETS, secret_part, some
from sweeping import ALL, LINES, Run, by_turns, lines_of, one_each, plain, swept
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from rtcli.commands import COMMANDS

OF_PERSONS = ("SIP", "e-mail", "phone", "card")
PLANTED = {name: secret_part(text) for name, text in SECRETS.items() if not name.startswith(OF_PERSONS)} | {
    "Azure, old": some(32, HEX),
    "a vendor's": "Zq" + some(22) + "==",
    "a user's own": "correct-horse-battery-" + some(6),
}
"""By name; the last have no shape that anybody could know."""
ON_A_LINE = {name: key for name, key in PLANTED.items() if "\n" not in key}
QUOTING = "-".join(("Zx", some(20)))
"""What a server quotes whatever it was asked with."""


def variable(name):
    return "MY_" + "".join(letter if letter.isalnum() else "_" for letter in name.upper()) + "_API_KEY"


def environment(**more):
    """All of them, as the keys of vendors, and as headers for every handshake."""
    return plain(
        **{variable(name): key for name, key in PLANTED.items()},
        OPENAI_API_KEY=PLANTED["OpenAI"],
        AZURE_OPENAI_API_KEY=PLANTED["Azure, old"],
        RTCLI_HEADER="\n".join(f"X-Header-{n}: {key}" for n, key in enumerate(ON_A_LINE.values())),
        **more,
    )


def query():
    return "model=gpt-realtime&" + "&".join(f"k{n}={quote(key, safe='')}" for n, key in enumerate(ON_A_LINE.values()))


def leaked(text):
    """The names of the keys that stand in it, as they are or as a URL has them."""
    return sorted(name for name, key in PLANTED.items() if key in text or quote(key, safe="") in text)


def assert_no_key_is_told(runs, folder, but=()):
    """Runs them; no key is in what they say, nor in any file but these."""
    before = set(folder.rglob("*"))
    for run, done in zip(runs, swept(runs), strict=True):
        told = (run.arguments[:1], run.before[:20], run.environment.get("RTCLI_DEBUG"))
        said = (done.out + done.err).decode("utf-8", "backslashreplace")
        assert not leaked(said), (told, said[-900:])
        assert done.code >= 0, (told, said[-900:])
    for path in set(folder.rglob("*")) - before - set(but):
        assert not leaked(path.name), path
        if path.is_file():
            assert not leaked(path.read_bytes().decode("utf-8", "backslashreplace")), path
    return runs


TROUBLE = """
import os, sys
told = repr(dict(os.environ)) + " ".join(sys.argv)
class Broken:
    encoding, errors, closed, mode, name, buffer = "utf-8", "strict", False, "w", "<stdout>", sys.stdout.buffer
    def write(self, text): raise RuntimeError("the terminal is broken: " + told)
    def flush(self): pass
    def isatty(self): return False
    def fileno(self): return 1
"""
CRASHES = {
    "none": "",
    "of the terminal": TROUBLE + "sys.stdout = Broken()\n",
    "of a file or a socket": TROUBLE
    + """
def hook(event, arguments):
    if event in {"socket.bind", "socket.connect"} or (event == "open" and "call" in str(arguments[0])):
        raise RuntimeError(event + told)
sys.addaudithook(hook)
""",
}


def test_every_command_is_here():
    assert set(LINES) == set(COMMANDS)


@pytest.mark.parametrize("debugged", [{}, {"RTCLI_DEBUG": "1"}], ids=["", "with traces"])
@pytest.mark.parametrize("crash", CRASHES)
def test_no_command_tells_what_stands_in_its_surroundings(crash, debugged, tmp_path):
    if crash == "none" and debugged:
        pytest.skip("there is nothing to trace")
    call = tmp_path / "call.jsonl"
    call.write_bytes((RECORDINGS / "tool.jsonl").read_bytes())
    options = tmp_path / "rtcli.toml"
    headers = json.dumps([f"X-Option-{n}: {key}" for n, key in enumerate(ON_A_LINE.values())])
    options.write_text(f"[connect]\nheader = {headers}\n[replay]\nheader = {headers}\n")
    url = f"ws://me:{quote(PLANTED['GitHub'])}@127.0.0.1:9/v1/realtime?{query()}"
    names = {"IN": str(call), "IN2": str(call), "OUT": str(tmp_path / "out"), "URL": url, "NOTE": "a note"}
    lines = one_each(lines_of(names))
    if crash != "none":
        lines = by_turns(lines, list(CRASHES).index(crash), 3 if debugged else 6)  # without a trace an error says less
    runs = [Run(line, str(tmp_path), environment(**debugged), before=CRASHES[crash]) for line in lines]
    assert_no_key_is_told(runs, tmp_path)


@pytest.mark.parametrize("debugged", [{}, {"RTCLI_DEBUG": "1"}], ids=["", "with traces"])
def test_no_option_that_is_wrong_is_told_with_the_key_in_it(debugged, tmp_path):
    runs, wrong = [], {}
    for number, key in enumerate(PLANTED.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        wrong = [f"header = {json.dumps({'Authorization': key})}".replace('": "', '" = "')]
        wrong.append(f"header = {json.dumps('Authorization Bearer ' + key)}")
        (folder / "rtcli.toml").write_text(f"[connect]\n{wrong[number % 2]}\n")
        runs.append(Run(("connect", "ws://127.0.0.1:9/x"), str(folder), environment(**debugged)))
        if "\n" not in key:
            runs.append(Run(("connect", key, "--no-record"), str(tmp_path), environment(**debugged)))
            runs.append(Run(("proxy", f"wss://{key}@"), str(tmp_path), environment(**debugged)))
            runs.append(
                Run(("connect", "--header", f"Bad Header {key}", "demo"), str(tmp_path), environment(**debugged))
            )
    # Each key in one of four wrong places, and by turns in all of them.
    assert_no_key_is_told(runs if ALL else runs[1 if debugged else 0 :: 17], tmp_path)


VERBATIM = {"report", "convert", "cut", "filter", "merge", "mark", "recover", "migrate", "audio"}
"""What they write holds events as they were recorded; `redact` is for what leaves the house."""


def configured(key):
    """What a user configures a session with, a key in each place that is made for one."""
    tool = {
        "type": "mcp",
        "server_label": "x",
        "server_url": f"https://me:{quote(key, safe='')}@h.example/mcp?api_key={quote(key, safe='')}",
    }
    return {
        "instructions": "Be brief.",
        "tools": [tool | {"authorization": key, "headers": {"X-Api-Key": key, "Authorization": f"Bearer {key}"}}],
    }


def called(key):
    """The recording of a call that was configured so, and whose server says so again, and at last what is wrong with it."""
    records = [json.loads(line) for line in (RECORDINGS / "tool.jsonl").read_bytes().splitlines()]
    body, at = configured(key), next(n for n, one in enumerate(records) if "event" in one) + 1
    created = records[at - 1]["event"]["session"]
    said = [
        {
            "from": "client",
            "event": {"type": "session.update", "event_id": "k1", "session": {"type": "realtime", **body}},
        },
        {"from": "server", "event": {"type": "session.updated", "event_id": "k2", "session": {**created, **body}}},
    ]
    records[at:at] = [{"t": records[at - 1]["t"], **one} for one in said]
    return b"".join(json.dumps(one).encode() + b"\n" for one in records)


@pytest.mark.parametrize("crash", ["none", "of the terminal"])
def test_no_key_that_a_session_is_configured_with_is_told(crash, tmp_path):
    runs, recorded = [], []
    for number, key in enumerate(list(PLANTED.values())[crash != "none" :: 16]):
        call = tmp_path / f"{number}.jsonl"
        call.write_bytes(called(key))
        body = json.dumps(configured(key))
        out = tmp_path / f"out{number}"
        said = tmp_path / f"said{number}.jsonl"
        recorded += [call, said]
        names = {"IN": str(call), "IN2": str(call), "OUT": str(out), "URL": "ws://127.0.0.1:9/x", "NOTE": "a note"}
        lines = [line for line in lines_of(names) if line[0] not in VERBATIM | {"connect", "proxy", "serve"}]
        lines = [line for line in lines if "--raw" not in line and line[1:2] != ("-o",)]
        asked = [
            ("connect", "demo", "--session", body, "-x", "hi", "--wait", "2", "-o", str(said)),
            ("connect", "ws://127.0.0.1:9/x", "--session", body),
            ("connect", "ws://127.0.0.1:9/x", "--session", body[:-1]),
        ]
        lines = by_turns(one_each(lines), number, 4) + by_turns(asked, number, 3)
        debugged = {"RTCLI_DEBUG": "1"} if number % 2 or crash != "none" else {}
        runs += [Run(line, str(tmp_path), plain(**debugged), before=CRASHES[crash]) for line in lines]
    assert_no_key_is_told(runs, tmp_path, but=recorded)


SERVER = """
import json
from websockets.sync.server import serve

def quoted(connection, request):
    told = [request.path, *(f"{{name}}: {{value}}" for name, value in request.headers.raw_items())]
    if not {refusing!r}:
        return None
    body = json.dumps({{"error": {{"message": "Incorrect API key provided: " + " and ".join(told),
                                 "code": told[-1], "type": told[0]}}}})
    response = connection.respond(401, body)
    response.headers["x-request-id"] = told[int(request.headers.get("X-Turn", "-2"))]
    return response

def accepted(connection, request, response):
    for name in ("x-request-id", "openai-version", "cf-ray", "server", "x-ms-region"):
        values = [value for key, value in request.headers.raw_items() if key.lower() not in
                  ("upgrade", "connection", "host", "user-agent")]
        response.headers[name] = " ".join(values) + request.path

def hold(connection):
    connection.send(json.dumps({{"type": "session.created", "event_id": "e", "session": {{"type": "realtime"}}}}))
    connection.close()

with serve(hold, "127.0.0.1", {port}, process_request=quoted, process_response=accepted) as server:
    server.serve_forever()
"""
"""A server that says in its answer all that it was asked with."""


def app(url, headers, subprotocol):
    """What connects to a proxy with all of this, takes all that is said, and stops the proxy."""

    def talk(pid):
        for _ in range(500):
            try:
                with connect(url, additional_headers=headers, subprotocols=offered) as websocket:
                    list(websocket)
            except ConnectionRefusedError:
                time.sleep(0.02)
            except (OSError, WebSocketException, ValueError):
                break
            else:
                break
        os.kill(pid, signal.SIGINT)

    offered = [Subprotocol("realtime"), Subprotocol(subprotocol)]
    return talk


@contextmanager
def quoting(refusing):
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-c", SERVER.format(refusing=refusing, port=port)], stderr=subprocess.DEVNULL
    ) as server:
        try:
            for _ in range(1000):
                with socket.socket() as one:
                    if not one.connect_ex(("127.0.0.1", port)):
                        break
                time.sleep(0.01)
            yield port
        finally:
            server.kill()


@pytest.mark.parametrize("refusing", [True, False], ids=["refuses", "accepts"])
def test_no_server_that_quotes_them_has_them_told(refusing, tmp_path):
    call = tmp_path / "text.jsonl"
    call.write_bytes((RECORDINGS / "text.jsonl").read_bytes())
    with quoting(refusing) as port:
        host = f"127.0.0.1:{port}"
        runs = []
        for number, key in enumerate(by_turns(list(ON_A_LINE.values()), refusing, 4)):
            target = f"ws://me:{quote(key, safe='')}@{host}/v1/realtime?{query()}"
            at = port + 1 + number
            more = {"RTCLI_DEBUG": "1"} if number % 3 == 2 else {}
            alone = plain(
                RTCLI_HEADER=f"Authorization: Bearer {key}\nX-Turn: {-1 - number % 4}", OPENAI_API_KEY=key, **more
            )
            out = str(tmp_path / f"out{number}")
            if number % 3 == 0:
                alone["OPENAI_BASE_URL"] = f"http://{host}/v1"
                alone["RTCLI_HEADER"] = f"api-key: {key}"
                runs.append(
                    Run(("connect", "openai", "-x", "hi", "--wait", "0.2", "-o", out + ".jsonl"), str(tmp_path), alone)
                )
            elif number % 3 == 1:
                words = ("replay", str(call), "--to", target, "--timing", "fast", "--wait", "0.2", "-o", out + ".jsonl")
                runs.append(Run(words, str(tmp_path), alone))
            elif number % 6 == 2:
                runs.append(
                    Run(("connect", target, "-x", "hi", "--wait", "0.2", "-o", out + ".jsonl"), str(tmp_path), alone)
                )
            else:
                asked = f"ws://127.0.0.1:{at}/v1/realtime?{query()}"
                by_app = {"Authorization": f"Bearer {key}", "api-key": key, "X-Api-Key": key, "Cookie": f"k={key}"}
                offered = "openai-insecure-api-key." + "".join(c for c in key if c.isalnum())
                words = ("proxy", f"ws://{host}", "--listen", f"127.0.0.1:{at}", "-o", out)
                runs.append(Run(words, str(tmp_path), alone, beside=app(asked, by_app, offered)))
        assert_no_key_is_told(runs, tmp_path)
