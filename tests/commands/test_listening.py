"""What listens, seen from outside: who may come, how much is heard of whom, and where it leads."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import re
import select
import signal
import socket
import ssl
import time
import warnings
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import chained
import program
import pytest
from chained import RTCLI, running
from typer.models import OptionInfo

from rtcli.commands import COMMANDS as COMMANDS_OF_RTCLI
from rtcli.links.tls import made

RECORDING = Path(__file__).parents[2] / "recordings" / "text.jsonl"
LISTENING = {
    "proxy": ["proxy", "demo", "-o", "calls", "--listen"],
    "serve": ["serve", "--listen"],
    "replay": ["replay", str(RECORDING), "--serve"],
}
COMMANDS = sorted(LISTENING)
UPGRADE = [
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
]
WAIT_S = 20
rtcli = partial(chained.rtcli, begin=program.Begun)
LONGEST_LINE_BYTES, MOST_HEADERS = 8192, 128


@pytest.fixture(scope="module", params=COMMANDS)
def listening(request, tmp_path_factory):
    """A port of this machine where the command listens."""
    with rtcli(tmp_path_factory.mktemp("listening"), *LISTENING[request.param], "127.0.0.1:0") as (_, base):
        yield urlsplit(base).port


@contextmanager
def listening_for(folder, command, *options, **environment):
    with rtcli(folder, *LISTENING[command], "127.0.0.1:0", *options, **environment) as (_, base):
        yield urlsplit(base).port


def request(port, *headers, line="GET /v1/realtime HTTP/1.1", host=None, upgrade=True):
    lines = [line, f"Host: {host or f'127.0.0.1:{port}'}", *headers, *(UPGRADE if upgrade else [])]
    return "\r\n".join([*lines, "", ""]).encode()


def answer(port, asked, wrap=None):
    """All that comes back, or the head of the answer where the WebSocket is open; what was reset has said nothing."""
    with ExitStack() as stack:
        wire = stack.enter_context(socket.create_connection(("127.0.0.1", port), WAIT_S))
        wire = stack.enter_context(wrap.wrap_socket(wire, server_hostname="127.0.0.1")) if wrap else wire
        got = b""
        try:
            wire.sendall(asked)
            while piece := wire.recv(1 << 16):
                got += piece
                if got.startswith(b"HTTP/1.1 101 ") and b"\r\n\r\n" in got:
                    break
        except ConnectionError:
            pass
        return got


def status(port, asked):
    """The status of the answer; None where there was none."""
    got = answer(port, asked)
    return int(got.split()[1]) if got else None


def refusal(port, asked):
    """The status and the code of a refusal."""
    head, _, body = answer(port, asked).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["error"]["code"]


# --- who may come ------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("address", [":0", "127.0.0.1:0", "localhost:0"])
def test_it_listens_on_this_machine_only(tmp_path, command, address):
    if not Path("/proc/net/tcp").exists():
        pytest.skip("the system does not say who listens where")
    with rtcli(tmp_path, *LISTENING[command], address) as (process, _):
        inodes = set()
        for entry in Path(f"/proc/{process.pid}/fd").iterdir():
            found = re.match(r"socket:\[(\d+)\]", str(entry.readlink()))
            inodes |= {found[1]} if found else set()
        heard = []
        for table in ("tcp", "tcp6"):
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[9] in inodes and fields[3] == "0A":  # it listens
                    heard.append(fields[1].partition(":")[0])
    assert heard
    assert set(heard) <= {"0100007F", "00000000000000000000000001000000"}


def test_by_itself_it_listens_on_this_machine():
    for command in ("proxy", "serve", "replay"):
        shown = program.run([*RTCLI, command, "--help"], capture_output=True, text=True, timeout=60).stdout
        assert re.search(r"127\.0\.0\.1:87\d\d", " ".join(shown.split())), command


@pytest.mark.parametrize("command", COMMANDS)
def test_beyond_this_machine_it_listens_only_where_that_is_said(tmp_path, command):
    done = program.run(
        [*RTCLI, *LISTENING[command], "0.0.0.0:0"], capture_output=True, text=True, timeout=60, cwd=tmp_path
    )
    assert done.returncode == 2
    assert "add --allow-remote if that is meant" in done.stderr


HERE = ["http://localhost:3000", "http://127.0.0.1", "https://[::1]:8443"]
ELSEWHERE = [
    "https://evil.example",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "null",
    "file://",
]


@pytest.mark.parametrize("origin", HERE)
def test_a_page_of_this_machine_may_come(listening, origin):
    assert status(listening, request(listening, f"Origin: {origin}")) == 101


@pytest.mark.parametrize("origin", ELSEWHERE)
def test_a_page_of_another_machine_may_not(listening, origin):
    assert refusal(listening, request(listening, f"Origin: {origin}")) == (403, "origin_not_allowed")


def test_an_app_that_is_no_page_may_come(listening):
    assert status(listening, request(listening)) == 101


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.nip.example", "a@evil.example"])
def test_a_page_that_bent_its_name_to_this_machine_may_not(listening, host):
    assert refusal(listening, request(listening, host=host)) == (403, "host_not_allowed")
    assert refusal(listening, request(listening, f"Host: {host}")) == (403, "host_not_allowed")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("allowed", "origin", "expected"),
    [
        (["https://app.example"], "https://app.example", 101),
        (["https://app.example/"], "https://app.example", 101),
        (["https://app.example"], "https://other.example", 403),
        (["https://app.example"], "http://localhost:3000", 403),
        (["https://a.example", "https://b.example"], "https://b.example", 101),
        (["*"], "https://any.example", 101),
    ],
)
def test_other_pages_may_come_where_they_are_named(tmp_path, command, allowed, origin, expected):
    options = [word for one in allowed for word in ("--allow-origin", one)]
    with listening_for(tmp_path, command, *options) as port:
        assert status(port, request(port, f"Origin: {origin}")) == expected


@pytest.mark.parametrize("command", COMMANDS)
def test_pages_are_named_by_the_environment_too(tmp_path, command):
    with listening_for(tmp_path, command, RTCLI_ALLOW_ORIGIN="https://app.example") as port:
        assert status(port, request(port, "Origin: https://app.example", host="app.example")) == 101


@pytest.mark.parametrize("command", COMMANDS)
def test_where_other_machines_may_come_they_may_use_its_name_there(tmp_path, command):
    with rtcli(tmp_path, *LISTENING[command], "0.0.0.0:0", "--allow-remote") as (_, base):
        port = urlsplit(base).port
        assert status(port, request(port, host="voice.corp.example")) == 101
        assert status(port, request(port, "Origin: https://evil.example")) == 403


# --- how much is heard -------------------------------------------------------------------------


def test_a_url_has_a_longest_length(listening):
    about = len("GET /v1/realtime?x= HTTP/1.1\r\n")
    at_most = "x" * (LONGEST_LINE_BYTES - about)
    assert status(listening, request(listening, line=f"GET /v1/realtime?x={at_most} HTTP/1.1")) == 101
    assert status(listening, request(listening, line=f"GET /v1/realtime?x={at_most}x HTTP/1.1")) in {431, None}


def test_a_header_has_a_longest_length(listening):
    assert status(listening, request(listening, f"X-Long: {'x' * (LONGEST_LINE_BYTES - 10)}")) == 101
    assert status(listening, request(listening, f"X-Long: {'x' * (LONGEST_LINE_BYTES - 9)}")) in {431, None}


def test_there_is_a_largest_number_of_headers(listening):
    most = MOST_HEADERS - 1 - len(UPGRADE)
    assert status(listening, request(listening, *["X-One: 1"] * most)) == 101
    assert status(listening, request(listening, *["X-One: 1"] * (most + 1))) in {431, None}


def test_a_line_without_an_end_is_not_heard_to_its_end(listening):
    assert status(listening, b"GET /" + b"a" * (8 << 20)) in {431, None}


@pytest.mark.parametrize("command", COMMANDS)
def test_who_comes_when_there_is_no_room_is_told_so_and_those_who_are_in_stay(tmp_path, command):
    with running(["prlimit", "--nofile=64:64", *RTCLI, *LISTENING[command], "127.0.0.1:0"], tmp_path) as process:
        port = urlsplit(process.line()).port
        with ExitStack() as stack:
            first = stack.enter_context(socket.create_connection(("127.0.0.1", port), WAIT_S))
            first.sendall(request(port))
            assert first.recv(1 << 16).startswith(b"HTTP/1.1 101 ")
            for _ in range(100):
                idle = stack.enter_context(socket.create_connection(("127.0.0.1", port), WAIT_S))
            assert refusal_of(idle) == "too_many_sessions"
            first.setblocking(False)
            assert stays(first)
        process.interrupt()
        process.leaves()
        assert "Traceback" not in process.said
        assert "Too many open files" not in process.said


def refusal_of(wire):
    """What is said to who has said nothing."""
    got = b""
    while piece := wire.recv(1 << 16):
        got += piece
    return json.loads(got.partition(b"\r\n\r\n")[2])["error"]["code"]


def stays(wire):
    """Whether the connection goes on."""
    while select.select([wire], [], [], 0.2)[0]:
        if not wire.recv(1 << 16):
            return False
    return True


@pytest.mark.parametrize("command", COMMANDS)
def test_a_storm_of_visitors_that_the_system_cannot_hold_is_no_traceback_and_passes(tmp_path, command):
    with running(["prlimit", "--nofile=64:64", *RTCLI, *LISTENING[command], "127.0.0.1:0"], tmp_path) as process:
        port = urlsplit(process.line()).port
        os.kill(process.pid, signal.SIGSTOP)
        with ExitStack() as stack:
            for _ in range(100):
                wire = stack.enter_context(socket.socket())
                wire.setblocking(False)
                wire.connect_ex(("127.0.0.1", port))
            os.kill(process.pid, signal.SIGCONT)
        assert wait_for(lambda: status(port, request(port)) == 101)
        process.interrupt()
        process.leaves()
        assert "Traceback" not in process.said


def wait_for(holds):
    """Whether it holds at last."""
    ends_at = time.monotonic() + WAIT_S
    while not holds():
        if time.monotonic() > ends_at:
            return False
        time.sleep(0.05)
    return True


# --- where it leads ----------------------------------------------------------------------------

PATHS = ["/", "/etc/passwd", "/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/recordings/", "//etc/passwd"]


@pytest.mark.parametrize("path", PATHS)
def test_no_file_is_served(listening, path):
    got = answer(listening, request(listening, line=f"GET {path} HTTP/1.1", upgrade=False))
    assert int(got.split()[1]) in {404, 426}
    assert b"root:" not in got
    assert b".jsonl" not in got


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "get"])
def test_only_get_is_heard(listening, method):
    assert status(listening, request(listening, line=f"{method} /v1/realtime HTTP/1.1")) in {400, 405, None}


@contextmanager
def elsewhere():
    """A server of this machine that is not the upstream; gives its port, and whether anybody came."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1], lambda: bool(select.select([server], [], [], 0.2)[0])


RELAYING = [
    "CONNECT {there} HTTP/1.1",
    "GET http://{there}/ HTTP/1.1",
    "GET ws://{there}/ HTTP/1.1",
    "GET @{there}/ HTTP/1.1",
    "GET :{port}/ HTTP/1.1",
    "GET //{there}/ HTTP/1.1",
    "GET /\\{there}/ HTTP/1.1",
    "GET /?url=http://{there}/ HTTP/1.1",
    "GET /v1/realtime?host={there} HTTP/1.1",
]


@pytest.mark.parametrize("line", RELAYING)
def test_whatever_is_asked_for_it_goes_to_its_upstream_and_nowhere_else(listening, line):
    with elsewhere() as (port, visited):
        there = f"127.0.0.1:{port}"
        extra = [f"X-Forwarded-Host: {there}", f"Forwarded: host={there}", f"X-Original-URL: http://{there}/"]
        answer(listening, request(listening, *extra, line=line.format(there=there, port=port)))
        answer(listening, request(listening, *extra, line=line.format(there=there, port=port), host=there))
        assert not visited()


def test_an_upstream_that_points_elsewhere_is_not_followed(tmp_path):
    with elsewhere() as (port, visited), socket.create_server(("127.0.0.1", 0)) as server:
        origin = f"ws://127.0.0.1:{server.getsockname()[1]}"
        with rtcli(tmp_path, "proxy", origin, "-o", "calls", "--listen", "127.0.0.1:0") as (_, base):
            own = urlsplit(base).port
            with socket.create_connection(("127.0.0.1", own), WAIT_S) as app:
                app.sendall(request(own))
                wire, _ = server.accept()
                with wire:
                    wire.recv(1 << 16)
                    wire.sendall(
                        b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n" % port
                    )
                    got = app.recv(1 << 16)
        assert got.startswith(b"HTTP/1.1 302 ")
        assert not visited()


# --- TLS ---------------------------------------------------------------------------------------


@contextmanager
def speaking(version):
    """A context that speaks this version only, old ones too."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    yield context


OLD = [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1]
NEW = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("encrypted")
    with rtcli(folder, "proxy", "demo", "--tls", "-o", "calls", "--listen", "127.0.0.1:0") as (process, base):
        assert base.startswith("wss://")
        yield process, urlsplit(base).port


@pytest.mark.parametrize("version", NEW, ids=str)
def test_tls_of_today_is_spoken(encrypted, version):
    _, port = encrypted
    with speaking(version) as context:
        assert answer(port, request(port), context).startswith(b"HTTP/1.1 101 ")


def agree(client, server):
    """Make a handshake in memory."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(to_client, to_server), server.wrap_bio(to_server, to_client, server_side=True)]
    for end in ends * 4:
        with suppress(ssl.SSLWantReadError):
            end.do_handshake()


@pytest.mark.parametrize("version", OLD, ids=str)
def test_tls_of_yesterday_is_not(encrypted, version):
    _, port = encrypted
    lenient = made("127.0.0.1").context
    lenient.set_ciphers("ALL:@SECLEVEL=0")
    with speaking(version) as context:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            lenient.minimum_version = version
        try:
            agree(context, lenient)
        except ssl.SSLError as error:
            pytest.skip(f"nothing here speaks it any more: {error.reason}")
        with pytest.raises(ssl.SSLError):
            answer(port, request(port), context)


@pytest.mark.parametrize("version", OLD, ids=str)
@pytest.mark.parametrize("command", ["connect", "proxy"])
def test_a_server_that_speaks_tls_of_yesterday_is_not_spoken_to(tmp_path, command, version):
    certificate = made("127.0.0.1")
    (tmp_path / "certificate.pem").write_bytes(certificate.pem)
    lenient = certificate.context
    lenient.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        lenient.minimum_version = lenient.maximum_version = version
    with speaking(version) as context:
        try:
            agree(context, lenient)
        except ssl.SSLError as error:
            pytest.skip(f"nothing here speaks it any more: {error.reason}")
    with socket.create_server(("127.0.0.1", 0)) as server:
        url, trusting = (
            f"wss://127.0.0.1:{server.getsockname()[1]}",
            {"SSL_CERT_FILE": str(tmp_path / "certificate.pem")},
        )
        if command == "connect":
            process = chained.Process([*RTCLI, "connect", url, "-x", "Hello", "--no-record"], tmp_path, trusting)
        else:
            process = chained.Process(
                [*RTCLI, "proxy", url, "-o", "calls", "--listen", "127.0.0.1:0"], tmp_path, trusting
            )
            port = urlsplit(process.line()).port
            app = socket.create_connection(("127.0.0.1", port), WAIT_S)
            app.sendall(request(port))
        server.settimeout(WAIT_S)
        wire, _ = server.accept()
        with pytest.raises((ssl.SSLError, ConnectionError)):
            lenient.wrap_socket(wire, server_side=True).recv(1)
        wire.close()
        if command == "connect":
            assert process.leaves()[0] == 2
        else:
            assert app.recv(1 << 16).startswith(b"HTTP/1.1 502 ")
            app.close()
        process.stop()


def test_no_option_turns_verification_off():
    options = []
    for command in COMMANDS_OF_RTCLI:
        function = getattr(importlib.import_module(f"rtcli.commands.{command}"), command)
        for parameter in inspect.signature(function, eval_str=True).parameters.values():
            told = [one for one in get_args(parameter.annotation) if isinstance(one, OptionInfo)]
            options += [parameter.name, *(name for one in told for name in one.param_decls or ())]
    assert "allow_remote" in options
    assert not [name for name in options if re.search("insecure|verif|unsafe|trust", name)]


@pytest.mark.parametrize("variable", ["PYTHONHTTPSVERIFY=0", "SSL_NO_VERIFY=1", "NODE_TLS_REJECT_UNAUTHORIZED=0"])
def test_no_habit_of_the_environment_turns_verification_off(tmp_path, encrypted, variable):
    _, port = encrypted
    name, value = variable.split("=")
    command = [*RTCLI, "connect", f"wss://127.0.0.1:{port}/v1/realtime", "-x", "Hello"]
    with running(command, tmp_path, {name: value}) as process:
        code, _ = process.leaves()
    assert code == 2
    assert "certificate is not trusted" in process.said
    assert process.said.count("\n") == 1
