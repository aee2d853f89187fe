"""Which findings are wanted, and what each code is called."""

from __future__ import annotations

import pytest

import rtcli.rules
from rtcli.rules import DEFAULT, RULES, TITLES, Codes, at_least, titles


def chosen(**wishes):
    return {rule.code for rule in Codes(**wishes).rules}


def test_without_a_wish_the_usual_rules_are_asked_and_the_extended_are_not():
    assert chosen() == {rule.code for rule in DEFAULT}
    extended = {rule.code for rule in RULES if rule.tier == "extended"}
    assert extended
    assert not chosen() & extended


def test_what_is_selected_is_asked_even_where_it_is_extended():
    extended = next(rule.code for rule in RULES if rule.tier == "extended")
    assert chosen(select=[extended]) == {extended}
    assert chosen(select=["AUD"]) == {rule.code for rule in RULES if rule.code[:3] == "AUD"}
    assert chosen(select=["AUD", "TIM01"]) == chosen(select=["AUD"]) | chosen(select=["TIM01"])


def test_what_is_said_of_one_line_is_found_without_a_rule_and_beside_rules_takes_none_away():
    assert not {rule.code for rule in RULES} & TITLES.keys()
    assert chosen(select=["SCH"]) == chosen(select=["SCH05", "SCH09"]) == set()
    assert chosen(select=["SCH05", "AUD"]) == chosen(select=["AUD"])
    assert chosen(select=["S"]) == {rule.code for rule in RULES if rule.code[0] == "S"}


def test_what_is_ignored_is_not_asked_though_it_is_selected():
    assert chosen(ignore=["AUD"]) == {code for code in chosen() if code[:3] != "AUD"}
    assert chosen(select=["AUD"], ignore=["AUD01"]) == chosen(select=["AUD"]) - {"AUD01"}


def test_a_code_is_wanted_by_its_beginning():
    assert Codes().want("SCH05")
    assert Codes(select=["SCH"]).want("SCH05")
    assert not Codes(select=["05"]).want("SCH05")
    assert not Codes(ignore=["SCH"]).want("SCH05")
    assert Codes(ignore=["05"]).want("SCH05")


def test_every_code_has_its_title():
    told = titles()
    assert told.keys() == TITLES.keys() | {rule.code for rule in RULES}
    for rule in RULES:
        assert told[rule.code] == rule.judge.__doc__.splitlines()[0].rstrip(".")
    assert told["SCH01"] == TITLES["SCH01"][1]


def test_what_the_package_offers_is_there_and_nothing_else_is():
    assert all(getattr(rtcli.rules, name) is not None for name in rtcli.rules.__all__)
    with pytest.raises(AttributeError, match=r"'rtcli\.rules' has no attribute 'REGELN'"):
        _ = rtcli.rules.REGELN


def test_a_severity_is_as_grave_as_itself_and_graver_than_those_below():
    assert [at_least(one, "warning") for one in ("error", "warning", "info")] == [True, True, False]
    assert all(at_least(one, "info") for one in ("error", "warning", "info"))
    assert [at_least(one, "error") for one in ("error", "warning", "info")] == [True, False, False]
