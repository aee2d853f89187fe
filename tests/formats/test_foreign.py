"""What is damaged is still ours, and what is another program's is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweeping import examples

from rtcli.formats.foreign import foreign
from tests.formats.spellings import TIMED, Framed

RECORDINGS = Path(__file__).parents[2] / "recordings"
LINES = (RECORDINGS / "text.jsonl").read_bytes().splitlines(keepends=True)
HELLO = {"type": "response.output_text.delta", "event_id": "e", "response_id": "r", "item_id": "i", "output_index": 0,
         "content_index": 0, "delta": "hello"}  # fmt: skip


@given(st.data())
@settings(max_examples=examples(60), deadline=None)
def test_a_recording_with_lines_that_are_torn_or_run_together_is_ours(data: st.DataObject) -> None:
    head = []
    for line in LINES:
        kept = data.draw(st.integers(0, len(line)) | st.just(len(line)))
        head.append(line[:kept] + data.draw(st.sampled_from([b"", b"\n", b"\r\n", b"\0", b"\xef\xbb\xbf"])))
    assert foreign(b"".join(head).splitlines(keepends=True)) is None


@pytest.mark.parametrize("name", ["text", "spoken", "interruption"])
@pytest.mark.parametrize("bare", [False, True])
def test_a_recording_that_was_printed_over_many_lines_is_ours(name: str, bare: bool) -> None:
    records = [json.loads(line) for line in (RECORDINGS / f"{name}.jsonl").read_text().splitlines()]
    told = [record["event"] for record in records if "event" in record] if bare else records
    for printed in ("\n".join(json.dumps(one, indent=2) for one in told), json.dumps(told, indent=2), json.dumps(told)):
        assert foreign(printed.encode().splitlines(keepends=True)) is None


@pytest.mark.parametrize("spelling", [name for name, (form, _) in TIMED.items() if form != "printed"])
def test_a_log_of_another_program_is_told_by_its_form(spelling: str) -> None:
    name, spell = TIMED[spelling]
    found = foreign(spell([Framed(n / 4, "server", HELLO) for n in range(4)]).splitlines(keepends=True))
    assert found is not None
    assert found.name == name
