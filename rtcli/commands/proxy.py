"""``rtcli proxy``: stand between an app and a Realtime server, and record what they say."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

from rtcli.commands.declared import Argument, Option
from rtcli.commands.marked import Marked, check_of
from rtcli.commands.welcome import Origins, visitors_of

if TYPE_CHECKING:
    from rtcli.links.board import Board
    from rtcli.links.parts import Keeping
    from rtcli.links.proxying import Outcome, Plan
    from rtcli.links.tls import Certificate
    from rtcli.links.upstream import Upstream


def _upstreams(incomplete: str) -> list[str]:
    """What UPSTREAM can be completed to."""
    from rtcli.links.upstream import WORDS

    return [word for word in (*WORDS, "wss://", "ws://") if word.startswith(incomplete)]


class On(StrEnum):
    """What a snapshot is taken of."""

    ERROR = "error"


def proxy(
    upstream: Annotated[
        str,
        Argument(
            metavar="UPSTREAM",
            help="openai, azure, demo (the built-in server), or a ws:// or wss:// origin with an optional base path.",
            envvar="RTCLI_UPSTREAM",
            autocompletion=_upstreams,
        ),
    ],
    listen: Annotated[
        str, Option(metavar="HOST:PORT", help="Where to listen; port 0 takes a free one.", envvar="RTCLI_LISTEN")
    ] = "127.0.0.1:8765",
    output: Annotated[
        Path,
        Option(
            "--output", "-o", metavar="DIR", help="Where the recordings go.", envvar="RTCLI_RECORDINGS", file_okay=False
        ),
    ] = Path("recordings"),
    key_from_env: Annotated[
        bool,
        Option(
            "--key-from-env",
            help="Add the key from OPENAI_API_KEY (azure: AZURE_OPENAI_API_KEY), so that the app needs none.",
            envvar="RTCLI_KEY_FROM_ENV",
        ),
    ] = False,
    tls: Annotated[
        bool,
        Option("--tls", help="Listen with TLS (wss), by a certificate made on the spot.", envvar="RTCLI_TLS"),
    ] = False,
    tls_cert: Annotated[
        Path | None,
        Option(
            metavar="FILE.pem",
            help="Listen with TLS, by this certificate (and those above it).",
            envvar="RTCLI_TLS_CERT",
        ),
    ] = None,
    tls_key: Annotated[
        Path | None,
        Option(metavar="FILE.pem", help="Its key, where it is not in the same file.", envvar="RTCLI_TLS_KEY"),
    ] = None,
    allow_remote: Annotated[
        bool, Option("--allow-remote", help="Listen beyond this machine.", envvar="RTCLI_ALLOW_REMOTE")
    ] = False,
    allow_origin: Origins = None,
    split_duration: Annotated[
        str | None,
        Option(metavar="TIME", help="Begin another file after this long (10m).", envvar="RTCLI_SPLIT_DURATION"),
    ] = None,
    split_size: Annotated[
        str | None,
        Option(metavar="SIZE", help="Begin another file after this much (100MB).", envvar="RTCLI_SPLIT_SIZE"),
    ] = None,
    snapshot: Annotated[
        str | None,
        Option(
            metavar="TIME",
            help="Keep the last of each session in memory (60s); write it, and as long after, when --on comes.",
            envvar="RTCLI_SNAPSHOT",
        ),
    ] = None,
    on: Annotated[
        On, Option("--on", help="What a snapshot is for: an error event or a bad close.", envvar="RTCLI_ON")
    ] = On.ERROR,
    findings: Marked = True,
) -> int:
    """Stand between an app and a Realtime server, and record what they say.

    The app's base URL is changed to the one printed here, and nothing else: its path, query, headers
    and subprotocols go upstream as they came, and every answer and frame comes back as it was. Each
    connection is a file, named by start time and session id; keys never reach it.

    Ctrl-C closes the sessions and leaves whole files; a second Ctrl-C ends at once.

    Example:  rtcli proxy openai

    Example:  rtcli proxy demo --snapshot 60s --on error

    Exit code: 0 when it was told to stop, 2 when it could not begin, 3 when a recording is not whole.
    """
    from rtcli import __version__
    from rtcli.commands.address import address_of, taken
    from rtcli.links.proxying import Plan, run

    assert on is On.ERROR, "there is nothing else"
    host, port = address_of("--listen", listen, allow_remote=allow_remote)
    with ExitStack() as stack:
        certificate = _certificate(host, tls_cert, tls_key, tls=tls)
        plan = Plan(
            word=upstream,
            environment=os.environ,
            add_key=key_from_env,
            host=host,
            port=port,
            tls=certificate.context if certificate else None,
            visitors=visitors_of(host, allow_origin),
            keeping=_keeping(output, split_duration, split_size, snapshot),
            by=f"rtcli {__version__} proxy",
        )
        board = _board(stack, findings=findings)
        try:
            outcome: Outcome = run(plan, board, _announcing(plan, certificate, stack))
        except OSError as error:
            raise taken("--listen", listen, error) from error
    return 130 if outcome.dropped else 3 if outcome.lost else 0


def _keeping(folder: Path, duration: str | None, size: str | None, snapshot: str | None) -> Keeping:
    from rtcli.commands.sizes import parse_size
    from rtcli.errors import BadOption
    from rtcli.links.parts import Keeping
    from rtcli.recording.times import parse_time

    def seconds(option: str, text: str | None) -> float | None:
        if text is None:
            return None
        time = parse_time(option, text)
        if time <= 0:
            raise BadOption(option, f"{text!r} is no length of time", "write seconds (90) or units (1m30s)")
        return time

    split_s, snapshot_s = seconds("--split-duration", duration), seconds("--snapshot", snapshot)
    split_bytes = parse_size("--split-size", size) if size is not None else None
    if snapshot_s is not None and (split_s is not None or split_bytes is not None):
        raise BadOption("--snapshot", "it contradicts --split-duration and --split-size")
    return Keeping(folder, split_s, split_bytes, snapshot_s)


def _certificate(host: str, cert: Path | None, key: Path | None, *, tls: bool) -> Certificate | None:
    from rtcli.errors import BadOption

    if key is not None and cert is None:
        raise BadOption("--tls-key", "it is the key of no certificate", "give the certificate as --tls-cert")
    if cert is None and not tls:
        return None
    from rtcli.links.tls import given, made

    return given(cert, key) if cert is not None else made(host)


def _board(stack: ExitStack, *, findings: bool) -> Board:
    from rtcli.views.board import LineBoard, LiveBoard
    from rtcli.views.console import can_be_drawn_on, patient_console
    from rtcli.views.room import outlet

    shown = patient_console()
    if not can_be_drawn_on(shown):
        return LineBoard(outlet(sys.stderr))
    live = LiveBoard(shown, lambda listener: check_of(listener, findings=findings), "no session yet; Ctrl-C ends")
    return stack.enter_context(live)


def _announcing(plan: Plan, certificate: Certificate | None, stack: ExitStack) -> Callable[[str, Upstream], None]:
    """Says where it listens, where it goes, who may come, and how its certificate is trusted."""

    def announce(url: str, upstream: Upstream) -> None:
        _write(sys.stdout, url)
        who = f"pages of {', '.join(plan.visitors.origins)}" if plan.visitors.origins else "pages of this machine"
        _say(
            f"goes to {upstream.origin}{upstream.base_path}, recorded in {plan.keeping.folder}; open to apps, and to {who}"
        )
        if plan.add_key and upstream.credentials:
            _say("the key comes from the environment; who can connect here can use it")
        if certificate and certificate.fingerprint:
            _explain(certificate, stack)

    return announce


def _explain(certificate: Certificate, stack: ExitStack) -> None:
    """Say how the certificate is known, and where it is for those who are to trust it."""
    from rtcli.links.tls import named

    name = stack.enter_context(named(certificate.pem))
    _say(f"certificate SHA-256 {certificate.fingerprint}")
    _say(f"to trust it: NODE_EXTRA_CA_CERTS={name} for Node, SSL_CERT_FILE={name} for Python")


def _say(line: str) -> None:
    from rtcli.views.text import said

    _write(sys.stderr, said(line))


def _write(stream: IO[str], line: str) -> None:
    """Write where somebody reads; where nobody does, there is still an app that wants to be connected."""
    with suppress(OSError):
        stream.write(f"{line}\n")
        stream.flush()
