"""What a person sees of the sessions that a proxy carries."""

from __future__ import annotations

import io

import pytest
from notation import entries_of
from rich.console import Console

from rtcli.events import Listener
from rtcli.views.board import LineBoard, LiveBoard

FILES = ["recordings/one.jsonl"]
EVIL = "\x1b[2J[bold]"


@pytest.fixture
def lines():
    stream = io.StringIO()
    return LineBoard(stream), stream


def test_off_a_terminal_there_is_a_line_at_the_start_and_one_at_the_end(lines):
    board, stream = lines
    board.began(1, "wss://host/v1/realtime?model=m", Listener())
    board.seen(1, entries_of("< session.created {}")[0])
    board.refresh()
    board.ended(1, "closed by the server with code 1000", 1234, 62.5, FILES)
    assert stream.getvalue().splitlines() == [
        "1 began: wss://host/v1/realtime?model=m",
        "1 ended after 62.50 s: closed by the server with code 1000; 1,234 frames in recordings/one.jsonl",
    ]


def test_what_failed_and_what_is_not_recorded_has_a_line_of_its_own(lines):
    board, stream = lines
    board.failed(2, "cannot connect to ws://host: nothing listens there")
    board.suspended(3, "cannot write x: No space left on device")
    board.ended(3, "broken off", 1, 0.5, [])
    assert stream.getvalue().splitlines() == [
        "2 failed: cannot connect to ws://host: nothing listens there",
        "3 recording suspended, forwarding goes on: cannot write x: No space left on device",
        "3 ended after 500 ms: broken off; 1 frame, not recorded",
    ]


def test_no_word_of_a_peer_moves_the_cursor(lines):
    board, stream = lines
    board.began(1, EVIL, Listener())
    board.failed(1, EVIL)
    board.suspended(1, EVIL)
    board.ended(1, EVIL, 0, 0.0, [EVIL])
    assert "\x1b" not in stream.getvalue()
    assert stream.getvalue().count("\n") == 4


class Live:
    """A live board on a terminal that keeps what it is sent."""

    def __init__(self, width=100, height=20):
        self.stream = io.StringIO()
        console = Console(
            file=self.stream, force_terminal=True, width=width, height=height, highlight=False, color_system=None
        )
        self.board = LiveBoard(console, lambda _: None, "no session yet")

    def drawn(self):
        """What the next frame shows."""
        before = len(self.stream.getvalue())
        self.board.refresh()
        return self.stream.getvalue()[before:]

    def begin(self, number, said=""):
        self.board.began(number, "ws://host/v1/realtime", Listener())
        for entry in entries_of(said):
            self.board.seen(number, entry)


@pytest.fixture
def live():
    shown = Live()
    with shown.board:
        yield shown


CREATED = '< session.created {"session":{"type":"realtime","id":"sess_%d","model":"m"}}'


def test_without_a_session_it_says_so_once(live):
    assert "no session yet" in live.drawn()
    assert live.drawn() == ""


def test_one_session_is_a_tree_and_several_are_a_row_each(live):
    live.begin(1, CREATED % 1)
    assert "└─ created m" in live.drawn()
    live.begin(2, CREATED % 2)
    drawn = live.drawn()
    assert "created m" not in drawn
    assert "1 sess_1 · 0 turns · 1 event · session.created" in drawn
    assert "2 sess_2" in drawn
    assert "2 sessions" in drawn


def test_the_tree_of_a_session_that_was_alone_stays_and_of_another_only_its_line(live):
    live.begin(1, CREATED % 1)
    live.begin(2, CREATED % 2)
    live.board.ended(1, "closed", 1, 1.0, FILES)
    live.board.ended(2, "closed", 1, 1.0, FILES)
    assert "created" not in live.stream.getvalue()
    live.begin(3, CREATED % 3)
    live.board.ended(3, "closed", 1, 1.0, FILES)
    said = live.stream.getvalue()
    assert said.index("2 ended after") < said.index("created") < said.index("3 ended after")


def test_a_session_that_is_not_recorded_says_so_as_long_as_it_is_open(live):
    live.begin(1, CREATED % 1)
    live.board.suspended(1, "disk full")
    assert "recording suspended" in live.drawn()
    live.begin(2)
    assert "event · session.created · recording suspended" in live.drawn()


def test_a_frame_has_no_more_rows_than_the_terminal():
    shown = Live(height=10)
    with shown.board:
        for number in range(50):
            shown.begin(number, CREATED % number)
        drawn = shown.drawn()
    assert drawn.count("sess_") <= 9
    assert "sess_49" in drawn
    assert "50 sessions" in drawn


def test_the_cursor_is_shown_again_at_the_end():
    shown = Live()
    with shown.board:
        shown.begin(1, CREATED % 1)
        shown.drawn()
    assert shown.stream.getvalue().rindex("\x1b[?25h") > shown.stream.getvalue().rindex("\x1b[?25l")
