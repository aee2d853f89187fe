"""Playing a recording with a clock of our own."""

from __future__ import annotations

import os
import signal

import pytest

from rtcli.formats import Entry
from rtcli.links.replay import Player, play
from rtcli.recording import Note


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_record_is_waited_for_as_long_as_its_time_at_this_speed(clock):
    player = Player(2.0, paused=False, clock=clock)
    assert player.wait_s(3.0) == 1.5
    clock.now += 1.0
    assert player.wait_s(3.0) == 0.5
    clock.now += 5.0
    assert player.wait_s(3.0) == 0


def test_a_change_of_speed_keeps_the_position(clock):
    player = Player(1.0, paused=False, clock=clock)
    clock.now += 4.0
    player.press("+")
    assert player.position_s == 4.0
    assert player.speed == 1.5
    clock.now += 2.0
    assert player.position_s == 7.0


def test_a_pause_holds_the_position_and_nothing_becomes_due(clock):
    player = Player(1.0, paused=False, clock=clock)
    clock.now += 1.0
    player.press(" ")
    clock.now += 60.0
    assert player.position_s == 1.0
    assert player.wait_s(1.5) == float("inf")
    player.press(" ")
    assert player.wait_s(1.5) == 0.5


def test_a_step_is_taken_only_while_paused(clock):
    player = Player(1.0, paused=False, clock=clock)
    player.press(".")
    assert player.steps == 0
    player.press(" ")
    player.press(".")
    assert player.steps == 1


def test_a_step_moves_the_position_forward_to_what_it_showed(clock):
    player = Player(1.0, paused=True, clock=clock)
    player.jump(3.0)
    player.press(" ")
    assert player.wait_s(4.0) == 1.0


class Face:
    def __init__(self):
        self.lines = []

    def seen(self, entry):
        self.lines.append(entry.line)

    def refresh(self, position_s, speed, *, paused):
        pass


def test_every_record_is_shown_once_and_in_order():
    face = Face()
    due = [(n * 0.001, Entry(n, None, None, Note(None, ""))) for n in range(20)]
    play(due, face, Player(1.0, paused=False), begins_turn=lambda entry: False)
    assert face.lines == list(range(20))


def test_leaving_shows_nothing_more():
    face, player = Face(), Player(1.0, paused=False)
    player.press("q")
    play([(0.0, Entry(1, None, None, Note(None, "")))], face, player, begins_turn=lambda entry: False)
    assert face.lines == []


class Fatal:
    """A face at whose sight the process is told to end, by a handler that leaves at once."""

    def __init__(self, number, *, at):
        self._number = number
        self._at = at
        self.shown = 0

    def _kill(self, at):
        if at == self._at:
            os.kill(os.getpid(), self._number)

    def seen(self, _entry):
        self.shown += 1
        self._kill("a record")

    def refresh(self, *_, **__):
        self._kill("a drawing")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(
    ("at", "shown", "due_s"), [("a record", 1, 0.0), ("a record", 1, 60.0), ("a drawing", 1, 60.0)]
)
def test_it_leaves_in_order_wherever_it_is_told_to_end(number, at, shown, due_s, caplog):
    def leave(*_):
        raise SystemExit

    before = signal.signal(number, leave)
    try:
        face = Fatal(number, at=at)
        due = [
            (0.0, Entry(1, 0.0, None, Note(0.0, "now"), b"")),
            (due_s, Entry(2, due_s, None, Note(due_s, "then"), b"")),
        ]
        with pytest.raises(SystemExit) as end:
            play(due, face, Player(1.0, paused=False), begins_turn=lambda _entry: False)
        assert signal.getsignal(number) is leave
    finally:
        signal.signal(number, before)
    assert end.value.code == 128 + number
    assert face.shown == shown
    assert caplog.text == ""
