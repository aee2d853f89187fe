from __future__ import annotations

import json

import pytest

from rtcli.errors import UnreadableRecording
from rtcli.formats import Reading


def read(tmp_path, text):
    path = tmp_path / "cassette.yaml"
    path.write_text(text)
    reading = Reading(path)
    return list(reading), reading


HEAD = "interactions:\n- direction: sent\n  data:\n    type: response.create\n"


def test_plain_words_are_what_yaml_says_they_are(tmp_path):
    entries, _ = read(
        tmp_path,
        "- direction: sent\n  data:\n    type: response.create\n    response:\n"
        "      {max_output_tokens: inf, temperature: 0.8, tools: [], metadata: null, conversation: 'null', n: 3, ok: true}\n",
    )
    assert entries[0].raw == (
        b'{"from":"client","event":{"type":"response.create","response":{"max_output_tokens":"inf","temperature":0.8,'
        b'"tools":[],"metadata":null,"conversation":"null","n":3,"ok":true}}}\n'
    )


def test_anchors_and_aliases_are_refused(tmp_path):
    with pytest.raises(UnreadableRecording, match="aliases"):
        read(tmp_path, HEAD + "- &a [x]\n- [*a, *a]\n")


def test_what_came_before_a_fault_is_read(tmp_path):
    entries, reading = read(tmp_path, HEAD + "- {data: [\n")
    assert (len(entries), reading.dropped) == (2, 1)
    assert entries[1].event.missing
    assert "no YAML" in reading.drops[0].why


def test_what_is_nested_too_deeply_is_left_out_with_its_line(tmp_path):
    entries, reading = read(tmp_path, HEAD + "- " + "[" * 5_000 + "\n")
    assert (entries[-1].line, [drop.line for drop in reading.drops]) == (5, [5])
    assert entries[-1].event.missing


def test_what_says_who_sent_it_and_holds_no_event_is_left_out_and_said(tmp_path):
    _, reading = read(tmp_path, HEAD + "- kind: handshake\n  status: 101\n- direction: sent\n  size: 5\n")
    assert [drop.line for drop in reading.drops] == [7]


@pytest.mark.parametrize("word", ["0b", "0x", "0x_", "2026-99-99", "9" * 500])
def test_what_looks_like_a_number_and_is_none_is_a_text(tmp_path, word):
    entries, _ = read(tmp_path, f"- direction: sent\n  data:\n    type: response.create\n    n: {word}\n")
    assert json.loads(entries[0].raw)["event"]["n"] == word


def test_a_value_that_is_nested_too_deep_is_left_out_with_its_element_and_told(tmp_path):
    deep = f"- direction: sent\n  data:\n    type: response.create\n    n: {'[' * 3000}{']' * 3000}\n"
    entries, reading = read(tmp_path, HEAD.partition("\n")[2] + deep)
    assert [entry.event.type for entry in entries if entry.sender] == ["response.create"]
    assert ["nested too deep" in drop.why for drop in reading.drops] == [True]


def test_a_line_longer_than_what_is_read_at_once_is_one_line(tmp_path):
    words = "x" * 200_000
    entries, _ = read(tmp_path, HEAD + f"    response: {{instructions: {words}}}\n")
    assert entries[0].event.response.instructions == words


@pytest.mark.parametrize("number", ["18446744073709551616", "-" + "9" * 399, "0x" + "f" * 390])
@pytest.mark.parametrize("field", ["timestamp", "n"])
def test_a_number_of_any_size_keeps_nothing_from_being_read(tmp_path, number, field):
    entries, reading = read(
        tmp_path, f"- direction: sent\n  {field}: {number}\n  data:\n    type: response.create\n    n: {number}\n"
    )
    assert json.loads(entries[0].raw)["event"] == {"type": "response.create", "n": int(number, 0)}
    assert (len(entries), reading.dropped) == (1, 0)
