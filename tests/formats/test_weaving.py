"""Recordings of one connection, woven into one."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from rtcli.formats.weaving import Strand, woven


def line(t, number, *, event_id=""):
    event = {"type": "error", "event_id": event_id or f"event_{number}"}
    return json.dumps({"t": t, "from": "server", "event": event}).encode() + b"\n"


def weave(*strands, told_twice=lambda: None):
    return list(woven([Strand(str(number), iter(lines)) for number, lines in enumerate(strands)], told_twice))


Times = st.lists(st.floats(0, 50, allow_nan=False).map(lambda t: round(t, 3)), max_size=12)


@given(st.lists(Times, min_size=1, max_size=4))
def test_every_record_comes_out_once_by_time_and_those_of_one_recording_in_their_order(all_times):
    strands = [
        [line(t, f"{number}_{place}") for place, t in enumerate(sorted(times))]
        for number, times in enumerate(all_times)
    ]
    out = weave(*strands)
    assert sorted(out) == sorted(one for strand in strands for one in strand)
    times = [json.loads(one)["t"] for one in out]
    assert times == sorted(times)
    for strand in strands:
        assert [one for one in out if one in strand] == strand


@given(Times, st.integers(2, 3), st.floats(0, 0.5).map(lambda t: round(t, 3)))
def test_what_several_have_seen_comes_out_once_though_it_says_the_same_again_and_again(times, several, late):
    silence = [line(t, 0, event_id="") for t in sorted(times)]
    strands = [[line(json.loads(one)["t"] + late * number, 0) for one in silence] for number in range(several)]
    twice = []
    out = weave(*strands, told_twice=lambda: twice.append(1))
    assert len(out) == len(times)
    assert len(twice) == len(times) * (several - 1)


def test_what_comes_again_much_later_is_something_else():
    assert len(weave([line(1.0, 1)], [line(30.0, 1)])) == 2


def test_a_record_whose_time_goes_back_keeps_its_place_in_its_recording():
    strand = [line(5.0, 1), line(3.0, 2), line(6.0, 3)]
    assert [one for one in weave(strand, [line(4.0, 9)]) if one in strand] == strand


def test_only_the_time_of_a_line_is_written_anew():
    odd = b'{"from": "server", "t": 1, "event": {"type": "error" , "event_id":"e", "n": 1.50}, "more": [1e3]}\n'
    (out,) = woven([Strand("a", iter([odd]), shift_s=2.25)], None)
    assert json.loads(out) == json.loads(odd) | {"t": 3.25}
    assert b'{"type": "error" , "event_id":"e", "n": 1.50}' in out
    plain = b'{"t":1.000000,"from":"server","event":{"type":"error"}}\n'
    assert list(woven([Strand("a", iter([plain]), shift_s=0.5)], None)) == [plain.replace(b"1.000000", b"1.500000")]


@given(Times, st.data())
def test_of_parts_of_one_recording_only_what_has_the_same_time_is_the_same(times, data):
    silence = [line(t, 0) for t in sorted(set(times))]
    cut = data.draw(st.integers(0, len(silence)))
    again = data.draw(st.integers(0, cut))
    parts = [Strand("a", iter(silence[:cut]), clock="one"), Strand("b", iter(silence[again:]), clock="one")]
    assert list(woven(parts, lambda: None)) == silence


@given(Times, st.data())
def test_parts_that_were_written_one_after_another_share_nothing(times, data):
    silence = [line(t, 0) for t in sorted(set(times))]
    begins_s = data.draw(st.integers(0, 50)) - 0.0005
    first = [one for one in silence if json.loads(one)["t"] < begins_s]
    second = [line(json.loads(one)["t"] - begins_s, 0) for one in silence[len(first) :]]
    out = list(woven([Strand("b", iter(second), shift_s=begins_s), Strand("a", iter(first))], lambda: None))
    assert [json.loads(one) for one in out] == [json.loads(one) for one in silence]


def test_empty_lines_are_left_out_and_a_last_line_gets_its_end():
    first = [line(1.0, "a"), b"\n", b"  \n", line(3.0, "b")[:-1]]
    assert weave(first, [line(2.0, "c")]) == [line(1.0, "a"), line(2.0, "c"), line(3.0, "b")]


def test_a_line_without_a_time_stays_behind_the_one_before_it():
    note = b'{"note":"a click"}\n'
    assert weave([line(1.0, "a"), note, line(3.0, "b")], [line(2.0, "c")]) == [
        line(1.0, "a"),
        note,
        line(2.0, "c"),
        line(3.0, "b"),
    ]


def test_what_a_client_was_seen_to_say_twice_is_told_by_its_words():
    """Such a line has no id; two recorders have clocks of their own."""
    said = [b'{"t":%.3f,"from":"client","event":{"type":"response.create"}}\n' % t for t in (1.0, 1.1)]
    notes = [b'{"note":"a click"}\n'] * 2
    twice = []
    both = woven(
        [Strand(str(n), iter([one, note])) for n, (one, note) in enumerate(zip(said, notes, strict=True))],
        lambda: twice.append(1),
    )
    assert list(both).count(said[0]) == 1
    assert twice
