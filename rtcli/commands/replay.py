"""``rtcli replay``: play a recording into the live tree, to a client as the server, or to a server as the client."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

from rtcli.commands.address import may_be_address
from rtcli.commands.declared import Alone, Argument, Context, Option
from rtcli.commands.marked import Marked
from rtcli.commands.numbers import finite
from rtcli.commands.source import Dialect, Form, Source
from rtcli.commands.spoken import Spoken
from rtcli.commands.troubled import Faulty, faults_of
from rtcli.commands.welcome import Origins


class Timing(StrEnum):
    """When what is replayed goes out."""

    ORIGINAL = "original"
    CAUSAL = "causal"
    FAST = "fast"


class Unmatched(StrEnum):
    """What becomes of a client event that the recording does not have."""

    WAIT = "wait"
    SKIP = "skip"
    ERROR = "error"
    STANDIN = "standin"


SERVED_AT: Final = "127.0.0.1:8767"
"""Where a recording is served unless another address is given."""
_ONLY: Final[dict[str, tuple[str, ...]]] = {
    "": ("speed", "idle_time_limit", "start_offset", "until", "loop", "start_paused", "findings"),
    "--serve": ("unmatched", "once", "fault", "seed", "allow_remote", "allow_origin"),
    "--to": ("output", "overwrite", "model", "header", "wait"),
}
"""What can be asked for in one of the three ways only: in the terminal, as the server, as the client."""


def replay(
    ctx: Annotated[Any, Context()],
    file: Annotated[Path, Argument(help="The recording; - is standard input.")],
    speed: Annotated[
        float,
        Option(
            "--speed",
            "-s",
            min=0.05,
            max=100.0,
            help="How many times as fast.",
            envvar="RTCLI_SPEED",
            callback=finite,
        ),
    ] = 1.0,
    idle_time_limit: Annotated[
        float | None,
        Option(
            "--idle-time-limit",
            "-i",
            min=0.0,
            metavar="SECONDS",
            help="No pause longer than this.",
            envvar="RTCLI_IDLE_TIME_LIMIT",
            callback=finite,
        ),
    ] = None,
    start_offset: Annotated[
        str | None,
        Option(
            metavar="TIME",
            help="Begin here: 90, 1m30s; what lies before is shown at once.",
            envvar="RTCLI_START_OFFSET",
        ),
    ] = None,
    until: Annotated[str | None, Option(metavar="TIME", help="End here.", envvar="RTCLI_UNTIL")] = None,
    loop: Annotated[
        bool, Option("--loop", "-l", help="Begin again at the end, until Ctrl-C.", envvar="RTCLI_LOOP")
    ] = False,
    start_paused: Annotated[
        bool, Option("--start-paused", "-p", help="Wait for the space bar.", envvar="RTCLI_START_PAUSED")
    ] = False,
    dialect: Dialect = Spoken.AUTO,
    form: Form = None,
    findings: Marked = True,
    serve: Annotated[
        str | None,
        Option(
            "--serve",
            alone=Alone(SERVED_AT, may_be_address),
            metavar="[HOST:PORT]",
            help="Play the server's part to clients; port 0 takes a free one. Default: 127.0.0.1:8767.",
            envvar="RTCLI_SERVE",
        ),
    ] = None,
    to: Annotated[
        str | None,
        Option(
            metavar="TARGET",
            help="Play the client's part to a server: demo, openai, azure, or a ws:// or wss:// URL.",
            envvar="RTCLI_TO",
        ),
    ] = None,
    timing: Annotated[
        Timing,
        Option(
            help="With --serve and --to: causal keeps the time between cause and answer, original also the "
            "recording's clock, fast no times but those of audio that is sent.",
            envvar="RTCLI_TIMING",
        ),
    ] = Timing.CAUSAL,
    unmatched: Annotated[
        Unmatched,
        Option(
            help="With --serve, what the recording does not have is left unanswered (wait), taken for the next of "
            "its type (skip), answered with an error, or handed with all that follows to the built-in server.",
            envvar="RTCLI_UNMATCHED",
        ),
    ] = Unmatched.WAIT,
    once: Annotated[
        bool, Option("--once", help="With --serve: end when the first client has left.", envvar="RTCLI_ONCE")
    ] = False,
    fault: Faulty = None,
    seed: Annotated[int | None, Option(help="Make the faults repeat from run to run.", envvar="RTCLI_SEED")] = None,
    allow_remote: Annotated[
        bool, Option("--allow-remote", help="Listen beyond this machine.", envvar="RTCLI_ALLOW_REMOTE")
    ] = False,
    allow_origin: Origins = None,
    output: Annotated[
        Path | None,
        Option(
            "--output",
            "-o",
            metavar="FILE",
            help="With --to: where the new recording goes; also .jsonl.gz and .jsonl.zst.",
            envvar="RTCLI_OUTPUT",
        ),
    ] = None,
    overwrite: Annotated[
        bool, Option("--overwrite", help="Replace a recording that exists.", envvar="RTCLI_OVERWRITE")
    ] = False,
    model: Annotated[
        str | None,
        Option(
            help="With --to: the model, for azure the deployment; without this the one that was recorded.",
            envvar="RTCLI_MODEL",
        ),
    ] = None,
    header: Annotated[
        list[str] | None,
        Option(
            "--header",
            metavar="'K: V'",
            help="With --to: send a header with the handshake (repeatable; or RTCLI_HEADER, a line each).",
        ),
    ] = None,
    wait: Annotated[
        float,
        Option(
            min=0.1,
            metavar="SECONDS",
            help="With --to: the longest wait for an answer.",
            envvar="RTCLI_WAIT",
            callback=finite,
        ),
    ] = 30.0,
    json: Annotated[
        bool,
        Option("--json", help="With --serve and --to: write JSON for programs.", envvar="RTCLI_JSON"),
    ] = False,
) -> int:
    """Play a recording into the live tree, to a client as the server, or to a server as the client.

    On a terminal: space pauses and goes on, . steps one record while paused, + and - change the
    speed, ] goes on to the next turn, q leaves. On a pipe the lines come when they are due.

    With --serve the recording is the server: what it answered goes out when what it answered has come
    again, by type and content, with the ids that the client chooses now. When a client has left, it is
    said what matched, what did not, and where the two first went apart. A --fault is drop=5%,
    duplicate=5%, malformed=5%, delay=200ms, jitter=100ms, stall@5s=3s, rate-limit, close@12s=1011 or
    vanish@12s; any but close and vanish can begin later, such as drop@10s=5%.

    With --to the recording is the client: each event goes out when what it answered has come, with the
    ids that the server gives now; audio keeps its pace. The new session is recorded, in recordings/ (or
    RTCLI_RECORDINGS) unless --output says where, and laid beside the old one as rtcli diff does.

    Example:  rtcli replay call.jsonl --speed 2 --idle-time-limit 1

    Example:  rtcli replay call.jsonl --serve 127.0.0.1:0 --once --timing fast

    Example:  rtcli replay call.jsonl --to demo -o again.jsonl

    Exit code: 0 played, or left before its end, 1 a client left the script, or the new session has other
    events, 2 the file could not be read or there was no connection, 3 the new recording is not whole, or
    some of the old one was left out.
    """
    _check(ctx, serve, to)
    if serve is not None:
        from rtcli.commands.performed import Performed
        from rtcli.links.replay_server import Plan
        from rtcli.script.performance import Manner

        manner = Manner(timing=timing.value, unmatched=unmatched.value)
        plan = Plan(manner=manner, faults=faults_of(fault), seed=seed, once=once)
        return Performed(Source(file, dialect, form), plan, json=json).at(
            serve, allow_remote=allow_remote, origins=allow_origin
        )
    if to is not None:
        from rtcli.commands.rehearsed import Rehearsed

        return Rehearsed(Source(file, dialect, form), json=json).to(
            to,
            model=model,
            header=header,
            output=output,
            mode="overwrite" if overwrite else "new",
            timing=timing.value,
            wait_s=wait,
        )
    from rtcli.commands.played import Showing, play

    showing = Showing(
        speed=speed,
        idle_time_limit_s=idle_time_limit,
        start_offset=start_offset,
        until=until,
        dialect=dialect,
        form=form,
        loop=loop,
        paused=start_paused,
        findings=findings,
    )
    return play(file, showing)


def _check(ctx: Any, serve: str | None, to: str | None) -> None:
    """See that the options say one way to replay, and nothing of another.

    Raises:
        BadOption: there are two, or an option that says nothing about this way.

    """
    from rtcli.errors import BadOption

    if serve is not None and to is not None:
        raise BadOption("--serve", "it contradicts --to", "replay to a client or to a server")
    way = "--serve" if serve is not None else "--to" if to is not None else ""
    names = [name for other, names in _ONLY.items() if other != way for name in names]
    names += [] if way else ["timing", "json"]
    for name in names:
        source: Any = ctx.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            option = f"--{name.replace('_', '-')}"
            why = f"it makes no sense with {way}" if way else f"it makes no sense without {_home(name)}"
            raise BadOption(option, why)


def _home(name: str) -> str:
    return next((way for way, names in _ONLY.items() if name in names), "--serve or --to")
