"""``rtcli cut`` as a process of its own."""

from __future__ import annotations

import gzip
import json
import stat

import pytest
from edited import RECORDINGS, SPOKEN, rtcli
from incidents.catalogue import INCIDENTS

INTERRUPTED = RECORDINGS / "interruption.jsonl"


def records(data):
    return [json.loads(line) for line in data.splitlines()]


def test_without_a_wish_it_is_the_file_to_the_byte():
    assert rtcli("cut", SPOKEN) == (SPOKEN.read_bytes(), "")
    assert rtcli("cut", "-", "--since", "0", stdin=SPOKEN.read_bytes()) == (SPOKEN.read_bytes(), "")


def test_times_stay_those_of_the_whole_and_negative_ones_count_from_the_end():
    end = max(one["t"] for one in records(SPOKEN.read_bytes())[1:])
    out, told = rtcli("cut", SPOKEN, "--since", "-0.5")
    lines = out.splitlines(keepends=True)
    whole = SPOKEN.read_bytes().splitlines(keepends=True)
    late = [line for line in whole[1:] if json.loads(line)["t"] >= end - 0.5]
    assert lines[-len(late) :] == late
    assert "from before" in told


@pytest.mark.parametrize("wish", [["--turn", "2"], ["--since", "2.5", "--until", "4"], ["--turn", "1.."]])
def test_nothing_goes_wrong_in_a_part_of_a_call_in_which_nothing_went_wrong(wish, tmp_path):
    part = tmp_path / "part.jsonl"
    rtcli("cut", INTERRUPTED, *wish, "-o", part)
    assert json.loads(rtcli("validate", part, "--output-format", "json")[0])["findings"] == []
    assert json.loads(rtcli("doctor", part, "--json")[0])["causes"] == []


def test_an_id_may_be_told_by_its_end_and_must_not_be_ambiguous():
    ids = [
        one["event"]["response"]["id"]
        for one in records(INTERRUPTED.read_bytes())
        if one.get("event", {}).get("type") == "response.created"
    ]
    out, _ = rtcli("cut", INTERRUPTED, "--response", ids[1][-6:])
    stretch = records(out.partition(b'"note":"rtcli cut')[2].partition(b"\n")[2])
    assert stretch[0]["event"]["response"]["id"] == stretch[-1]["event"]["response"]["id"] == ids[1]
    assert stretch[-1]["event"]["type"] == "response.done"
    _, told = rtcli("cut", INTERRUPTED, "--response", "resp_", code=2)
    assert all(one in told for one in ids)
    _, told = rtcli("cut", INTERRUPTED, "--response", "nobody", code=2)
    assert "no id begins or ends with 'nobody'" in told
    assert ids[0] in told


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (["--turn", "9"], "has 1 turn"),
        (["--turn", "5..3"], "'5..3' is no turn"),
        (["--turn", "1", "--item", "x"], "cannot go together with --turn"),
        (["--since", "90"], "nothing lies between them"),
        (["--since", "2", "--until", "1"], "lies before --since"),
        (["--since", "soon"], "'soon' is no time"),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_is_written(wish, why, tmp_path):
    out = tmp_path / "out.jsonl"
    _, told = rtcli("cut", SPOKEN, *wish, "-o", out, code=2)
    assert why in told
    assert not out.exists()


def test_a_file_is_replaced_only_on_demand_and_read_by_its_owner_only(tmp_path):
    out = tmp_path / "out.jsonl.gz"
    rtcli("cut", SPOKEN, "-o", out)
    _, told = rtcli("cut", SPOKEN, "--turn", "1", "-o", out, code=2)
    assert "exists already; replace it with --overwrite" in told
    assert gzip.decompress(out.read_bytes()) == SPOKEN.read_bytes()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    rtcli("cut", out, "--turn", "1", "-o", out, "--overwrite")
    assert b'"cut":["start"]' in gzip.decompress(out.read_bytes())
    link = tmp_path / "link.jsonl"
    link.symlink_to(out)
    _, told = rtcli("cut", SPOKEN, "-o", link, "--overwrite", code=2)
    assert "symbolic link" in told


def test_bare_events_are_cut_by_turn_and_have_no_times_to_be_cut_by():
    bare = b"".join(
        json.dumps(one["event"]).encode() + b"\n" for one in records(INTERRUPTED.read_bytes()) if "event" in one
    )
    out, _ = rtcli("cut", "-", "--turn", "2", stdin=bare)
    head, *rest = out.splitlines(keepends=True)
    assert json.loads(head)["lossless"] is False
    assert set(rest) <= set(bare.splitlines(keepends=True))
    rtcli("doctor", "-", stdin=out)
    _, told = rtcli("cut", "-", "--since", "1", stdin=bare, code=2)
    assert "has no times" in told


def test_an_empty_file_is_told_to_be_empty():
    assert "it is empty" in rtcli("cut", "-", "--turn", "1", stdin=b"", code=2)[1]


def test_another_log_is_cut_as_the_records_that_it_holds(shared):
    log = shared / "traffic/wrapped/cassette.jsonl"
    converted, _ = rtcli("convert", log, "-o", "-", code=0)
    out, told = rtcli("cut", log)
    assert out == converted
    assert "read as" in told


@pytest.fixture
def late(tmp_path):
    """A call of an hour in which little is said, and its fourth turn."""
    whole, part = tmp_path / "whole.jsonl", tmp_path / "late.jsonl"
    make = next(make for name, _, make in INCIDENTS if name == "session-expired")
    whole.write_text("".join(f"{line}\n" for line in make()))
    rtcli("cut", whole, "--turn", "4", "-o", part)
    return part


def test_of_a_part_nobody_says_that_it_lasts_since_the_beginning_of_the_session(late):
    header, *others = records(late.read_bytes())
    note = next(number for number, one in enumerate(others) if "note" in one)
    first, last = others[note + 1]["t"], others[-1]["t"]
    assert min(one["t"] for one in others) < 1
    assert (header["begins_s"], header["begins_s"] > 2800) == (first, True)
    (told,) = json.loads(rtcli("info", late, "--json", "duration_s,longest_silence_ms")[0])["sessions"]
    assert told["duration_s"] == pytest.approx(last - first)
    assert told["longest_silence_ms"] < 1000 * (last - first)
    diagnosis = json.loads(rtcli("doctor", late, "--json")[0])
    assert diagnosis["connections"][0]["duration_s"] == pytest.approx(last - first)


def test_a_part_of_a_part_begins_where_it_begins_itself(late):
    begins_s = records(late.read_bytes())[0]["begins_s"]
    later = records(rtcli("cut", late, "--since", str(begins_s + 1))[0])
    assert later[0]["begins_s"] == min(one["t"] for one in later[1:] if one.get("t", 0) >= begins_s + 1)
    assert records(rtcli("cut", late, "--until", str(begins_s + 1))[0])[0]["begins_s"] == begins_s


@pytest.mark.parametrize("form", ["har", "script"])
def test_a_part_that_goes_into_another_form_and_back_keeps_where_it_begins(form, late):
    held = rtcli("convert", late, "--to", form, "-o", "-")[0]
    assert rtcli("convert", "-", "-o", "-", stdin=held)[0] == late.read_bytes()
