"""What belongs to which turn, and what follows from what."""

from __future__ import annotations

from notation import lines_of
from sessions import INTERRUPTED, SPOKEN

from rtcli.formats.rtcli import read
from rtcli.script.account import account
from rtcli.script.strands import turns_of


def turns(script):
    (call,) = account(read(lines_of(script))).calls
    return turns_of(call)


def strands(turn):
    return {strand.kind: list(strand.types) for strand in turn.strands}


def test_an_answer_belongs_to_the_turn_that_it_answers():
    none, first = turns(SPOKEN)
    assert first.began == "vad"
    assert strands(first)["response"][0] == "response.created"
    assert "server session" in strands(none)


def test_the_microphone_belongs_to_no_turn_and_is_one_event():
    none, *_ = turns(SPOKEN)
    assert strands(none)["sound"] == ["input_audio_buffer.append"]


def test_audio_that_is_committed_belongs_to_the_turn_of_its_commit():
    _, first = turns(
        '0.1 > input_audio_buffer.append {"audio":"AAAA"}\n'
        "0.2 > input_audio_buffer.commit\n"
        '0.3 < input_audio_buffer.committed {"item_id":"item_u"}'
    )
    assert strands(first)["sound"] == ["input_audio_buffer.append", "input_audio_buffer.commit"]


def test_speech_goes_beside_its_text():
    _, first = turns(SPOKEN)
    assert strands(first)["speech"] == ["response.output_audio.delta"]
    assert strands(first)["response"].count("response.output_audio_transcript.delta") == 1


def test_what_the_client_does_about_an_interruption_belongs_to_the_turn_that_interrupts():
    _, first, second = turns(SPOKEN + INTERRUPTED)
    assert strands(second)["client"] == ["conversation.item.truncate"]
    assert strands(first)["answer"] == ["conversation.item.truncated"]


def test_the_words_of_a_turn_are_those_of_both_sides():
    _, first = turns(SPOKEN)
    assert first.words.assistant == ("It is foggy in London.",)
    assert first.words.user[0].startswith("Is it [bold]foggy")
