"""Audio that an event carries: where it may lie, and what is wrong with it."""

from __future__ import annotations

import base64

import pytest
from notation import entries_of

from rtcli.events import input_audio_buffer
from rtcli.rules import Check
from rtcli.rules.audio import RULES, too_large
from rtcli.units import MAX_APPEND_BYTES

PLACE = '"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0'
SPOKEN = '"item": {"type": "message", "role": "assistant", "id": "i", "content": [%s]}'
TEXT = '{"type": "output_text", "text": "abc$"}'
BROKEN = '{"type": "output_audio", "audio": "abc$"}'
HEARD = '{"type": "input_audio", "audio": "abc$"}'
WORDS = '{"type": "output_audio", "transcript": "abc$"}'


def found(*lines):
    check = Check([rule for rule in RULES if rule.tier != "extended"])
    return [(one.code, one.line, one.path) for one in check.run(entries_of("\n".join(lines))) if one.code[:3] == "AUD"]


def spoken(event, *parts):
    before = '"response_id": "r", "output_index": 0, ' if event.startswith("response") else ""
    return "%s %s {%s%s}" % (">" if event.endswith("create") else "<", event, before, SPOKEN % ", ".join(parts))


ITEMS = [
    "response.output_item.added",
    "response.output_item.done",
    "conversation.item.create",
    "conversation.item.added",
    "conversation.item.created",
    "conversation.item.done",
    "conversation.item.retrieved",
]


@pytest.mark.parametrize("event", ITEMS)
def test_audio_in_an_item_is_told_with_its_part(event):
    assert found(spoken(event, TEXT, BROKEN)) == [("AUD01", 1, "$.item.content[1].audio")]
    assert found(spoken(event, HEARD)) == [("AUD01", 1, "$.item.content[0].audio")]


@pytest.mark.parametrize("event", ITEMS)
def test_text_and_transcripts_in_an_item_are_no_audio(event):
    assert found(spoken(event, TEXT, WORDS)) == []
    assert found(spoken(event)) == []


def test_audio_in_a_part_is_told_and_its_transcript_is_none():
    broken = '< response.content_part.done {%s, "part": {"type": "audio", "audio": "abc$"}}' % PLACE
    assert found(broken) == [("AUD01", 1, "$.part.audio")]
    assert found(broken.replace('"audio": "abc$"', '"transcript": "abc$"')) == []


def test_events_with_fields_of_their_own_are_looked_into_like_others():
    """The reader makes classes that have learned such fields, and decodes the next events with them."""
    append = '> input_audio_buffer.append {"audio": "%s", "novel": 1}'
    assert found(*[append % "AAAA"] * 3, append % "abc$") == [("AUD01", 4, "$.audio")]
    part = '{"type": "output_audio", "audio": "%s", "novel": 1}'
    sound, broken = (spoken("conversation.item.added", part % audio) for audio in ("AAAA", "abc$"))
    assert found(sound, sound, sound, broken) == [("AUD01", 4, "$.item.content[0].audio")]


def test_half_a_sample_is_told_of_valid_audio_only():
    session = '{"type": "realtime", "audio": {"input": {"format": {"type": "audio/%s"}}}}'
    header = '- {"rtcli": 1, "transport": "websocket", "lossless": true}'
    update = '> session.update {"session": %s}' % (session % "pcm")
    odd, even, broken = ('> input_audio_buffer.append {"audio": "%s"}' % audio for audio in ("AAAA", "AAA=", "AAAAA"))
    assert found(header, update, odd, even) == [("AUD02", 3, "$.audio")]
    assert found(header, update, broken) == [("AUD01", 3, "$.audio")]
    assert found(header, '> session.update {"session": %s}' % (session % "pcmu"), odd) == []
    assert found(header, odd) == [], "nobody knows in what format it is"


def test_an_append_may_have_15_mib_to_the_byte():
    append = '> input_audio_buffer.append {"audio": "%s"}'
    most, more = (base64.b64encode(bytes(15 * 1024 * 1024 + beyond)).decode() for beyond in (0, 1))
    assert found(append % most) == []
    assert found(append % more) == [("AUD03", 1, "$.audio")]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "WAV"),
        (b"OggS\x00\x02", "Ogg"),
        (b"fLaC\x00\x00\x00\x22", "FLAC"),
        (b"ID3\x04\x00", "MP3"),
        (b"\x1a\x45\xdf\xa3\x9f\x42", "WebM"),
        (b"\x00\x00\x00\x1cftypM4A \x00", "MP4"),
    ],
)
def test_the_head_of_a_file_is_told_with_its_name(head, name):
    append = '> input_audio_buffer.append {"audio": "%s"}' % base64.b64encode(head + bytes(60)).decode()
    (file,) = (one for one in Check(RULES).run(entries_of(append)) if one.code == "AUD05")
    assert name in file.message


@pytest.mark.parametrize("samples", [bytes(96), b"RIF" + bytes(93), b"\x00\x00\x00\x1cfty" + bytes(89)])
def test_samples_that_begin_almost_like_a_file_are_samples(samples):
    assert found('> input_audio_buffer.append {"audio": "%s"}' % base64.b64encode(samples).decode()) == []


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ("QUJD\\nREVG", "character 4 "),
        ("QU JDRE==", "character 2 "),
        ("QU-_", "character 2 "),
        ("QUJDRE", "6 characters"),
        ("AA=A", "padding stands"),
        ("data:audio/wav;base64,QUJD", "data: prefix"),
    ],
)
def test_what_is_no_base64_is_told_with_the_reason(payload, why):
    (one,) = Check(RULES).run(entries_of('> input_audio_buffer.append {"audio": "%s"}' % payload))
    assert one.code == "AUD01"
    assert why in one.message


@pytest.mark.parametrize("payload", ["QUJD...", "QUJDRE…", "<base64, 400 bytes>", "[audio]"])
def test_what_a_logger_has_shortened_says_nothing_of_what_was_sent(payload):
    assert found('> input_audio_buffer.append {"audio": "%s"}' % payload) == []


def test_each_side_has_a_format_of_its_own():
    formats = '"audio": {"input": {"format": {"type": "audio/%s"}}, "output": {"format": {"type": "audio/%s"}}}'
    header = '- {"rtcli": 1, "transport": "websocket", "lossless": true}'
    place = '"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0'
    heard, spoken_ = (
        '> input_audio_buffer.append {"audio": "AAAA"}',
        '< response.output_audio.delta {%s, "delta": "AAAA"}',
    )
    for sides, line in ((("pcm", "pcmu"), 3), (("pcmu", "pcm"), 4)):
        begun = '< session.created {"session": {"type": "realtime", %s}}' % (formats % sides)
        assert [one[:2] for one in found(header, begun, heard, spoken_ % place)] == [("AUD02", line)]


def test_a_file_is_looked_for_in_valid_audio_only():
    assert found('> input_audio_buffer.append {"audio": "UklGRgAA$AAAXQVZF"}') == [("AUD01", 1, "$.audio")]
    assert found('> input_audio_buffer.append {"audio": "T2dnUwAC$$$$AAAA"}') == [("AUD01", 1, "$.audio")]


@pytest.mark.parametrize(("more", "size"), [("", None), ("A", None), ("AA", 1), ("AA==", 1), ("AAAA", 3)])
def test_an_append_is_too_large_from_the_first_byte_on_that_is_beyond_the_limit(more, size):
    append = input_audio_buffer.Append(audio="A" * (MAX_APPEND_BYTES // 3 * 4) + more)
    told = [one.message for one in too_large(append, None, None)]
    assert told == (
        [f"the append carries {MAX_APPEND_BYTES + size} bytes; at most {MAX_APPEND_BYTES} are taken"] if size else []
    )
