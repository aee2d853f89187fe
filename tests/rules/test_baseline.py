"""What is known is hidden, as often as it was known, wherever its line has gone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reported import finding, findings, words

from rtcli.rules.baseline import Baseline


def learned(*found):
    baseline = Baseline(learning=True)
    for name, one in found:
        assert baseline.hides(name, one)
    return baseline


def test_a_known_finding_is_hidden_on_another_line_with_another_id_and_another_message():
    baseline = Baseline.read(learned(("a", finding(line=2, event_id="e1", message="item_1 is late"))).text())
    assert baseline.hides("a", finding(line=70, event_id="e9", message="item_4 is late"))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("b", finding(path="$.x", type="t")),
        ("a", finding(path="$.x", type="t", code="SCH06")),
        ("a", finding(path="$.y", type="t")),
        ("a", finding(path="$.x", type="u")),
    ],
)
def test_another_file_code_place_or_type_is_not_known(name, other):
    assert not Baseline.read(learned(("a", finding(path="$.x", type="t"))).text()).hides(name, other)


def test_as_many_as_were_known_are_hidden_and_the_next_is_told():
    baseline = Baseline.read(learned(("a", finding()), ("a", finding(line=9))).text())
    assert [baseline.hides("a", finding()) for _ in range(3)] == [True, True, False]


def test_an_entry_of_a_list_is_known_at_another_index():
    baseline = Baseline.read(learned(("a", finding(path="$.item.content[0].text"))).text())
    assert baseline.hides("a", finding(path="$.item.content[12].text"))


@given(st.lists(st.tuples(words, findings)))
def test_what_was_learned_is_known_when_it_is_read_whatever_stands_in_it(found):
    text = learned(*found).text()
    text.encode()
    baseline = Baseline.read(text)
    assert all(baseline.hides(name, one) for name, one in found)
    assert not any(baseline.hides(name, one) for name, one in found)


def test_the_document_names_its_schema_and_does_not_depend_on_the_order():
    one, two = ("b", finding(path="$.z")), ("a", finding(path="$.y"))
    assert learned(one, two).text() == learned(two, one).text()
    document = json.loads(learned(one, two).text())
    assert document["schema"] == "rtcli.baseline/1"
    assert document["files"]["b"] == [{"code": "SCH07", "type": "", "path": "$.z", "count": 1}]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "\xff",
        '{"schema": "rtcli.baseline/2", "files": {}}',
        '{"schema": ["rtcli.baseline/1"], "files": {}}',
        '{"schema": "rtcli.baseline/1"}',
        '{"schema": "rtcli.baseline/1", "files": {"a": [{"code": "SCH07", "type": "", "path": "", "count": 0}]}}',
        '{"schema": "rtcli.baseline/1", "files": {"a": [{"code": 7, "type": "", "path": "", "count": 1}]}}',
    ],
)
def test_what_is_no_baseline_is_refused_with_a_reason(text):
    with pytest.raises(ValueError, match=r"\w"):
        Baseline.read(text)


def test_a_document_of_another_version_is_refused_with_both_their_names():
    with pytest.raises(ValueError, match=r'"rtcli.baseline/2", not "rtcli.baseline/1"'):
        Baseline.read('{"schema": "rtcli.baseline/2", "files": {}}')
