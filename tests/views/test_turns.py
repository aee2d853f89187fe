"""The turns on a screen: words are a peer's and move no cursor, notes say what was unusual."""

from __future__ import annotations

import io
import json

from notation import entries_of
from rich.console import Console
from sessions import INTERRUPTED, SPOKEN

from rtcli.session.gates import Gate, judge
from rtcli.session.measured import each
from rtcli.session.prices import PRICES
from rtcli.session.spoken import Spoken
from rtcli.views.turns import print_turns

HOSTILE = "[bold]x[/y] \x1b[2J\u202e"


def shown(script, *gates, width=100, terminal=False):
    connections = list(each(entries_of(script), Spoken))
    for one in connections:
        one.said.finish()
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=terminal, color_system=None, highlight=False, markup=False)
    print_turns(console, "call.jsonl", connections, [judge(gate, connections) for gate in gates], PRICES)
    return file.getvalue()


def test_what_a_peer_says_moves_no_cursor_and_is_no_markup():
    named = json.dumps(HOSTILE)
    call = (
        '1.58 < response.output_item.added {"response_id":"resp_1","output_index":1,"item":{"id":"item_f",'
        f'"type":"function_call","name":{named},"call_id":"call_1","arguments":"","status":"in_progress"}}}}\n'
    )
    told = shown(SPOKEN + call, terminal=True, width=140)
    assert "\x1b[2J" not in told
    assert "\u202e" not in told
    assert "[bold]foggy[/x] \\x1b[2J" in told
    assert "called [bold]x[/y]" in told


def test_a_turn_that_was_cut_off_says_so_and_one_without_an_answer_too():
    told = shown(SPOKEN + INTERRUPTED).splitlines()
    rows = [line for line in told if line.strip()[:2] in {"1 ", "2 "}]
    assert rows[0].endswith("interrupted")
    assert rows[1].endswith("no response")


def test_an_answer_whose_beginning_was_not_logged_is_an_answer():
    lossy = "".join(line for line in SPOKEN.splitlines(keepends=True) if "response.created" not in line)
    (row,) = (line for line in shown(lossy).splitlines() if line.strip().startswith("1 "))
    assert row.endswith("beginning not recorded")


def test_both_sides_share_a_line_and_what_one_does_not_need_is_the_other_s():
    words = next(line for line in shown(SPOKEN, width=60, terminal=True).splitlines() if "user " in line)
    assert len(words.rstrip()) <= 60
    assert "model It is foggy" in words
    assert words.count("…") == 2


def test_a_broken_limit_is_told_with_its_line():
    told = shown(SPOKEN, Gate("--max-ttfa", "1ms", 1, "ttfa")).splitlines()
    audio = next(
        number for number, line in enumerate(filter(None, SPOKEN.splitlines()), 1) if "output_audio.delta" in line
    )
    assert told[-1] == f"broken      --max-ttfa 1ms: 1 of 1 turn took longer, at worst 350 ms (line {audio})"


def test_of_nothing_it_is_said_that_there_is_nothing():
    assert shown("") == "call.jsonl: there are no events in it\n"
