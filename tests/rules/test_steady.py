"""Events that only go on are passed by all rules: what is found, and what is known, is the same as if each were judged."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers_shape import shape
from ongoing import BEGUN, LIMITS, RUNS, TEXT, deltas, formats, lines_of
from sweeping import examples

from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.rules import RULES, Check


def found(lines, *, steadily, where_read=False):
    listener = Listener()
    check = Check(RULES, listener)
    told = []
    texts = (json.dumps(line).encode() + b"\n" for line in lines)
    for entry in read(texts, listener, taking=check.taking if where_read else None):
        told += check.feed(entry) if steadily else check._weigh(entry)
    known = shape(check.ledgers)
    return [(one.code, one.line, one.message) for one in [*told, *check.finish()]], check.events, known


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(RUNS, max_size=20), st.booleans())
def test_the_same_is_found_where_every_delta_is_judged(runs, timed):
    lines = list(lines_of([*BEGUN, *runs], timed=timed))
    assert found(lines, steadily=True) == found(lines, steadily=False)
    assert found(lines, steadily=True, where_read=True) == found(lines, steadily=False)


def test_a_request_waits_through_deltas_and_is_told_with_the_event_behind_them():
    lines = list(lines_of([*BEGUN, (TEXT, 600, 0.1), LIMITS], timed=True))
    told, events, _ = found(lines, steadily=True)
    assert [one for one in told if one[0] == "SEQ22"] == [
        ("SEQ22", 5, "input_audio_buffer.clear got neither its answer nor an error within 12.2 s")
    ]
    assert events == 1 + len(BEGUN) + 601
    assert found(lines, steadily=False)[:2] == (told, events)


def test_deltas_are_no_events_that_a_request_has_waited_for():
    for steadily in (True, False):
        lines = lines_of([*BEGUN, (TEXT, 600, 0), LIMITS], timed=False)
        assert "SEQ22" not in {one[0] for one in found(lines, steadily=steadily)[0]}
    for times, is_told in ((50, False), (51, True)):
        lines = lines_of([*BEGUN, *[LIMITS] * times], timed=False)
        assert ("SEQ22" in {one[0] for one in found(lines, steadily=True)[0]}) is is_told


SOUND = next(event for event in deltas() if event["type"] == "response.output_audio.delta")


def test_audio_that_comes_later_than_it_is_played_is_no_audio_that_only_goes_on():
    """What came at once plays for four seconds, and more than that pass: short of a stall, and long since silent."""
    at_once = {**SOUND, "delta": "A" * (1 << 18)}
    runs = [(next(formats()), 1, 0), *BEGUN[:2], (at_once, 1, 0), (SOUND, 2, 0.1), (SOUND, 1, 4.9), (SOUND, 3, 0.02)]
    lines = list(lines_of(runs, timed=True))
    told = found(lines, steadily=True, where_read=True)
    assert told == found(lines, steadily=False)
    assert [line for code, line, _ in told[0] if code == "TIM04"] == [9]
