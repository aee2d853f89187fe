"""``rtcli serve``: run the built-in Realtime server."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Annotated

from rtcli.commands.declared import Option
from rtcli.commands.numbers import finite
from rtcli.commands.troubled import Faulty, faults_of
from rtcli.commands.welcome import Origins, visitors_of


def serve(
    listen: Annotated[
        str, Option(metavar="HOST:PORT", help="Where to listen; port 0 takes a free one.", envvar="RTCLI_LISTEN")
    ] = "127.0.0.1:8766",
    allow_remote: Annotated[
        bool, Option("--allow-remote", help="Listen beyond this machine.", envvar="RTCLI_ALLOW_REMOTE")
    ] = False,
    pace: Annotated[
        float,
        Option(
            min=0.0,
            help="How long its delays are: 1 is natural, 0 answers at once.",
            envvar="RTCLI_SERVE_PACE",
            callback=finite,
        ),
    ] = 1.0,
    fault: Faulty = None,
    allow_origin: Origins = None,
    seed: Annotated[
        int | None, Option(help="Make the ids and the faults repeat from run to run.", envvar="RTCLI_SEED")
    ] = None,
) -> int:
    """Run the built-in Realtime server.

    It speaks the realtime dialect: text and spoken turns, server VAD, transcription, function calls,
    interruption, and the real API's errors. It says a few fixed sentences; no model is behind it.

    A fault is drop=5%, duplicate=5%, malformed=5%, delay=200ms, jitter=100ms, stall@5s=3s, rate-limit,
    close@12s=1011 or vanish@12s; any but close and vanish can begin later, such as drop@10s=5%.

    Example:  rtcli serve --listen 127.0.0.1:0

    Example:  rtcli serve --fault jitter=300ms --fault close@30s=1011 --seed 7

    Exit code: 0 when it was told to stop, 2 when it could not listen.
    """
    from rtcli.commands.address import address_of, taken
    from rtcli.links.server import serve_forever

    host, port = address_of("--listen", listen, allow_remote=allow_remote)
    faults = faults_of(fault)
    try:
        serve_forever(
            host, port, _announce, pace=pace, seed=seed, faults=faults, visitors=visitors_of(host, allow_origin)
        )
    except OSError as error:
        raise taken("--listen", listen, error) from error
    return 0


def _announce(url: str) -> None:
    """Say where it listens; where nobody reads that, somebody may know."""
    hint = f"try: rtcli connect {url} -x Hello      (Ctrl-C stops the server)"
    for stream, line in ((sys.stdout, url), (sys.stderr, hint)):
        with suppress(OSError):
            stream.write(f"{line}\n")
            stream.flush()
