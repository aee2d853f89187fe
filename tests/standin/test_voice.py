"""The speech in the package."""

from __future__ import annotations

import pytest

from rtcli.standin import voice
from rtcli.standin.script import KEYWORDS

SAYS = sorted({name for _, name in KEYWORDS} | {"plain", "tool"})


@pytest.mark.parametrize("name", SAYS)
def test_every_sentence_of_the_script_has_a_voice(name):
    phrase = voice.model(name)
    assert phrase.text
    assert 500 < phrase.length_ms < 12_000
    assert len(phrase.pcm16) % 2 == 0


@pytest.mark.parametrize("name", ["hello", "weather", "story", "stop"])
def test_a_user_can_be_played(name):
    assert voice.user(name) in voice.users()
    assert max(voice.user(name).pcm16) > 0


def test_one_sentence_is_long_enough_to_be_interrupted():
    assert voice.model("story").length_ms > 6000
