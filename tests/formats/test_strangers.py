"""What holds no session is told as what it is, and what may be a damaged recording is not refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.errors import UnreadableRecording
from rtcli.formats import Reading
from rtcli.formats.strangers import why_not

RECORDINGS = Path(__file__).parents[2] / "recordings"
TEXT = (RECORDINGS / "text.jsonl").read_bytes()
PACKAGE = {"name": "my-app", "type": "module", "dependencies": {"openai": "^5.0.0"}, "files": ["text", "open"]}
CHAT = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}}],
}
MESSAGES = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (json.dumps(PACKAGE, indent=2), "it is JSON, but no event is in it"),
        (json.dumps(CHAT), "it is an answer of the Chat Completions API, and no session of the Realtime API"),
        (json.dumps(CHAT, indent=4), "it is an answer of the Chat Completions API, and no session of the Realtime API"),
        (json.dumps({"id": "resp_1", "object": "response", "output": []}), "it is an answer of the Responses API"),
        (json.dumps(MESSAGES), "it is JSON, but no event is in it"),
        ('{"level":"info"}\n{"level":"warning"}\n', "it is JSON, but no event is in it"),
        ("[]", "it is JSON, but no event is in it"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it is a PNG picture, which holds no events"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "it is a JPEG picture, which holds no events"),
        (b"%PDF-1.7\n1 0 obj\n", "it is a PDF document, which holds no events"),
        (b"OggS\0\2", "it is a file of sound, which holds no events"),
        (b"\0\0\0\x20ftypisom", "it is a file of sound or pictures, which holds no events"),
        (b"\x7fELF\2\1\1", "it is a program, which holds no events"),
        (gzip.compress(TEXT), "it is packed with gzip, and its name does not say so"),
    ],
)
def test_a_file_that_holds_no_session_is_told_as_what_it_is(tmp_path, content, why):
    path = tmp_path / "thing.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UnreadableRecording) as refused:
        list(Reading(path))
    assert str(refused.value).startswith(f"cannot read {path}: {why}")
    assert refused.value.remedy


@given(st.integers(0, len(TEXT)), st.integers(1, 3000))
def test_no_piece_of_a_recording_is_refused_in_which_an_event_is_left(start, size):
    piece = TEXT[start : start + size]
    if b'"type":"response.' in piece or b'{"t":' in piece[:6]:
        assert why_not(piece.splitlines(keepends=True)) == ("", "")


@pytest.mark.parametrize(
    "line",
    [
        '{"event_id":"event_1"}',
        '{"t":0.1,"from":"server","eve',
        '{"type":"message"}',
        '{"rtcli":1',
        '{\n "type": "response.create"\n}',
        '{"message":"{\\"type\\":\\"response.create\\"}"}',
        '\ufeff{"note":"x"}',
        '\ufeff{"t":0.1,"from":"serv',
        '[\n\n {"t":0.1,"from":"serv',
        '{"x":1}\n{"y":2,"type":"response.create"}',
    ],
)
def test_what_may_be_a_damaged_event_or_record_is_not_refused(line):
    assert why_not(line.encode().splitlines(keepends=True)) == ("", "")
