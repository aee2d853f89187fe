"""Writing a recording so that nothing is lost."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.errors import RecordingExists, RecordingFailed, UnreadableRecording
from rtcli.events import Event, Malformed
from rtcli.formats import read, read_lines
from rtcli.formats.rtcli import record_of
from rtcli.formats.writer import Writer
from rtcli.recording import Binary, Close, Frame, Header, Note, Open, Torn

ENDINGS = ["jsonl", "jsonl.gz", "jsonl.zst"]
EVENT = '{"type":"input_audio_buffer.cleared","event_id":"e"}'


@contextlib.contextmanager
def no_file_larger_than(size):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


@pytest.fixture(params=ENDINGS)
def path(request, tmp_path):
    return tmp_path / "folder" / f"call.{request.param}"


def test_what_is_written_is_read(path):
    with Writer(path) as writer:
        assert writer.write(Header(rtcli=1)) == 1
        assert writer.write(Frame(1.0, "server", EVENT)) == 2
    assert [type(entry.event).__name__ for entry in read(path)] == ["Header", "Cleared"]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TIMES = st.integers(0, 10**10).map(lambda microseconds: microseconds / 10**6)
SENDERS = st.sampled_from(["client", "server"])
OBJECTS = st.dictionaries(TEXT, TEXT | st.integers() | st.none(), max_size=3)
RECORDS = (
    st.builds(Frame, TIMES, SENDERS, TEXT | OBJECTS.map(json.dumps))
    | st.builds(Binary, TIMES, SENDERS, st.binary(max_size=30))
    | st.builds(Open, TIMES, st.integers(100, 599), st.dictionaries(TEXT, TEXT, max_size=2), st.none() | TEXT)
    | st.builds(Close, TIMES, SENDERS, st.none() | st.integers(1000, 4999), TEXT)
    | st.builds(Note, TIMES, TEXT)
)


@pytest.mark.parametrize("ending", ENDINGS)
@given(records=st.lists(st.lists(RECORDS, max_size=4), min_size=1, max_size=3))
def test_any_records_written_in_any_number_of_sittings_come_back_word_for_word(tmp_path_factory, ending, records):
    path = tmp_path_factory.getbasetemp() / f"any.{ending}"
    for number, sitting in enumerate(records):
        with Writer(path, "append" if number else "overwrite") as writer:
            for record in sitting:
                writer.write(record)
    assert [record_of(line) for line in read_lines(path)] == [record for sitting in records for record in sitting]


def test_another_process_reads_a_record_right_after_it_was_written(path):
    count = "import sys; from pathlib import Path; from rtcli.formats import read; print(len(list(read(Path(sys.argv[1])))))"
    with Writer(path) as writer:
        for number in (1, 2):
            writer.write(Frame(1.0, "server", EVENT))
            seen = subprocess.run([sys.executable, "-c", count, path], capture_output=True, text=True)
            assert seen.stdout == f"{number}\n", seen.stderr


def test_a_record_can_be_read_by_others_as_soon_as_write_returns(path):
    with Writer(path) as writer:
        for number in range(5):
            writer.write(Frame(number, "server", EVENT))
            assert sum(isinstance(entry.event, Event) for entry in read(path)) == number + 1


def test_the_file_is_for_its_owner_only(path):
    with Writer(path):
        assert os.stat(path).st_mode & 0o777 == 0o600


def test_who_writes_into_a_file_that_was_deleted_is_told(path):
    with Writer(path) as writer:
        writer.write(Frame(0.0, "server", EVENT))
        path.unlink()
        with pytest.raises(RecordingFailed, match="deleted"):
            for _ in range(500):
                writer.write(Frame(0.1, "server", EVENT))
                time.sleep(0.01)


@pytest.mark.parametrize(("number", "is_told"), [(errno.EIO, True), (errno.EDQUOT, True), (errno.EINVAL, False)])
def test_who_writes_what_the_disk_refuses_to_keep_is_told(path, monkeypatch, number, is_told):
    """Some file systems take every write, and say only afterwards that there is no room."""
    refused = threading.Event()

    def refuse(_descriptor):
        refused.set()
        raise OSError(number, os.strerror(number))

    with Writer(path) as writer:
        monkeypatch.setattr(os, "fdatasync", refuse)
        writer.write(Frame(0.0, "server", EVENT))
        assert refused.wait(60)
        with pytest.raises(RecordingFailed, match=os.strerror(number)) if is_told else contextlib.nullcontext():
            for _ in range(500 if is_told else 5):
                writer.write(Frame(0.1, "server", EVENT))
                time.sleep(0.01)


def test_folders_that_are_made_for_a_recording_are_their_owners_only_and_others_stay(tmp_path):
    old = tmp_path / "old"
    old.mkdir(mode=0o755)
    Writer(old / "new" / "newer" / "call.jsonl").close()
    assert [os.stat(old / name).st_mode & 0o777 for name in (".", "new", "new/newer")] == [0o755, 0o700, 0o700]


def test_a_file_that_exists_is_kept_unless_it_is_said_otherwise(path):
    with Writer(path) as writer:
        writer.write(Note(1.0, "first"))
    with pytest.raises(RecordingExists, match="--append"):
        Writer(path)
    with Writer(path, "append") as writer:
        writer.write(Note(2.0, "second"))
    assert [entry.event.text for entry in read(path)] == ["first", "second"]
    with Writer(path, "overwrite") as writer:
        writer.write(Note(3.0, "third"))
    assert [entry.event.text for entry in read(path)] == ["third"]


def test_a_record_added_behind_a_torn_one_is_whole(tmp_path):
    path = tmp_path / "call.jsonl"
    path.write_bytes(b'{"t":1.0,"note":"on')
    with Writer(path, "append") as writer:
        writer.write(Note(2.0, "whole"))
    torn, whole = (entry.event for entry in read(path))
    assert isinstance(torn, Malformed)
    assert whole == Note(2.0, "whole")


@pytest.mark.parametrize("ending", [*ENDINGS, "log"])
@pytest.mark.parametrize("lost", [0, 1, 4, 9, 30])
def test_what_is_added_to_a_file_whose_writer_was_killed_is_read_behind_what_was_there(tmp_path, ending, lost):
    path = tmp_path / f"call.{ending}"
    with Writer(tmp_path / f"other.{ending}") as writer:
        for number in range(20):
            writer.write(Note(number, f"note {number * 7919}"))
        left = writer.path.read_bytes()
    path.write_bytes(left[: len(left) - lost])
    before = [entry.event for entry in read(path) if isinstance(entry.event, Note)]
    assert len(before) > 15
    for text in ("second", "third"):
        with Writer(path, "append") as writer:
            writer.write(Note(50.0, text))
            assert [entry.event for entry in read(path)][-1] == Note(50.0, text)
    notes = [entry.event for entry in read(path) if isinstance(entry.event, Note)]
    assert notes[: len(before)] == before
    assert notes[-2:] == [Note(50.0, "second"), Note(50.0, "third")]
    assert len(notes) <= len(before) + 3, "a line that lacked only its newline is whole again"
    assert os.stat(path).st_mode & 0o777 in {0o600, 0o644}
    assert [name.name for name in sorted(tmp_path.iterdir())] == [f"call.{ending}", f"other.{ending}"]


@pytest.mark.parametrize("ending", ENDINGS[1:])
def test_a_file_that_is_not_what_its_name_says_is_not_added_to(tmp_path, ending):
    path = tmp_path / f"call.{ending}"
    path.write_bytes(b"plain text\n")
    with pytest.raises((UnreadableRecording, RecordingFailed)):
        Writer(path, "append")
    assert path.read_bytes() == b"plain text\n"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", ENDINGS[1:])
def test_a_disk_that_is_full_leaves_the_file_that_was_to_be_added_to_as_it_was(tmp_path, ending):
    path = tmp_path / f"call.{ending}"
    with Writer(tmp_path / f"other.{ending}") as writer:
        for number in range(9):
            writer.write(Note(number, f"note {number * 7919}"))
        left = writer.path.read_bytes()
    refused = 0
    for room in range(len(left) - 9, len(left) + 12, 2):
        path.write_bytes(left)
        try:
            with no_file_larger_than(room):
                writer = Writer(path, "append")
        except RecordingFailed:
            refused += 1
            assert path.read_bytes() == left
        else:
            writer.write(Note(9.0, "there is room again"))
            writer.close()
            assert [entry.event.t for entry in read(path)] == list(range(10))
        assert len(list(tmp_path.iterdir())) == 2
    assert 0 < refused < 11


def test_of_frames_that_came_together_and_find_no_room_none_is_in_the_file(path):
    texts = [json.dumps({"type": "x", "sound": os.urandom(3000).hex()}).encode() for _ in range(20)]
    with Writer(path) as writer:
        writer.write_frames(1.0, "server", texts[:10])
        size = path.stat().st_size
        with no_file_larger_than(size + 5000):
            with pytest.raises(RecordingFailed):
                writer.write_frames(2.0, "server", texts)
        assert path.stat().st_size == size
        with pytest.raises(RecordingFailed):
            writer.write_frames(3.0, "server", texts[:1])
        assert writer.lines == 10
    assert [entry.t for entry in read(path) if not isinstance(entry.event, Torn)] == [1.0] * 10


def test_a_file_that_is_written_anew_is_for_its_owner_only(path):
    path.parent.mkdir()
    path.write_bytes(b"")
    path.chmod(0o644)
    with Writer(path, "overwrite") as writer:
        writer.write(Note(1.0, "x"))
    assert os.stat(path).st_mode & 0o777 == 0o600


def test_who_closes_it_again_closes_nothing_that_was_opened_meanwhile(tmp_path):
    writer = Writer(tmp_path / "a.jsonl")
    writer.close()
    with (tmp_path / "b").open("wb") as another:
        writer.close()
        another.write(b"x")
    assert (tmp_path / "b").read_bytes() == b"x"


def test_a_device_keeps_its_mode():
    before = os.stat("/dev/null").st_mode
    with Writer(Path("/dev/null"), "overwrite") as writer:
        writer.write(Note(1.0, "x"))
    assert os.stat("/dev/null").st_mode == before


def test_a_symbolic_link_is_not_followed(tmp_path):
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "elsewhere.jsonl")
    with pytest.raises((RecordingFailed, RecordingExists)):
        Writer(tmp_path / "link.jsonl")
    with pytest.raises(RecordingFailed):
        Writer(tmp_path / "link.jsonl", "overwrite")
    assert not (tmp_path / "elsewhere.jsonl").exists()


def test_a_name_that_is_taken_is_not_taken_again(tmp_path):
    (tmp_path / "taken.jsonl").write_text("mine")
    with Writer(tmp_path / "call.jsonl") as writer:
        writer.rename("taken.jsonl")
        assert writer.path.name == "call.jsonl"
        writer.rename("free.jsonl")
        writer.write(Note(1.0, "x"))
    assert (tmp_path / "taken.jsonl").read_text() == "mine"
    assert [entry.event.text for entry in read(tmp_path / "free.jsonl")] == ["x"]
    assert not (tmp_path / "call.jsonl").exists()


KILLED = """
import sys
import threading
from pathlib import Path
from rtcli.formats.writer import Writer
from rtcli.recording import Frame
with Writer(Path(sys.argv[1])) as writer:
    number = 0
    while True:
        number += 1
        writer.write(Frame(number, "server", '{"type":"input_audio_buffer.cleared","event_id":"e%d"}' % number))
        print(number, flush=True)
"""


def test_kill_9_loses_no_record_that_was_acknowledged(path):
    process = subprocess.Popen([sys.executable, "-c", KILLED, path], stdout=subprocess.PIPE, text=True)
    acknowledged = 0
    for _ in range(200):
        acknowledged = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read().split()
    process.wait()
    process.stdout.close()
    acknowledged = int(rest[-1]) if rest else acknowledged
    events = [entry.event for entry in read(path)]
    assert sum(isinstance(event, Event) for event in events) >= acknowledged
    assert not [event for event in events if isinstance(event, Malformed)]
    assert not [event for event in events[:-1] if isinstance(event, Torn)]


def test_a_full_disk_is_said_and_the_file_stays_whole(path):
    written = 0
    with Writer(path) as writer:
        with no_file_larger_than(1000), pytest.raises(RecordingFailed, match="cannot write"):
            while True:
                writer.write(Frame(1.0, "server", EVENT.replace('"e"', f'"e{written * 7919 % 997}"')))
                written += 1
        with contextlib.suppress(RecordingFailed):
            writer.write(Note(2.0, "there is room again"))
    assert written > 5
    events = [entry.event for entry in read(path)]
    assert [isinstance(event, Event) for event in events[:written]] == [True] * written
    assert events[written:] in ([], [Note(2.0, "there is room again")])


def test_a_disk_that_was_full_from_the_beginning_leaves_a_file_with_no_line_in_it(path):
    with Writer(path) as writer, no_file_larger_than(0), pytest.raises(RecordingFailed):
        writer.write(Note(1.0, "x"))
    assert list(read_lines(path)) == []


def test_memory_stays_flat_however_long_the_file_is(tmp_path):
    path = tmp_path / "long.jsonl"
    line = b'{"t":1.0,"from":"client","event":{"type":"input_audio_buffer.append","audio":"' + b"A" * 3000 + b'"}}\n'
    path.write_bytes(line * 10_000)
    tracemalloc.start()
    assert sum(1 for _ in read(path)) == 10_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20, "30 MB were read"


@pytest.mark.parametrize("ending", ENDINGS[1:])
def test_a_compressed_file_that_was_cut_short_gives_what_it_has(tmp_path, ending):
    path = tmp_path / f"call.{ending}"
    with Writer(path) as writer:
        for number in range(100):
            writer.write(Frame(number, "server", EVENT.replace('"e"', f'"e{number * 7919}"')))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    events = [entry.event for entry in read(path)]
    assert 20 < sum(isinstance(event, Event) for event in events) < 100
    assert not [event for event in events[:-1] if not isinstance(event, Event)]


@pytest.mark.parametrize("ending", ENDINGS[1:])
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path, ending):
    path = tmp_path / f"call.{ending}"
    path.write_bytes(b"plain text\n")
    with pytest.raises(UnreadableRecording):
        list(read(path))


@pytest.mark.parametrize("ending", ["jsonl.gz", "jsonl.zst"])
def test_what_was_interrupted_is_added_to_however_long_its_name_is(tmp_path, ending):
    longest = os.pathconf(tmp_path, "PC_NAME_MAX")
    path = tmp_path / f"{'x' * (longest - len(ending) - 1)}.{ending}"
    with Writer(path) as writer:
        writer.write(Frame(0.0, "server", EVENT))
        path.write_bytes(begun := path.read_bytes())
    path.write_bytes(begun)
    with Writer(path, "append") as writer:
        writer.write(Note(1.0, "later"))
    assert [type(entry.event).__name__ for entry in read(path)] == ["Cleared", "Note"]
    assert os.listdir(tmp_path) == [path.name]
