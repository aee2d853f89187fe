"""``rtcli bundle`` as a process of its own."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import zipfile
from pathlib import Path

import pytest
from planted import PLACES, SECRETS, secret_part
from ticket import DOUBTFUL, PLANTED, call_with_secrets, rtcli

from rtcli.formats.archive import safe_names

RECORDINGS = Path(__file__).parents[2] / "recordings"
PARTS = ["doctor.json", "doctor.txt", "findings.json", "info.json", "redaction.json", "report.html"]


def test_everything_that_a_ticket_needs_is_inside_and_no_secret(tmp_path):
    path, out = call_with_secrets(tmp_path / "call.jsonl"), tmp_path / "ticket.zip"
    done = rtcli("bundle", path, "-o", out, RTCLI_DIALECT="auto", RTCLI_API_KEY=SECRETS["OpenAI"])
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        content = {name: archive.read(name) for name in names}
    assert sorted(names) == sorted(
        [*(f"call/{part}" for part in [*PARTS, "call.jsonl"]), "README.txt", "versions.json"]
    )
    for name in [*PLANTED, "OpenAI"]:
        hidden = secret_part(SECRETS[name]).encode()
        assert all(hidden not in data for data in [*content.values(), done.stdout, done.stderr])
    assert len(content["call/call.jsonl"]) == path.stat().st_size
    assert json.loads(content["versions.json"])["environment"]["RTCLI_DIALECT"] == "auto"
    assert json.loads(content["call/redaction.json"])["replaced"]["slack token"]["count"] == 3
    assert json.loads(content["call/doctor.json"])["file"] == "call/call.jsonl"
    assert str(tmp_path).encode() not in b"".join(content.values())
    assert b"call/report.html" in done.stdout
    assert b"slack token" in done.stdout
    for digest, size, name in re.findall(r"(?m)^([0-9a-f]{64}) +(\d+)  (\S+)$", content["README.txt"].decode()):
        assert hashlib.sha256(content[name]).hexdigest() == digest
        assert len(content[name]) == int(size)


def test_the_same_recordings_give_the_same_bytes(tmp_path):
    files = [RECORDINGS / "tool.jsonl", RECORDINGS / "text.jsonl"]
    for name in ("a.zip", "b.zip"):
        rtcli("bundle", *files, "-o", tmp_path / name, "--text", "mask")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_doctor_in_the_bundle_says_what_it_says_of_the_recording(tmp_path):
    path = RECORDINGS / "broken/AUD07.jsonl"
    rtcli("bundle", path, "-o", tmp_path / "t.zip")
    said = json.loads(rtcli("doctor", path, "--json", code=1).stdout)
    with zipfile.ZipFile(tmp_path / "t.zip") as archive:
        told = json.loads(archive.read("AUD07/doctor.json"))
    assert {**told, "file": ""} == {**said, "file": ""}


def test_what_looks_like_a_secret_stops_it_until_somebody_says_that_it_is_none(tmp_path):
    path = call_with_secrets(tmp_path / "call.jsonl", PLACES["a tool's output"](DOUBTFUL))
    done = rtcli("bundle", path, "-o", tmp_path / "t.zip", code=3)
    assert b"nothing was packed" in done.stderr
    assert DOUBTFUL.encode() not in done.stderr + done.stdout
    assert not (tmp_path / "t.zip").exists()
    rtcli("bundle", path, "-o", tmp_path / "t.zip", "--allow-doubts")
    rtcli("bundle", path, "-o", tmp_path / "u.zip", "--pattern", DOUBTFUL)
    with zipfile.ZipFile(tmp_path / "u.zip") as archive:
        assert DOUBTFUL.encode() not in archive.read("call/call.jsonl")


def test_an_archive_is_not_overwritten_unless_asked_for(tmp_path):
    (tmp_path / "t.zip").write_bytes(b"mine")
    assert b"exists already" in rtcli("bundle", RECORDINGS / "text.jsonl", "-o", tmp_path / "t.zip", code=2).stderr
    assert (tmp_path / "t.zip").read_bytes() == b"mine"
    rtcli("bundle", RECORDINGS / "text.jsonl", "-o", tmp_path / "t.zip", "--overwrite")
    assert zipfile.is_zipfile(tmp_path / "t.zip")


def test_the_issue_tells_the_cause_with_the_lines_that_show_it_and_no_secret(tmp_path):
    text = rtcli("bundle", RECORDINGS / "broken/AUD07.jsonl", "--issue").stdout.decode()
    assert "## Call `AUD07`" in text
    assert "An answer was truncated behind the end of its audio" in text
    lines = (RECORDINGS / "broken/AUD07.jsonl").read_text().splitlines()
    (cause,) = json.loads(rtcli("doctor", RECORDINGS / "broken/AUD07.jsonl", "--json", code=1).stdout)["causes"]
    for line in cause["lines"]:
        assert f"{line}: {lines[line - 1]}" in text
    path = call_with_secrets(tmp_path / "call.jsonl")
    told = rtcli("bundle", path, "--issue").stdout
    assert not any(secret_part(SECRETS[name]).encode() in told for name in PLANTED)


def test_a_file_whose_name_is_somebodys_number_does_not_tell_it(tmp_path):
    call = call_with_secrets(tmp_path / "+4915112345678.jsonl")
    rtcli("bundle", call, "-o", tmp_path / "t.zip")
    with zipfile.ZipFile(tmp_path / "t.zip") as archive:
        assert not any("15112345678" in name for name in archive.namelist())
        assert b"15112345678" not in b"".join(archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("CON", "recording-CON"),
        ("nul.txt", "recording-nul.txt"),
        ("...", "recording"),
        ("", "recording"),
        ("a b\x00c\x1b[2J", "a-b-c-2J"),
        (".hidden", "hidden"),
        ("x" * 300, "x" * 80),
        ("ünï", "n"),
    ],
)
def test_a_name_in_the_archive_is_safe_to_unpack(name, safe):
    assert safe_names([name]) == [safe]


def test_names_that_some_system_takes_for_the_same_are_told_apart():
    assert safe_names(["call", "CALL", "x/call", "call-2"]) == ["call", "CALL-2", "call-3", "call-2-2"]


def test_a_call_named_like_a_file_of_the_archive_can_be_unpacked_beside_it(tmp_path):
    for name in ("README.txt", "versions.json"):
        shutil.copy(RECORDINGS / "text.jsonl", tmp_path / name)
    rtcli("bundle", "README.txt", "versions.json", "-o", "t.zip", folder=tmp_path)
    with zipfile.ZipFile(tmp_path / "t.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert tops == {"README.txt", "versions.json", "README.txt-2", "versions.json-2"}


def test_what_is_secret_with_the_user_is_not_in_the_names_either(tmp_path):
    shutil.copy(RECORDINGS / "text.jsonl", tmp_path / "call-ACME4711.jsonl")
    rtcli("bundle", "call-ACME4711.jsonl", "--pattern", r"ACME\d+", "-o", "t.zip", folder=tmp_path)
    with zipfile.ZipFile(tmp_path / "t.zip") as archive:
        assert not any("ACME" in name for name in archive.namelist())
        assert b"ACME" not in b"".join(map(archive.read, archive.namelist()))


@pytest.mark.parametrize("command", ["bundle", "report"])
def test_a_recording_is_never_replaced_by_what_is_made_of_it(tmp_path, command):
    before = (RECORDINGS / "text.jsonl").read_bytes()
    (tmp_path / "call.jsonl").write_bytes(before)
    (tmp_path / "link").symlink_to("call.jsonl")
    for output in ("call.jsonl", "link"):
        done = rtcli(command, "call.jsonl", "-o", output, "--overwrite", folder=tmp_path, code=2)
        assert b"is the recording itself" in done.stderr
    assert (tmp_path / "call.jsonl").read_bytes() == before


@pytest.mark.parametrize("command", ["bundle", "report", "audio"])
@pytest.mark.parametrize("options", [[], ["--overwrite"]])
def test_what_people_said_is_never_written_through_a_link(tmp_path, command, options):
    (tmp_path / "theirs").write_bytes(b"theirs")
    (tmp_path / "link").symlink_to("theirs")
    (tmp_path / "dangling").symlink_to("nowhere")
    before = sorted(tmp_path.iterdir())
    for name in ("link", "dangling"):
        done = rtcli(command, RECORDINGS / "interruption.jsonl", "-o", name, *options, folder=tmp_path, code=2)
        assert b"is a symbolic link" in done.stderr
        assert done.stderr.count(b"\n") == 1
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "theirs").read_bytes() == b"theirs"


@pytest.mark.parametrize("command", ["bundle", "report"])
def test_a_link_to_a_pipe_is_written_to(tmp_path, command):
    (tmp_path / "stdout").symlink_to("/dev/stdout")
    done = rtcli(command, RECORDINGS / "text.jsonl", "-o", "stdout", folder=tmp_path)
    assert {"bundle": b"PK", "report": b"<!doctype html>"}[command] in done.stdout
    assert (tmp_path / "stdout").is_symlink()
