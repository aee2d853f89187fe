"""Parquet: read back with the package that others read it with."""

from __future__ import annotations

import base64
import gc
import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notation import lines_of
from sessions import FAILED, SPOKEN
from written import RECORDS, taken, written

from rtcli.formats import parquet
from rtcli.formats.parquet import Table
from rtcli.formats.rtcli import read
from rtcli.formats.sink import BROKEN, TORN

pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
ROOT = Path(__file__).parents[2]


def rows(content):
    return pq.read_table(io.BytesIO(content)).to_pylist()


def table(script):
    content, lost = taken(Table, b"".join(lines_of(script)))
    assert not lost
    return rows(content)


def test_a_row_says_what_a_record_is_and_whose():
    spoken = table(SPOKEN)
    assert list(spoken[0]) == [
        "line",
        "t",
        "sender",
        "type",
        "event_id",
        "response_id",
        "item_id",
        "audio_bytes",
        "text",
    ]
    assert [row["line"] for row in spoken] == list(range(1, len(spoken) + 1))
    assert [row["type"] for row in spoken][:4] == ["header", "open", "session.created", "input_audio_buffer.append"]
    audio = next(row for row in spoken if row["type"] == "response.output_audio.delta")
    assert (audio["t"], audio["sender"]) == (1.35, "server")
    assert (audio["response_id"], audio["item_id"], audio["text"]) == ("resp_1", "item_a", None)
    created = next(row for row in spoken if row["type"] == "response.created")
    assert created["response_id"] == "resp_1"
    added = next(row for row in spoken if row["type"] == "conversation.item.added")
    assert added["item_id"] == "item_u"


def test_audio_is_counted_and_words_are_kept():
    spoken = table(SPOKEN)
    by_type = {}
    for row in spoken:
        by_type.setdefault(row["type"], []).append(row)
    assert [row["audio_bytes"] for row in by_type["input_audio_buffer.append"]] == [4800] * 3
    assert [row["audio_bytes"] for row in by_type["response.output_audio.delta"]] == [4800] * 2
    said = "".join(row["text"] for row in by_type["response.output_audio_transcript.delta"])
    assert said == "It is foggy in London."
    (heard,) = by_type["conversation.item.input_audio_transcription.completed"]
    assert heard["text"] == "Is it [bold]foggy[/x] \x1b[2J in London today?"


def test_errors_messages_and_notes_say_what_they_say():
    said = {row["type"]: row["text"] for row in table(FAILED)}
    assert said["error"].startswith("Cannot update a conversation's voice")
    assert said["conversation.item.create"] is None  # a function's output came last
    assert said["note"] == "user heard a click"
    assert said["close"] == "internal error: keepalive ping timeout"
    assert said["response.funky"] == "what?"
    assert table(FAILED)[2]["text"] == "What is the weather in London?"


def test_every_delta_of_audio_is_counted_as_base64_decodes_it(shared):
    for path in sorted((shared / "traffic").glob("[!w]*/*.jsonl")):
        content = path.read_bytes()
        there, lost = taken(Table, content)
        assert not lost
        for row, line in zip(rows(there), filter(None, content.splitlines()), strict=True):
            if row["audio_bytes"] is not None:
                (text,) = (part for part in _audio(line))
                assert row["audio_bytes"] == len(base64.b64decode(text + "=" * (-len(text) % 4)))


def _audio(line):
    import json

    event = json.loads(line)
    return [event[name] for name in ("audio", "delta") if isinstance(event.get(name), str)]


@settings(max_examples=30)
@given(st.lists(RECORDS, max_size=5))
def test_there_is_a_row_for_each_record_or_it_is_lost(records):
    content, lost = written(Table, records)
    assert len(rows(content)) + sum(lost.values()) == len(records)


def test_what_is_broken_or_torn_is_lost():
    content, lost = taken(Table, b'{"t":1,"note":"x"}\nrubbish\n{"t":2,"fr')
    assert [row["type"] for row in rows(content)] == ["note"]
    assert lost == {BROKEN: 1, TORN: 1}


def test_rows_are_written_in_groups():
    note = b'{"t":1,"note":"x"}\n'
    content, _ = taken(Table, note * (2 * parquet.ROWS_IN_A_GROUP + 1))
    file = pq.ParquetFile(io.BytesIO(content))
    sizes = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
    assert sizes == [parquet.ROWS_IN_A_GROUP, parquet.ROWS_IN_A_GROUP, 1]


WITHOUT = """
import sys
sys.modules["pyarrow"] = None
from rtcli.commands import run
sys.exit(run(sys.argv[1:]))
"""


def test_without_the_package_it_is_said_what_to_install(tmp_path):
    out = tmp_path / "call.parquet"
    command = [sys.executable, "-c", WITHOUT, "convert", ROOT / "recordings/tool.jsonl", "-o", out]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "pip install 'rtcli[parquet]'" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_table_that_is_left_halfway_says_nothing(tmp_path, capfd):
    with (tmp_path / "call.parquet").open("wb") as file:
        table = Table(file.write)
        for entry in read([b'{"t":1.0,"note":"x"}\n']):
            table.take(entry)
    del table
    gc.collect()
    assert capfd.readouterr().err == ""
