"""Frames that are painted piece by piece, against those that are made anew."""

from __future__ import annotations

import io
from pathlib import Path

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text
from sweeping import by_turns

from rtcli.events import Listener
from rtcli.formats import read
from rtcli.rules import RULES, Check
from rtcli.session import Session
from rtcli.views.marks import Marks
from rtcli.views.paint import Ink, Painter, Painting, Rows
from rtcli.views.screen import print_tree
from rtcli.views.tree import Tree, render
from rtcli.views.words import Words

RECORDINGS = Path(__file__).parents[2] / "recordings"
FILES = sorted(path for path in RECORDINGS.rglob("*.jsonl") if path.stat().st_size < 60_000)
WIDTH, HEIGHT = 70, 24
STYLES = st.sampled_from(["", "", "dim", "red", "bold green"])


def told(path):
    """The session after each entry, with what is found wrong with it."""
    session, listener = Session(), Listener()
    marks = Marks(Check(RULES, listener), session)
    for entry in read(path, listener):
        session.apply(entry)
        marks.of(entry)
        yield session


@pytest.mark.parametrize("path", by_turns(FILES, 0, 3), ids=lambda path: path.stem)
def test_rows_that_are_remembered_are_those_that_are_made_anew(path):
    remembers = None
    for session in told(path):
        remembers = remembers or Tree(session, WIDTH)
        rows, anew = remembers.tail(HEIGHT), Tree(session, WIDTH).tail(HEIGHT)
        assert [(row.plain, row.pieces) for row in rows] == [(row.plain, row.pieces) for row in anew]


def console():
    return Console(file=io.StringIO(), force_terminal=True, width=WIDTH, color_system="256", _environ={})


def on_a_screen(console):
    screen = pyte.Screen(WIDTH, HEIGHT)
    screen.set_mode(pyte.modes.LNM)
    pyte.Stream(screen).feed(console.file.getvalue())
    return screen.buffer


@pytest.mark.parametrize("path", FILES[::9], ids=lambda path: path.stem)
def test_what_is_painted_looks_like_what_is_printed(path):
    (*_, session) = told(path)
    rows = Tree(session, WIDTH).tail(HEIGHT - 1)
    painted, printed = console(), console()
    painter = Painter(painted)
    painter.painted(rows[1:], WIDTH)
    painted.print(Painting(painter.painted(rows, WIDTH)), end="")
    printed.print(Rows(rows), end="")
    assert on_a_screen(painted) == on_a_screen(printed)


@pytest.mark.parametrize("path", FILES[::9], ids=lambda path: path.stem)
def test_a_whole_tree_is_what_rich_would_print(path):
    (*_, session) = told(path)
    written, printed = console(), console()
    print_tree(written, session)
    printed.print(Rows(render(session, WIDTH), ended=True), soft_wrap=True)
    assert written.file.getvalue() == printed.file.getvalue()


@pytest.mark.parametrize("colours", ["standard", "256", "truecolor"])
@pytest.mark.parametrize("no_color", [False, True])
@given(
    base=STYLES,
    pieces=st.lists(st.tuples(st.text(st.sampled_from("ab │·✓你"), max_size=4), STYLES)),
    inside=STYLES,
    inner=st.lists(st.tuples(st.text(st.sampled_from("cd"), max_size=3), STYLES), max_size=3),
)
def test_words_are_painted_as_rich_would(colours, no_color, base, pieces, inside, inner):
    words, within = Words(base=base), Words("e", inside)
    for text, style in inner:
        within.add(text, style)
    for text, style in pieces:
        words.add(text, style)
    words.join(within)
    rich = Console(
        file=io.StringIO(), force_terminal=True, color_system=colours, no_color=no_color, width=200, _environ={}
    )
    rich.print(Rows([words]), end="", soft_wrap=True)
    assert Ink(rich).words(words) == rich.file.getvalue()


def test_a_row_is_cut_at_the_width():
    wide = console()
    wide.print(Painting(Painter(wide).painted([Text("wide " * WIDTH, no_wrap=True)], WIDTH)), end="")
    shown = on_a_screen(wide)
    assert "".join(shown[0][column].data for column in range(WIDTH)) == ("wide " * WIDTH)[:WIDTH]
    assert not shown[1][0].data.strip()


def test_a_footer_that_looks_otherwise_is_painted_anew():
    painter = Painter(console())
    footers = [Text("typed", style) for style in ("red", "red", "bold")] + [Text("typed more", "bold")]
    marked = Text("typed", "bold")
    marked.stylize("reverse", 0, 1)
    painted = [painter.painted([footer], WIDTH)[0] for footer in [*footers, marked]]
    assert painted[0] == painted[1]
    assert len(set(painted)) == 4
