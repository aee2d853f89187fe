"""The words of both sides stand with the turn in which they were said."""

from __future__ import annotations

from pathlib import Path

import pytest
from counted import BEGIN, CUT, SPOKEN, created, done, started, text, transcribed
from notation import entries_of

from rtcli.formats import read
from rtcli.session.measured import each
from rtcli.session.spoken import Spoken, tools_by_turn

RECORDINGS = Path(__file__).parents[2] / "recordings"
WRITTEN = '{"type":"message","role":"user","content":[{"type":"input_text","text":"Hello there"}]%s}'


def spoken(script, longest=None):
    (connection,) = each(entries_of(script), lambda: Spoken(longest=longest))
    connection.said.finish()
    return connection


def delta(t, response, words, item="item_a", index=0):
    place = f'"response_id":"{response}","item_id":"{item}","output_index":0,"content_index":{index}'
    return f'{t} < response.output_audio_transcript.delta {{{place},"delta":"{words}"}}\n'


def whole(t, response, words, item="item_a"):
    place = f'"response_id":"{response}","item_id":"{item}","output_index":0,"content_index":0'
    return f'{t} < response.output_audio_transcript.done {{{place},"transcript":"{words}"}}\n'


def test_a_transcript_belongs_to_the_turn_of_its_item_however_late_it_comes():
    late = SPOKEN + started(2.0, "v", 1100) + transcribed(2.5, "completed")
    assert spoken(late).said.of(1).user == ["Hi"]
    assert spoken(late).said.of(2).user == []


@pytest.mark.parametrize("transcript", ["", " \\n"])
def test_a_noise_in_which_no_words_were_heard_says_nothing(transcript):
    script = SPOKEN + transcribed(2.0, "completed", more=f'"transcript":"{transcript}"')
    assert spoken(script).said.of(1).user == []


def test_a_transcript_that_comes_again_replaces_the_one_before():
    script = SPOKEN + transcribed(2.0, "completed", more='"transcript":"Hel"')
    script += transcribed(2.1, "completed", more='"transcript":"Hello"')
    assert spoken(script).said.of(1).user == ["Hello"]


def test_what_the_end_of_a_stream_says_replaces_its_deltas():
    script = SPOKEN.replace(done(1.8, "r"), delta(1.61, "r", "It is fog") + whole(1.7, "r", "It is foggy."))
    assert spoken(script + done(1.8, "r")).said.of(1).model == ["It is foggy."]


def test_of_speech_that_was_cut_short_the_deltas_are_told():
    script = SPOKEN.replace(done(1.8, "r"), delta(1.61, "r", "Once upon ") + delta(1.62, "r", "a time"))
    assert spoken(script + done(1.8, "r", "cancelled", CUT)).said.of(1).model == ["Once upon a time"]
    assert spoken(script).said.of(1).model == ["Once upon a time"]


def test_what_never_came_in_deltas_stands_in_the_response():
    item = '{"id":"item_a","type":"message","role":"assistant","content":[{"type":"output_text","text":"Hi."}]}'
    script = BEGIN + created(1.0, "r") + done(2.0, "r", more=f',"output":[{item}]')
    assert spoken(script).said.of(1).model == ["Hi."]


def test_what_the_end_of_a_response_says_holds_though_deltas_of_it_are_missing_or_come_behind_it():
    item = (
        '{"id":"item_a","type":"message","role":"assistant","content":[{"type":"output_text","text":"It is foggy."}]}'
    )
    ended = done(2.0, "r", more=f',"output":[{item}]')
    script = BEGIN + created(1.0, "r") + delta(1.1, "r", "It ") + ended + delta(2.1, "r", "is foggy.")
    assert spoken(script).said.of(1).model == ["It is foggy."]


def test_a_message_is_told_once_though_the_server_shows_it_again():
    known = WRITTEN % ',"id":"u"'
    sent = f'1.0 > conversation.item.create {{"item":{WRITTEN % ""}}}\n'
    shown = f'1.1 < conversation.item.added {{"item":{known}}}\n'
    for script in (sent, sent + shown, shown, shown + shown):
        assert spoken(BEGIN + script).said.of(1).user == ["Hello there"]


def test_no_more_is_kept_of_a_text_than_was_asked_for():
    script = SPOKEN.replace(done(1.8, "r"), "".join(delta(1.7, "r", "word ") for _ in range(1000)))
    assert spoken(script + done(1.8, "r"), longest=12).said.of(1).model == ["word word wo"]


def test_what_is_said_beside_the_conversation_belongs_to_no_turn():
    script = BEGIN + created(1.0, "r", '"conversation_id":null') + text(1.1, "r") + done(1.2, "r")
    assert not list(spoken(script).metrics.turns)
    assert spoken(script).said.of(0).model == ["Hi"]


def test_a_real_call_has_the_words_that_were_spoken_in_it():
    (connection,) = each(read(RECORDINGS / "interruption.jsonl"), Spoken)
    assert [connection.said.of(turn).user for turn in (1, 2)] == [
        ["Please tell me a story."],
        ["Stop, that is enough."],
    ]
    assert connection.said.of(2).model == ["I understand. What would you like to do next?"]


def test_the_functions_that_were_called_stand_with_their_turn():
    (connection,) = each(read(RECORDINGS / "tool.jsonl"), Spoken)
    assert tools_by_turn(connection) == {1: ["get_weather"]}


def test_a_delta_that_comes_behind_the_end_of_its_stream_says_nothing():
    script = BEGIN + created(1.0, "r") + whole(1.1, "r", "It is foggy.") + delta(1.2, "r", " Very.")
    assert spoken(script).said.of(1).model == ["It is foggy."]


def test_a_response_whose_text_is_blank_says_nothing():
    item = '{"id":"item_a","type":"message","role":"assistant","content":[{"type":"output_text","text":" "}]}'
    assert spoken(BEGIN + created(1.0, "r") + done(2.0, "r", more=f',"output":[{item}]')).said.of(1).model == []


def test_a_message_without_words_says_nothing():
    item = '{"type":"message","role":"user","content":[{"type":"input_text","text":" "}]}'
    assert spoken(BEGIN + f'1 > conversation.item.create {{"item":{item}}}\n').said.of(1).user == []
