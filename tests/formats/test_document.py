"""Events in one JSON document."""

from __future__ import annotations

import pytest
from written import refuse

from rtcli.formats.document import DOCUMENT

CREATE, CANCEL = '{"type":"response.create"}', '{"type":"response.cancel"}'


def read(text):
    lines = text.encode().splitlines(keepends=True)
    return [(line, record.text) for line, record in DOCUMENT.read(lines, refuse)]


@pytest.mark.parametrize("text", ["", "\n", " \n\t\n"])
def test_in_a_document_that_says_nothing_there_is_nothing(text):
    assert read(text) == []


def test_an_event_is_told_at_the_line_where_it_begins():
    assert read(f'{{"version": 1,\n"log": {{"events": [{CREATE},\n {CREATE},\n\n {CANCEL}]}}\n}}') == [
        (2, CREATE),
        (3, CREATE),
        (5, CANCEL),
    ]


def test_of_a_name_that_comes_twice_the_last_counts_and_nothing_between_is_lost():
    """It stands where it came first, so that what it holds does not come in the order of the lines."""
    events = read(f'{{"a": [],\n"b": [{CANCEL}],\n"a": [{CREATE}]}}')
    assert events[0] == (3, CREATE)
    assert [text for _, text in events] == [CREATE, CANCEL]
