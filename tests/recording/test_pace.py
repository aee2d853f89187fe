"""When records are due."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rtcli.formats import Entry
from rtcli.recording import Header, Note
from rtcli.recording.pace import UNTIMED_STEP_S, paced


def notes(*times):
    return [Note(t, "") for t in times]


def due(*times, **options):
    return [round(at, 6) for at, _ in paced(notes(*times), **options)]


def test_records_are_due_at_their_own_times():
    assert due(0.0, 1.5, 2.0) == [0.0, 1.5, 2.0]


def test_no_pause_is_longer_than_the_idle_limit():
    assert due(0.0, 1.0, 61.0, 61.5, idle_limit_s=2.0) == [0.0, 1.0, 3.0, 3.5]


def test_what_lies_before_the_start_is_due_at_once_and_the_end_ends_it():
    assert due(0.0, 9.0, 11.0, 12.0, start_s=10.0, until_s=11.5) == [0.0, 0.0, 1.0]


def test_records_without_times_follow_each_other_closely():
    assert due(None, None) == [UNTIMED_STEP_S, 2 * UNTIMED_STEP_S]


@given(st.lists(st.none() | st.floats(0, 1e6)), st.none() | st.floats(0, 10), st.floats(0, 100))
def test_due_times_never_decrease_and_nothing_is_left_out(times, limit, start):
    result = list(paced(notes(*times), idle_limit_s=limit, start_s=start))
    assert [record.t for _, record in result] == times
    dues = [at for at, _ in result]
    assert dues == sorted(dues)


def test_what_was_carried_along_to_a_part_is_due_at_once():
    header = Entry(1, 0.0, None, Header(rtcli=1, cut=["start"], begins_s=600.0))
    part = [header, *notes(0.1, 300.0, 600.0, 601.5)]
    assert [round(at, 6) for at, _ in paced(part)] == [0.0, 0.0, 0.0, 0.0, 1.5]
    assert [round(at, 6) for at, _ in paced(part, start_s=601.0)] == [0.0, 0.0, 0.0, 0.0, 0.5]


def test_the_end_is_part_of_what_is_played_and_a_whole_recording_begins_at_its_beginning():
    assert due(0.0, 1.0, 2.0, 3.0, until_s=2.0) == [0.0, 1.0, 2.0]
    header = Entry(1, 0.0, None, Header(rtcli=1))
    assert [round(at, 6) for at, _ in paced([header, *notes(0.5)])] == [0.0, 0.5]


def test_records_without_times_come_about_as_often_as_audio_does():
    """A delta holds some tens of milliseconds."""
    at = due(None, None, None)
    assert all(0.01 <= after - before <= 0.05 for before, after in pairwise(at))
