"""The program as a process of its own, without the time that Python takes to load it.

A process that has loaded rtcli, and done nothing with it, waits. Each run is a fork of it with its own arguments,
environment, folder and streams, which are pipes or a terminal. How Python itself starts is for ``subprocess`` to
test: so is what is loaded when.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
from pathlib import Path
from typing import NamedTuple

_LENGTH = struct.Struct("!I")
_PID = struct.Struct("!i")
_END = struct.Struct("!iqd")
_SIZE = struct.pack("HHHH", 40, 120, 0, 0)
"""Lines and columns of a terminal."""
_READ_AT_START = ("PYTHON", "LC_", "LANG")
"""Variables that Python reads before anything can be changed in a process."""
RTCLI = [sys.executable, "-m", "rtcli"]
_idle = []


class Done(NamedTuple):
    """What came of a run; what a terminal was sent is all in ``out``."""

    code: int
    out: bytes
    err: bytes
    peak_kib: int
    cpu_seconds: float


def run(command, *, input=None, env=None, cwd=None, text=False, check=False, timeout=60, umask=-1, **options):  # noqa: A002
    """Run a command as ``subprocess.run`` does; one that is rtcli, and whose output is captured, starts sooner."""
    environment = dict(os.environ if env is None else env)
    if command[:3] != RTCLI or options != {"capture_output": True} or _at_start(environment) != _at_start(os.environ):
        return subprocess.run(
            command, input=input, env=env, cwd=cwd, text=text, check=check, timeout=timeout, umask=umask, **options
        )
    given = input.encode() if isinstance(input, str) else input
    arguments = [os.fspath(argument) for argument in command[3:]]
    before = "" if umask < 0 else f"import os; os.umask({umask})"
    code, out, err, *_ = forked(arguments, given, environment, os.fspath(cwd or Path.cwd()), timeout, before=before)
    if text:
        out, err = _lines(out), _lines(err)
    done = subprocess.CompletedProcess(command, code, out, err)
    if check:
        done.check_returncode()
    return done


def _at_start(environment):
    return {name: value for name, value in environment.items() if name.startswith(_READ_AT_START)}


def _lines(said):
    return said.decode().replace("\r\n", "\n").replace("\r", "\n")


def forked(arguments, given, environment, folder, timeout, *, terminal=False, before="", beside=None):
    """Run rtcli with these arguments; ``before`` is executed in its process first, ``beside`` is told its number."""
    ours, theirs = _terminal() if terminal else _pipes()
    waiting, pid = _begin(arguments, environment, folder, theirs, terminal=terminal, before=before)
    said = ([], [])
    workers = [
        threading.Thread(target=_read, args=(descriptor, pieces))
        for descriptor, pieces in zip(ours[1:], said, strict=False)
    ]
    if not terminal:
        workers.append(threading.Thread(target=_write, args=(ours[0], given or b"")))
    if beside:
        workers.append(threading.Thread(target=beside, args=(pid,)))
    for worker in workers:
        worker.start()
    waiting.settimeout(timeout)
    try:
        code, *used = _END.unpack(_received(waiting, _END.size))
    except TimeoutError:
        os.kill(pid, signal.SIGKILL)
        waiting.close()
        raise subprocess.TimeoutExpired(["rtcli", *arguments], timeout, *map(b"".join, said)) from None
    finally:
        for worker in workers:
            worker.join(timeout)
    waiting.settimeout(None)
    _idle.append(waiting)
    return Done(code, *map(b"".join, said), *used)


class Begun:
    """A run of rtcli that goes on beside the test, in a group of its own: as much of ``subprocess.Popen`` as is needed."""

    def __init__(self, command, *, stderr, cwd, env):
        (nothing, no_more), (out, results) = os.pipe(), os.pipe()
        os.close(no_more)
        arguments = [os.fspath(argument) for argument in command[3:]]
        streams = (nothing, results, os.dup(stderr.fileno()))
        self._waiting, self.pid = _begin(arguments, dict(env), os.fspath(cwd), streams, alone=True)
        self.stdout = os.fdopen(out, encoding="utf-8")
        self.returncode = None

    def poll(self):
        if self.returncode is None and select.select([self._waiting], [], [], 0)[0]:
            self._end()
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def communicate(self, timeout=None):
        """The rest of its results, when it has ended."""
        rest = []
        reader = threading.Thread(target=self._read_rest, args=(rest,))
        reader.start()
        if self.returncode is None:
            if not select.select([self._waiting], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(["rtcli"], timeout)
            self._end()
        reader.join(timeout)
        return "".join(rest), None

    def _read_rest(self, rest):
        if not self.stdout.closed:
            with self.stdout:
                rest.append(self.stdout.read())

    def _end(self):
        self.returncode, *_ = _END.unpack(_received(self._waiting, _END.size))
        _idle.append(self._waiting)


def _begin(arguments, environment, folder, streams, *, terminal=False, before="", alone=False):
    """Have a process that waits begin a run with these streams, which are closed here; gives it, and the run's number."""
    waiting = _idle.pop() if _idle else _started()
    told = {"arguments": arguments, "environment": environment, "folder": folder}
    request = json.dumps(told | {"terminal": terminal, "before": before, "alone": alone}).encode()
    socket.send_fds(waiting, [_LENGTH.pack(len(request))], streams)
    waiting.sendall(request)
    for descriptor in set(streams):
        os.close(descriptor)
    return waiting, *_PID.unpack(_received(waiting, _PID.size))


def _pipes():
    pipes = [os.pipe() for _ in range(3)]
    return (pipes[0][1], pipes[1][0], pipes[2][0]), (pipes[0][0], pipes[1][1], pipes[2][1])


def _terminal():
    main, side = os.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, _SIZE)
    return (main, main), (side, side, side)


def _write(descriptor, given):
    with contextlib.suppress(BrokenPipeError), os.fdopen(descriptor, "wb") as pipe:
        pipe.write(given)


def _read(descriptor, pieces):
    with os.fdopen(descriptor, "rb", buffering=0) as pipe:
        # A terminal that nobody writes to any more is an error to whoever reads it, and no end.
        with contextlib.suppress(OSError):
            while piece := pipe.read(1 << 16):
                pieces.append(piece)


def _received(waiting, size):
    data = b""
    while len(data) < size:
        piece = waiting.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def _started():
    ours, theirs = socket.socketpair()
    command = [sys.executable, __file__, str(theirs.fileno())]
    # Pipes that nobody uses, because Python asks at the start what its streams are.
    process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    theirs.close()
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours


def _load():
    """Load what rtcli loads in one command or another."""
    import rtcli

    for module in pkgutil.walk_packages(rtcli.__path__, "rtcli."):
        with contextlib.suppress(ImportError):  # what an extra would bring
            importlib.import_module(module.name)
    for name in ("jinja2", "yaml", "jmespath", "rich.tree", "rich.table", "rich.live", "rich.progress"):
        importlib.import_module(name)


def _wait_for_work(waiting):
    """Fork for every request; return in the fork, ready to be the program."""
    while True:
        try:
            head, descriptors, _, _ = socket.recv_fds(waiting, _LENGTH.size, 3)
            request = json.loads(_received(waiting, *_LENGTH.unpack(head))) if head else None
        except (EOFError, ConnectionError):
            request = None
        if request is None:
            os._exit(0)
        pid = os.fork()
        if not pid:
            waiting.close()
            return request, descriptors
        for descriptor in descriptors:
            os.close(descriptor)
        if request["alone"]:
            os.setpgid(pid, pid)  # before anybody knows its number
        with contextlib.suppress(ConnectionError):  # nobody waits any more
            waiting.sendall(_PID.pack(pid))
            _, status, used = os.wait4(pid, 0)
            code, seconds = os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
            waiting.sendall(_END.pack(code, used.ru_maxrss, seconds))


def _become(request, descriptors):
    for at, descriptor in enumerate(descriptors):
        os.dup2(descriptor, at)
    for descriptor in descriptors:
        os.close(descriptor)
    if request["terminal"]:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        _take_terminal()
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.argv = ["rtcli", *request["arguments"]]
    exec(request["before"], {})


def _take_terminal():
    """Open the streams as Python does at the start, where they are a terminal."""
    errors = {"stdin": "strict", "stdout": "strict", "stderr": "backslashreplace"}
    for at, (name, how) in enumerate(errors.items()):
        mode = "w" if at else "r"
        stream = open(at, mode, buffering=1, encoding="utf-8", errors=how, closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _end(code):
    """End as Python does, but for taking everything apart first, which takes as long as the rest."""
    try:
        sys.stdout.flush()
    except OSError:
        code = 120
    atexit._run_exitfuncs()
    os._exit(code)


def _main():
    from rtcli.__main__ import main

    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - whatever it is, Python would tell of it and end
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of the tests is not the program's to import from
    _load()
    gc.freeze()
    _become(*_wait_for_work(socket.socket(fileno=int(sys.argv[1]))))
    _end(_main())
