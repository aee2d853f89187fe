"""Programs of other people against rtcli: each end is a process of its own, and all that was started is stopped."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from rtcli.links.tls import made

RTCLI = [sys.executable, "-m", "rtcli"]
WAIT_S = 40
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("RTCLI_", "OPENAI_")) and not name.lower().endswith("_proxy")
}


def started(command, *, stderr, cwd, env):
    """Start a program without a standard input; where it is rtcli and all is usual, ``program.Begun`` starts sooner."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": stderr}
    return subprocess.Popen(command, **streams, text=True, cwd=cwd, env=env, start_new_session=True)


class Process:
    """A program in a group of its own; what it says besides its results goes to a file."""

    def __init__(self, command, folder, environment=None, *, begin=started):
        self._said = Path(folder) / f"{Path(command[0]).name}-{os.urandom(4).hex()}.txt"
        with self._said.open("wb") as said:
            self._process = begin([*map(str, command)], stderr=said, cwd=folder, env=ENVIRONMENT | (environment or {}))

    @property
    def pid(self):
        return self._process.pid

    @property
    def ended(self):
        """Whether it has left."""
        return self._process.poll() is not None

    @property
    def said(self):
        return self._said.read_text(errors="replace")

    def line(self):
        """The next line of its results."""
        return self._process.stdout.readline().strip()

    def says(self, pattern):
        """Wait until it has said this besides its results; gives the match."""
        deadline = time.monotonic() + WAIT_S
        while not (found := re.search(pattern, self.said)):
            assert time.monotonic() < deadline, self.said
            time.sleep(0.01)
        return found

    def interrupt(self):
        self._process.send_signal(signal.SIGINT)

    def leaves(self, within_s=WAIT_S):
        """Wait for its end; gives the exit code and the rest of its results."""
        results, _ = self._process.communicate(timeout=within_s)
        return self._process.returncode, results

    def stop(self):
        """End it and all that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


@contextmanager
def running(command, folder, environment=None, *, begin=started):
    process = Process(command, folder, environment, begin=begin)
    try:
        yield process
    finally:
        process.stop()


@contextmanager
def rtcli(folder, *arguments, begin=started, **environment):
    """A server of rtcli that listens; gives its process and the address that an app is told."""
    with running([*RTCLI, *arguments], folder, environment, begin=begin) as process:
        line = process.line()
        address = json.loads(line)["url"] if line.startswith("{") else line
        assert address.startswith("ws"), process.said
        yield process, address.removesuffix("/v1/realtime") + "/v1"


@contextmanager
def encrypted(base):
    """The same address behind TLS that ends here, and the certificate's file."""
    certificate = made("127.0.0.1")
    host, port = base.removeprefix("ws://").partition("/")[0].split(":")
    with tempfile.TemporaryDirectory() as folder, _tunnelling(certificate.context, host, int(port)) as own:
        path = Path(folder) / "certificate.pem"
        path.write_bytes(certificate.pem)
        yield base.replace(f"ws://{host}:{port}", f"wss://127.0.0.1:{own}"), path


@contextmanager
def _tunnelling(context: ssl.SSLContext, host: str, port: int):
    """Bytes go on to an address as they are, from a thread of its own; gives the port."""
    ready, ports, ends = threading.Event(), [], []

    async def copy(reader, writer):
        try:
            while piece := await reader.read(1 << 16):
                writer.write(piece)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def tunnel(reader, writer):
        there, away = await asyncio.open_connection(host, port)
        await asyncio.gather(copy(reader, away), copy(there, writer))

    async def serve():
        stop = asyncio.Event()
        server = await asyncio.start_server(tunnel, "127.0.0.1", 0, ssl=context)
        ports.append(server.sockets[0].getsockname()[1])
        ends.append((asyncio.get_running_loop(), stop))
        ready.set()
        await stop.wait()
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(WAIT_S)
    try:
        yield ports[0]
    finally:
        loop, stop = ends[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join()
