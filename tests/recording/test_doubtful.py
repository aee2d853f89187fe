"""What looks like a secret without having the shape of one."""

from __future__ import annotations

import base64
from hashlib import md5
from itertools import cycle, islice
from string import ascii_letters, digits

import pytest

from rtcli.recording.doubtful import doubtful, holds_ids

TOKEN = "Zx9qW3eR7tY1uI5oP8aS2dF6"
HEX = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


def of(length):
    return "".join(islice(cycle(digits + ascii_letters), length))


@pytest.mark.parametrize(
    "token",
    [
        TOKEN,
        "ZxkqWueRmtYpuIhoPgaSbd06",
        "Zx9qW3eR7tY1uI5o-P8aS2dF6",
        of(256),
        HEX,
        HEX.upper(),
    ],
)
def test_long_words_without_rhythm_are_doubtful_where_they_begin(token):
    assert list(doubtful(token)) == [0]
    assert list(doubtful(f"so: {token} and {token}.")) == [4, 4 + len(token) + 5]


def test_digits_of_chance_are_doubtful_whichever_they_are():
    for number in range(100):
        assert list(doubtful(md5(b"%d" % number).hexdigest())) == [0]


@pytest.mark.parametrize(
    "text",
    [
        TOKEN[:23],
        TOKEN.lower(),
        TOKEN.upper(),
        "ZxkqWueRmtYpuIhoPgaSbdF6",
        "Aa1" * 8,
        "Zx9qW3eR7tY1uI5-oP8aS2dF6gH4jK0",
        of(257),
        HEX[:31],
        "1234567890" * 4,
        "ab01" * 8,
        f"data:text/plain;base64,{TOKEN}",
        f"redacted{TOKEN}",
        base64.b64encode(b"A text that nobody has to hide, of 2026.").decode(),
        f"call_{TOKEN}",
    ],
    ids=[
        "short",
        "no capitals",
        "no small letters",
        "one digit",
        "rhythm",
        "short pieces",
        "longer than any key",
        "hex that is short",
        "digits",
        "hex with rhythm",
        "a picture",
        "a placeholder",
        "base64 of a text",
        "an id",
    ],
)
def test_what_has_rhythm_or_is_short_or_is_something_else_is_not(text):
    assert list(doubtful(text)) == []


@pytest.mark.parametrize(
    ("path", "it_does"),
    [
        (("item", "id"), True),
        (("ids", 0), True),
        (("open", "headers", "x-thing"), True),
        (("open", "headers"), True),
        (("item", "content", 0, "text"), False),
        (("idea",), False),
        ((0,), False),
        ((), False),
    ],
)
def test_a_field_holds_ids_by_its_name_or_in_the_headers(path, it_does):
    assert holds_ids(path) is it_does
