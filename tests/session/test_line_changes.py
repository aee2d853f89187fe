"""What becomes of the values in one line."""

from __future__ import annotations

import json

from planted import SECRETS, line

from rtcli.formats.rtcli import read
from rtcli.recording.redaction import Redaction
from rtcli.session.redacting import Redacting


def redacted(lines):
    work, entries = Redacting(Redaction()), list(read(lines))
    for entry in entries:
        work.learn(entry)
    work.learned()
    return [work.line(entry) for entry in entries]


def test_the_pieces_of_a_key_that_is_transcribed_bit_by_bit_say_no_more_than_the_bit_that_they_stand_beside():
    """Nobody could tell from the pieces of one line that they are of a key: only all lines together show it."""
    key = SECRETS["GitHub"]
    bits = [["My key", " is ", key[:6], key[6:9]], [key[9:12], key[12:20]], [key[20:], ", got", " it?"]]
    kind = "conversation.item.input_audio_transcription.delta"
    before = [
        line(
            {
                "type": kind,
                "event_id": f"event_{number}",
                "item_id": "item_1",
                "content_index": 0,
                "delta": "".join(pieces),
                "logprobs": [{"token": one, "bytes": list(one.encode()), "logprob": -0.1} for one in pieces],
            }
        )
        for number, pieces in enumerate(bits)
    ]
    after = redacted(before)
    assert [len(one) for one in after] == [len(one) for one in before]
    events = [json.loads(one)["event"] for one in after]
    for event, pieces in zip(events, bits, strict=True):
        tokens = [one["token"] for one in event["logprobs"]]
        assert "".join(tokens) == event["delta"]
        assert [len(token) for token in tokens] == [len(piece) for piece in pieces]
        assert [len(one["bytes"]) for one in event["logprobs"]] == [len(piece) for piece in pieces]
    in_bytes = bytes(code for event in events for one in event["logprobs"] for code in one["bytes"]).decode()
    for said in ("".join(event["delta"] for event in events), in_bytes):
        assert said.startswith("My key is ")
        assert said.endswith(", got it?")
        assert not any(key[start : start + 4] in said for start in range(len(key) - 3))
