"""Editing a line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from rtcli.views.prompt import EndOfInput, Prompt

NAMED = ["left", "right", "home", "end", "backspace", "delete", "up", "down", "enter", "escape", "unknown"]
CONTROLS = ["ctrl-a", "ctrl-e", "ctrl-k", "ctrl-u", "ctrl-w", "ctrl-b", "ctrl-f", "paste:two\nlines"]


def typed(*keys):
    prompt = Prompt()
    results = [prompt.feed(key) for key in keys]
    return prompt, results[-1]


def test_enter_gives_the_line_and_empties_the_prompt():
    prompt, line = typed(*"hello", "enter")
    assert line == "hello"
    assert prompt.text == ""


def test_the_cursor_goes_where_it_is_sent():
    prompt, _ = typed(*"bd", "left", "c", "home", "a", "end", "e")
    assert prompt.text == "abcde"


def test_words_and_halves_of_lines_are_cut():
    assert typed(*"one two  ", "ctrl-w")[0].text == "one "
    assert typed(*"abc", "left", "ctrl-k")[0].text == "ab"
    assert typed(*"abc", "left", "ctrl-u")[0].text == "c"


def test_history_goes_back_and_forth_and_keeps_the_draft():
    prompt, _ = typed(*"one", "enter", *"two", "enter", *"dra", "up", "up")
    assert prompt.text == "one"
    for key in ("down", "down"):
        prompt.feed(key)
    assert prompt.text == "dra"


def test_a_paste_with_line_breaks_is_one_message():
    assert typed("paste:one\ntwo\x1b[2J", "enter")[1] == "one\ntwo[2J"


def test_ctrl_d_ends_the_input_on_an_empty_line_only():
    assert isinstance(typed("ctrl-d")[1], EndOfInput)
    prompt, result = typed(*"ab", "left", "ctrl-d")
    assert result is None
    assert prompt.text == "a"


@given(st.lists(st.sampled_from([*"ab 漢é", *NAMED, *CONTROLS]), max_size=60), st.integers(10, 40))
def test_the_cursor_stays_in_the_text_and_the_row_fits(keys, width):
    prompt = Prompt()
    for key in keys:
        prompt.feed(key)
        assert 0 <= prompt.cursor <= len(prompt.text)
        assert cell_len(prompt.render(width).plain) <= width
