"""Plays a recording in its own time: absolute deadlines, so that lateness does not add up.

Law: the position (seconds of playing time) only moves forward; a change of speed or a pause leaves
it where it is.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from types import FrameType
from typing import Final, Protocol

from rtcli.formats import Entry
from rtcli.links.alarm import Alarm, alarm_for
from rtcli.links.keyboard import Keyboard

FRAME_S: Final = 1 / 30
_FROM_OUTSIDE: Final = (signal.SIGTERM, signal.SIGHUP)
FASTER: Final = 1.5
SLOWEST, FASTEST = 0.05, 100.0


class Face(Protocol):
    """What the person sees."""

    def seen(self, entry: Entry) -> None:
        """A record is due."""

    def refresh(self, position_s: float, speed: float, *, paused: bool) -> None:
        """It is time to draw."""


class Player:
    """Where a recording is being played, how fast, and whether it is held."""

    def __init__(self, speed: float, *, paused: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._speed = speed
        self._paused = paused
        self._anchor_s = 0.0
        self._anchored_at = clock()
        self.left = False
        self.steps = 0
        self.skip_turn = False

    @property
    def position_s(self) -> float:
        """Seconds of playing time that have gone by."""
        return self._anchor_s if self._paused else self._anchor_s + (self._clock() - self._anchored_at) * self._speed

    @property
    def speed(self) -> float:
        """How many seconds of the recording go by in one."""
        return self._speed

    @property
    def paused(self) -> bool:
        """Whether the recording is held."""
        return self._paused

    def wait_s(self, due_s: float) -> float:
        """How long until a record is due; infinite while it is held."""
        if self._paused:
            return float("inf")
        return max(0.0, (due_s - self.position_s) / self._speed)

    def press(self, key: str) -> None:
        """Do what a key asks for."""
        match key:
            case " ":
                self._anchor(paused=not self._paused)
            case "." if self._paused:
                self.steps += 1
            case "+" | "=":
                self._anchor(speed=min(FASTEST, self._speed * FASTER))
            case "-":
                self._anchor(speed=max(SLOWEST, self._speed / FASTER))
            case "]":
                self.skip_turn = True
            case "q" | "ctrl-d":
                self.left = True

    def jump(self, due_s: float) -> None:
        """Move forward to a record that is shown before its time."""
        self._anchor_s = max(self.position_s, due_s)
        self._anchored_at = self._clock()

    def _anchor(self, *, speed: float | None = None, paused: bool | None = None) -> None:
        position = self.position_s
        self._anchor_s, self._anchored_at = position, self._clock()
        self._speed = speed or self._speed
        self._paused = self._paused if paused is None else paused


def play(
    due: Iterable[tuple[float, Entry]], face: Face, player: Player, *, begins_turn: Callable[[Entry], bool]
) -> float:
    """Play records as they become due, until the end or until the person leaves.

    Gives back when the last record that was played was due, in seconds of playing time.

    Raises:
        KeyboardInterrupt: the person pressed Ctrl-C.
        SystemExit: the process was told to end from outside, by SIGTERM or SIGHUP.

    """
    return asyncio.run(_play(due, face, player, begins_turn))


async def _play(
    due: Iterable[tuple[float, Entry]], face: Face, player: Player, begins_turn: Callable[[Entry], bool]
) -> float:
    lasts_s = 0.0
    pressed = asyncio.Event()
    async with _leaving_when_told(player, pressed), Keyboard.open() as keyboard, alarm_for(pressed) as alarm:
        listening = asyncio.create_task(_listen(keyboard, player, pressed)) if keyboard else None
        drawing = asyncio.create_task(_draw(face, player))
        try:
            for due_s, entry in due:
                if player.skip_turn and begins_turn(entry):
                    player.skip_turn = False
                await _until(due_s, player, pressed, alarm)
                if player.left:
                    break
                face.seen(entry)
                lasts_s = due_s
        finally:
            for task in (listening, drawing):
                if task:
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task
            face.refresh(player.position_s, player.speed, paused=player.paused)
    return lasts_s


@asynccontextmanager
async def _leaving_when_told(player: Player, pressed: asyncio.Event) -> AsyncIterator[None]:
    """Leave in order when the process is told to end, and end it behind that.

    An exit that is raised wherever the program happens to be would end one task and not the others. Records that
    are due already leave the loop no turn to notice a signal in, so that it is noticed beside the loop.
    """
    loop, told = asyncio.get_running_loop(), []

    def leave(number: int, _frame: FrameType | None) -> None:
        told.append(number)
        player.left = True
        loop.call_soon_threadsafe(pressed.set)

    before = {number: signal.getsignal(number) for number in _FROM_OUTSIDE}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if told:
        raise SystemExit(128 + told[0])


async def _until(due_s: float, player: Player, pressed: asyncio.Event, alarm: Alarm) -> None:
    """Wait until a record is due, or is asked for before its time."""
    while not player.left:
        if player.steps:
            player.steps -= 1
            player.jump(due_s)
            return
        if player.skip_turn:
            player.jump(due_s)
            return
        wait = player.wait_s(due_s)
        if wait <= 0:
            return
        pressed.clear()
        alarm.set(None if wait == float("inf") else time.monotonic() + wait)
        await pressed.wait()


async def _listen(keyboard: Keyboard, player: Player, pressed: asyncio.Event) -> None:
    async for key in keyboard:
        player.press(key)
        pressed.set()


async def _draw(face: Face, player: Player) -> None:
    while True:
        face.refresh(player.position_s, player.speed, paused=player.paused)
        await asyncio.sleep(FRAME_S)
