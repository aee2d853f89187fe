from __future__ import annotations

import contextlib
import os
import signal

import pytest

from rtcli.links.follow import Patience, follow, until_interrupted


class Enough(Exception):
    """The test has seen what it wanted."""


def followed(path, steps):
    """The lines that come while each tick without news takes the next step."""
    steps = iter(steps)
    lines = []

    def tick():
        step = next(steps, None)
        if step is None:
            raise Enough
        step()

    with pytest.raises(Enough):
        for line in follow(path, tick, Patience(), pause_s=0):
            lines.append(line)
    return lines


def nothing():
    """A tick in which nobody writes."""


def test_lines_come_as_they_are_written(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"one\n")
    with path.open("ab", buffering=0) as writer:
        lines = followed(
            path, [nothing, lambda: writer.write(b"two\n"), nothing, lambda: writer.write(b"three\n"), *[nothing] * 4]
        )
    assert lines == [b"one\n", b"two\n", b"three\n"]


def test_half_a_line_waits_for_its_end(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"ha")
    with path.open("ab", buffering=0) as writer:
        lines = followed(path, [nothing, nothing, lambda: writer.write(b"lf\n"), *[nothing] * 4])
    assert lines == [b"half\n"]


def test_a_file_that_is_not_there_is_waited_for(tmp_path):
    path = tmp_path / "a.jsonl"
    assert followed(path, [nothing, lambda: path.write_bytes(b"one\n"), *[nothing] * 4]) == [b"one\n"]


def test_a_file_that_is_replaced_is_read_from_its_start(tmp_path):
    path, other = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    path.write_bytes(b"old\n")
    other.write_bytes(b"new\n")
    assert followed(path, [nothing, nothing, lambda: other.rename(path), *[nothing] * 4]) == [b"old\n", b"new\n"]


def test_a_file_that_is_cut_is_read_from_its_start(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"a long old line\n")
    assert followed(path, [nothing, nothing, lambda: path.write_bytes(b"new\n"), *[nothing] * 4]) == [
        b"a long old line\n",
        b"new\n",
    ]


def test_a_file_that_is_gone_for_a_while_is_kept(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"one\n")
    assert followed(path, [nothing, path.unlink, *[nothing] * 4]) == [b"one\n"]


def press():
    """Press Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)


def press_in_a_bad_place():
    """Press Ctrl-C where whatever is raised is passed over, as it is in a finaliser."""
    with contextlib.suppress(BaseException):
        press()


@pytest.mark.parametrize("interrupt", [press, press_in_a_bad_place])
@pytest.mark.parametrize("there", [True, False])
def test_an_interrupt_ends_it_wherever_it_comes(tmp_path, interrupt, there):
    path = tmp_path / "a.jsonl"
    if there:
        path.write_bytes(b"one\ntwo\n")
    steps = iter([nothing, nothing, interrupt])

    def tick():
        next(steps)()

    with until_interrupted() as patience:
        lines = list(follow(path, tick, patience, pause_s=0))
    assert lines == ([b"one\n", b"two\n"] if there else [])


def test_the_second_interrupt_is_raised():
    with until_interrupted() as patience:
        press()
        assert not patience
        with pytest.raises(KeyboardInterrupt):
            press()


def test_what_an_interrupt_did_before_it_does_again_afterwards():
    before = signal.getsignal(signal.SIGINT)
    with until_interrupted():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
