"""What the user is heard to say is the assistant's own voice only if its words follow each other as they were said."""

from __future__ import annotations

import pytest

from rtcli.causes.hearing import is_echo, words

SAID = words(
    "Our opening hours are Monday to Friday from nine to six, and Saturday from ten to four. I would like to know "
    "whether you want to come by this week, or the next, so that I can tell the people in the shop what to prepare."
)


@pytest.mark.parametrize(
    "heard",
    [
        "hours are Monday to Friday from nine",
        "Hours are Monday to Friday for nine to six and",
        "Saturday from ten to four.",
    ],
)
def test_words_in_the_order_in_which_they_were_said_are_an_echo(heard):
    assert is_echo(words(heard), SAID)


@pytest.mark.parametrize(
    "heard",
    [
        "I want to know the hours of this shop",
        "Can you tell what to know from the people that come to the shop on Friday",
        "to to to to the the the the",
        "",
    ],
)
def test_words_that_were_said_somewhere_are_no_echo(heard):
    assert not is_echo(words(heard), SAID)


def test_what_is_very_long_is_compared_in_part():
    assert is_echo(SAID * 20_000, SAID * 20_000)
