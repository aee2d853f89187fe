"""The sound is gone, and what was measured by it is not."""

from __future__ import annotations

import base64
import json

import pytest

from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.recording.redaction import Redaction
from rtcli.session.loudness import Onset
from rtcli.session.murmur import murmur
from rtcli.session.redacting import Redacting
from rtcli.session.sound import look

LOUD = {"audio/pcm": b"\x00\x40", "audio/pcmu": b"\x90", "audio/pcma": b"\x90"}
PER_MS = {"audio/pcm": 48, "audio/pcmu": 8, "audio/pcma": 8}


def lines(*events):
    return [json.dumps({"t": 1.0, "from": sender, "event": event}).encode() + b"\n" for sender, event in events]


def answer(audio_format, *chunks):
    session = {"type": "realtime", "id": "sess_1", "audio": {"output": {"format": {"type": audio_format}}}}
    response = {"id": "resp_1", "object": "realtime.response", "output": [], "conversation_id": "conv_1"}
    place = {"response_id": "resp_1", "item_id": "item_1", "output_index": 0, "content_index": 0}
    return lines(
        ("server", {"type": "session.created", "event_id": "event_1", "session": session}),
        ("server", {"type": "response.created", "event_id": "event_2", "response": response}),
        *(
            ("server", {"type": "response.output_audio.delta", "event_id": f"event_3{n}", **place, "delta": chunk})
            for n, chunk in enumerate(chunks)
        ),
    )


def silenced(before, **options):
    work = Redacting(Redaction(), **options)
    entries = list(read(before, Listener()))
    for entry in entries:
        work.learn(entry)
    work.learned()
    return [json.loads(work.line(entry))["event"] for entry in entries]


@pytest.mark.parametrize("audio_format", LOUD)
@pytest.mark.parametrize("chunk_ms", [7, 20, 50])
@pytest.mark.parametrize("quiet_ms", [0, 30, 140])
def test_a_response_is_first_heard_when_it_was_first_heard_before(audio_format, chunk_ms, quiet_ms):
    quiet = {"audio/pcm": b"\x00", "audio/pcmu": b"\xff", "audio/pcma": b"\xd5"}[audio_format]
    sound = quiet * (quiet_ms * PER_MS[audio_format]) + LOUD[audio_format] * (300 * 8)
    size = chunk_ms * PER_MS[audio_format]
    chunks = [base64.b64encode(sound[start : start + size]).decode() for start in range(0, len(sound), size)]
    after = [event["delta"] for event in silenced(answer(audio_format, *chunks)) if "delta" in event]
    heard, still_heard = Onset(audio_format), Onset(audio_format)
    for before, now in zip(chunks, after, strict=True):
        heard.take(before)
        still_heard.take(now)
        assert len(now) == len(before)
    assert still_heard.audible_ms == heard.audible_ms
    assert heard.audible_ms is not None
    left = b"".join(map(base64.b64decode, after))
    assert len(left) == len(sound)
    assert sum(one != other for one, other in zip(left, quiet * len(left), strict=True)) <= 2


def test_each_direction_is_silent_in_its_own_format():
    session = {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcmu"}}}}
    before = lines(
        ("client", {"type": "session.update", "session": session}),
        ("client", {"type": "input_audio_buffer.append", "audio": base64.b64encode(b"spoken").decode()}),
    )
    assert base64.b64decode(silenced(before)[1]["audio"]) == b"\xff" * 6


def test_audio_inside_of_an_item_is_silent_too():
    part = {"type": "input_audio", "audio": base64.b64encode(b"spoken").decode()}
    item = {"type": "message", "role": "user", "content": [part]}
    before = lines(("client", {"type": "conversation.item.create", "item": item}))
    (event,) = silenced(before)
    assert base64.b64decode(event["item"]["content"][0]["audio"]) == bytes(6)


@pytest.mark.parametrize("wanted", ["audio/pcm", "audio/pcm, bytes swapped", "audio/pcmu", "audio/pcma"])
def test_a_murmur_looks_like_what_it_stands_for(wanted):
    assert look(murmur(wanted)) == wanted


def test_the_murmur_of_either_law_is_of_one_of_them():
    assert look(murmur("G.711")) == "audio/pcmu"


def test_a_murmur_goes_on_from_piece_to_piece_and_what_is_no_base64_is_none():
    """Sound of the telephone that is declared as PCM, heard by nobody: its proof stays, in pieces of any size."""
    sound, session = murmur("audio/pcmu"), {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcm"}}}}
    pieces = [base64.b64encode(sound[at : at + 3000]).decode() for at in range(0, 24_000, 3000)]
    before = lines(
        ("client", {"type": "session.update", "session": session}),
        *(("client", {"type": "input_audio_buffer.append", "audio": one}) for one in [*pieces[:4], "A!A", *pieces[4:]]),
    )
    after = [event["audio"] for event in silenced(before)[1:]]
    assert after.pop(4)[1] == "!"
    assert [len(one) for one in after] == [len(one) for one in pieces]
    assert look(b"".join(map(base64.b64decode, after))) == "audio/pcmu"


def test_audio_that_is_dropped_says_how_much_it_was():
    item = {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": "AAAA"}]}
    before = lines(
        ("client", {"type": "input_audio_buffer.append", "audio": "AAAAAAAA"}),
        ("client", {"type": "conversation.item.create", "item": item}),
    )
    streamed, created = silenced(before, audio="drop")
    assert streamed["audio"] == "<audio: 8 characters of base64>"
    assert created["item"]["content"][0]["audio"] == "<audio: 4 characters of base64>"


def test_audio_that_is_written_with_escapes_is_dropped_too():
    audio = "\u202eabc\u2066"
    [dropped] = silenced(lines(("client", {"type": "input_audio_buffer.append", "audio": audio})), audio="drop")
    assert dropped["audio"] == f"<audio: {len(audio.encode())} characters of base64>"


@pytest.mark.parametrize(("audio", "payload"), [("keep", "c3Bva2Vu"), ("silence", ""), ("drop", "")])
def test_audio_in_an_item_stays_where_it_is_wanted_or_there_is_none(audio, payload):
    item = {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": payload}]}
    before = lines(("client", {"type": "conversation.item.create", "item": item}))
    assert silenced(before, audio=audio) == [json.loads(before[0])["event"]]


def test_a_response_that_begins_twice_keeps_its_format():
    chunk = base64.b64encode(bytes(960)).decode()
    session, begun, *deltas = answer("audio/pcmu", chunk)
    other = json.loads(begun)
    other["event"]["response"]["audio"] = {"output": {"format": {"type": "audio/pcma"}}}
    again = json.dumps(other).encode() + b"\n"
    assert base64.b64decode(silenced([session, begun, again, *deltas])[-1]["delta"])[:100] == b"\xff" * 100
    assert base64.b64decode(silenced([session, again, begun, *deltas])[-1]["delta"])[:100] == b"\xd5" * 100
