"""``rtcli redact`` as a process of its own."""

from __future__ import annotations

import gzip
import json
import stat
from pathlib import Path

import pytest
import zstandard
from planted import PLACES, SECRETS, line, secret_part
from ticket import DOUBTFUL, PLANTED, call_with_secrets, rtcli

RECORDINGS = Path(__file__).parents[2] / "recordings"


def test_the_secrets_are_gone_the_lines_are_as_long_and_what_went_is_told_without_telling_it(tmp_path):
    path, out = call_with_secrets(tmp_path / "call.jsonl"), tmp_path / "out.jsonl"
    done = rtcli("redact", path, "-o", out)
    before, after = path.read_bytes(), out.read_bytes()
    assert [len(one) for one in after.split(b"\n")] == [len(one) for one in before.split(b"\n")]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    for name in PLANTED:
        hidden = secret_part(SECRETS[name]).encode()
        assert hidden in before
        assert hidden not in after + done.stdout + done.stderr
    told = {row.rsplit(maxsplit=4)[0].strip(): row.split()[-4] for row in done.stdout.decode().splitlines()[1:]}
    assert told["openai key"] == told["slack token"] == told["email"] == "3"


def test_json_counts_the_same(tmp_path):
    path = call_with_secrets(tmp_path / "call.jsonl")
    document = json.loads(rtcli("redact", path, "-o", tmp_path / "out.jsonl", "--json").stdout)
    assert document["schema"] == "rtcli.redaction/1"
    assert document["replaced"]["card number"] == {"count": 3, "lines": 3}
    assert document["doubts"] == []


def test_check_writes_nothing_and_tells_by_its_code_whether_there_is_something(tmp_path):
    path = call_with_secrets(tmp_path / "call.jsonl")
    assert b"would be replaced" in rtcli("redact", path, "--check", code=1).stdout
    rtcli("redact", path, "-o", tmp_path / "out.jsonl")
    rtcli("redact", tmp_path / "out.jsonl", "--check", code=0)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["call.jsonl", "out.jsonl"]


def test_a_place_that_looks_like_a_secret_is_named_and_gives_its_own_code(tmp_path):
    path = call_with_secrets(tmp_path / "call.jsonl", PLACES["a tool's output"](DOUBTFUL))
    done = rtcli("redact", path, "-o", tmp_path / "out.jsonl", code=3)
    assert f"{path}:21: $.event.item.output.r.x looks like a secret".encode() in done.stderr
    assert DOUBTFUL.encode() not in done.stderr + done.stdout
    rtcli("redact", path, "-o", tmp_path / "named.jsonl", "--field", "r.x")
    assert DOUBTFUL.encode() not in (tmp_path / "named.jsonl").read_bytes()


def test_through_a_pipe_and_without_times(tmp_path):
    given = PLACES["a bare event"](SECRETS["GitHub"]) * 2
    done = rtcli("redact", "-", "-o", "-", given=given)
    assert SECRETS["GitHub"].encode() not in done.stdout
    assert len(done.stdout) == len(given)
    assert b"github token" in done.stderr


@pytest.mark.parametrize("ending", [".jsonl.gz", ".jsonl.zst"])
def test_packed_files_are_read_and_written(tmp_path, ending):
    path = call_with_secrets(tmp_path / "call.jsonl")
    out = tmp_path / f"out{ending}"
    rtcli("redact", path, "-o", out)
    opened = gzip.open if ending == ".jsonl.gz" else zstandard.open
    with opened(out, "rb") as file:
        plain = file.read()
    assert [len(one) for one in plain.split(b"\n")] == [len(one) for one in path.read_bytes().split(b"\n")]
    assert rtcli("redact", out, "-o", "-").stdout == plain


def test_nothing_is_overwritten_unless_asked_for_and_then_a_file_can_be_its_own_result(tmp_path):
    path = call_with_secrets(tmp_path / "call.jsonl")
    before = path.read_bytes()
    assert b"exists already" in rtcli("redact", path, "-o", path, code=2).stderr
    assert path.read_bytes() == before
    rtcli("redact", path, "-o", path, "--overwrite")
    assert len(path.read_bytes()) == len(before)
    assert SECRETS["Slack"].encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "say where to write"),
        (["--check", "--pattern", "("], "no regular expression"),
        (["--check", "--pattern", "a*"], "matches the empty text"),
        (["--check", "--field", "a..b"], "no name and no path"),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_line(tmp_path, arguments, why):
    done = rtcli("redact", call_with_secrets(tmp_path / "call.jsonl"), *arguments, code=2)
    assert why in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_a_field_that_is_not_there_is_told(tmp_path):
    done = rtcli("redact", call_with_secrets(tmp_path / "call.jsonl"), "-o", "-", "--field", "metadta.*")
    assert b"--field metadta.*: there is no such field" in done.stderr


def test_a_file_that_is_empty_torn_or_missing(tmp_path):
    (tmp_path / "empty.jsonl").write_bytes(b"")
    assert b"it is empty" in rtcli("redact", tmp_path / "empty.jsonl", "-o", "-", code=2).stderr
    torn = PLACES["a note"](SECRETS["Groq"])[:-12]
    (tmp_path / "torn.jsonl").write_bytes(line(None, note="a") + torn)
    after = rtcli("redact", tmp_path / "torn.jsonl", "-o", "-", code=3).stdout
    assert len(after) == len(line(None, note="a") + torn)
    assert SECRETS["Groq"][:20].encode() not in after
    assert b"cannot read" in rtcli("redact", tmp_path / "none.jsonl", "-o", "-", code=2).stderr


def test_doctor_and_info_say_the_same_before_and_after(tmp_path):
    """Every recording is held to the same in one process, beside what redacts it."""
    out = tmp_path / "recordings" / "interruption.jsonl"
    out.parent.mkdir()
    rtcli("redact", RECORDINGS / "interruption.jsonl", "-o", out)
    for command, *more in (["doctor"], ["info", "--csv"]):
        arguments = [command, "recordings/interruption.jsonl", *more]
        assert rtcli(*arguments, folder=tmp_path).stdout == rtcli(*arguments, folder=RECORDINGS.parent).stdout


def test_dropped_audio_is_told_of_in_its_place_and_nothing_is_made_of_it(tmp_path):
    out = tmp_path / "out.jsonl"
    rtcli("redact", RECORDINGS / "spoken.jsonl", "-o", out, "--audio", "drop")
    assert out.stat().st_size < 40_000
    assert json.loads(rtcli("doctor", out, "--json").stdout)["causes"] == []


def test_kept_audio_and_no_secret_leave_the_file_as_it_is(tmp_path):
    rtcli("redact", RECORDINGS / "spoken.jsonl", "-o", tmp_path / "out.jsonl", "--audio", "keep")
    assert (tmp_path / "out.jsonl").read_bytes() == (RECORDINGS / "spoken.jsonl").read_bytes()
    rtcli("redact", RECORDINGS / "spoken.jsonl", "--check", "--audio", "keep", code=0)
