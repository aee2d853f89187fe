"""Sessions at a glance: what a peer wrote moves no cursor, and the folder of all is told once."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from rtcli.causes.overview import Overview
from rtcli.views.info import print_session, print_table

HOSTILE = "\x1b[2J[red]\u202e"


@pytest.fixture(autouse=True)
def _no_width(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)


def console(width=100, terminal=True):
    file = io.StringIO()
    return Console(
        file=file, width=width, force_terminal=terminal, color_system=None, highlight=False, markup=False
    ), file


def table(sessions, **options):
    screen, file = console(**options)
    print_table(screen, sessions, len({one.file for one in sessions}))
    return file.getvalue().splitlines()


def hostile():
    return Overview(
        file=f"{HOSTILE}.jsonl",
        model=HOSTILE,
        voice=HOSTILE,
        events=1,
        duration_s=1.0,
        close_reason=HOSTILE,
        closed_by="server",
        error_codes={HOSTILE: 1},
        errors=1,
        finding_codes={"SCH01": 1},
        error_findings=1,
        causes=1,
        worst_cause=HOSTILE,
        gravity=3,
    )


def test_what_a_peer_wrote_moves_no_cursor_and_is_no_markup():
    screen, file = console()
    print_session(screen, hostile(), several=False)
    print_table(screen, [hostile(), hostile()], 1)
    told = file.getvalue()
    assert "\x1b[2J" not in told
    assert "\u202e" not in told
    assert "\\x1b[2J[red]\\u202e" in told


def test_the_folder_of_all_is_told_once_on_a_terminal_and_in_each_row_of_a_pipe():
    sessions = [Overview(file="calls/a/one.jsonl"), Overview(file="calls/b/two.jsonl")]
    assert table(sessions)[:2] == ["in calls/", table(sessions)[1]]
    assert [line.split()[0] for line in table(sessions)[2:4]] == ["a/one.jsonl", "b/two.jsonl"]
    piped = table(sessions, terminal=False)
    assert [line.split()[0] for line in piped[1:3]] == ["calls/a/one.jsonl", "calls/b/two.jsonl"]


@pytest.mark.parametrize("names", [("one.jsonl", "two.jsonl"), ("/a/one.jsonl", "a/two.jsonl"), ("-", "a/one.jsonl")])
def test_where_there_is_no_such_folder_names_stay_whole(names):
    told = table([Overview(file=name) for name in names])
    assert [line.split()[0] for line in told[1:3]] == list(names)


def test_connections_of_one_file_are_told_apart():
    sessions = [Overview(file="a.jsonl", connection=number) for number in (1, 2)] + [Overview(file="b.jsonl")]
    assert [line.split()[0] for line in table(sessions)[1:4]] == ["a.jsonl#1", "a.jsonl#2", "b.jsonl"]


def test_the_sum_counts_what_is_known():
    sessions = [
        Overview(
            file="a",
            duration_s=60.0,
            turns=2,
            errors=1,
            cost_low_usd=0.5,
            cost_usd=0.5,
            prices_as_of="2026-01-31",
            causes=1,
        ),
        Overview(file="b", duration_s=30.0, turns=1),
    ]
    assert table(sessions, width=140)[-1].rstrip() == (
        "2 sessions in 2 files · 1 min 30 s · 3 turns · 1 error · 1 in which something went wrong · $0.50 "
        "(prices of 2026-01-31)"
    )


def test_the_sum_of_the_costs_names_the_day_of_the_prices_and_what_has_none():
    costs = {"cost_low_usd": 0.25, "cost_usd": 0.5, "prices_as_of": "2026-01-31"}
    sessions = [Overview(file="a", **costs), Overview(file="b", **costs, unpriced=1), Overview(file="c", unpriced=2)]
    assert table(sessions, width=160)[-1].endswith("$0.50 to $1.00 (prices of 2026-01-31), 3 parts without a price")
    assert "$" not in table([Overview(file="c", unpriced=2), Overview(file="d")])[-1]


def test_long_silences_and_much_audio_are_told_in_minutes():
    one = Overview(file="a", events=1, audio_in_ms=90_000, longest_silence_ms=1_107_600, longest_silence_at_s=1.0)
    screen, file = console()
    print_session(screen, one, several=False)
    assert "in 1 min 30 s" in file.getvalue()
    assert "18 min 28 s at the longest" in file.getvalue()
