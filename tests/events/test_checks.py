"""What checking an object costs, counted in comparisons of names and not in time."""

from __future__ import annotations

import sys

import pytest

from rtcli.events import REALTIME
from rtcli.events.checks import check_of
from rtcli.events.event import MAX_INTEGER
from rtcli.events.walk import Walk


class Name(str):
    """A name that counts how often it is compared with another."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other):
        Name.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def comparisons(unknown, **known):
    """How often names are compared in an event with so many unknown ones."""
    body = known | {Name(f"name_{number}"): number for number in range(unknown)}
    Name.compared = 0
    walk = Walk()
    check_of(REALTIME.types["response.created"])(body, (), walk)
    assert len(walk.extra) == unknown
    return Name.compared


def calls(unknown, **known):
    """How many functions are called for it, those of the standard library among them."""
    body = known | {f"name_{number}": number for number in range(unknown)}
    check = check_of(REALTIME.types["response.created"])
    count = 0

    def seen(frame, event, argument):
        nonlocal count
        count += 1

    sys.setprofile(seen)
    try:
        check(body, (), Walk())
    finally:
        sys.setprofile(None)
    return count


WHOLE = {"type": "response.created", "event_id": "e", "response": {}}
LACKING = {"type": "response.created"}


@pytest.mark.parametrize("known", [WHOLE, LACKING], ids=["whole", "lacking what it needs"])
def test_ten_times_as_many_unknown_names_are_compared_ten_times_as_often_at_most(known):
    assert comparisons(20_000, **known) <= 11 * max(comparisons(2_000, **known), 2_000)


@pytest.mark.parametrize("known", [WHOLE, LACKING], ids=["whole", "lacking what it needs"])
def test_ten_times_as_many_unknown_names_take_ten_times_as_many_steps_at_most(known):
    assert calls(20_000, **known) <= 11 * calls(2_000, **known)


def test_only_some_of_very_many_names_are_thought_to_be_misspelt():
    some, many = calls(1_000, **LACKING), calls(20_000, **LACKING)
    assert many - some < 3 * (calls(20_000, **WHOLE) - calls(1_000, **WHOLE))


@pytest.mark.parametrize("index", [0, 7, MAX_INTEGER, -1, MAX_INTEGER + 1, True, None, "0"])
def test_an_index_passes_at_sight_within_its_limits_and_is_looked_at_beyond_them(index):
    """Only what is looked at costs a call more than the check of the event does."""
    body = {"type": "conversation.item.truncated", "event_id": "e", "item_id": "i", "audio_end_ms": 0}
    check, walk, entered = check_of(REALTIME.types[body["type"]]), Walk(), []
    sys.setprofile(lambda frame, event, _: entered.append(frame) if event == "call" else None)
    try:
        check(body | {"content_index": index}, (), walk)
    finally:
        sys.setprofile(None)
    passes = type(index) is int and 0 <= index <= MAX_INTEGER
    assert [fault.path for fault in walk.faults] == ["$.content_index"] * (not passes)
    assert (len(entered) == 1) is passes


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), 10**400, -1, 0.0, 7, 10**300])
def test_a_number_with_a_limit_passes_where_the_decoder_takes_it(number):
    usage = {"type": "duration", "seconds": number}
    kind = REALTIME.types["conversation.item.input_audio_transcription.completed"]
    body = {"type": kind.__struct_config__.tag, "event_id": "e", "item_id": "i", "content_index": 0, "transcript": ""}
    walk = Walk()
    check_of(kind)(body | {"usage": usage}, (), walk)
    taken = 0 <= number <= sys.float_info.max
    assert [fault.path for fault in walk.faults] == ["$.usage.seconds"] * (not taken)
