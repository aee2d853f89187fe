from __future__ import annotations

import io

import pyte
import pytest
from notation import entries_of
from rich.console import Console
from rich.text import Text
from sessions import FAILED, SPOKEN

from rtcli.session import Session
from rtcli.views.screen import LineScreen, LiveScreen, screen_for

WIDTH, HEIGHT = 80, 12


@pytest.fixture
def terminal():
    return Console(
        file=io.StringIO(),
        force_terminal=True,
        width=WIDTH,
        height=HEIGHT,
        color_system="truecolor",
        _environ={"TERM": "xterm"},
    )


def seen_by_eye(console):
    screen = pyte.HistoryScreen(WIDTH, HEIGHT, history=1000)
    screen.set_mode(pyte.modes.LNM)
    pyte.Stream(screen).feed(console.file.getvalue())
    return screen


def rows(screen):
    return [row.rstrip() for row in screen.display if row.strip()]


def told_live(console, script, footer=None):
    session = Session()
    screen = screen_for(console, session)
    for entry in entries_of(script):
        session.apply(entry)
        screen.seen(entry)
        screen.refresh(footer)
    return screen


def test_a_terminal_gets_the_window_and_a_pipe_the_lines(terminal):
    assert isinstance(screen_for(terminal, Session()), LiveScreen)
    assert isinstance(screen_for(Console(file=io.StringIO(), _environ={}), Session()), LineScreen)


def test_the_window_shows_the_end_of_the_tree_and_never_scrolls(terminal):
    screen = told_live(terminal, FAILED)
    shown = seen_by_eye(terminal)
    assert "closed by server 1011" in rows(shown)[-1]
    assert len(rows(shown)) == HEIGHT - 1
    assert not shown.history.top
    screen.close()


def test_the_footer_is_the_last_row(terminal):
    screen = told_live(terminal, FAILED, Text("> hello"))
    assert rows(seen_by_eye(terminal))[-1] == "> hello"
    screen.close()


def test_nothing_is_drawn_when_nothing_changed(terminal):
    screen = told_live(terminal, SPOKEN)
    before = terminal.file.getvalue()
    screen.refresh()
    assert terminal.file.getvalue() == before
    screen.refresh(Text("typed"))
    assert terminal.file.getvalue() != before
    screen.close()


def test_closing_leaves_the_whole_tree_once_and_the_cursor(terminal):
    screen = told_live(terminal, FAILED)
    assert seen_by_eye(terminal).cursor.hidden
    screen.close()
    screen.close()
    after = seen_by_eye(terminal)
    past = ["".join(line[column].data for column in range(WIDTH)) for line in after.history.top]
    everything = "\n".join([*past, *after.display])
    assert not after.cursor.hidden
    assert everything.count("get_weather") == 1
    assert everything.count("turn 1") == 1
    assert everything.count("closed by server") == 1


def test_a_note_stands_above_the_window(terminal):
    screen = told_live(terminal, SPOKEN)
    screen.note(Text("a note"))
    shown = seen_by_eye(terminal)
    everything = ["".join(line[column].data for column in range(WIDTH)).rstrip() for line in shown.history.top] + rows(
        shown
    )
    assert everything[0] == "a note"
    screen.close()


def test_a_session_without_events_closes_quietly(terminal):
    screen_for(terminal, Session()).close()
    assert not seen_by_eye(terminal).cursor.hidden
    assert rows(seen_by_eye(terminal)) == []


def test_off_a_terminal_lines_come_without_escapes():
    console = Console(file=io.StringIO(), width=40, _environ={})
    screen = told_live(console, SPOKEN, Text("> never shown"))
    before = console.file.getvalue()
    screen.note(Text("a note"))
    screen.close()
    text = console.file.getvalue()
    assert "\x1b" not in text
    assert "never shown" not in text
    assert "a note" in text
    assert len(text.splitlines()) > len(before.splitlines()) + 1
