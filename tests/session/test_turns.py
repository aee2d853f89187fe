"""The user's turns in the ledger: when speech is open, what commits it, and what answers it."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.session.ledgers import Ledgers
from rtcli.session.turns import is_off


def session(detection='{"type":"server_vad"}', kind="created"):
    return f'< session.{kind} {{"session":{{"type":"realtime","id":"s","audio":{{"input":{{"turn_detection":{detection}}}}}}}}}\n'


def started(item="a", ms=0):
    return f'< input_audio_buffer.speech_started {{"item_id":"{item}","audio_start_ms":{ms}}}\n'


def stopped(item="a", ms=500):
    return f'< input_audio_buffer.speech_stopped {{"item_id":"{item}","audio_end_ms":{ms}}}\n'


def committed(item="a"):
    return f'< input_audio_buffer.committed {{"item_id":"{item}"}}\n'


def created(response="r", conversation='"c"'):
    return f'< response.created {{"response":{{"id":"{response}","conversation_id":{conversation}}}}}\n'


COMMIT = "> input_audio_buffer.commit {}\n"
CLEAR = "> input_audio_buffer.clear {}\n"
TIMEOUT = '< input_audio_buffer.timeout_triggered {"item_id":"a","audio_start_ms":0,"audio_end_ms":6000}\n'
MESSAGE = '> conversation.item.create {"item":{"type":"message","role":"user","content":[]}}\n'
TURN = session() + started() + stopped() + committed()


def turns(script):
    ledgers = Ledgers()
    for entry in entries_of(script):
        ledgers.apply(entry)
    return ledgers.turns


def test_speech_is_open_until_it_stops_and_waits_for_its_commit_then():
    assert turns(session() + started()).open.item_id == "a"
    told = turns(session() + started() + stopped())
    assert told.open is None
    assert (told.stopped.item_id, told.stopped.start_ms, told.stopped.end_ms) == ("a", 0, 500)
    told = turns(TURN)
    assert told.stopped is None
    assert (told.segments["a"].cause, told.segments["a"].committed_line) == ("vad", 4)


@pytest.mark.parametrize(
    "ends", [COMMIT, CLEAR, committed(), "< input_audio_buffer.cleared {}\n", session("null", "updated")]
)
def test_a_commit_a_clear_and_another_turn_detection_end_an_open_speech(ends):
    told = turns(session() + started() + ends)
    assert told.open is None
    assert told.segments["a"].ended_line == 3
    assert told.meddled_line == 3


def test_the_same_turn_detection_again_ends_nothing():
    assert turns(session() + started() + session(kind="updated")).open is not None


def test_the_next_speech_forgets_what_the_client_did_in_the_last_one():
    assert turns(session() + started() + COMMIT + started("b", 900)).meddled_line == 0


def test_what_commits_a_turn_is_known():
    assert turns(session("null") + COMMIT + committed()).segments["a"].cause == "client"
    assert turns(session() + started() + COMMIT + committed("b")).segments["b"].cause == "client"
    assert turns(session() + TIMEOUT + committed()).segments["a"].cause == "timeout"
    assert turns(TURN).segments["a"].cause == "vad"


def test_a_turn_that_turn_detection_committed_awaits_its_answer():
    assert turns(TURN).awaiting.item_id == "a"
    told = turns(TURN + created())
    assert told.awaiting is None
    assert told.segments["a"].answered_line == 5


@pytest.mark.parametrize(
    "script",
    [
        session('{"type":"server_vad","create_response":false}') + started() + stopped() + committed(),
        session("null") + COMMIT + committed(),
        session() + TIMEOUT + committed(),
        session() + created() + started() + stopped() + committed(),
        session().replace("realtime", "transcription") + started() + stopped() + committed(),
        started() + stopped() + committed(),
    ],
    ids=["not set to answer", "manual", "idle", "being answered already", "transcribes", "nobody knows"],
)
def test_other_turns_await_nothing(script):
    assert turns(script).awaiting is None


@pytest.mark.parametrize(
    ("ends", "awaits"),
    [
        (created(conversation="null"), True),
        (MESSAGE, True),
        ('< error {"error":{"type":"server_error","message":"rate limit","event_id":"mine"}}\n', True),
        ('< error {"error":{"type":"server_error","message":"rate limit","event_id":null}}\n', False),
        (started("b", 900), False),
    ],
)
def test_what_ends_the_waiting(ends, awaits):
    assert (turns(TURN + ends).awaiting is not None) is awaits


def test_an_item_of_the_client_is_remembered_with_the_turn_that_awaits_an_answer():
    assert turns(TURN + MESSAGE).awaiting.has_company
    assert not turns(MESSAGE + TURN).awaiting.has_company


def test_speech_in_an_answer_interrupts_the_turn_that_is_answered():
    assert turns(TURN + created() + started("b", 900)).segments["a"].interrupted_by == "b"
    done = '< response.done {"response":{"id":"r","status":"completed","conversation_id":"c"}}\n'
    assert turns(TURN + created() + done + started("b", 900)).segments["a"].interrupted_by == ""


def added(item):
    return f'< conversation.item.added {{"item":{{"type":"message","role":"user","id":"{item}","content":[]}}}}\n'


def test_a_committed_item_is_expected_until_it_is_added_on_either_side_of_the_commit():
    assert list(turns(session() + committed()).unannounced) == ["a"]
    assert not turns(session() + committed() + added("a")).unannounced
    assert not turns(session() + added("a") + committed()).unannounced


def test_it_is_overdue_after_ten_events_of_the_server():
    told = turns(session() + committed())
    served = told.lifecycle.obligations.served
    assert not told.overdue(served + 9)
    assert [one.line for one in told.overdue(served + 10)] == [2]


def test_turn_detection_is_off_only_where_the_session_says_so():
    def config(script):
        return turns(script).config

    assert is_off(config(session("null")))
    assert not is_off(config(session()))
    assert not is_off(config('< session.created {"session":{"type":"realtime","id":"s"}}\n'))
    assert not is_off(config(COMMIT))


def test_what_is_kept_does_not_grow_with_the_session():
    script = "".join(started(f"i{n}", n) + stopped(f"i{n}", n) + committed(f"i{n}") + COMMIT for n in range(5000))
    told = turns(session() + script)
    assert len(told.segments) <= 4096
    assert len(told.unannounced) == 1
    assert told.commits <= 64


@pytest.mark.parametrize(
    ("script", "state"),
    [
        (session() + started(), "speaking"),
        (session() + started() + stopped(), "stopped"),
        (session() + started() + CLEAR, "cut"),
        (session() + started() + stopped() + CLEAR, "cut"),
        (TURN, "awaiting"),
        (TURN + created(), "answered"),
        (session('{"type":"server_vad","create_response":false}') + started() + stopped() + committed(), "committed"),
        (session() + started() + COMMIT + committed(), "committed"),
    ],
)
def test_a_turn_goes_from_speech_to_its_answer(script, state):
    assert turns(script).segments["a"].state == state
