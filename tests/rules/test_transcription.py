"""What the rules about transcriptions say where their pages do not show it."""

from __future__ import annotations

import pytest
from notation import entries_of, lines_of

from rtcli.events import Listener
from rtcli.formats.rtcli import read
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


def piece(text, kind="delta", item="a"):
    field = "delta" if kind == "delta" else "transcript"
    name = f"conversation.item.input_audio_transcription.{kind}"
    return f'2 < {name} {{"item_id": "{item}", "content_index": 0, "{field}": "{text}"}}\n'


def codes(*lines):
    return [one.code for one in Check(RULES).run(entries_of(COMMITTED + "".join(lines))) if one.code != "TRN01"]


def test_a_transcript_that_comes_in_one_piece_differs_from_none():
    assert codes(piece("hello", "completed")) == []
    assert codes(piece("hel"), piece("lo"), piece("hello", "completed")) == []
    assert codes(piece("hel"), piece("hello", "completed")) == ["TRN06"]


def test_a_second_transcript_is_compared_with_no_pieces():
    assert codes(piece("hel"), piece("hel", "completed"), piece("hello", "completed")) == ["TRN02"]


def test_an_item_that_the_session_never_had_is_told_once():
    assert codes(piece("hel", item="x"), piece("lo", item="x"), piece("hello", "completed", item="x")) == ["TRN04"]


def heard(*lines):
    header = '- {"rtcli": 1, "transport": "websocket", "handshake": true, "lossless": true}'
    known = '< input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 0}'
    told = Check(RULES).run(entries_of("\n".join([header, *lines, known, piece("hello", "completed")[2:]])))
    return [one.code for one in told]


def test_audio_is_transcribed_unasked_only_where_nothing_ever_asked_for_it():
    session = '< session.%s {"session": {"type": "realtime", "audio": {"input": {"transcription": %s}}}}'
    on, off = '{"model": "whisper-1"}', "null"
    assert heard(session % ("created", off)) == ["TRN03"]
    assert heard(session % ("created", on), session % ("updated", off)) == []
    assert heard() == [], "nobody knows how the session is configured"


@pytest.mark.parametrize("told", ["", ', "audio": {}', ', "audio": {"input": {}}', ', "audio": {"input": null}'])
def test_a_session_that_does_not_speak_of_transcription_may_transcribe(told):
    assert heard('< session.created {"session": {"type": "realtime"%s}}' % told) == []


@pytest.mark.parametrize(("told", "codes"), [(', "input_audio_transcription": null', ["TRN03"]), ("", [])])
def test_a_session_of_the_beta_says_in_its_own_words_that_nothing_is_transcribed(told, codes):
    beta = '"id": "s", "object": "realtime.session", "modalities": ["text"], "input_audio_format": "pcm16"'
    listener = Listener()
    header = '- {"rtcli": 1, "transport": "websocket", "handshake": true, "lossless": true}'
    known = '< input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 0}'
    lines = [header, '< session.created {"session": {%s%s}}' % (beta, told), known, piece("hello", "completed")[2:]]
    found = Check(RULES, listener).run(read(lines_of("\n".join(lines)), listener))
    assert [one.code for one in found if one.code.startswith("TRN")] == codes


def test_a_response_may_be_asked_for_before_anything_is_known_of_the_session():
    asked, session = "> response.create", '< session.created {"session": {"type": "%s"}}'

    def told(*lines):
        return [one.code for one in Check(RULES).run(entries_of("\n".join(lines)))]

    assert told(asked) == []
    assert told(session % "realtime", asked) == []
    assert told(session % "transcription", asked) == ["TRN10"]
