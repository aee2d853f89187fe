"""Fields by name: the list of ``--json``, the order of ``--sort``, and a ``--json`` that stands alone."""

from __future__ import annotations

import msgspec
import pytest

from rtcli.causes.overview import Overview
from rtcli.commands.declared import completed
from rtcli.commands.fields import by_field, chosen, order
from rtcli.commands.info import info
from rtcli.errors import BadOption
from rtcli.reports.info import FIELDS

KNOWN = ["model", "duration_s", "cost_usd"]


def test_every_field_of_an_overview_is_listed_and_explained():
    assert sorted(FIELDS) == sorted(field.name for field in msgspec.structs.fields(Overview))
    assert all(FIELDS.values())


@pytest.mark.parametrize(
    ("args", "meant"),
    [
        (["--json"], ["--json", ""]),
        (["a.jsonl", "--json"], ["a.jsonl", "--json", ""]),
        (["--json", "--reverse"], ["--json", "", "--reverse"]),
        (["--json", "model,duration_s"], ["--json", "model,duration_s"]),
        (["--json=model"], ["--json=model"]),
        (["--json", "model," * 2000], ["--json", "model," * 2000]),
        (["--json", "a\0b"], ["--json", "a\0b"]),
    ],
)
def test_a_json_without_fields_has_none(args, meant):
    assert completed(info, args) == meant


def test_a_recording_behind_json_is_no_list_of_fields(tmp_path):
    path = tmp_path / "call.jsonl"
    path.touch()
    assert completed(info, ["--json", str(path)]) == ["--json", "", str(path)]
    assert completed(info, ["--json", "-"]) == ["--json", "", "-"]


def test_fields_come_in_the_order_in_which_they_are_asked_for():
    assert chosen("duration_s, model,duration_s", KNOWN) == ["duration_s", "model"]
    assert chosen("all", KNOWN) == KNOWN


def test_a_field_that_there_is_not_is_told_with_one_like_it():
    with pytest.raises(BadOption, match="there is no field 'modle'; perhaps model: --json alone lists them"):
        chosen("modle", KNOWN)
    with pytest.raises(BadOption, match="there is no field 'speed'"):
        order("speed", KNOWN)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("duration_s", ("duration_s", False)),
        ("-duration", ("duration_s", True)),
        ("cost", ("cost_usd", False)),
        ("-model", ("model", True)),
    ],
)
def test_an_order_needs_no_unit_and_a_dash_turns_it_round(told, meant):
    assert order(told, KNOWN) == meant


def test_what_is_not_known_comes_last_in_either_order():
    rows = [Overview(duration_s=2.0, model="b"), Overview(), Overview(duration_s=9.0, model="a")]

    def names(field, *, largest_first):
        return [row.model for row in sorted(rows, key=by_field(field, largest_first=largest_first))]

    assert names("duration_s", largest_first=False) == ["b", "a", None]
    assert names("duration_s", largest_first=True) == ["a", "b", None]
    assert names("model", largest_first=False) == ["a", "b", None]
    assert names("model", largest_first=True) == ["b", "a", None]


def test_counts_by_code_are_ordered_by_their_sum():
    rows = [
        Overview(file="one", error_codes={"a": 1}),
        Overview(file="none"),
        Overview(file="three", error_codes={"a": 1, "b": 2}),
    ]
    ordered = sorted(rows, key=by_field("error_codes", largest_first=True))
    assert [row.file for row in ordered] == ["three", "one", "none"]
