"""The levels of G.711, as another program knows them."""

from __future__ import annotations

import shutil
import subprocess
from array import array

import pytest

from rtcli.session.g711 import compression, expansion


@pytest.mark.parametrize(("name", "law"), [("audio/pcmu", "u-law"), ("audio/pcma", "a-law"), ("g711_ulaw", "u-law")])
def test_every_code_has_the_level_that_sox_gives_it(name, law):
    if shutil.which("sox") is None:
        pytest.skip("sox is not installed")
    raw = ["-t", "raw", "-r", "8000", "-c", "1"]
    command = ["sox", "-D", *raw, "-e", law, "-b", "8", "-", *raw, "-e", "signed", "-b", "16", "-"]
    told = subprocess.run(command, input=bytes(range(256)), capture_output=True, check=True).stdout
    assert list(expansion(name)) == list(array("h", told))


LAWS = ["audio/pcmu", "audio/pcma"]
LEVELS = range(-32_768, 32_768)


def compressed(level, name):
    return compression(name)[level + 32_768]


@pytest.mark.parametrize("name", LAWS)
def test_the_level_of_a_code_becomes_that_code_again(name):
    for code, level in enumerate(expansion(name)):
        assert compressed(level, name) == (0xFF if level == 0 else code), "zero has two codes of µ-law"


@pytest.mark.parametrize(("name", "code"), [("audio/pcmu", 0xFF), ("audio/pcma", 0xD5)])
def test_silence_becomes_the_code_of_silence(name, code):
    assert compressed(0, name) == code


@pytest.mark.parametrize("name", LAWS)
def test_no_code_is_nearer_to_a_level_than_the_one_it_becomes(name):
    levels = expansion(name)
    for level in [*LEVELS[::97], *range(-300, 300), LEVELS[0], LEVELS[-1]]:
        assert abs(levels[compressed(level, name)] - level) == min(abs(one - level) for one in levels)


@pytest.mark.parametrize("name", LAWS)
def test_a_louder_level_never_becomes_a_quieter_one(name):
    back = [expansion(name)[code] for code in compression(name)]
    assert len(back) == len(LEVELS)
    assert back == sorted(back)


@pytest.mark.parametrize(("name", "law"), [("audio/pcmu", "u-law"), ("audio/pcma", "a-law")])
def test_no_level_ends_further_off_than_where_sox_puts_it(name, law):
    if shutil.which("sox") is None:
        pytest.skip("sox is not installed")
    raw = ["-t", "raw", "-r", "8000", "-c", "1"]
    command = ["sox", "-D", *raw, "-e", "signed", "-b", "16", "-", *raw, "-e", law, "-b", "8", "-"]
    told = subprocess.run(command, input=array("h", LEVELS).tobytes(), capture_output=True, check=True).stdout
    levels = expansion(name)
    for level, ours, theirs in zip(LEVELS, compression(name), told, strict=True):
        assert abs(levels[ours] - level) <= abs(levels[theirs] - level)
