"""Several processes tell what one tells, to the byte; none of them is left, however it ends."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import program
import pytest
from damaging import damaged
from sweeping import ALL

from rtcli.commands.checking import Judge
from rtcli.commands.connections import judged_by_connections
from rtcli.commands.shares import judged_in_shares
from rtcli.events import DIALECTS
from rtcli.rules import Codes

RECORDINGS = Path(__file__).parents[2] / "recordings"
RTCLI = [sys.executable, "-m", "rtcli", "validate"]
SCHEMA = Codes(("SCH",))


def run(*arguments, **options):
    return program.run([*RTCLI, *map(str, arguments)], capture_output=True, timeout=300, **options)


def told(*arguments, **options):
    done = run(*arguments, **options)
    return done.stdout, done.stderr, done.returncode


@pytest.fixture
def folder(tmp_path):
    """Recordings in order and broken, one that is torn, one that is none, and a log of another program."""
    for number, path in enumerate(
        [*sorted((RECORDINGS / "broken").glob("*.jsonl"))[:: 9 if ALL else 18], *RECORDINGS.glob("clean/*")]
    ):
        (tmp_path / f"{number:03}.jsonl").write_bytes(path.read_bytes())
    (tmp_path / "050-torn.jsonl").write_bytes((RECORDINGS / "spoken.jsonl").read_bytes()[:-20])
    (tmp_path / "051-none.jsonl").write_bytes(b"")
    (tmp_path / "052-other.jsonl").write_bytes(b'12:00:01 -> {"type":"response.create"}\n12:00:02 <- nonsense\n')
    return tmp_path


@pytest.mark.parametrize(
    "options",
    [
        ("--output-format", "concise"),
        ("--output-format", "json"),
        ("--output-format", "grouped"),
        ("--statistics",),
        ("--select", "SCH", "--output-format", "json-lines"),
        ("--select", "TIM", "--output-format", "junit"),
    ],
    ids=" ".join,
)
def test_files_that_are_judged_side_by_side_are_told_of_as_one_after_another(folder, options):
    one = told(folder, *options)
    assert told(folder, *options, "--jobs", "3") == one
    assert told(folder, *options, env={**os.environ, "RTCLI_JOBS": "2"}) == one


def test_a_report_and_a_baseline_are_the_same_too(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    for jobs in "12":
        run(folder, "--jobs", jobs, "-o", out / f"{jobs}.sarif", "--output-format", "sarif")
        run(
            folder / "000.jsonl",
            folder / "001.jsonl",
            "--jobs",
            jobs,
            "--baseline",
            out / f"{jobs}.json",
            "--write-baseline",
        )
    assert (out / "1.sarif").read_bytes() == (out / "2.sarif").read_bytes() != b""
    assert (out / "1.json").read_bytes() == (out / "2.json").read_bytes() != b""


def test_standard_input_and_a_packed_file_are_read_among_others(folder):
    data = (RECORDINGS / "broken" / "SEQ01.jsonl").read_bytes()
    names = [folder / "000.jsonl", "-", folder / "001.jsonl"]
    assert told(*names, "--jobs", "2", input=data) == told(*names, input=data)


@pytest.mark.parametrize("word", ["-1", "many", "1.5", ""])
def test_what_is_no_number_of_processes_is_refused(word, folder):
    done = run(folder, f"--jobs={word}")
    assert done.returncode == 2
    assert b"--jobs" in done.stderr
    assert done.stdout == b""


def test_a_form_that_there_is_not_is_refused_as_by_one_process(folder):
    assert told(folder, "--from", "nonsense", "--jobs", "2") == told(folder, "--from", "nonsense")


def in_one_piece(path, codes=SCHEMA, dialect=None):
    return encoded(Judge(codes, dialect).judged(path, shown=False))


def in_shares(path, jobs, codes=SCHEMA, dialect=None, head_bytes=4000):
    return encoded(judged_in_shares(Judge(codes, dialect), path, jobs, head_bytes=head_bytes, worth_bytes=1500))


def encoded(judged):
    return [msgspec.json.encode(one) for one in judged]


def test_a_recording_in_shares_is_judged_as_in_one_piece_and_so_are_damaged_copies(tmp_path):
    chance = random.Random(11)
    path = tmp_path / "call.jsonl"
    for recording in sorted(RECORDINGS.rglob("*.jsonl"))[:: 6 if ALL else 30]:
        lines = recording.read_bytes().splitlines(keepends=True)[:300]
        for copy in (lines, damaged(lines, chance), damaged(lines * 2, chance)):
            path.write_bytes(b"".join(copy))
            jobs = chance.randint(2, 4)
            head_bytes = chance.choice((1, 4000))
            assert in_shares(path, jobs, head_bytes=head_bytes) == in_one_piece(path), recording


def test_so_is_captured_traffic_of_every_dialect_and_vendor(shared, tmp_path):
    chance = random.Random(12)
    path = tmp_path / "call.jsonl"
    everything = sorted((shared / "traffic").rglob("*.jsonl"))
    for recording in everything[:: 3 if ALL else 6]:
        another = chance.choice(everything).read_bytes()
        path.write_bytes(recording.read_bytes() + another * chance.randint(0, 2) + recording.read_bytes())
        dialect = chance.choice((None, None, DIALECTS["realtime"]))
        assert in_shares(path, 3, dialect=dialect) == in_one_piece(path, dialect=dialect), recording


def test_a_dialect_that_changes_in_any_share_is_heeded_from_there_on(tmp_path):
    path = tmp_path / "call.jsonl"
    spoken = (RECORDINGS / "spoken.jsonl").read_bytes().splitlines(keepends=True)
    update = b'{"t":9.0,"from":"client","event":{"type":"session.update","session":{"input_audio_format":"pcm16"}}}\n'
    strange = b'{"t":9.0,"from":"server","event":{"type":"response.text.delta","event_id":"e","x":1}}\n'
    for place in range(5, len(spoken), len(spoken) // (12 if ALL else 3)):
        path.write_bytes(b"".join([*spoken[:place], strange, update, *spoken[place:], strange]))
        assert in_shares(path, 4) == in_one_piece(path)


def test_more_oddities_than_are_told_apart_are_told_as_by_one_process(tmp_path):
    path = tmp_path / "call.jsonl"
    spoken = (RECORDINGS / "spoken.jsonl").read_bytes().splitlines(keepends=True)
    odd = [b'{"t":9.0,"from":"server","event":{"type":"odd.%d"}}\n' % (number * 7 % 1900) for number in range(6000)]
    path.write_bytes(b"".join([*spoken, *odd]))
    assert in_shares(path, 3) == in_one_piece(path)


def by_connections(path, jobs, codes, dialect=None):
    return encoded(judged_by_connections(Judge(codes, dialect), path, jobs, shares_a_process=3))


def recorded(*names):
    return b"".join((RECORDINGS / name).read_bytes() for name in names)


def test_several_connections_in_a_file_are_judged_by_rules_as_one_after_another(tmp_path):
    path = tmp_path / "calls.jsonl"
    chance = random.Random(13)
    every = sorted(RECORDINGS.rglob("*.jsonl"))
    for _ in range(12 if ALL else 3):
        calls = [one.read_bytes().splitlines(keepends=True)[:200] for one in chance.choices(every, k=5)]
        calls = [damaged(lines, chance) if chance.random() < 0.4 else lines for lines in calls]
        path.write_bytes(b"".join(line for lines in calls for line in lines))
        for codes in (Codes(), Codes(("TIM", "SCH", "SEQ"))):
            assert by_connections(path, 2, codes) == in_one_piece(path, codes)


def test_so_are_connections_of_every_dialect_and_vendor(shared, tmp_path):
    chance = random.Random(14)
    path = tmp_path / "calls.jsonl"
    everything = sorted((shared / "traffic").rglob("*.jsonl"))
    header = (RECORDINGS / "text.jsonl").read_bytes().splitlines(keepends=True)[0]
    for _ in range(12 if ALL else 4):
        calls = [
            chance.choice(((), (header,))) + tuple(chance.choice(everything).read_bytes().splitlines(True))
            for _ in "12345"
        ]
        path.write_bytes(b"".join(line for lines in calls for line in (header, *lines)))
        assert by_connections(path, 3, Codes()) == in_one_piece(path, Codes())


def test_that_two_sides_speak_different_dialects_is_told_of_the_first_connection_only(tmp_path):
    path = tmp_path / "calls.jsonl"
    path.write_bytes(recorded("broken/SCH14.jsonl", "text.jsonl", "broken/SCH14.jsonl", "broken/SCH14.jsonl"))
    told = by_connections(path, 2, Codes())
    assert told == in_one_piece(path, Codes())
    assert sum(b'"SCH14"' in one for one in told) == 1


def test_what_is_no_header_though_it_begins_like_one_begins_nothing_anew(tmp_path):
    path = tmp_path / "calls.jsonl"
    false = b'{"rtcli":"x"}\n{"rtcli":1,"t":2.0,"from":"server","event":{"type":"response.create"}}\n{"rtcli":99}\n'
    for name in ("text.jsonl", "spoken.jsonl", "tool.jsonl"):
        lines = (RECORDINGS / name).read_bytes().splitlines(keepends=True)
        for part in false.splitlines(keepends=True):
            path.write_bytes(b"".join([*lines[:20], part, *lines[20:], *lines]))
            assert by_connections(path, 2, Codes()) == in_one_piece(path, Codes())


def test_more_oddities_than_are_told_apart_in_one_of_many_connections_are_told_as_by_one_process(tmp_path):
    path = tmp_path / "calls.jsonl"
    odd = [b'{"t":9.0,"from":"server","event":{"type":"odd.%d"}}\n' % (number * 7 % 1900) for number in range(4000)]
    text = recorded("text.jsonl")
    path.write_bytes(b"".join([text, *odd[:900], text, *odd[::-1], text, recorded("broken/SEQ01.jsonl"), *odd]))
    assert by_connections(path, 2, Codes()) == in_one_piece(path, Codes())


# --- how it ends -------------------------------------------------------------------------------


@pytest.fixture
def waiting(tmp_path):
    """A run whose processes wait for what nobody writes, once it has begun them."""
    pipes = [tmp_path / f"{number}.jsonl" for number in range(2)]
    for pipe in pipes:
        os.mkfifo(pipe)
    process = subprocess.Popen(
        [*RTCLI, "--jobs", "2", *map(str, pipes)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={name: value for name, value in os.environ.items() if name != "RTCLI_DEBUG"},
    )
    try:
        until(lambda: len(children(process.pid)) == 2)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def children(pid):
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def until(what):
    for _ in range(12_000):
        if what():
            return
        time.sleep(0.01)
    pytest.fail("it never came")


def is_there(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_ctrl_c_ends_all_of_them(waiting):
    begun = children(waiting.pid)
    os.killpg(waiting.pid, signal.SIGINT)
    out, err = waiting.communicate(timeout=120)
    assert (waiting.returncode, out, err) == (130, b"", b"")
    assert not any(map(is_there, begun))


def test_a_process_that_dies_is_told_of_and_ends_the_others(waiting):
    begun = children(waiting.pid)
    os.kill(begun[1], signal.SIGKILL)
    os.kill(begun[0], signal.SIGKILL)
    out, err = waiting.communicate(timeout=120)
    assert waiting.returncode == 2
    assert out == b""
    assert b"0.jsonl" in err
    assert b"SIGKILL" in err
    assert b"--jobs 1" in err
    assert err.count(b"\n") == 1
    assert not any(map(is_there, begun))
