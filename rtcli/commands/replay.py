"""``rtcli replay``: play a recording into the live tree with its own timing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import typer

from rtcli.commands.marked import Marked, check_of
from rtcli.commands.numbers import finite
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from rtcli.formats import Entry
    from rtcli.rules import Check


def replay(
    file: Annotated[Path, typer.Argument(help="The recording; - is standard input.")],
    speed: Annotated[
        float,
        typer.Option(
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
        typer.Option(
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
        typer.Option(
            metavar="TIME",
            help="Begin here: 90, 1m30s; what lies before is shown at once.",
            envvar="RTCLI_START_OFFSET",
        ),
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="End here.", envvar="RTCLI_UNTIL")] = None,
    loop: Annotated[
        bool, typer.Option("--loop", "-l", help="Begin again at the end, until Ctrl-C.", envvar="RTCLI_LOOP")
    ] = False,
    start_paused: Annotated[
        bool, typer.Option("--start-paused", "-p", help="Wait for the space bar.", envvar="RTCLI_START_PAUSED")
    ] = False,
    dialect: Annotated[
        Spoken, typer.Option(help="Read it in this dialect; auto tells it by the events.", envvar="RTCLI_DIALECT")
    ] = Spoken.AUTO,
    findings: Marked = True,
) -> int:
    """Play a recording into the live tree with its own timing.

    On a terminal: space pauses and goes on, . steps one record while paused, + and - change the
    speed, ] goes on to the next turn, q leaves. On a pipe the lines come when they are due.

    Example:  rtcli replay call.jsonl --speed 2 --idle-time-limit 1

    Exit code: 0 played, or left before its end, 2 the file could not be read.
    """
    from rtcli.errors import BadOption
    from rtcli.events import DIALECTS, Listener
    from rtcli.formats import read
    from rtcli.links.replay import Player, play
    from rtcli.recording.pace import paced
    from rtcli.recording.times import parse_time

    start_s = parse_time("--start-offset", start_offset) if start_offset else 0.0
    until_s = parse_time("--until", until) if until else None
    if min(start_s, until_s or 0.0) < 0:
        raise BadOption("--start-offset", "a replay runs from the beginning, so times count from there")
    if loop and str(file) == "-":
        raise BadOption("--loop", "standard input can be read only once")
    keyed = sys.stdin.isatty() and sys.stdout.isatty()
    player = Player(speed, paused=start_paused and keyed)
    try:
        while True:
            listener = Listener(DIALECTS.get(dialect.value))
            due = paced(
                read(file, listener),
                idle_limit_s=idle_time_limit,
                start_s=start_s,
                until_s=until_s,
            )
            with _Face(check_of(listener, findings=findings), keyed=keyed) as face:
                lasts_s = play(due, face, player, begins_turn=_begins_turn)
                if until_s is None and not player.left:
                    face.ended()
            if player.left or not loop:
                return 0
            if not lasts_s:
                raise BadOption("--loop", "nothing in the recording takes any time")
            player = Player(player.speed, paused=False)
    except KeyboardInterrupt:
        return 0


def _begins_turn(entry: Entry) -> bool:
    from rtcli.events import conversation, input_audio_buffer
    from rtcli.events.objects import Message

    event = entry.event
    if isinstance(event, conversation.ItemCreate):
        return isinstance(event.item, Message)
    return isinstance(event, input_audio_buffer.SpeechStarted)


class _Face:
    """The live tree, and below it where the recording is."""

    def __init__(self, check: Check | None, *, keyed: bool) -> None:
        from rtcli.session import Session
        from rtcli.views.console import console
        from rtcli.views.marks import Marks
        from rtcli.views.screen import screen_for

        self._keyed = keyed
        self._session = Session()
        self._marks = Marks(check, self._session)
        self._screen = screen_for(console(), self._session)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._screen.close()

    def seen(self, entry: Entry) -> None:
        self._session.apply(entry)
        self._screen.seen(entry, self._marks.of(entry))

    def ended(self) -> None:
        """The recording is at its end."""
        self._screen.marked(self._marks.at_end())

    def refresh(self, position_s: float, speed: float, *, paused: bool) -> None:
        from rich.text import Text

        state = "paused" if paused else "playing"
        keys = "  space pause  . step  + - speed  ] next turn  q leave" if self._keyed else ""
        self._screen.refresh(
            Text(f"{state} {position_s:7.1f} s  {speed:g}×{keys}", style="reverse", no_wrap=True, overflow="crop")
        )
