"""Many sessions at an even pace: both ends of each, in one process, with one clock.

Started as a program by :mod:`benchmarks.load`: it prints the URL of the server's end, reads where to
connect, as JSON, and answers with what came through, how late, and what the process in between used.
Law: frames are told apart by counting bytes, so one that is lost or grows makes the count wrong.
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import statistics
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from benchmarks.chain import tree_cpu_s
from benchmarks.frames import answering, close, event, head_from, opened

FRAME_BYTES = 6000
PACE = 50
WARM_S = 1.0
"""At the beginning nothing is counted for the CPU and the times."""
DRAIN_S = 5.0


@dataclass
class End:
    """One end of a session: what it still has to send, and what it waits for."""

    sock: socket.socket
    sends: bytes
    expects: int
    """The size of the frames from the other end."""
    waiting: bytes = b""
    sent_at: deque[float] = field(default_factory=deque)
    """When the frames went out that have not come out at the other end."""
    sent: int = 0
    received_bytes: int = 0

    def send(self, now: float) -> None:
        """Begin another frame."""
        self.sent_at.append(now)
        self.sent += 1
        self.waiting += self.sends
        self.flush()

    def flush(self) -> None:
        """Send as much as is taken."""
        try:
            while self.waiting:
                self.waiting = self.waiting[self.sock.send(self.waiting) :]
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            pass

    def receive(self) -> int:
        """Take what there is; gives how many frames that completes."""
        before = self.received_bytes // self.expects
        try:
            while got := len(self.sock.recv(1 << 16)):
                self.received_bytes += got
                if got < 1 << 14:
                    break
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        return self.received_bytes // self.expects - before


class Crowd:
    """All sessions, and the times that their frames took."""

    def __init__(self, listening: socket.socket, tls: ssl.SSLContext | None) -> None:
        self.pairs: list[tuple[End, End]] = []
        self.late_s: list[float] = []
        self._listening, self._tls = listening, tls
        self._poll = select.epoll()
        self._end_of: dict[int, tuple[End, End]] = {}
        self._stuck: set[int] = set()
        """Ends whose last frame was not taken whole."""

    def open(self, url: str, sessions: int) -> None:
        """Connect one after the other, so that both ends of a session are known."""
        asks, answers = event(FRAME_BYTES, mask=True), event(FRAME_BYTES, mask=False)
        for _ in range(sessions):
            served: list[socket.socket] = []
            thread = threading.Thread(target=lambda served=served: served.append(self._accepted()))
            thread.start()
            app = opened(url, "/v1/realtime")
            thread.join()
            pair = End(app, asks, len(answers)), End(served[0], answers, len(asks))
            self.pairs.append(pair)
            for end, other in (pair, pair[::-1]):
                end.sock.setblocking(False)
                self._end_of[end.sock.fileno()] = end, other
                self._poll.register(end.sock, select.EPOLLIN)

    def _accepted(self) -> socket.socket:
        sock, _ = self._listening.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is not None:
            sock = self._tls.wrap_socket(sock, server_side=True)
        sock.sendall(answering(head_from(sock)))
        return sock

    def run(self, seconds: float, pid: int | None, drain_s: float = DRAIN_S) -> dict[str, Any]:
        """Talk for so long, evenly spread over the sessions; then wait for what is on its way."""
        step_s, began = 1 / PACE / len(self.pairs), time.perf_counter()
        due, warm, since, cpu_s = 0, False, began, tree_cpu_s(pid) if pid else 0.0
        while (now := time.perf_counter()) - began < seconds:
            if not warm and now - began > WARM_S:
                warm, since, cpu_s = True, now, tree_cpu_s(pid) if pid else 0.0
                self.late_s.clear()
            while began + due * step_s <= now:
                for end in self.pairs[due % len(self.pairs)]:
                    end.send(now)
                    if end.waiting:
                        self._stuck.add(end.sock.fileno())
                due += 1
            self._receive(max(0.0, began + due * step_s - now))
        share = (tree_cpu_s(pid) - cpu_s) / (now - since) if pid else 0.0
        behind, due_in_all = self.missing, 2 * int(seconds / step_s)
        until = time.perf_counter() + drain_s
        while self.missing and time.perf_counter() < until:
            self._receive(0.05)
        sent = sum(end.sent for pair in self.pairs for end in pair)
        return {"share": share, "due": due_in_all, "sent": sent, "behind": behind, "lost": self.missing} | self._times()

    @property
    def missing(self) -> int:
        """Frames that are on their way."""
        return sum(len(end.sent_at) for pair in self.pairs for end in pair)

    def _times(self) -> dict[str, float]:
        cuts = statistics.quantiles(self.late_s, n=100) if len(self.late_s) > 100 else [0.0] * 99
        return {"p50_ms": cuts[49] * 1000, "p99_ms": cuts[98] * 1000}

    def _receive(self, wait_s: float) -> None:
        for number, _ in self._poll.poll(wait_s):
            end, other = self._end_of[number]
            frames = end.receive()
            now = time.perf_counter()
            for _ in range(min(frames, len(other.sent_at))):
                self.late_s.append(now - other.sent_at.popleft())
        for number in [number for number in self._stuck if not self._is_stuck(number)]:
            self._stuck.discard(number)

    def _is_stuck(self, number: int) -> bool:
        """Whether an end still has something to send, after another attempt."""
        end, _ = self._end_of[number]
        end.flush()
        return bool(end.waiting)

    def close(self) -> None:
        """Say good-bye at both ends."""
        for pair in self.pairs:
            for end, mask in zip(pair, (True, False), strict=True):
                end.sock.setblocking(True)
                end.sock.sendall(close(mask=mask))
        for pair in self.pairs:
            for end in pair:
                end.sock.close()


def main() -> None:
    """Be both ends of what is read from stdin, until it ends."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        print(f"ws://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        for line in sys.stdin:
            asked = json.loads(line)
            tls = None
            if asked["pem"]:
                tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                tls.load_cert_chain(asked["pem"])
            crowd = Crowd(listening, tls)
            crowd.open(asked["url"], asked["sessions"])
            result = crowd.run(asked["seconds"], asked["pid"], asked.get("drain_s", DRAIN_S))
            crowd.close()
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
