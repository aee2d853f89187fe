"""``rtcli transcript`` as a process of its own."""

from __future__ import annotations

import json
import re
import stat
import sys
from pathlib import Path

import program
import pytest
from sounding import began, created, said, word, write
from terminal import Terminal

from rtcli.formats import read
from rtcli.reports.transcript import text
from rtcli.session.dialogue import dialogues

RTCLI = [sys.executable, "-m", "rtcli"]
RECORDINGS = Path(__file__).parents[2] / "recordings"
CUT = RECORDINGS / "interruption.jsonl"
CUT_MS = int(re.findall(rb'conversation.item.truncate".*"audio_end_ms":(\d+)', CUT.read_bytes())[0])
"""How much of the first answer the client says that was heard."""


def transcript(*arguments, code=0, given=None):
    command = [*RTCLI, "transcript", *map(str, arguments)]
    done = program.run(command, input=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout, done.stderr


def test_both_sides_stand_in_order_with_times_and_what_was_not_heard():
    out, told = transcript(CUT)
    lines = out.splitlines()
    assert [line.split()[1] for line in lines] == ["User", "Model", "User", "Model"]
    assert lines[0].endswith("Please tell me a story.")
    heard, _, unheard = lines[1].partition(f" [interrupted after {CUT_MS / 1000:.1f} s; not heard: ")
    assert heard.split()[2:] == ["Once", "upon"][: len(heard.split()) - 2]
    assert unheard.endswith("]")
    assert "estimate" in told


@pytest.mark.parametrize("ending", ["md", "srt", "vtt", "json", "txt"])
def test_the_ending_of_a_file_says_what_is_written(ending, tmp_path):
    out = tmp_path / f"call.{ending}"
    transcript(CUT, "-o", out)
    first = {"md": "# Transcript", "srt": "1\n", "vtt": "WEBVTT\n", "json": '{"schema":"rtcli.transcript/1"'}
    assert out.read_text().startswith(first.get(ending, "0:00.0  User"))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    before = out.read_text()
    transcript(RECORDINGS / "text.jsonl", "-o", out, code=2)
    assert out.read_text() == before


def test_markdown_strikes_out_what_was_not_heard():
    out, _ = transcript(CUT, "--format", "md")
    (struck,) = re.findall(r"~~(.+)~~", out)
    assert "a small server that lived inside" in struck


def test_for_programs_every_saying_has_its_parts():
    out, _ = transcript(CUT, "--format", "json")
    cut = json.loads(out)["sayings"][1]
    assert cut["heard"] + cut["unheard"] == cut["text"]
    assert (cut["estimated"], cut["interrupted"], cut["heard_ms"]) == (True, True, CUT_MS)


def test_a_tool_call_is_one_line_and_can_be_left_out():
    out, _ = transcript(RECORDINGS / "tool.jsonl")
    assert 'Tool    get_weather({"city": "London"}) → It is foggy and 12 degrees in London.' in out
    out, _ = transcript(RECORDINGS / "tool.jsonl", "--no-tools")
    assert "Tool" not in out
    assert len(out.splitlines()) == 2


def test_what_stands_outside_the_conversation_is_asked_for(tmp_path):
    lines = [created(), began(0.9, "o", None), word(1.0, "psst", "x", "o"), began(1.0), word(1.1, "Hi")]
    path = write(tmp_path / "call.jsonl", *lines)
    out, told = transcript(path)
    assert "psst" not in out
    assert "1 item outside the conversation left out" in told
    assert "psst [outside the conversation]" in transcript(path, "--out-of-band")[0]


def test_no_word_of_a_peer_can_move_a_cursor_or_be_taken_for_markup(tmp_path):
    words = "\x1b[2J\nnext *bold* <script>x</script> [l](http://e) \u202e"
    item = {"type": "message", "role": "user", "id": "u", "content": [{"type": "input_text", "text": words}]}
    path = write(tmp_path / "call.jsonl", created(), said(1.0, "server", "conversation.item.added", item=item))
    for form in ("text", "md", "srt", "vtt"):
        out, _ = transcript(path, "--format", form)
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "<script>" not in out or form == "text"
    assert r"\*bold\* \<script\>" in transcript(path, "--format", "md")[0]
    with Terminal("transcript", path) as screen:
        screen.shows("next *bold* <script>")


def test_subtitles_need_times(tmp_path):
    path = write(tmp_path / "call.jsonl", created(None), began(None), word(None, "Hi"))
    assert "subtitles need times" in transcript(path, "--format", "srt", code=2)[1]
    assert transcript(path)[0] == "Model   Hi\n"


def test_it_reads_standard_input_and_says_when_nothing_is_said(tmp_path):
    out, _ = transcript("-", given=(RECORDINGS / "text.jsonl").read_text())
    assert "Hello! How can I help you today?" in out
    out, told = transcript(write(tmp_path / "call.jsonl", created()))
    assert out == ""
    assert "nothing is said in it" in told


def test_real_traffic_of_every_kind_is_told(shared):
    for path in sorted((shared / "traffic").glob("[a-v]*/*.jsonl")):
        assert "".join(text(dialogues(read(path)))), path
