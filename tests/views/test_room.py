"""Nobody who prints waits for a terminal that is stopped, or that nobody reads; and nothing is lost or comes twice."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import select
import struct
import termios
import threading
import tty

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notation import entries_of
from rich.console import Console
from rich.text import Text
from sessions import SPOKEN

from rtcli.events import Listener
from rtcli.session import Session
from rtcli.views.board import LiveBoard
from rtcli.views.console import patient_console
from rtcli.views.room import finish, has_room, never_waits, outlet
from rtcli.views.screen import LiveScreen

MORE_THAN_ONE_HOLDS = 1 << 20
STOP, GO = b"\x13", b"\x11"


class Terminal:
    """A terminal, and the end of it that a person has."""

    def __init__(self):
        self.person, side = pty.openpty()
        tty.setcbreak(side)
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        attributes = termios.tcgetattr(side)
        attributes[0] |= termios.IXON
        attributes[1] &= ~termios.OPOST
        termios.tcsetattr(side, termios.TCSANOW, attributes)
        self.plain = os.fdopen(side, "w", encoding="utf-8")
        self.stream = outlet(self.plain)

    def stop(self):
        """Press Ctrl-S; the system takes a moment to obey."""
        os.write(self.person, STOP)
        while has_room(self.plain):
            pass

    def go(self):
        """Press Ctrl-Q."""
        os.write(self.person, GO)

    def read(self):
        """What has come out."""
        data = b""
        while select.select([self.person], [], [], 0)[0]:
            data += os.read(self.person, 1 << 16)
        return data

    def drained(self):
        """All that comes out while the rest is written."""
        data = self.read()
        while not has_room(self.stream):
            self.stream.flush()
            data += self.read()
        return data + self.read()

    def close(self):
        self.stream.close()
        self.plain.close()
        os.close(self.person)


@pytest.fixture
def terminal():
    one = Terminal()
    yield one
    one.close()


def test_what_is_no_terminal_is_written_to_as_it_is(tmp_path):
    with (tmp_path / "x").open("w") as file:
        for stream in (file, io.StringIO()):
            assert outlet(stream) is stream
            assert not never_waits(stream)


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=200), max_size=30), st.data())
def test_what_comes_out_is_what_was_written_wherever_the_reader_paused(words, data):
    terminal, got = Terminal(), b""
    try:
        for word in words:
            terminal.stream.write(word * 300)
            terminal.stream.flush()
            got += terminal.read() if data.draw(st.booleans()) else b""
        got += terminal.drained()
    finally:
        terminal.close()
    assert got.decode() == "".join(word * 300 for word in words)


@pytest.mark.parametrize("way", ["stopped", "not read"])
def test_a_terminal_that_takes_nothing_is_not_waited_for_and_gets_all_later(terminal, way):
    if way == "stopped":
        terminal.stop()
    text = "a" * MORE_THAN_ONE_HOLDS
    assert has_room(terminal.stream) == (way != "stopped")
    terminal.stream.write(text)
    terminal.stream.flush()
    assert not has_room(terminal.stream)
    terminal.go()
    assert terminal.drained().decode() == text
    assert has_room(terminal.stream)


def test_a_terminal_that_is_let_go_takes_what_it_can_and_the_rest_goes_nowhere(terminal):
    text = "a" * MORE_THAN_ONE_HOLDS
    terminal.stream.write(text)
    terminal.stream.close()
    assert terminal.stream.closed
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(terminal.stream.fileno())
    got = terminal.read()
    assert 0 < len(got) < len(text)


def test_who_has_patience_waits_until_all_is_taken(terminal):
    terminal.stream.write("b" * MORE_THAN_ONE_HOLDS)
    finishing = threading.Thread(target=finish, args=(terminal.stream,), kwargs={"patient": True})
    finishing.start()
    got = b""
    while finishing.is_alive() or select.select([terminal.person], [], [], 0)[0]:
        got += terminal.read()
    assert got == b"b" * MORE_THAN_ONE_HOLDS


def test_who_has_none_leaves_what_is_not_taken(terminal):
    terminal.stop()
    terminal.stream.write("c")
    finish(terminal.stream, patient=False)
    terminal.go()
    assert terminal.drained() == b""


def ends(work):
    """Whether it ends by itself, and as it should; what waits for a terminal does not."""
    ended = []
    worker = threading.Thread(target=lambda: ended.append(work()), daemon=True)
    worker.start()
    worker.join(20)
    return ended == [None]


def on(terminal):
    """A console there, which takes the terminal for one that can draw."""
    console = patient_console(terminal.plain)
    terminal.stream.close()
    terminal.stream = console.file
    return Console(file=console.file, force_terminal=True, width=80, height=24, _environ={"TERM": "xterm"})


@pytest.mark.parametrize("way", ["stopped", "not read"])
def test_a_window_and_notes_and_a_tree_on_a_terminal_that_takes_nothing_stop_nobody(terminal, way):
    session = Session()
    screen = LiveScreen(on(terminal), session)

    def watch():
        for entry in entries_of(SPOKEN) * 20:
            session.apply(entry)
            screen.refresh()
            screen.note(Text("a note " * 20))
        screen.hurry()
        screen.close()

    if way == "stopped":
        terminal.stop()
    assert ends(watch)


def test_notes_that_had_to_wait_come_in_their_order_and_once(terminal):
    screen = LiveScreen(on(terminal), Session())
    terminal.stop()
    for number in range(20):
        screen.note(Text(f"note {number}."))
    assert terminal.read() == b""
    terminal.go()
    got = ""
    while "note 19." not in got:
        screen.refresh()
        got += terminal.drained().decode()
    assert [got.count(f"note {number}.") for number in range(20)] == [1] * 20
    assert sorted(range(20), key=lambda number: got.index(f"note {number}.")) == list(range(20))
    screen.hurry()
    screen.close()


@pytest.mark.parametrize("way", ["stopped", "not read"])
def test_a_board_on_a_terminal_that_takes_nothing_stops_no_call(terminal, way):
    board = LiveBoard(on(terminal), lambda _: None, "no session yet")

    def watch():
        with board:
            for number in range(60):
                board.began(number, "ws://host", Listener())
                for entry in entries_of(SPOKEN):
                    board.seen(number, entry)
                board.refresh()
                board.ended(number, "closed", 9, 1.0, ["x.jsonl"])
            board.hurry()

    if way == "stopped":
        terminal.stop()
    assert ends(watch)
