"""A rule's page is its function's docstring."""

from __future__ import annotations

from rtcli.events import Event
from rtcli.rules import Rule


def judge(_event, _entry, _ledgers):
    """A cup is half empty.

    It means that somebody drank from it,
    ``twice`` perhaps.

    Source: a look into it.

    Fix: fill it up.
    """
    return ()


def test_the_page_of_a_rule_has_a_title_what_it_means_and_what_is_to_be_done():
    rule = Rule("CUP01", "error", judge, (Event,))
    assert rule.title == "A cup is half empty"
    assert rule.meaning == "It means that somebody drank from it, twice perhaps."
    assert rule.fix == "fill it up"


def test_a_rule_without_a_page_has_no_title_and_nothing_is_to_be_done():
    rule = Rule("CUP02", "error", lambda _event, _entry, _ledgers: (), (Event,))
    assert (rule.title, rule.fix) == ("", "")
