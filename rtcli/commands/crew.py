"""Processes that do the tasks of a list side by side; what they tell is heard in the order of the list.

Each is forked, takes the next task that nobody has begun, and tells through a pipe; one that is ahead of who
listens waits. Law: none of them is left when the crew is left, however that comes about.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Final, Generic, TypeVar

import msgspec

from rtcli.errors import UnreadableRecording
from rtcli.rules.finding import Finding

Told = TypeVar("Told", bound=msgspec.Struct)
Work = Callable[[int], Iterator[Finding | Told]]
"""What a task comes to: findings, and at last what is told at its end."""
Labour = Callable[[Callable[[Any], None]], None]
"""What a process does, with a way to tell."""

_TOGETHER: Final = 256
"""So many findings are told at once."""
_PIPE_BYTES: Final = 1 << 20
_SIZE_BYTES: Final = 4
_BATON_BYTES: Final = 8
_FAILED: Final = 70


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_fork() -> bool:
    """Whether processes can be forked here at all."""
    return hasattr(os, "fork")


class Crew(Generic[Told]):
    """So many processes, from the time it is entered to the time it is left."""

    def __init__(self, size: int, tasks: Sequence[str], work: Work[Told], ending: type[Told]) -> None:
        """So many processes at most for tasks of these names, and how they tell that one has come to its end."""
        self._size = min(size, len(tasks))
        self._tasks = tasks
        self._work = work
        self._frame = tuple[int, list[Finding], ending | None]  # type: ignore[valid-type]
        self._members: list[_Member] = []

    def __enter__(self) -> Crew[Told]:
        self._baton = os.pipe()
        os.write(self._baton[1], bytes(_BATON_BYTES))
        decode = msgspec.msgpack.Decoder(self._frame).decode
        try:
            with _undisturbed():
                for _ in range(self._size):
                    self._members.append(_Member(self._labour, decode, self._members))
        except BaseException:
            self._dismiss()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._dismiss()

    def told(self, task: int) -> Iterator[Finding | Told]:
        """What a task came to, as it is told; the tasks before it have been heard.

        Raises:
            UnreadableRecording: the process that did it has ended before its time.

        """
        try:
            member = self._who_does(task)
            while True:
                _, findings, end = member.frame()
                yield from findings
                if end is not None:
                    yield end
                    return
        except ChildProcessError as error:
            why = f"a process that judged it {error}"
            raise UnreadableRecording(self._tasks[task], why, "try again, or with --jobs 1") from error

    def _who_does(self, task: int) -> _Member:
        """Who has begun a task.

        Raises:
            ChildProcessError: nobody has, and none is left who could.

        """
        while True:
            for member in self._members:
                if member.task == task:
                    return member
            silent = [member for member in self._members if member.task is None and not member.has_ended]
            if not silent:
                raise ChildProcessError("was never begun")
            for member in select.select(silent, [], [])[0]:
                member.listen()

    def _labour(self, tell: Callable[[Any], None]) -> None:
        """What each process does: task after task, as long as there is one."""
        takes, gives = self._baton
        while True:
            task = int.from_bytes(os.read(takes, _BATON_BYTES), "little")
            os.write(gives, (task + 1).to_bytes(_BATON_BYTES, "little"))
            if task >= len(self._tasks):
                return
            tell((task, [], None))
            found: list[Finding] = []
            for one in self._work(task):
                if not isinstance(one, Finding):
                    tell((task, found, one))
                    break
                found.append(one)
                if len(found) == _TOGETHER:
                    tell((task, found, None))
                    found = []

    def _dismiss(self) -> None:
        for member in self._members:
            member.end()
        for end in self._baton:
            os.close(end)


class _Member:
    """One process, and where it is heard."""

    def __init__(self, labour: Labour, decode: Callable[[bytes], Any], others: Sequence[_Member]) -> None:
        self.task: int | None = None
        """What it tells of now; None where it has yet to say."""
        self.has_ended = False
        self._decode = decode
        self._hears, tells = os.pipe()
        _widen(tells)
        self._pid = os.fork()
        if not self._pid:
            _be_a_member(tells, labour, [self, *others])
        os.close(tells)

    def fileno(self) -> int:
        """Where it is heard."""
        return self._hears

    def listen(self) -> None:
        """Hear which task it has begun, or that it has ended, having found none."""
        size = self._read(_SIZE_BYTES)
        if size:
            self.task = self._decode(self._read(int.from_bytes(size, "little")))[0]
            return
        self.has_ended = True
        self._wait()

    def frame(self) -> tuple[int, list[Finding], Any]:
        """What it tells next of its task."""
        size = self._read(_SIZE_BYTES)
        frame: tuple[int, list[Finding], Any] = self._decode(self._read(int.from_bytes(size, "little")))
        if frame[2] is not None:
            self.task = None
        return frame

    def end(self) -> None:
        """End it, whatever it does."""
        os.close(self._hears)
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)

    def _read(self, size: int) -> bytes:
        parts: list[bytes] = []
        while size:
            part = os.read(self._hears, size)
            if not part:
                if self.task is not None or parts:
                    self._wait()
                    raise ChildProcessError("has not finished")
                return b""
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _wait(self) -> None:
        pid, self._pid = self._pid, 0
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if code:
            how = f"by {signal.Signals(-code).name}" if code < 0 else f"with {code}"
            raise ChildProcessError(f"was ended {how}")


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put a Ctrl-C off: it would let a new process go on as the old one, or an old one forget a new one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _be_a_member(tells: int, labour: Labour, heard: Sequence[_Member]) -> None:
    """Labour, and come to an end here: what the process was before is not to be gone on with.

    Ctrl-C is for who leads, who ends this too. What others tell is not held open: nobody may write for a reader
    that is gone.
    """
    status = _FAILED
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for member in heard:
            os.close(member.fileno())
        encode = msgspec.msgpack.encode

        def tell(frame: Any) -> None:
            data = encode(frame)
            _write(tells, len(data).to_bytes(_SIZE_BYTES, "little") + data)

        labour(tell)
        status = 0
    except BrokenPipeError:
        status = 0
    except BaseException:  # noqa: BLE001 - nothing may lead out of here
        from traceback import print_exc

        print_exc()
    finally:
        os._exit(status)


def _write(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _widen(pipe: int) -> None:
    """Let a pipe hold more, where the system can: who tells waits less for who listens."""
    import fcntl

    with suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
