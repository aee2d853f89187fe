from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.views.text import said


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("\x07", r"\x07"),
        ("\r", r"\x0d"),
        ("\x7f", r"\x7f"),
        ("\x9b", r"\x9b"),
        ("\u202e", r"\u202e"),
        ("\u2066", r"\u2066"),
        ("\u200b", r"\u200b"),
        ("\ufeff", r"\ufeff"),
        ("\u2028", r"\u2028"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_acts_is_made_visible(hostile, shown):
    assert said(f"a{hostile}b") == f"a{shown}b"


@pytest.mark.parametrize("plain", ["", "Hello", "[bold]x[/y]", "é ü 你好 😀", "\\x1b"])
def test_what_is_only_read_stays_as_it_is(plain):
    assert said(plain) == plain


@given(st.text(st.characters()))
def test_nothing_comes_through_that_a_terminal_obeys_or_cannot_encode(text):
    shown = said(text)
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(character) for character in shown} & {
        "RLO",
        "LRO",
        "RLE",
        "LRE",
        "PDF",
        "RLI",
        "LRI",
        "FSI",
        "PDI",
    }
    shown.encode("utf-8")
