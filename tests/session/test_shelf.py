"""Rows that are long over are packed; a shelf is a list all the same."""

from __future__ import annotations

import gc
from operator import attrgetter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtcli.session.rows import At, ResponseRow, TurnRow
from rtcli.session.shelf import Shelf


def filled(count, rows=4, at_work=8):
    shelf = Shelf(rows, at_work)
    for number in range(count):
        shelf.append(row_of(number))
    return shelf


def row_of(number):
    return TurnRow(number, number * 10, "vad", [f"item_{number}"], stopped=At(number * 10, number / 3))


def test_rows_stand_in_their_order_and_places():
    shelf = filled(100)
    rows = [row_of(number) for number in range(100)]
    assert len(shelf) == 100
    assert list(shelf) == rows
    assert list(reversed(shelf)) == rows[::-1]
    assert [shelf[place] for place in range(-100, 100)] == rows * 2
    assert shelf[7:93:5] == rows[7:93:5]
    assert shelf[-1] is shelf[99]
    for beyond in (100, -101):
        with pytest.raises(IndexError):
            shelf[beyond]


def test_a_shelf_without_rows_is_empty():
    assert not Shelf()
    assert list(Shelf()) == list(reversed(Shelf())) == []


def test_a_value_is_of_the_type_that_it_was():
    shelf = filled(0)
    for number in range(40):
        shelf.append(
            ResponseRow(f"r{number}", number, audio_ms=5, heard_ms=5.0, dry_ms=float("inf"), done=At(1 << 80, None))
        )
    first = next(iter(shelf))
    assert [type(value) for value in (first.audio_ms, first.heard_ms)] == [int, float]
    assert first.dry_ms == float("inf")
    assert type(first.done) is At
    assert first.done.line == 1 << 80


def living():
    """How many rows there are in memory."""
    gc.collect()
    return sum(type(one) is TurnRow for one in gc.get_objects())


def test_what_is_over_is_packed_and_what_somebody_holds_stays_as_it_is():
    before = living()
    shelf = filled(2000)
    assert 8 <= living() - before < 40
    held = [shelf[0], shelf[1000]]
    for number in range(2000, 4000):
        shelf.append(row_of(number))
    assert 8 <= living() - before < 60
    assert shelf[0] is held[0]
    assert shelf[1000] is held[1]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("append"), st.integers(1, 9)),
            st.tuples(st.sampled_from(["hold", "change"]), st.integers(0, 400)),
            st.tuples(st.just("let go"), st.integers(0, 9)),
        ),
        max_size=80,
    )
)
def test_whoever_holds_a_row_may_change_it_however_old_it_is(steps):
    shelf, rows, held = Shelf(2, 4), [], []
    for step, number in steps:
        if step == "append":
            for _ in range(number):
                shelf.append(row_of(len(rows)))
                rows.append(row_of(len(rows)))
        elif step == "let go":
            del held[:number]
        elif step == "hold" and rows:
            place = number % len(rows)
            held.append((place, shelf[place]))
        elif held:
            place, row = held[number % len(held)]
            row.item_ids.append(f"late_{number}")
            row.done = At(number, None)
            rows[place].item_ids.append(f"late_{number}")
            rows[place].done = At(number, None)
    assert list(shelf) == rows
    assert all(shelf[place] is row for place, row in held)


@given(st.lists(st.integers(0, 9), max_size=60), st.integers(0, 30))
def test_who_adds_rows_while_going_through_them_comes_to_all_of_them_once_as_in_a_list(added, at_first):
    shelf, rows = filled(at_first, rows=3, at_work=0), [row_of(number) for number in range(at_first)]

    def gone_through(held):
        """The numbers of the rows, none of which is held while others are added."""
        for number, more in zip(map(attrgetter("number"), held), added, strict=False):
            yield number
            for _ in range(more):
                held.append(row_of(len(held)))

    assert list(gone_through(shelf)) == list(gone_through(rows))
    assert list(shelf) == rows


def test_who_adds_rows_while_going_backwards_comes_to_all_that_were_there():
    shelf = filled(20, rows=3, at_work=0)
    numbers = []
    for number in map(attrgetter("number"), reversed(shelf)):
        numbers.append(number)
        for _ in range(10):
            shelf.append(row_of(len(shelf)))
    assert numbers == list(range(19, -1, -1))
