"""The parts of the page that need no browser: laws of its list of events, of its sound, and of what it embeds."""

from __future__ import annotations

import base64
import json
import math
import shutil
import struct
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.formats import Entry, read
from rtcli.reports.page import mulaw
from rtcli.reports.page.axis import Axis
from rtcli.reports.page.body import body
from rtcli.reports.page.markup import embedded
from rtcli.reports.page.rows import Rows
from rtcli.session.clip import Coding
from rtcli.session.g711 import expansion
from rtcli.views.carried import kind_of

RECORDINGS = sorted((Path(__file__).parents[2] / "recordings").glob("*.jsonl"))
PCM = Coding("audio/pcm", 24_000)


class Block(HTMLParser):
    """What a browser takes the contents of the first script block for, and what it finds behind it."""

    def __init__(self):
        super().__init__()
        self.tags, self.data = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.data += data


@given(st.text() | st.sampled_from(["</script>", "<!--<script>", "]]>", "\u2028", "</SCRIPT\n>"]))
def test_whatever_a_text_says_it_stays_in_its_block_and_comes_back_as_it_was(text):
    told = str(embedded({"text": text}))
    block = Block()
    block.feed(f"<script type=application/json>{told}</script>")
    block.close()
    assert block.tags == ["script"]
    assert json.loads(block.data) == {"text": text}
    assert not set("<>&\u2028\u2029") & set(told)


def test_half_of_a_surrogate_pair_is_embedded_too():
    assert json.loads(str(embedded(["\ud800<"]))) == ["\ud800<"]


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_every_entry_of_a_recording_is_told_in_exactly_one_row(path):
    rows, lines = Rows(), []
    for entry in read(path):
        row = rows.feed(entry, entry.t or 0.0, kind_of(entry.event), "")
        lines.append((entry.line, row))
    told = [line for line, row in lines if rows.rows[row].line <= line <= rows.rows[row].last]
    assert told == [line for line, _ in lines]
    assert sum(max(1, row.count) for row in rows.rows) == len(lines)
    assert {row for _, row in lines} == set(range(len(rows.rows)))


def entry_of(text):
    return Entry(7, 0.0, "client", None, text.encode() + b"\n")


def test_an_event_is_told_as_it_came_but_for_its_base64():
    audio = base64.b64encode(bytes(range(240))).decode()
    text = '{"big": 12345678901234567890, "n": 1.0, "same": 1, "same": 2, "audio": "%s"}'
    told = body(entry_of('{"t":1,"from":"client","event":%s}' % (text % audio)))
    assert told == text % f"{audio[:24]}… ({len(audio)} characters)"
    image = body(entry_of('{"type":"x","url":"data:image/png;base64,%s"}' % audio))
    assert len(image) < 120
    long = "word " * 20_000
    assert "see the recording, line 7" in body(entry_of(json.dumps({"type": "x", "text": long})))


def levels(codes):
    return [expansion("audio/pcmu")[code] for code in codes]


@given(st.lists(st.integers(-32_000, 32_000), min_size=1, max_size=50))
def test_the_sound_of_a_page_is_that_of_the_recording_within_a_step_of_the_law(samples):
    codes = mulaw.Encoder(PCM).take(b"".join(struct.pack("<3h", sample, sample, sample) for sample in samples))
    assert len(codes) == len(samples)
    for sample, level in zip(samples, levels(codes), strict=True):
        assert abs(sample - level) <= (abs(sample) + 132) / 16


@given(st.binary(min_size=12, max_size=400), st.lists(st.integers(1, 60)))
def test_where_audio_was_cut_into_pieces_changes_nothing(data, cuts):
    whole, pieces, rest = mulaw.Encoder(PCM).take(data), mulaw.Encoder(PCM), data
    told = b""
    for cut in cuts:
        told += pieces.take(rest[:cut])
        rest = rest[cut:]
    assert told + pieces.take(rest) == whole


def test_a_law_is_brought_to_the_other_as_sox_does_it():
    if shutil.which("sox") is None:
        pytest.skip("there is no sox on this machine")
    codes = bytes(range(256))
    raw = ["-r", "8000", "-c", "1"]
    command = ["sox", "-D", "-t", "al", *raw, "-", "-t", "ul", *raw, "-"]
    by_sox = subprocess.run(command, input=codes, capture_output=True, check=True, timeout=30).stdout
    ours = mulaw.Encoder(Coding("audio/pcma", 8_000)).take(codes)
    for told, wanted in zip(levels(ours), levels(by_sox), strict=True):
        assert abs(told - wanted) <= (abs(wanted) + 132) / 16


def test_a_rate_that_is_not_usual_keeps_its_length():
    second = struct.pack("<16000h", *(int(9000 * math.sin(step / 9)) for step in range(16_000)))
    encoder = mulaw.Encoder(Coding("audio/pcm", 16_000))
    codes = encoder.take(second[:9_000]) + encoder.take(second[9_000:])
    assert abs(len(codes) - mulaw.RATE_HZ) <= 1


def test_a_peak_is_as_high_as_the_loudest_sample_of_its_window():
    quiet, loud = [0] * 160, [0] * 80 + [-16_000] * 80
    codes = mulaw.Encoder(PCM).take(b"".join(struct.pack("<3h", *[sample] * 3) for sample in quiet + loud))
    low, high = mulaw.peaks(codes)
    assert low <= 1
    assert high == pytest.approx(255 / 2, abs=6)


def timed(line, t):
    return Entry(line, t, "server", None, b"")


@given(st.lists(st.floats(allow_nan=False) | st.none(), max_size=40))
def test_every_line_has_a_place_on_the_axis_and_no_damaged_time_stretches_it(times):
    axis = Axis(lambda t: t)
    for line, t in enumerate([0.0, *times], 1):
        axis.put(timed(line, t))
        axis.told_in(line - 1)
    begin, end = axis.ends
    assert end - begin <= 1e6 * (len(times) + 1)
    assert [axis.row(line) for line in range(1, len(times) + 2)] == list(range(len(times) + 1))
    assert all(begin <= axis.x(line) <= end for line in range(1, len(times) + 2))


def test_without_times_events_stand_in_their_order_and_audio_takes_its_time():
    axis = Axis(lambda t: t)
    for line, seconds in enumerate([0.0, 2.0, 0.0], 1):
        axis.put(timed(line, None))
        if seconds:
            axis.sounded(seconds)
    assert axis.x(1) < axis.x(2) < axis.x(3)
    assert axis.x(3) - axis.x(2) == pytest.approx(2.0)
    assert not axis.timed
