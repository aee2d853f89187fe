"""A recording that is played in the terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec import Struct

from rtcli.commands.marked import check_of
from rtcli.commands.source import Source
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from rtcli.formats import Entry
    from rtcli.links.replay import Player
    from rtcli.rules import Check


class Showing(Struct, kw_only=True):
    """How it is to be played."""

    speed: float
    idle_time_limit_s: float | None
    start_offset: str | None
    until: str | None
    dialect: Spoken
    form: str | None
    loop: bool
    paused: bool
    findings: bool


def play(file: Path, showing: Showing) -> int:
    """Play it until its end, or until the person leaves; gives back the exit code.

    Raises:
        BadOption: it cannot be played like that.

    """
    from rtcli.errors import BadOption
    from rtcli.links.replay import Player

    start_s, until_s = _limits(showing)
    if showing.loop and str(file) == "-":
        raise BadOption("--loop", "standard input can be read only once")
    keyed = sys.stdin.isatty() and sys.stdout.isatty()
    player = Player(showing.speed, paused=showing.paused and keyed)
    try:
        while True:
            source = Source(file, showing.dialect, showing.form)
            lasts_s = _once(source, showing, player, start_s, until_s, keyed=keyed)
            if player.left or not showing.loop:
                return source.code(0)
            if not lasts_s:
                raise BadOption("--loop", "nothing in the recording takes any time")
            player = Player(player.speed, paused=False)
    except KeyboardInterrupt:
        return 0


def _limits(showing: Showing) -> tuple[float, float | None]:
    from rtcli.errors import BadOption
    from rtcli.recording.times import parse_time

    start_s = parse_time("--start-offset", showing.start_offset) if showing.start_offset else 0.0
    until_s = parse_time("--until", showing.until) if showing.until else None
    if min(start_s, until_s or 0.0) < 0:
        raise BadOption("--start-offset", "a replay runs from the beginning, so times count from there")
    return start_s, until_s


def _once(
    source: Source, showing: Showing, player: Player, start_s: float, until_s: float | None, *, keyed: bool
) -> float:
    """Play it once; gives back how long that took, in seconds of playing time."""
    from rtcli.links import replay
    from rtcli.recording.pace import paced

    due = paced(iter(source.reading), idle_limit_s=showing.idle_time_limit_s, start_s=start_s, until_s=until_s)
    with _Face(check_of(source.listener, findings=showing.findings), keyed=keyed) as face:
        lasts_s = replay.play(due, face, player, begins_turn=_begins_turn)
        if until_s is None and not player.left:
            face.ended()
    return lasts_s


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
        from rtcli.views.console import patient_console
        from rtcli.views.marks import Marks
        from rtcli.views.screen import screen_for

        self._keyed = keyed
        self._session = Session()
        self._marks = Marks(check, self._session)
        self._screen = screen_for(patient_console(), self._session)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is SystemExit:  # told to end from outside
            self._screen.hurry()
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
