"""Tables for spreadsheets: what is read back is what was written, and nothing of it is a formula."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.reports.table import cell, write_table

FORMULAS = ("=", "+", "-", "@")


def written(fields, rows):
    out = io.StringIO()
    write_table(out, fields, rows)
    return list(csv.reader(io.StringIO(out.getvalue())))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1"])
def test_text_that_a_spreadsheet_would_reckon_with_has_an_apostrophe_before_it(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["\t=1", "\r=1", "\n=1", "\x00=1"])
def test_what_hides_a_formula_is_written_out(text):
    assert cell(text).isprintable()
    assert cell(text).startswith("\\")


def test_numbers_stay_numbers_and_what_is_not_known_is_empty():
    row = {"a": -1.5, "b": 0, "c": None, "d": True, "e": {"bad": 2}}
    assert written(list("abcde"), [row]) == [list("abcde"), ["-1.5", "0", "", "true", '{"bad":2}']]


@given(st.lists(st.dictionaries(st.sampled_from("ab"), st.text(st.characters(), max_size=8)), max_size=5))
def test_every_row_stays_one_line_with_all_its_cells_and_none_is_a_formula(rows):
    head, *read = written(["a", "b"], rows)
    assert head == ["a", "b"]
    assert len(read) == len(rows)
    for cells in read:
        assert len(cells) == 2
        assert not any(one.lstrip().startswith(FORMULAS) for one in cells)
        assert all(one.isprintable() for one in cells)
