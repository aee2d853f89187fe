"""Ids in the place of others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rtcli.script.renaming import ids_in, pairs, renamed

NAMES = st.sampled_from(["a", "b", "c"])
KEYS = st.sampled_from(["id", "item_id", "call_id", "text", "delta", "metadata", "item", "x"])
VALUES = st.recursive(
    st.none() | NAMES, lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=4)
)


def test_only_ids_are_replaced():
    event = {
        "item_id": "a",
        "delta": "a",
        "item": {"id": "a", "content": [{"text": "a"}], "call_id": "b"},
        "response": {"metadata": {"id": "a"}},
        "session": {"tools": [{"name": "a", "parameters": {"id": "a"}}]},
    }
    assert renamed(event, {"a": "z"}) == {
        "item_id": "z",
        "delta": "a",
        "item": {"id": "z", "content": [{"text": "a"}], "call_id": "b"},
        "response": {"metadata": {"id": "a"}},
        "session": {"tools": [{"name": "a", "parameters": {"id": "a"}}]},
    }


def test_two_that_change_names_change_them():
    assert renamed([{"id": "a"}, {"id": "b"}], {"a": "b", "b": "a"}) == [{"id": "b"}, {"id": "a"}]


@given(VALUES)
def test_without_names_nothing_changes(value):
    assert renamed(value, {}) == value
    assert list(pairs(value, value)) == []


@given(VALUES)
def test_what_is_replaced_is_what_is_found(value):
    names = {name: name.upper() for name in "abc"}
    assert ids_in(renamed(value, names)) == {name.upper() for name in ids_in(value)}


@given(VALUES)
def test_the_pairs_of_a_copy_are_the_names_that_were_given(value):
    names = {name: name.upper() for name in "abc"}
    assert set(pairs(value, renamed(value, names))) == {(name, name.upper()) for name in ids_in(value)}


@given(VALUES)
def test_names_can_be_taken_back(value):
    there = {name: name.upper() for name in "abc"}
    back = {new: old for old, new in there.items()}
    assert renamed(renamed(value, there), back) == value
