from __future__ import annotations

from notation import told

from rtcli.session.stream import Stream
from rtcli.session.tree import Turn

APPEND = '> input_audio_buffer.append {"audio":"%s"}\n' % ("A" * 6400)
VAD = """
1.0 < input_audio_buffer.speech_started {"item_id":"i","audio_start_ms":100}
2.0 < input_audio_buffer.speech_stopped {"item_id":"i","audio_end_ms":900}
2.1 < input_audio_buffer.committed {"item_id":"i"}
"""
ANSWER = '2.2 < response.created {"response":{"id":"r","conversation_id":"c"}}\n'


def turns(session):
    return [child for child in session.connections[0].children if isinstance(child, Turn)]


def test_speech_begins_a_turn_and_becomes_an_item():
    (turn,) = turns(told(VAD))
    (item,) = turn.children
    assert (item.id, item.role, turn.at_s, turn.input_end_s) == ("i", "user", 1.0, 2.0)
    assert (item.speech.audio_start_ms, item.speech.audio_end_ms, item.speech.committed) == (100, 900, True)


def test_events_of_a_speech_that_come_twice_change_nothing():
    twice = "\n".join(line for line in VAD.strip().splitlines() for _ in range(2))
    assert turns(told(twice)) == turns(told(VAD))


def test_a_late_copy_of_the_stop_opens_no_turn():
    assert len(turns(told(VAD + ANSWER + VAD.splitlines()[2].replace("2.0", "3.0")))) == 1


def test_a_barge_in_begins_the_next_turn_and_interrupts_the_one_whose_answer_is_cancelled_for_it():
    spoken_over = VAD + ANSWER + '3.0 < input_audio_buffer.speech_started {"item_id":"j","audio_start_ms":1500}\n'
    assert [turn.interrupted for turn in turns(told(spoken_over))] == [False, False]
    session = told(spoken_over + '3.1 < response.done {"response":{"id":"r","status":"cancelled"}}')
    assert [turn.interrupted for turn in turns(session)] == [True, False]


def test_speech_after_the_answer_interrupts_nothing():
    done = '2.9 < response.done {"response":{"id":"r","status":"completed"}}\n'
    session = told(
        VAD + ANSWER + done + '3.0 < input_audio_buffer.speech_started {"item_id":"j","audio_start_ms":1500}'
    )
    assert [turn.interrupted for turn in turns(session)] == [False, False]


def test_audio_that_is_sent_is_one_run():
    created = '< session.created {"session":{"type":"realtime","audio":{"input":{"format":{"type":"audio/pcm"}}}}}\n'
    (_, run) = told(created + APPEND * 3).connections[0].children
    assert (run.kind, run.deltas, run.audio_bytes, run.audio_ms) == ("input", 3, 14400, 300.0)


def test_the_audio_before_a_commit_belongs_to_the_turn_that_it_begins():
    (turn,) = turns(told(APPEND + APPEND + "> input_audio_buffer.commit {}"))
    assert [(child.kind, child.deltas) for child in turn.children if isinstance(child, Stream)] == [("input", 2)]


def test_a_clear_ends_the_run():
    first, second = told(APPEND + "> input_audio_buffer.clear {}\n" + APPEND * 2).connections[0].children
    assert (first.deltas, second.deltas) == (1, 2)


def test_a_silence_begins_a_turn_of_its_own():
    session = told(
        VAD
        + ANSWER
        + '9.0 < input_audio_buffer.timeout_triggered {"item_id":"k","audio_start_ms":1000,"audio_end_ms":7000}'
    )
    assert [turn.children[0].speech.cause for turn in turns(session)] == ["vad", "timeout"]


def test_a_key_that_is_pressed_is_noted():
    (key,) = (
        told(
            '- {"t":1,"from":"server","event":{"type":"input_audio_buffer.dtmf_event_received","event":"5","received_at":1}}'
        )
        .connections[0]
        .children
    )
    assert (key.kind, key.text) == ("key", "5")


def test_speech_whose_beginning_is_not_recorded_begins_a_turn_when_it_stops():
    (turn,) = turns(told("\n".join(VAD.strip().splitlines()[1:])))
    assert (turn.at_s, turn.input_end_s, turn.children[0].speech.audio_start_ms) == (2.0, 2.0, None)


def test_a_commit_ends_the_input_where_nobody_has_heard_speech():
    (turn,) = turns(told(VAD.strip().splitlines()[2]))
    assert turn.input_end_s == 2.1


def test_the_end_of_speech_that_was_answered_early_does_not_change_when_the_answer_was_asked_for():
    start, stop, _commit = VAD.strip().splitlines()
    stop = stop.replace("2.0", "2.5")
    (turn,) = turns(told("\n".join([start, ANSWER.strip().replace("2.2", "1.5"), stop])))
    assert turn.input_end_s != 2.5


def test_a_turn_of_two_items_ended_for_the_user_with_the_first():
    committed = "".join(
        f'{t} < input_audio_buffer.committed {{"item_id":"{name}"}}\n' for t, name in ((2, "a"), (3, "b"))
    )
    (turn,) = turns(told(committed))
    assert (turn.input_end_s, [item.id for item in turn.children]) == (2.0, ["a", "b"])
