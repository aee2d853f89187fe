"""``rtcli merge`` as a process of its own."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

from edited import RECORDINGS, SPOKEN, rtcli

LINES = SPOKEN.read_bytes().splitlines(keepends=True)
HEADER = json.loads(LINES[0])
STARTED = datetime.fromisoformat(HEADER["started_at"])


def written(path, lines):
    path.write_bytes(b"".join(lines))
    return path


def half(path, side, *, header=LINES[0]):
    return written(path, [header, *(line for line in LINES if json.loads(line).get("from") == side)])


def test_the_two_halves_of_a_call_are_the_call(tmp_path):
    client, server = half(tmp_path / "client.jsonl", "client"), half(tmp_path / "server.jsonl", "server")
    out, _ = rtcli("merge", client, server)
    assert out.splitlines(keepends=True) == [line for line in LINES if b'"open"' not in line[:30]]
    rtcli("doctor", "-", stdin=out)


def test_clocks_are_brought_together_by_when_the_recordings_were_started(tmp_path):
    late = HEADER | {"started_at": (STARTED + timedelta(seconds=2)).isoformat()}
    notes = written(tmp_path / "notes.jsonl", [json.dumps(late).encode() + b"\n", b'{"t": 0.25,"note":"a click"}\n'])
    merged = rtcli("merge", SPOKEN, notes)[0].splitlines(keepends=True)
    assert b'{"t": 2.250000,"note":"a click"}\n' in merged
    assert [line for line in merged if b"a click" not in line] == LINES
    times = [json.loads(line)["t"] for line in merged[1:]]
    assert times == sorted(times)
    early = [line for line in rtcli("merge", SPOKEN, notes, "--same-clock")[0].splitlines() if b"a click" in line]
    assert early == [b'{"t": 0.25,"note":"a click"}']


def test_what_two_recordings_have_seen_is_kept_once(tmp_path):
    app = written(tmp_path / "app.jsonl", LINES)
    out, told = rtcli("merge", SPOKEN, app)
    assert out == SPOKEN.read_bytes()
    assert f"{len(LINES) - 1} records that two of them have are kept once" in told
    out, _ = rtcli("merge", SPOKEN, app, "--keep-twice")
    assert len(out.splitlines()) == 2 * len(LINES) - 1


def test_one_record_that_is_kept_once_is_told_in_the_singular(tmp_path):
    app = written(tmp_path / "app.jsonl", LINES[:2])
    assert rtcli("merge", SPOKEN, app)[1] == "rtcli: 1 record that two of them have is kept once\n"


def test_different_sessions_stand_one_after_the_other_each_as_it_was():
    other = RECORDINGS / "interruption.jsonl"
    first, second = sorted(
        (SPOKEN, other), key=lambda path: json.loads(path.read_bytes().splitlines()[0])["started_at"]
    )
    out, told = rtcli("merge", second, first)
    assert out == first.read_bytes() + second.read_bytes()
    assert "2 sessions" in told
    shown, _ = rtcli("show", "-", stdin=out)
    assert shown.count(b" session sess_") == 2


def test_a_recording_without_times_or_without_a_clock_is_refused(tmp_path):
    bare = written(tmp_path / "bare.jsonl", [b'{"type":"response.create"}\n'])
    assert "has no times" in rtcli("merge", SPOKEN, bare, code=2)[1]
    notes = written(tmp_path / "notes.jsonl", [b'{"t":1.0,"note":"a click"}\n'])
    assert "--same-clock" in rtcli("merge", SPOKEN, notes, code=2)[1]
    assert b"a click" in rtcli("merge", SPOKEN, notes, "--same-clock")[0]
    twice = written(tmp_path / "twice.jsonl", LINES + LINES)
    assert "several connections" in rtcli("merge", twice, SPOKEN, code=2)[1]


def test_what_is_merged_can_be_relied_on_as_far_as_all_of_it(tmp_path):
    partial = json.dumps(HEADER | {"lossless": False}).encode() + b"\n"
    client = half(tmp_path / "client.jsonl", "client", header=partial)
    server = half(tmp_path / "server.jsonl", "server")
    assert json.loads(rtcli("merge", server, client)[0].splitlines()[0])["lossless"] is False


def pieces(tmp_path, *windows):
    files = []
    for number, window in enumerate(windows):
        files.append(tmp_path / f"{number}.jsonl")
        rtcli("cut", RECORDINGS / "interruption.jsonl", *window, "-o", files[-1])
    return files


def test_what_was_cut_in_two_is_whole_again_though_silence_says_the_same_again_and_again(tmp_path):
    whole = (RECORDINGS / "interruption.jsonl").read_bytes().splitlines(keepends=True)
    parts = pieces(tmp_path, ["--until", "2"], ["--since", "2.000001"])
    for files in (parts, parts[::-1]):
        out = rtcli("merge", *files)[0].splitlines(keepends=True)
        assert [line for line in out[1:] if b'"note":"rtcli cut: ' not in line] == whole[1:]
        rtcli("doctor", "-", stdin=b"".join(out))


def test_nobody_relies_on_parts_between_which_something_may_be_missing(tmp_path):
    parts = pieces(tmp_path, ["--until", "2"], ["--since", "3"])
    for files in (parts, parts[::-1]):
        out = rtcli("merge", *files)[0]
        header = json.loads(out.splitlines()[0])
        assert (header["lossless"], header["handshake"]) == (False, True)
        assert not header.keys() & {"cut", "begins_s"}
        rtcli("validate", "-", stdin=out)


def test_what_was_cut_alike_stays_cut_and_can_be_relied_on(tmp_path):
    (part,) = pieces(tmp_path, ["--since", "2", "--until", "4"])
    assert rtcli("merge", part, part)[0] == part.read_bytes()


def test_a_part_begins_where_it_began_on_the_clock_of_all(tmp_path):
    (part,) = pieces(tmp_path, ["--since", "3"])
    header = json.loads(part.read_bytes().splitlines()[0])
    early = datetime.fromisoformat(header["started_at"]) - timedelta(seconds=2)
    notes = written(
        tmp_path / "notes.jsonl",
        [json.dumps({"rtcli": 1, "started_at": early.isoformat()}).encode() + b"\n", b'{"t":1,"note":"x"}\n'],
    )
    merged = json.loads(rtcli("merge", part, notes)[0].splitlines()[0])
    assert merged["begins_s"] == round(header["begins_s"] + 2, 6)
    assert merged["cut"] == ["start"]


def test_the_files_of_a_recording_that_was_split_are_the_recording(tmp_path):
    begins_s = next(json.loads(line)["t"] for line in LINES[1:] if json.loads(line)["t"] > 1)
    late = HEADER | {"started_at": (STARTED + timedelta(seconds=begins_s)).isoformat(), "handshake": False}
    first, second = [LINES[0]], [json.dumps(late).encode() + b"\n"]
    for line in LINES[1:]:
        t = json.loads(line)["t"]
        told = line if t < begins_s else re.sub(rb'"t":[\d.]+', b'"t":%.6f' % (t - begins_s), line, count=1)
        (first if t < begins_s else second).append(told)
    parts = written(tmp_path / "part2.jsonl", second), written(tmp_path / "part1.jsonl", first)
    assert rtcli("merge", *parts)[0] == SPOKEN.read_bytes()
