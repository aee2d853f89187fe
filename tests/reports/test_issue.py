"""What comes from a recording is no Markdown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rtcli.reports.issue import block, code, plain

HOSTILE = st.text(st.sampled_from(list("`~*_[]()<>#@|!\\\n\r\x1b ab")), max_size=40)


@given(HOSTILE)
def test_nothing_ends_a_block_of_code(text):
    opening, *inside, closing = "\n".join(block(text)).split("\n")
    fence = opening.removesuffix("text")
    assert closing == fence
    assert all(not line.strip().startswith(fence) for line in inside)
    assert not any(character in "".join(inside) for character in "\x1b\r")


@given(HOSTILE.filter(bool))
def test_nothing_ends_a_span_of_code(text):
    span = code(text)
    ticks = len(span) - len(span.lstrip("`"))
    assert "\n" not in span
    assert "`" * ticks not in span[ticks:-ticks]


@given(HOSTILE)
def test_plain_text_mentions_nobody_and_begins_no_markup(text):
    told = plain(text).replace("&#64;", "")
    assert "@" not in told
    for sign in "`*_[]<>#|~!":
        assert told.count(sign) == told.count(f"\\{sign}")
