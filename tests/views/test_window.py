from __future__ import annotations

import io

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from notation import told
from rich.console import Console
from rich.text import Text

from rtcli.views.screen import print_tree
from rtcli.views.window import Window
from rtcli.views.words import Words

WIDTH, HEIGHT = 30, 8
ROWS = st.lists(st.sampled_from(["one", "two", "three", "│ four" * 3, ""]), min_size=1, max_size=HEIGHT - 1)


def drawn_on():
    console = Console(
        file=io.StringIO(), force_terminal=True, width=WIDTH, height=HEIGHT, color_system="256", _environ={}
    )
    window = Window(console)
    window.start()
    return console, window


def of_words(rows):
    return [Words("", "dim").add(row, "red") for row in rows]


def sent(console, window, rows):
    """What a frame with these rows sends."""
    before = len(console.file.getvalue())
    window.draw(of_words(rows), (WIDTH, HEIGHT))
    return console.file.getvalue()[before:]


def on_screen(console):
    screen = pyte.HistoryScreen(WIDTH, HEIGHT, history=1000)
    screen.set_mode(pyte.modes.LNM)
    pyte.Stream(screen).feed(console.file.getvalue())
    past = ["".join(line[column].data for column in range(WIDTH)).rstrip() for line in screen.history.top]
    return past + [row.rstrip() for row in screen.display]


def test_a_frame_in_which_nothing_changed_sends_nothing():
    console, window = drawn_on()
    sent(console, window, ["one", "two"])
    assert sent(console, window, ["one", "two"]) == ""


@pytest.mark.parametrize("number", range(3))
def test_a_frame_in_which_a_row_changed_sends_that_row(number):
    console, window = drawn_on()
    rows = ["one", "two", "three"]
    sent(console, window, rows)
    rows[number] = "other"
    told = sent(console, window, rows)
    assert "other" in told
    assert not any(row in told for row in ("one", "two", "three"))


@given(st.lists(st.tuples(ROWS, st.booleans()), min_size=1, max_size=8))
def test_the_screen_shows_the_last_frame_below_all_that_was_printed(frames):
    console, window = drawn_on()
    notes = []
    for rows, prints in frames:
        window.draw(of_words(rows), (WIDTH, HEIGHT))
        if prints:
            notes.append(f"note {len(notes)}")
            console.print(Text(notes[-1]))
    rows = frames[-1][0]
    shown = on_screen(console)
    assert [row for row in shown if row.startswith("note")] == notes
    assert shown[len(notes) : len(notes) + len(rows)] == rows
    assert not any(shown[len(notes) + len(rows) :])
    window.stop()
    assert [row for row in on_screen(console) if row] == notes


def test_a_row_is_cut_and_a_window_that_is_resized_is_drawn_anew():
    console, window = drawn_on()
    window.draw([Text("wide " * WIDTH, no_wrap=True)], (WIDTH, HEIGHT))
    assert on_screen(console)[0] == ("wide " * WIDTH)[:WIDTH].rstrip()
    console.width = WIDTH - 10
    before = len(console.file.getvalue())
    window.draw([Text("wide " * WIDTH, no_wrap=True)], (WIDTH - 10, HEIGHT))
    assert "wide" in console.file.getvalue()[before:]
    window.stop()


def test_a_tree_that_is_printed_stands_above_the_window():
    console, window = drawn_on()
    window.draw(of_words(["one", "two"]), (WIDTH, HEIGHT))
    print_tree(console, told('> response.create {}\n< response.created {"response":{"id":"r"}}'))
    shown = [row for row in on_screen(console) if row]
    assert shown[0] == "session"
    assert shown[-2:] == ["one", "two"]
    assert len(shown) > 4
    window.stop()
