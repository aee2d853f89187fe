"""A recording as steps."""

from __future__ import annotations

from itertools import pairwise

import pytest
from performed import CLEAN, OURS, name_of, steps

from rtcli.formats import read
from rtcli.formats.rtcli import record_of
from rtcli.recording import Close, Frame


@pytest.mark.parametrize("path", [*OURS, *CLEAN], ids=name_of)
def test_every_frame_is_a_step_word_for_word(path):
    records = [record_of(entry.raw) for entry in read(path)]
    frames = [record.text for record in records if isinstance(record, Frame)]
    assert [step.content for step in steps(path) if not isinstance(step.content, Close)] == frames


@pytest.mark.parametrize("path", [*OURS, *CLEAN], ids=name_of)
def test_times_never_decrease(path):
    times = [step.t for step in steps(path)]
    assert times == sorted(times)


def test_events_without_times_have_even_spaces_and_their_side_by_type(tmp_path):
    path = tmp_path / "bare.jsonl"
    path.write_text('{"type":"session.created","event_id":"a","session":{}}\n{"type":"response.create"}\n' * 2)
    told = steps(path)
    assert [step.sender for step in told] == ["server", "client"] * 2
    gaps = {round(b.t - a.t, 6) for a, b in pairwise(told)}
    assert len(gaps) == 1
    assert told[1].content == '{"type":"response.create"}'


def test_only_the_first_connection_counts(tmp_path):
    path = tmp_path / "two.jsonl"
    one = '{"rtcli":1}\n{"t":0,"from":"client","event":{"type":"response.create"}}\n'
    path.write_text(one * 2)
    assert len(steps(path)) == 1


def test_binary_and_broken_frames_are_kept(tmp_path):
    path = tmp_path / "odd.jsonl"
    path.write_text('{"t":0,"from":"server","binary":"AAEC"}\n{"t":0,"from":"server","text":"no JSON"}\n')
    assert [step.content for step in steps(path)] == [b"\x00\x01\x02", "no JSON"]
    assert [step.body for step in steps(path)] == [{}, {}]
