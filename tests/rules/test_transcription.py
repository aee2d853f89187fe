"""What the rules about transcriptions say where their pages do not show it."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.rules import Check
from rtcli.rules.transcription import RULES

COMMITTED = """
0 - {"rtcli": 1, "transport": "websocket", "handshake": true, "lossless": true}
0.1 < session.created {"session": {"type": "realtime", "audio": {"input": {"transcription": {"model": "whisper-1"}}}}}
1 < input_audio_buffer.committed {"item_id": "a"}
"""


@pytest.mark.parametrize(("closed_at_s", "codes"), [(3.9, []), (4.1, ["TRN01"])])
def test_a_transcript_that_may_still_be_made_when_the_user_hangs_up_is_not_missed(closed_at_s, codes):
    close = f'{closed_at_s} - {{"from": "client", "close": {{"code": 1000}}}}'
    found = Check(RULES).run(entries_of(COMMITTED + close))
    assert [one.code for one in found] == codes


def told(kind, fields):
    line = f'2 < conversation.item.input_audio_transcription.{kind} {{"item_id": "a", "content_index": 0, {fields}}}'
    return [(one.code, one.message) for one in Check(RULES).run(entries_of(COMMITTED + line)) if one.code != "TRN01"]


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ('{"code": "c", "message": "no speech"}', "no speech"),
        ('{"code": "c"}', "c"),
        ("{}", "no reason is given"),
    ],
)
def test_a_transcription_that_failed_is_told_with_its_reason(error, why):
    ((code, message),) = told("failed", f'"error": {error}')
    assert (code, message) == ("TRN07", f"item a could not be transcribed: {why}")


def test_a_segment_may_be_empty_and_one_may_be_sure():
    segment = '"id": "s", "text": "hi", "speaker": "A", "start": 0.5, "end": %s'
    assert told("segment", segment % 0.5) == []
    assert [code for code, _ in told("segment", segment % 0.4)] == ["TRN08"]
    sure = '"delta": "h", "logprobs": [{"token": "h", "bytes": [104], "logprob": %s}]'
    assert told("delta", sure % 0) == []
    assert [code for code, _ in told("delta", sure % 0.001)] == ["TRN09"]
