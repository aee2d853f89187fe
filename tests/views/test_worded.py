"""Two texts as one."""

from __future__ import annotations

from rtcli.views.worded import worded


def test_only_the_words_that_differ_are_marked():
    assert worded("It is foggy in London.", "It is very sunny in London.").plain == (
        "It is [-foggy-] {+very sunny+} in London."
    )


def test_words_that_only_one_has_are_marked_alone():
    assert worded("", "Hello there").plain == "{+Hello there+}"
    assert worded("Hello there", "Hello").plain == "Hello [-there-]"


def test_what_could_move_a_cursor_is_made_visible():
    assert "\x1b" not in worded("\x1b[2J", "[/x]").plain


def test_a_long_stretch_that_is_the_same_is_shortened():
    same = [f"w{number}" for number in range(100)]
    shown = worded(" ".join(["one", *same]), " ".join(["other", *same])).plain
    assert shown == f"[-one-] {{+other+}} {' '.join(same[:8])} … {' '.join(same[-8:])}"
