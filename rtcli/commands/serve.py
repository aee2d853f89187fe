"""``rtcli serve``: run the built-in Realtime server."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from rtcli.commands.numbers import finite

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def serve(
    listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Where to listen; port 0 takes a free one.", envvar="RTCLI_LISTEN")
    ] = "127.0.0.1:8766",
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Listen beyond this machine.", envvar="RTCLI_ALLOW_REMOTE")
    ] = False,
    pace: Annotated[
        float,
        typer.Option(
            min=0.0,
            help="How long its delays are: 1 is natural, 0 answers at once.",
            envvar="RTCLI_SERVE_PACE",
            callback=finite,
        ),
    ] = 1.0,
    seed: Annotated[int | None, typer.Option(help="Make the ids repeat from run to run.", envvar="RTCLI_SEED")] = None,
) -> int:
    """Run the built-in Realtime server.

    It speaks the realtime dialect: text and spoken turns, server VAD, transcription, function calls,
    interruption, and the real API's errors. It says a few fixed sentences; no model is behind it.

    Example:  rtcli serve --listen 127.0.0.1:0

    Exit code: 0 when it was told to stop, 2 when it could not listen.
    """
    from rtcli.errors import BadOption
    from rtcli.links.server import serve_forever

    host, _, port = listen.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not port.isdigit() or int(port) > 65535:
        raise BadOption("--listen", f"{listen!r} is no address", "write HOST:PORT, such as 127.0.0.1:8766")
    if host not in LOOPBACK and not allow_remote:
        raise BadOption("--listen", f"{host} can be reached from other machines", "add --allow-remote if that is meant")
    try:
        serve_forever(host, int(port), _announce, pace=pace, seed=seed)
    except OSError as error:
        raise BadOption(
            "--listen", f"cannot listen on {listen}: {error.strerror or error}", "is another server running there?"
        ) from error
    return 0


def _announce(url: str) -> None:
    sys.stdout.write(f"{url}\n")
    sys.stdout.flush()
    sys.stderr.write(f"try: rtcli connect {url} -x Hello      (Ctrl-C stops the server)\n")
