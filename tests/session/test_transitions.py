"""The one table of states."""

from __future__ import annotations

import pytest

from rtcli.session.transitions import OVER, TRANSITIONS, after

KINDS = list(TRANSITIONS)


@pytest.mark.parametrize("kind", KINDS)
def test_each_state_that_is_reached_is_a_state_of_that_kind(kind):
    states = TRANSITIONS[kind]
    for steps in states.values():
        assert states.keys() >= set(steps.values())


@pytest.mark.parametrize("kind", KINDS)
def test_each_state_but_the_first_is_reached(kind):
    first, *others = TRANSITIONS[kind]
    reached = {state for steps in TRANSITIONS[kind].values() for state in steps.values()}
    assert reached >= set(others)
    assert first not in reached


WITH_AN_END = ["response", "output item", "part", "stream", "function call", "transcription", "MCP listing", "MCP call"]


@pytest.mark.parametrize("kind", WITH_AN_END)
def test_what_is_over_does_not_begin_again(kind):
    over = [state for state in TRANSITIONS[kind] if state in OVER]
    assert over
    assert all(not TRANSITIONS[kind][state] for state in over)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_in_the_table_leaves_a_state_as_it_is(kind):
    for state in TRANSITIONS[kind]:
        assert after(kind, state, "novelty") == state


def test_an_item_is_there_again_when_it_is_added_behind_its_deletion():
    assert after("item", "deleted", "done") == "deleted"
    assert after("item", "deleted", "added") == "added"


def test_what_was_never_seen_to_begin_can_be_seen_to_end():
    for kind in ("response", "output item", "part", "stream", "item"):
        assert after(kind, "unseen", "done") in (*OVER, "done")


def test_a_call_is_settled_once_and_its_arguments_do_not_open_it_again():
    assert after("function call", "announced", "completed") == "completed"
    assert after("function call", "completed", "whole") == "completed"


def test_a_turn_is_committed_once_and_what_was_cut_off_can_still_be_committed():
    assert after("turn", "committed", "stopped") == "committed"
    assert after("turn", "cut", "committed") == "committed"
    assert after("turn", "answered", "committed") == "answered"
