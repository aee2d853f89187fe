"""Events that wait, and things to do in time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rtcli.events import input_audio_buffer
from rtcli.standin.outbox import Outbox


def test_events_leave_once_and_in_order():
    outbox = Outbox(1, 1.0)
    outbox.put(outbox.build.input_audio.cleared())
    outbox.put(input_audio_buffer.Cleared(event_id="event_mine"))
    first, second = outbox.due(0)
    assert first.event_id.startswith("event_")
    assert second.event_id == "event_mine"
    assert outbox.due(0) == []


@given(st.lists(st.integers(0, 5)))
def test_what_is_due_is_done_in_time_and_then_in_the_order_asked(times):
    outbox, done = Outbox(1, 1.0), []
    for number, at in enumerate(times):
        outbox.at(at, lambda now, number: done.append((now, number)), number)
    assert outbox.next_at == (min(times) if times else None)
    outbox.due(5)
    assert done == sorted((at, number) for number, at in enumerate(times))
    assert outbox.next_at is None


def test_nothing_is_done_before_its_time():
    outbox, done = Outbox(1, 1.0), []
    outbox.at(2.0, done.append)
    outbox.due(1.9)
    assert done == []


def test_what_is_asked_for_meanwhile_and_due_already_is_done_too():
    outbox, done = Outbox(1, 0.0), []
    outbox.at(1.0, lambda now: outbox.later(now, 5.0, done.append))
    outbox.due(1.0)
    assert done == [1.0]


def test_the_pace_stretches_the_servers_own_delays_and_no_others():
    outbox = Outbox(1, 2.0)
    outbox.at(10.0, print)
    assert outbox.next_at == 10.0
    outbox.later(0.0, 3.0, print)
    assert outbox.next_at == 6.0
