"""Subtitles as their grammars want them, read by parsers written after them."""

from __future__ import annotations

import html
import re

import pytest

from rtcli.reports.subtitles import cues, srt, vtt
from rtcli.session.saying import Saying

TIME = r"(\d{2,}):([0-5]\d):([0-5]\d)"
NASTY = "a <b>bold</b> & {\\an8} --> 00:00:01,000 <v Eve>x</v> &amp; <00:00:01.000>"


def speech(text, starts_s, ends_s, who="model", heard=None):
    return Saying(who, "speech", 1, text=text, starts_s=starts_s, ends_s=ends_s, heard_characters=heard)


def ms(hours, minutes, seconds, thousandths):
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(thousandths)


def read_srt(text):
    """Number, times and one line of text, blocks parted by one empty line."""
    found = []
    for number, block in enumerate(text.rstrip("\n").split("\n\n"), 1):
        first, times, *words = block.split("\n")
        assert first == str(number)
        match = re.fullmatch(rf"{TIME},(\d{{3}}) --> {TIME},(\d{{3}})", times)
        assert match
        assert words
        assert all(line and "-->" not in line for line in words)
        found.append((ms(*match.groups()[:4]), ms(*match.groups()[4:]), "\n".join(words)))
    return found


def read_vtt(text):
    """The cues of a WebVTT file after the grammar of its specification, with their text as it is shown."""
    blocks = text.rstrip("\n").split("\n\n")
    assert blocks[0] == "WEBVTT"
    found = []
    for block in blocks[1:]:
        assert block
        lines = block.split("\n")
        if lines[0] in ("STYLE", "NOTE") or lines[0].startswith("NOTE "):
            assert "-->" not in block
            continue
        if "-->" not in lines[0]:
            lines = lines[1:]
        match = re.fullmatch(rf"{TIME}\.(\d{{3}}) --> {TIME}\.(\d{{3}})", lines[0])
        assert match
        payload = "\n".join(lines[1:])
        assert payload
        assert "-->" not in payload
        found.append((ms(*match.groups()[:4]), ms(*match.groups()[4:]), shown(payload)))
    return found


def shown(payload):
    """The text of a payload; its tags must be known, nested and closed, its ampersands character references."""
    opened, text = [], ""
    for tag, words in re.findall(r"<([^<>]*)>|([^<>]+)", payload):
        if tag.startswith("/"):
            assert opened.pop() == tag[1:]
        elif tag:
            assert re.fullmatch(r"v [^\n&]+|c(\.\w+)*", tag)
            opened.append(tag[0])
        assert not re.search(r"&(?!amp;|lt;|gt;|nbsp;|lrm;|rlm;)", words)
        text += html.unescape(words)
    assert not opened
    return text


@pytest.mark.parametrize(("written", "parsed"), [(srt, read_srt), (vtt, read_vtt)])
def test_cues_are_valid_in_order_and_never_overlap(written, parsed):
    told = [
        speech("Tell me a story.", 0.0, 2.0, "user"),
        speech("Once upon a time there was " * 20, 1.9, 30.0),
        speech("Stop!", 5.0, 5.0, "user"),
        speech("At the same time.", 5.0, 5.1, "user"),
        speech(NASTY, 31.0, 33.0),
        speech("Much later.", 36_000.0, 36_001.0),
        speech("No time of its own.", None, None),
    ]
    found = parsed("".join(written(cues(told))))
    times = [at for since, until, _ in found for at in (since, until)]
    assert times == sorted(times)
    assert all(since < until for since, until, _ in found)
    assert len(found) > len(told)
    words = " ".join(text for *_, text in found)
    assert words.count("Once upon") == 20
    assert "Much later." in words


def test_webvtt_shows_the_very_words(tmp_path):
    ((_, _, words),) = read_vtt("".join(vtt(cues([speech(NASTY, 1.0, 3.0)]))))
    assert words == NASTY


def test_what_was_not_heard_is_marked():
    told = cues([speech("Once upon a time", 1.0, 2.0, heard=9)])
    assert read_srt("".join(srt(told)))[0][2] == "Model: Once upon [not heard: a time]"
    assert "<c.unheard>[not heard: a time]</c>" in "".join(vtt(told))


def test_a_cue_has_the_times_of_what_was_heard():
    ((since, until, _),) = read_srt("".join(srt(cues([speech("Hello.", 3661.5, 3662.75)]))))
    assert (since, until) == (3_661_500, 3_662_750)


def test_a_long_saying_is_shown_in_pieces_over_all_of_its_time():
    found = cues([speech("word " * 100, 10.0, 50.0)])
    assert (found[0].starts_s, found[-1].ends_s) == (10.0, 50.0)
    assert len(found) > 4
    assert all(len(cue.heard) <= 84 for cue in found)
    assert all(5 < cue.ends_s - cue.starts_s < 10 for cue in found[:-1])
