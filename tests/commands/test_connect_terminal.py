"""``rtcli connect`` on a real terminal: the live tree, the prompt, and a good end."""

from __future__ import annotations

from pathlib import Path

import pytest
from mute import mute_server
from terminal import Terminal

from rtcli.formats import read
from rtcli.recording import Close


@pytest.mark.parametrize("columns", [100, 60])
def test_a_person_types_is_answered_and_leaves(tmp_path, columns):
    with Terminal("connect", "demo", "--text", columns=columns, cwd=tmp_path) as terminal:
        terminal.shows("›")
        terminal.type("hellp\x7fo\r")
        terminal.shows("How can I help you")
        terminal.type("/help\r")
        terminal.shows("/cancel")
        terminal.type("\x04")
        assert terminal.leaves() == 0
        assert terminal.whole
        assert "hello" in terminal.text
        assert "How can I help you" in terminal.text, "the tree stays when the window is gone"
    (path,) = Path(tmp_path / "recordings").iterdir()
    assert isinstance(list(read(path))[-1].event, Close)


def test_ctrl_c_in_the_middle_of_an_answer_leaves_a_whole_terminal_and_file(tmp_path):
    with Terminal("connect", "demo", cwd=tmp_path) as terminal:
        terminal.shows("›")
        terminal.type("tell me a story\r")
        terminal.shows("Once upon a time")
        terminal.type("\x03")
        assert terminal.leaves() == 0
        assert terminal.whole
        assert "Traceback" not in terminal.text
    (path,) = Path(tmp_path / "recordings").iterdir()
    assert isinstance(list(read(path))[-1].event, Close)


def test_an_answer_is_cancelled_by_a_command_while_it_is_given(tmp_path):
    with Terminal("connect", "demo", cwd=tmp_path) as terminal:
        terminal.shows("›")
        terminal.type("tell me a story\r")
        terminal.shows("Once upon")
        terminal.type("/cancel\r")
        terminal.shows("cancelled")
        terminal.type("/close\r")
        assert terminal.leaves() == 0


def test_ctrl_d_leaves_without_waiting_for_what_a_command_asked_for(tmp_path):
    created = '{"type":"session.created","event_id":"e","session":{"type":"realtime","id":"s"}}'
    with mute_server(created) as (url, _), Terminal("connect", url, "--wait", "60", cwd=tmp_path) as terminal:
        terminal.shows("›")
        said = '{"type":"message","role":"user","content":[{"type":"input_text","text":"hi there"}]}'
        terminal.type('/event {"type":"conversation.item.create","item":%s}\r' % said)
        terminal.shows("user hi there")
        terminal.type("\x04")
        assert terminal.leaves(within=30) == 0
