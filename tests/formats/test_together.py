"""Frames that came together: the lines that each would have had alone, and none or all of them in the file."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.formats import read_lines
from rtcli.formats.rtcli import record_of
from rtcli.formats.together import lines_of
from rtcli.formats.writer import Writer
from rtcli.recording import Frame

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
OBJECTS = st.dictionaries(TEXT, TEXT | st.integers() | st.none(), max_size=3)
TEXTS = TEXT | OBJECTS.map(json.dumps) | OBJECTS.map(lambda it: json.dumps(it, indent=1, ensure_ascii=False))
ODD = [
    "",
    "{",
    "}",
    "{}",
    "{}\n",
    '{"a":\n1}',
    '{"a":1}\r',
    "[]",
    '{"a":1} {"b":2}',
    '{"a":"\x00"}',
    "{'a':1}",
    '{"a":"é"}',
]


@given(st.floats(0, 1e5), st.sampled_from(["client", "server"]), st.lists(TEXTS | st.sampled_from(ODD), max_size=6))
def test_each_is_a_line_and_comes_back_word_for_word(t, sender, texts):
    lines = lines_of(t, sender, [text.encode() for text in texts]).splitlines(keepends=True)
    came_back = [record_of(line) for line in lines]
    assert came_back == [Frame(float(f"{t:.6f}"), sender, text) for text in texts]


@pytest.mark.parametrize("text", ODD)
def test_a_text_stands_as_it_came_only_where_it_is_one_object_on_one_line(text):
    line = lines_of(1.0, "server", [text.encode()])
    try:
        is_object = isinstance(json.loads(text), dict)
    except ValueError:
        is_object = False
    verbatim = is_object and "\n" not in text and "\r" not in text
    assert (b'"event":' + text.encode() + b"}\n" in line) == verbatim
    assert ("text" in json.loads(line)) != verbatim


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_what_came_together_is_read_by_others_at_once_and_counted(tmp_path, ending):
    path = tmp_path / f"call.{ending}"
    with Writer(path) as writer:
        assert writer.write_frames(1.0, "client", [b'{"a":1}', b"plain", '{"b":"é"}'.encode()]) == 3
        assert len(list(read_lines(path))) == 3
        assert writer.write_frames(2.0, "server", [b'{"c":1}']) == 4
    texts = [record_of(line).text for line in read_lines(path)]
    assert texts == ['{"a":1}', "plain", '{"b":"é"}', '{"c":1}']
