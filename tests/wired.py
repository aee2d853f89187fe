"""Two places on this machine with nothing between them but a wire that loses, delays and reorders what it is told to.

Each place is a network namespace without a name, which is gone with the last process and descriptor in it, whatever
happens to the test; neither has a way out. What leaves one is read from a TUN device, and arrives at the other, or
does not.

Source: network_namespaces(7); Documentation/networking/tuntap.rst of Linux.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import heapq
import os
import random
import select
import socket
import struct
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

HERE, THERE = "10.71.0.1", "10.71.0.2"
_NEW_NETWORK = 0x40000000
_TUN, _BARE = 0x0001, 0x1000
_TUNSETIFF = 0x400454CA


class Place:
    """A namespace: what is started and listened on through it is in it."""

    def __init__(self, address, other):
        self.address = address
        self._thread = ThreadPoolExecutor(1)
        self.device = self.do(self._open)
        self.do(self._configure, other)

    def do(self, act, *arguments):
        """Call something in this place."""
        return self._thread.submit(act, *arguments).result(30)

    def listen(self):
        """A socket that listens here; a process of the test may serve it from anywhere."""
        return self.do(lambda: socket.create_server((self.address, 0)))

    def _open(self):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(_NEW_NETWORK):
            raise OSError(ctypes.get_errno(), "no network of its own can be made")
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
        fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22x", b"wire", _TUN | _BARE))
        return device

    def _configure(self, other):
        for command in (
            f"ip address add {self.address}/32 peer {other} dev wire",
            "ip link set wire up",
            "ip link set lo up",
        ):
            subprocess.run(command.split(), check=True, capture_output=True)

    def close(self):
        os.close(self.device)
        self._thread.shutdown()


class Cable:
    """What carries packets between two places; what it does to them may change while they talk."""

    def __init__(self, ends, seed):
        self._ends = ends
        self._chance = random.Random(seed)
        self._waiting = []
        self._count = 0
        self._stop_reading, self._stop_writing = os.pipe()
        self.drop = 0.0
        """Which part of the packets is lost."""
        self.jitter_s = 0.0
        """How long one may take at most."""
        self.cut = False
        """Nothing passes, and nobody is told."""
        self.passed, self.lost = 0, 0
        self._thread = threading.Thread(target=self._carry)
        self._thread.start()

    def close(self):
        os.write(self._stop_writing, b"x")
        self._thread.join()
        os.close(self._stop_reading)
        os.close(self._stop_writing)

    def _carry(self):
        while True:
            wait_s = max(0.0, self._waiting[0][0] - time.monotonic()) if self._waiting else None
            ready, _, _ = select.select([*self._ends, self._stop_reading], [], [], wait_s)
            if self._stop_reading in ready:
                return
            for end in ready:
                self._take(end)
            while self._waiting and self._waiting[0][0] <= time.monotonic():
                _, _, end, packet = heapq.heappop(self._waiting)
                self._give(end, packet)

    def _take(self, end):
        try:
            packet = os.read(end, 1 << 16)
        except BlockingIOError:
            return
        if self.cut or self._chance.random() < self.drop:
            self.lost += 1
            return
        other = self._ends[1] if end == self._ends[0] else self._ends[0]
        self._count += 1
        due_s = time.monotonic() + self._chance.uniform(0, self.jitter_s)
        heapq.heappush(self._waiting, (due_s, self._count, other, packet))

    def _give(self, end, packet):
        try:
            os.write(end, packet)
            self.passed += 1
        except OSError as error:
            if error.errno not in {errno.EAGAIN, errno.EIO, errno.ENOBUFS}:
                raise
            self.lost += 1


@contextmanager
def places(seed=1):
    """Two places and the cable between them; skips where the system does not let anybody make them."""
    with ExitStack() as stack:
        try:
            here, there = Place(HERE, THERE), Place(THERE, HERE)
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"no network of its own can be made here (it takes root, ip and /dev/net/tun): {error}")
        for place in (here, there):
            stack.callback(place.close)
        cable = Cable([here.device, there.device], seed)
        stack.callback(cable.close)
        yield here, there, cable
