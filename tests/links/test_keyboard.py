"""Keys out of a terminal's bytes, and a terminal that is whole afterwards."""

from __future__ import annotations

import asyncio
import os
import pty
import sys
import termios

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.links.keyboard import Keyboard, keys_in


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("aé漢", ["a", "é", "漢"]),
        ("\r", ["enter"]),
        ("\x7f\x17\x04", ["backspace", "ctrl-w", "ctrl-d"]),
        ("\x1b[A\x1b[3~\x1bOF", ["up", "delete", "end"]),
        ("\x1b[200~two\r\nlines\x1b[201~x", ["paste:two\nlines", "x"]),
        ("\x1b[1;5C", ["unknown"]),
    ],
)
def test_bytes_become_keys(text, keys):
    assert keys_in(text) == (keys, "")


def test_half_a_sequence_waits_for_its_other_half():
    assert keys_in("a\x1b[") == (["a"], "\x1b[")
    assert keys_in("\x1b[200~not yet") == ([], "\x1b[200~not yet")


@given(st.text(alphabet="ab\x1b[200~1A;O", max_size=30), st.integers(0, 30))
def test_where_the_bytes_are_cut_does_not_matter(text, cut):
    whole, rest = keys_in(text)
    first, kept = keys_in(text[:cut])
    second, left = keys_in(kept + text[cut:])
    assert (
        (first + second, left) == (whole, rest)
        or text[:cut].endswith(("\x1b", "\x1b[200~"))
        or "\x1b" in text[:cut][-7:]
    )


def test_the_terminal_is_as_before_also_when_something_is_raised(monkeypatch):
    main, terminal = pty.openpty()
    with os.fdopen(terminal, "r") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        before = termios.tcgetattr(terminal)

        async def type_and_fail():
            async with Keyboard.open() as keyboard:
                assert keyboard is not None
                assert not termios.tcgetattr(terminal)[3] & termios.ECHO
                os.write(main, "hé\r".encode())
                assert [await anext(keyboard) for _ in range(3)] == ["h", "é", "enter"]
                raise RuntimeError

        with pytest.raises(RuntimeError):
            asyncio.run(asyncio.wait_for(type_and_fail(), 10))
        assert termios.tcgetattr(terminal) == before
    os.close(main)


def test_there_is_no_keyboard_on_a_pipe(monkeypatch):
    reading, writing = os.pipe()

    async def look():
        async with Keyboard.open() as keyboard:
            return keyboard

    with os.fdopen(reading) as stdin, os.fdopen(writing, "w"):
        monkeypatch.setattr(sys, "stdin", stdin)
        assert asyncio.run(look()) is None
