from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot
from notation import entries_of, told
from rich.cells import cell_len
from rich.console import Console
from sessions import FAILED, INTERRUPTED, SPOKEN

from rtcli.formats import Entry
from rtcli.session import Session
from rtcli.views import tree
from rtcli.views.tree import Tree, render, tail


def shown(session, width=100):
    return "\n" + "\n".join(row.plain.rstrip() for row in render(session, width)) + "\n"


def test_a_spoken_turn_that_goes_on():
    assert shown(told(SPOKEN)) == snapshot("""\

  0.00 s  session sess_1 · ws://127.0.0.1:8000/v1/realtime?model=demo
  0.10 s  ├─ created demo · audio · voice marin · audio/pcm · server_vad 500 ms
  0.20 s  ├─ audio sent 3× 300 ms 14 KB gap ≤ 180 ms
  0.50 s  └─ turn 1
  0.50 s     ├─ user item_u
  0.50 s     │  ├─ speech 200 ms (0.10 to 0.30 s of the input)
  1.60 s     │  └─ transcript Is it [bold]foggy[/x] \\x1b[2J in London today?
  1.10 s     └─ response resp_1 … in progress · first audio after 350 ms
  1.20 s        └─ assistant item_a
  1.30 s           ├─ transcript 2× It is foggy in London.
  1.35 s           └─ audio 2× 200 ms 9.6 KB gap ≤ 180 ms
""")


def faint(row):
    """What of a row is faint, as a terminal shows it."""
    text = row.text()
    console = Console(color_system="truecolor", width=200)
    return "".join(piece.text for piece in text.render(console) if piece.style and piece.style.dim)


def test_the_time_and_the_guides_are_faint_and_what_is_said_is_not():
    said = ("foggy", "audio sent", "London")
    rows = [row for row in render(told(SPOKEN + INTERRUPTED), 60) if any(word in row.plain for word in said)]
    assert len(rows) >= 3
    for row in rows:
        assert faint(row) == re.match("[ 0-9.s│├└─]*", row.plain)[0]


def test_an_interrupted_turn():
    assert shown(told(SPOKEN + INTERRUPTED)) == snapshot("""\

  0.00 s  session sess_1 · ws://127.0.0.1:8000/v1/realtime?model=demo
  0.10 s  ├─ created demo · audio · voice marin · audio/pcm · server_vad 500 ms
  0.20 s  ├─ audio sent 3× 300 ms 14 KB gap ≤ 180 ms
  0.50 s  ├─ turn 1 · interrupted
  0.50 s  │  ├─ user item_u
  0.50 s  │  │  ├─ speech 200 ms (0.10 to 0.30 s of the input)
  1.60 s  │  │  └─ transcript Is it [bold]foggy[/x] \\x1b[2J in London today?
  1.10 s  │  └─ response resp_1 ⊘ cancelled (turn_detected) · first audio after 350 ms · 20 tokens
          │     │ in (4 cached), 30 out
  1.20 s  │     └─ assistant item_a · ◐ incomplete
  1.30 s  │        ├─ transcript 2× It is foggy in London.
  1.35 s  │        ├─ audio 2× 200 ms 9.6 KB gap ≤ 180 ms not closed
  2.02 s  │        └─ cut at 0.15 s
  2.00 s  └─ turn 2
  2.00 s     └─ user item_v
  2.00 s        └─ speech from 0.90 s of the input …
""")


def test_what_fails_is_shown_whole_at_sixty_columns():
    assert shown(told(FAILED), 60) == snapshot("""\

  0.10 s  session · 1 of unknown type · 1 damaged
  0.20 s  ├─ ✗ error invalid_request_error
          │    cannot_update_voice Cannot update a
          │    conversation's voice if assistant audio is
          │    present. (param session.audio.output.voice,
          │    for session.update ask_1)
  0.30 s  ├─ turn 1
  0.30 s  │  ├─ user What is the weather in London?
  0.40 s  │  ├─ response resp_1 ✗ failed · first arguments
          │  │  │ after 300 ms
          │  │  │ server_error rate_limit_exceeded: You
          │  │  │ exceeded your current quota, please check
          │  │  │ your plan and billing details.
  0.50 s  │  │  └─ call get_weather call_1 · not closed
  0.60 s  │  │     └─ arguments 2× not closed
          │  │          {"city": "London"}
  0.85 s  │  ├─ output call_1 fog, 12 degrees
  0.90 s  │  ├─ note user heard a click
  0.95 s  │  ├─ ? response.funky unknown type
          │  │    what?
  0.96 s  │  └─ ! response.done damaged, line 13
          │       $.response: expected an object, found an
          │       integer
  1.00 s  └─ closed by server 1011 internal error:
               keepalive ping timeout
""")


def test_speech_that_nobody_transcribes_is_one_row_and_waits_for_nothing():
    item = '{"item":{"id":"u","type":"message","role":"user","status":"completed","content":[{"type":"input_audio"}]}}'
    heard = f"< conversation.item.added {item}\n< conversation.item.done {item}"
    vad = """
< input_audio_buffer.speech_started {"item_id":"u","audio_start_ms":100}
< input_audio_buffer.speech_stopped {"item_id":"u","audio_end_ms":300}
"""
    rows = """\

session
└─ turn 1
   └─ user u
      └─ speech"""
    assert shown(told(vad + heard)) == rows + " 200 ms (0.10 to 0.30 s of the input)\n"
    assert shown(told(heard)) == rows + "\n"


def test_a_log_without_times_has_no_column_for_them():
    assert shown(
        told('> response.create {}\n< response.created {"response":{"id":"r","conversation_id":null}}')
    ) == snapshot("""\

session
└─ response r … in progress · out of band
""")


def test_mcp_is_told_by_name_and_outcome():
    assert shown(
        told("""
< conversation.item.added {"item":{"id":"l","type":"mcp_list_tools","server_label":"docs","tools":[{"name":"find","input_schema":{}}]}}
< mcp_list_tools.completed {"item_id":"l"}
< response.created {"response":{"id":"r","conversation_id":"c"}}
< response.output_item.added {"response_id":"r","output_index":0,"item":{"id":"m","type":"mcp_call","server_label":"docs","name":"find","arguments":""}}
< response.mcp_call_arguments.done {"response_id":"r","item_id":"m","output_index":0,"arguments":"{\\"q\\":1}"}
< response.mcp_call.failed {"item_id":"m","output_index":0}
< response.output_item.done {"response_id":"r","output_index":0,"item":{"id":"m","type":"mcp_call","server_label":"docs","name":"find","arguments":"{\\"q\\":1}","error":{"type":"http_error","code":503,"message":"busy"}}}
< conversation.item.added {"item":{"id":"q","type":"mcp_approval_request","server_label":"docs","name":"find","arguments":"{}"}}
> conversation.item.create {"item":{"id":"a","type":"mcp_approval_response","approval_request_id":"q","approve":false,"reason":"no"}}
""")
    ) == snapshot("""\

session
├─ MCP tools at docs l · ✓ completed · 1 tool
└─ turn 1
   ├─ response r … in progress
   │  ├─ MCP call find at docs m · ✗ failed
   │  │  ├─ arguments {"q":1}
   │  │  └─ ✗ http_error 503 busy
   │  └─ MCP approval asked find at docs {}
   └─ MCP approval refused no
""")


@pytest.mark.parametrize("script", [SPOKEN, SPOKEN + INTERRUPTED, FAILED])
@given(width=st.integers(20, 130), height=st.integers(0, 60))
def test_the_tail_is_the_end_of_the_whole(script, width, height):
    session = told(script)
    whole = [row.plain for row in render(session, width)]
    assert [row.plain for row in tail(session, width, height)] == whole[len(whole) - min(height, len(whole)) :]


@pytest.mark.parametrize("width", [40, 60, 100])
def test_no_row_is_wider_than_the_screen(width):
    for script in (SPOKEN + INTERRUPTED, FAILED):
        assert all(cell_len(row.plain) <= width for row in render(told(script), width))


def test_the_tail_looks_at_as_many_nodes_however_long_the_session_is(monkeypatch):
    looked = []
    label = tree.label
    monkeypatch.setattr(tree, "label", lambda node, parent=None: looked.append(node) or label(node, parent))
    counts = []
    for turns in (3, 300):
        session = Session()
        for turn in range(turns):
            for entry in entries_of(
                (SPOKEN + INTERRUPTED).replace("item_", f"item_{turn}_").replace("resp_", f"resp_{turn}_")
            ):
                if entry.sender:
                    session.apply(entry)
        looked.clear()
        assert len(tail(session, 100, 30)) == 30
        counts.append(len(looked))
    assert counts[0] == counts[1]
    assert counts[0] <= 32


def test_a_frame_wraps_only_what_came_since_the_last_one(monkeypatch):
    wrapped = []
    wrap = tree.Growing.rows.__globals__["wrap"]
    monkeypatch.setitem(
        tree.Growing.rows.__globals__, "wrap", lambda text, *widths: wrapped.append(len(text)) or wrap(text, *widths)
    )
    session = Session()
    view = Tree(session, 100)
    (entry,) = entries_of(
        '< response.output_text.delta {"event_id":"","response_id":"r","item_id":"i","output_index":0,"content_index":0,"delta":"some words "}'
    )
    for line in range(2000):
        session.apply(Entry(line, None, "server", entry.event))
        view.tail(30)
    assert max(wrapped[1900:]) < 250


def test_peers_cannot_reach_the_terminal():
    script = (
        FAILED.replace("London", "\\u001b]0;evil\\u0007\\u001b[2J\\u202e\\r")
        .replace("get_weather", "\\u001b]0;evil")
        .replace("resp_1", "\\u001b[2J")
        .replace("call_1", "\\u202e\\r")
        .replace("invalid_request_error", "\\u001b[2J")
        .replace("internal error", "\\u009b2J")
        .replace("a click", "\\u0007")
        .replace("response.funky", "\\u001b[2Jx")
    )
    text = "".join(row.plain for row in render(told(script), 80))
    assert r"\x1b]0;evil" in text
    assert {unicodedata.category(character) for character in text}.isdisjoint({"Cc", "Cf"})


def test_while_a_text_grows_the_rows_above_its_end_are_the_same_objects():
    session = Session()
    view = Tree(session, 60)
    (entry,) = entries_of(
        '< response.output_text.delta {"event_id":"","response_id":"r","item_id":"i","output_index":0,"content_index":0,"delta":"words "}'
    )
    frames = []
    for line in range(1, 80):
        session.apply(Entry(line, None, "server", entry.event))
        frames.append(view.tail(30))
    before, after = frames[-2:]
    heads = sum(not row.plain.strip().startswith("words") for row in after)
    changed = [number for number, row in enumerate(after) if row is not before[number]]
    assert len(after) > heads + 4
    assert changed[-1] == len(after) - 1
    assert all(number < heads for number in changed[:-1])
