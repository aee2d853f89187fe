"""A recording that is written, interrupted, torn, renamed and added to again: every line that was taken is in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sweeping import examples

from rtcli.errors import RecordingExists, RecordingFailed
from rtcli.formats import read_lines
from rtcli.formats.rtcli import record_of
from rtcli.formats.writer import Writer
from rtcli.recording import Binary, Close, Frame, Note

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TIMES = st.integers(0, 10**9).map(lambda microseconds: microseconds / 10**6)
RECORDS = (
    st.builds(
        Frame, TIMES, st.sampled_from(["client", "server"]), TEXT.map(lambda text: json.dumps({"type": text})) | TEXT
    )
    | st.builds(Binary, TIMES, st.just("client"), st.binary(max_size=20))
    | st.builds(Note, TIMES, TEXT)
    | st.builds(Close, TIMES, st.just("server"), st.none() | st.just(1000), TEXT)
)


class Recorder(RuleBasedStateMachine):
    @initialize(ending=st.sampled_from([".jsonl", ".jsonl", ".jsonl.gz", ".jsonl.zst"]))
    def begin(self, ending):
        self.folder = Path(mkdtemp())
        self.ending = ending
        self.path = self.folder / "new" / f"call{ending}"
        self.lines = []
        """What is to be in the file."""
        self.number = 0
        self.writer = Writer(self.path)

    @property
    def is_open(self):
        return self.writer is not None

    @precondition(lambda self: self.is_open)
    @rule(record=RECORDS)
    def write(self, record):
        number = self.writer.write(record)
        self.number += 1
        assert number == self.number
        self.lines.append(record)

    @precondition(lambda self: self.is_open)
    @rule(text=st.text("ab{}", max_size=9))
    def copy(self, text):
        self.writer.copy(text.encode() + b"\n")
        self.number += 1
        self.lines.append(text.encode() + b"\n")

    @precondition(lambda self: self.is_open)
    @rule()
    def close(self):
        self.writer.close()
        self.writer = None

    @precondition(lambda self: self.is_open)
    @rule(cut=st.sampled_from([0, 1, 2, 6]))
    def kill(self, cut):
        """What is there when the writer is killed; of a plain file the last bytes may be lost, too."""
        left = self.path.read_bytes()
        self.writer.close()
        self.writer = None
        if self.ending == ".jsonl" and cut and self.lines:
            last = self.lines.pop()
            whole = last if isinstance(last, bytes) else left.splitlines(keepends=True)[-1]
            cut = min(cut, len(whole))
            left = left[:-cut]
            if cut < len(whole):
                self.lines.append(whole[:-cut])
        self.path.write_bytes(left)

    @precondition(lambda self: not self.is_open)
    @rule()
    def append(self):
        self.writer, self.number = Writer(self.path, "append"), 0
        if self.lines and isinstance(self.lines[-1], bytes) and not self.lines[-1].endswith(b"\n"):
            self.lines[-1] += b"\n"

    @precondition(lambda self: not self.is_open)
    @rule()
    def overwrite(self):
        self.writer, self.number, self.lines = Writer(self.path, "overwrite"), 0, []

    @rule()
    def there_is_one_already(self):
        with pytest.raises(RecordingExists):
            Writer(self.path)

    @precondition(lambda self: self.is_open)
    @rule(name=st.sampled_from(["a", "b", "call"]))
    def rename(self, name):
        taken = (self.path.parent / f"{name}{self.ending}").exists()
        before = self.path
        self.writer.rename(f"{name}{self.ending}")
        self.path = self.writer.path
        assert (self.path == before) == taken or self.path.name == f"{name}{self.ending}"

    @rule()
    def through_a_link_nothing_is_written(self):
        link = self.path.parent / f"link{self.ending}"
        if not link.is_symlink():
            link.symlink_to(self.path)
        for mode in ("append", "overwrite"):
            with pytest.raises(RecordingFailed):
                Writer(link, mode)

    @invariant()
    def all_that_was_taken_is_in_the_file(self):
        if not hasattr(self, "lines"):
            return
        found = list(read_lines(self.path))
        assert len(found) == len(self.lines)
        for line, wanted in zip(found, self.lines, strict=True):
            assert (line if isinstance(wanted, bytes) else record_of(line)) == wanted
        assert self.path.stat().st_mode & 0o777 == 0o600

    def teardown(self):
        if hasattr(self, "folder"):
            if self.is_open:
                self.writer.close()
            shutil.rmtree(self.folder)


Recorder.TestCase.settings = settings(max_examples=examples(60), stateful_step_count=25, deadline=None)
TestRecorder = Recorder.TestCase
