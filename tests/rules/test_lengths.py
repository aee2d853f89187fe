"""How long audio is: what is not compared, because something of it is not known."""

from __future__ import annotations

import base64

import pytest
from notation import entries_of, lines_of

from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.rules import Check
from rtcli.rules.lengths import RULES

WHOLE = '- {"rtcli": 1, "transport": "websocket", "lossless": true}'
CALL = WHOLE.replace("websocket", "webrtc")
PCM = '"format": {"type": "audio/pcm"}'
SIDES = '"audio": {"input": {%s}, "output": {%s}}'
BEGUN = '< session.created {"session": {"type": "realtime", %s}}'
SESSION = BEGUN % (SIDES % (PCM, PCM))
MANUAL = BEGUN % (SIDES % (PCM + ', "turn_detection": null', PCM))
UNTOLD = BEGUN % (SIDES % ('"turn_detection": null', ""))
"""Without the formats of its audio."""
COMMIT = "> input_audio_buffer.commit {}"
CLEAR_OUTPUT = "> output_audio_buffer.clear {}"
PLACE = '"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0'
ITEM = (
    '"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "content": []}'
)
CREATED = '< response.created {"response": {"id": "r", "conversation_id": "c"}}'
ADDED = "< response.output_item.added {%s}" % ITEM
SPOKEN = "< response.output_audio.done {%s}" % PLACE
DONE = '< response.done {"response": {"id": "r", "conversation_id": "c"}}'


def pcm(ms):
    return base64.b64encode(bytes(ms * 48)).decode()


def append(ms):
    return '> input_audio_buffer.append {"audio": "%s"}' % pcm(ms)


def delta(ms):
    return '< response.output_audio.delta {%s, "delta": "%s"}' % (PLACE, pcm(ms))


def truncate(ms):
    return '> conversation.item.truncate {"item_id": "i", "content_index": 0, "audio_end_ms": %d}' % ms


def said(*lines):
    return [one for one in Check(RULES).run(entries_of("\n".join(lines))) if one.code.startswith("AUD")]


def found(*lines):
    return [(one.code, one.line) for one in said(*lines)]


def test_a_commit_is_not_measured_where_the_format_of_the_audio_is_not_known():
    assert found(WHOLE, MANUAL, append(50), COMMIT) == [("AUD06", 4)]
    assert found(WHOLE, UNTOLD, append(50), COMMIT) == []


def test_a_commit_is_the_servers_matter_where_it_tells_the_turns():
    assert found(WHOLE, SESSION, append(50), COMMIT) == []


def test_audio_that_does_travel_on_a_connection_is_measured_whatever_the_header_says_of_it():
    assert found(CALL, MANUAL, append(50), COMMIT) == [("AUD06", 4)]
    assert found(CALL, MANUAL, append(100), COMMIT) == []


def test_of_a_response_whose_beginning_was_not_seen_nobody_knows_how_much_audio_it_had():
    """The recording begins in the middle of it."""
    rest = [ADDED, delta(1000), SPOKEN, DONE, truncate(1500)]
    assert found(WHOLE, SESSION, CREATED, *rest) == [("AUD07", 8)]
    assert found(WHOLE, SESSION, *rest) == []
    assert found(WHOLE, SESSION, CREATED, ADDED, DONE, truncate(1500)) == [("AUD08", 6)]
    assert found(WHOLE, SESSION, ADDED, DONE, truncate(1500)) == []


@pytest.mark.parametrize("written", [[ADDED, delta(1000), SPOKEN, DONE], [ADDED, DONE]], ids=["spoken", "silent"])
def test_of_a_response_that_is_forgotten_nothing_is_known(written):
    later = '< response.created {"response": {"id": "s", "conversation_id": "c"}}'
    header, *rest = entries_of("\n".join([WHOLE, SESSION, CREATED, *written, later, truncate(1500)]))
    check = Check(RULES)
    assert check.feed(header) == []
    lifecycle = check.ledgers.lifecycle
    lifecycle.responses.size = 1
    assert [one for entry in rest for one in check.feed(entry)] == []
    assert (list(lifecycle.responses), list(lifecycle.items)) == (["s"], ["i"])


def test_a_truncation_is_not_measured_where_the_format_is_not_known_or_no_audio_came():
    assert found(WHOLE, UNTOLD, CREATED, ADDED, delta(1000), SPOKEN, truncate(1500)) == []
    assert found(WHOLE, SESSION, CREATED, ADDED, SPOKEN, truncate(1500)) == []


def test_an_item_of_a_response_that_goes_on_may_yet_have_audio():
    assert found(WHOLE, SESSION, CREATED, ADDED, truncate(0)) == []
    assert found(WHOLE, SESSION, CREATED, ADDED, DONE, truncate(0)) == [("AUD08", 6)]


def test_a_connection_that_carries_audio_has_no_output_buffer_even_if_its_beginning_is_missing():
    assert found(WHOLE, append(100), CLEAR_OUTPUT) == [("AUD09", 3)]
    assert found(WHOLE, ADDED, delta(100), CLEAR_OUTPUT) == [("AUD09", 4)]
    assert found(WHOLE, ADDED, CLEAR_OUTPUT) == []


@pytest.mark.parametrize(("event", "field"), [("speech_started", "audio_start_ms"), ("speech_stopped", "audio_end_ms")])
def test_speech_in_the_future_is_told_with_its_field_from_the_second_millisecond_on(event, field):
    """The server rounds to milliseconds, so one more is the same."""
    told = '< input_audio_buffer.%s {"item_id": "a", "%s": %%d}' % (event, field)
    (one,) = said(WHOLE, SESSION, append(500), told % 502)
    assert (one.code, one.line, one.path, one.side) == ("AUD10", 4, f"$.{field}", "client")
    assert found(WHOLE, SESSION, append(500), told % 501) == []


def test_a_response_that_is_to_write_text_is_told_with_the_first_sound_that_it_makes():
    silent = CREATED.replace('"id": "r"', '"id": "r", "output_modalities": %s')
    assert found(WHOLE, SESSION, silent % '["text"]', ADDED, delta(20), delta(20)) == [("AUD11", 5)]
    assert found(WHOLE, SESSION, silent % '["audio"]', ADDED, delta(20)) == []
    assert found(WHOLE, SESSION, CREATED, ADDED, delta(20)) == [], "it does not say what it is to write"
    assert found(WHOLE, SESSION, delta(20)) == [], "it was not seen to begin"


def reported(tokens, response_id='"id": "r", '):
    usage = '"usage": {"output_token_details": {"audio_tokens": %d}}' % tokens
    return '< response.done {"response": {%s"conversation_id": "c", "status": "completed", %s}}' % (response_id, usage)


def test_tokens_are_compared_with_audio_from_ten_of_them_on():
    """A token is 50 ms: ten are half a second, of which a fifth has come."""
    assert found(WHOLE, SESSION, CREATED, ADDED, delta(100), reported(10)) == [("AUD12", 6)]
    assert found(WHOLE, SESSION, CREATED, ADDED, delta(100), reported(9)) == []


def test_audio_may_be_as_short_as_six_tenths_of_its_tokens_and_as_long_as_five_thirds():
    """Twenty tokens are 1000 ms."""
    fits = {ms: not found(WHOLE, SESSION, CREATED, ADDED, delta(ms), reported(20)) for ms in (590, 600, 1670, 1680)}
    assert fits == {590: False, 600: True, 1670: True, 1680: False}


def test_tokens_are_not_compared_where_audio_or_its_format_may_be_missing():
    assert found(WHOLE, SESSION, ADDED, delta(100), reported(20)) == []
    assert found(WHOLE, SESSION, reported(20)) == []
    assert found(WHOLE, UNTOLD, CREATED, ADDED, delta(100), reported(20)) == []


@pytest.mark.parametrize("name", ["", '"id": "", ', '"id": null, '])
def test_of_a_response_without_an_id_nobody_knows_which_audio_is_its(name):
    nameless = CREATED.replace('"id": "r", ', name)
    assert found(WHOLE, SESSION, nameless, ADDED, delta(1000), reported(20, name)) == []


def test_tokens_are_those_of_openai_and_others_may_count_them_otherwise():
    lines = [SESSION, CREATED, ADDED, delta(100), reported(20)]
    for host, codes in (("api.openai.com", ["AUD12"]), ("r.openai.azure.com", ["AUD12"]), ("api.x.ai", [])):
        header = WHOLE.replace("{", '{"url": "wss://%s/v1/realtime", ' % host)
        listener = Listener()
        told = Check(RULES, listener).run(read(lines_of("\n".join([header, *lines])), listener))
        assert [one.code for one in told if one.code.startswith("AUD")] == codes, host


def test_of_an_item_that_nobody_has_seen_no_audio_is_missed():
    assert found(WHOLE, SESSION, truncate(1500)) == []


def test_speech_is_not_in_the_future_where_nobody_knows_how_much_was_sent():
    told = '< input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 5000}'
    assert found(WHOLE, UNTOLD, append(500), told) == []
    assert found(WHOLE, SESSION, append(500), told) == [("AUD10", 4)]


def test_a_response_in_order_is_measured_like_the_first():
    """What is in order so far is taken in by a shorter way."""

    def response(name, tokens):
        told = reported(tokens).replace('"status"', '"output": [], "status"')
        return [line.replace('"r"', f'"{name}"') for line in (CREATED, told)]

    before = [line for name in "abc" for line in response(name, 0)]
    assert found(WHOLE, SESSION, *before, *response("d", 20)) == [("AUD12", 10)]
