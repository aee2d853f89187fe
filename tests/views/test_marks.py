"""Marks on the screen: in the tree, in the timeline, and which of the findings become marks."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot
from notation import entries_of, lines_of, told
from rich.cells import cell_len
from rich.console import Console
from sessions import FAILED, INTERRUPTED, SPOKEN

from rtcli.events import Listener
from rtcli.formats import rtcli
from rtcli.rules import Check, Codes
from rtcli.session import Session
from rtcli.session.mark import Mark
from rtcli.views.marks import Marks, MarksOnShown
from rtcli.views.screen import LineScreen, LiveScreen
from rtcli.views.timeline import Timeline
from rtcli.views.tree import render, tail

CALLS = """
0.0 - {"rtcli":1,"url":"ws://127.0.0.1:8000/v1/realtime","transport":"websocket","handshake":true,"lossless":true}
0.1 < session.created {"session":{"type":"realtime","id":"sess_1","model":"demo"}}
0.2 > conversation.item.create {"item":{"type":"function_call_output","call_id":"nobody","output":"x"}}
0.3 < response.created {"response":{"id":"r","conversation_id":"c","status":"in_progress"}}
0.4 < response.output_item.added {"response_id":"r","output_index":0,"item":{"id":"f","type":"function_call","name":"weather","call_id":"call_1","arguments":"","status":"in_progress"}}
0.5 < response.function_call_arguments.done {"response_id":"r","item_id":"f","output_index":0,"call_id":"call_1","name":"weather","arguments":"{}"}
0.6 < response.output_item.done {"response_id":"r","output_index":0,"item":{"id":"f","type":"function_call","name":"weather","call_id":"call_1","arguments":"{}","status":"completed"}}
0.7 < response.done {"response":{"id":"r","conversation_id":"c","status":"completed","output":[{"id":"f","type":"function_call","name":"weather","call_id":"call_1","arguments":"{}","status":"completed"}],"usage":{"total_tokens":3,"input_tokens":2,"output_tokens":1}}}
0.8 < rate_limits.updated {"rate_limits":7}
9.0 - {"from":"server","close":{"code":1000}}
"""

ERROR = Mark("SEQ18", "error", "a response is asked for while another is being given", 0)
WARNING = Mark("FUN10", "warning", "the call call_1 of get_weather was never answered, and it never will be", 0)


def at(mark, line, **changes):
    return Mark(**{name: getattr(mark, name) for name in mark.__struct_fields__} | {"line": line} | changes)


def marked(script, *marks):
    session = told(script)
    for mark in marks:
        session.mark(mark)
    return session


def shown(session, width=100):
    return "\n" + "\n".join(row.plain.rstrip() for row in render(session, width)) + "\n"


MARKED = (
    at(ERROR, 4),
    at(WARNING, 6),
    at(ERROR, 6),
    at(WARNING, 10),
    at(ERROR, 2),
    at(ERROR, 2),
    at(WARNING, 999),
)


def test_marks_stand_below_what_they_are_about():
    assert shown(marked(FAILED, *MARKED)) == snapshot("""\

  0.10 s  session · 1 of unknown type · 1 damaged · 4 errors · 3 warnings
  0.20 s  ├─ ✗ error invalid_request_error cannot_update_voice
          │  │ Cannot update a conversation's voice if assistant audio is present. (param
          │  │ session.audio.output.voice, for session.update ask_1)
  1.00 s  │  └─ ✗ SEQ18 2× from line 2 a response is asked for while another is being given
  0.30 s  ├─ turn 1
  0.30 s  │  ├─ user What is the weather in London?
  0.40 s  │  ├─ response resp_1 ✗ failed · first arguments after 300 ms
          │  │  │ server_error rate_limit_exceeded: You exceeded your current quota, please check
          │  │  │ your plan and billing details.
  0.50 s  │  │  └─ call get_weather call_1 · not closed
  0.60 s  │  │     ├─ arguments 2× not closed {"city": "London"}
  1.00 s  │  │     ├─ ⚠ FUN10 line 6 the call call_1 of get_weather was never answered, and it
          │  │     │    never will be
  1.00 s  │  │     └─ ✗ SEQ18 line 6 a response is asked for while another is being given
  0.85 s  │  ├─ output call_1 fog, 12 degrees
  1.00 s  │  │  └─ ⚠ FUN10 line 10 the call call_1 of get_weather was never answered, and it never
          │  │       will be
  0.90 s  │  ├─ note user heard a click
  0.95 s  │  ├─ ? response.funky unknown type what?
  0.96 s  │  ├─ ! response.done damaged, line 13 $.response: expected an object, found an integer
  1.00 s  │  ├─ ✗ SEQ18 line 4 a response is asked for while another is being given
  1.00 s  │  └─ ⚠ FUN10 line 999 the call call_1 of get_weather was never answered, and it never
          │       will be
  1.00 s  └─ closed by server 1011 internal error: keepalive ping timeout
""")


def test_what_goes_on_stands_below_a_mark():
    session = Session()
    for entry in entries_of(SPOKEN):
        session.apply(entry)
        if entry.line == 11:
            session.mark(at(ERROR, 11))
    rows = shown(session, 60)
    assert rows[rows.index("  1.10 s") :] == snapshot("""\
  1.10 s     └─ response resp_1 … in progress · first
                │ audio after 350 ms
  1.10 s        ├─ ✗ SEQ18 line 11 a response is asked for
                │    while another is being given
  1.20 s        └─ assistant item_a
  1.30 s           ├─ transcript 2× It is foggy in London.
  1.35 s           └─ audio 2× 200 ms 9.6 KB gap ≤ 180 ms
""")


@given(data=st.data(), width=st.integers(20, 130), height=st.integers(0, 60))
def test_the_tail_of_a_marked_tree_is_the_end_of_the_whole_and_no_row_is_too_wide(data, width, height):
    session = Session()
    for entry in entries_of(data.draw(st.sampled_from([SPOKEN + INTERRUPTED, FAILED]))):
        session.apply(entry)
        for line in data.draw(st.lists(st.integers(1, 30), max_size=2)):
            session.mark(at(data.draw(st.sampled_from([ERROR, WARNING])), line))
    whole = [row.plain for row in render(session, width)]
    assert [row.plain for row in tail(session, width, height)] == whole[len(whole) - min(height, len(whole)) :]
    assert all(cell_len(row) <= width for row in whole)


def test_a_mark_has_the_colour_of_its_severity_and_a_sign_where_there_is_none():
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=100, _environ={})
    screen = LineScreen(console)
    screen.marked([at(ERROR, 1, text="bad"), at(WARNING, 2, text="odd")])
    assert console.file.getvalue().splitlines() == [
        "  \x1b[1;31m✗ SEQ18\x1b[0m\x1b[2m line 1\x1b[0m \x1b[31mbad\x1b[0m",
        "  \x1b[1;33m⚠ FUN10\x1b[0m\x1b[2m line 2\x1b[0m \x1b[33modd\x1b[0m",
    ]


def test_words_of_a_peer_in_a_mark_cannot_reach_the_terminal():
    evil = at(ERROR, 4, text="\x1b[2J [bold]\u202e\nx")
    assert r"\x1b[2J [bold]\u202e" in shown(marked(FAILED, evil))
    (line,) = Timeline().found([evil])
    assert line.plain == r"  ✗ SEQ18 line 4 \x1b[2J [bold]\u202e↵x"


def test_in_the_timeline_a_mark_follows_its_line_and_a_run_keeps_its_own_until_it_is_told():
    timeline = Timeline()
    rows = []
    for entry in entries_of(SPOKEN):
        marks = [at(ERROR, entry.line)] if entry.line in {4, 5, 9} else []
        rows += timeline.feed(entry, marks)
    assert [row.plain for row in rows[3:8]] == snapshot(
        [
            "  0.20 s  → input_audio_buffer.append  3× 300 ms 14 KB gap ≤ 180 ms",
            "            ✗ SEQ18 2× from line 4 a response is asked for while another is being given",
            "  0.50 s  ← input_audio_buffer.speech_started  item_u  at 0.10 s",
            "  1.00 s  ← input_audio_buffer.speech_stopped  item_u  at 0.30 s",
            "  1.01 s  ← input_audio_buffer.committed  item_u",
        ]
    )
    assert rows[8].plain.strip().startswith("✗ SEQ18 line 9")


def judged(script):
    """The session with the marks of a real check, and the findings that validation lists."""
    listener = Listener()
    check, session = Check(Codes().rules, listener), Session()
    marks = Marks(check, session)
    made = []
    for entry in rtcli.read(lines_of(script), listener):
        session.apply(entry)
        made += marks.of(entry)
    made += marks.at_end()
    listener = Listener()
    return session, made, list(Check(Codes().rules, listener).run(rtcli.read(lines_of(script), listener)))


def test_every_finding_becomes_a_mark_but_those_that_are_only_remarks():
    session, made, findings = judged(CALLS)
    told_by_validation = [(one.code, one.line) for one in findings if one.severity != "info"]
    assert sorted((mark.code, mark.line) for mark in made) == sorted(told_by_validation)
    assert {("FUN01", 3), ("SCH06", 9), ("FUN10", 5)} <= set(told_by_validation)
    (connection,) = session.connections
    assert connection.errors + connection.warnings == len(made)


def test_what_is_wrong_with_a_damaged_event_is_said_once():
    session, _, _ = judged(CALLS)
    assert shown(session).count("$.rate_limits: expected an array") == 1
    listener = Listener()
    marks, timeline = Marks(Check(Codes().rules, listener)), Timeline()
    rows = [
        row.plain for entry in rtcli.read(lines_of(CALLS), listener) for row in timeline.feed(entry, marks.of(entry))
    ]
    assert "\n".join(rows).count("$.rate_limits: expected an array") == 1


def test_the_words_of_an_error_are_not_said_again_by_what_was_found():
    session, made, _ = judged(
        '1.0 < error {"error":{"type":"server_error","code":"busy","message":"Come back later."}}'
    )
    assert [mark.text for mark in made if mark.code == "ERR01"] == ["busy"]
    assert shown(session).count("Come back later.") == 1


def test_without_a_check_nothing_is_found():
    session = Session()
    marks = Marks(None, session)
    for entry in entries_of(CALLS):
        session.apply(entry)
        assert marks.of(entry) == []
    assert marks.at_end() == []
    assert session.connections[0].errors == 0


@pytest.mark.parametrize(
    ("lines", "codes"),
    [({3}, ["FUN01"]), ({5}, ["FUN10"]), ({3, 5, 9}, ["FUN01", "SCH06", "FUN10"]), ({4, 8}, []), (set(), [])],
)
def test_of_lines_that_are_chosen_the_marks_are_shown_whenever_they_came_to_light(lines, codes):
    listener = Listener()
    families = [rule for rule in Codes().rules if rule.code in {"FUN01", "FUN10"}]
    marks = MarksOnShown(Marks(Check(families, listener)))
    found = []
    for entry in marks.judged(rtcli.read(lines_of(CALLS), listener)):
        found += marks.of(entry, shown=entry.line in lines)
    assert [mark.code for mark in found + marks.at_end()] == codes


def test_a_live_window_shows_what_was_found_at_the_end_when_it_closes():
    console = Console(file=io.StringIO(), force_terminal=True, width=100, height=20, _environ={"TERM": "xterm"})
    session = told(SPOKEN)
    screen = LiveScreen(console, session)
    screen.refresh()
    session.mark(at(WARNING, 11))
    screen.marked([at(WARNING, 11)])
    screen.close()
    assert "FUN10" in console.file.getvalue()
