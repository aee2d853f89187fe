"""A loop that reads some sockets at once: nothing else about them, or about the others, is another."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import threading
from contextlib import AsyncExitStack

import pytest

from rtcli.links.loop import StraightLoop, new_loop

pytestmark = pytest.mark.skipif(not hasattr(select, "epoll"), reason="the short way needs epoll")


def run(main):
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(asyncio.wait_for(main, 20))


class Receiver(asyncio.Protocol):
    """Keeps what its transport reads, and knows when it is over."""

    def __init__(self):
        self.came = b""
        self.ended = asyncio.Event()

    def data_received(self, data):
        self.came += data

    def eof_received(self):
        self.ended.set()


class Short:
    """A pair of sockets, one of them read the short way."""

    peer = None

    def __init__(self, log=None, failing=""):
        self.came = b""
        self.log = log if log is not None else []
        self.failing = failing
        self.faults = []

    async def __aenter__(self):
        self.near, self.far = socket.socketpair()
        self.near.setblocking(False)
        self.descriptor = self.near.fileno()
        self.loop = asyncio.get_running_loop()
        self.transport, self.receiver = await self.loop.create_connection(Receiver, sock=self.near)
        self.loop.read_straight(self.descriptor, self)
        return self

    async def __aexit__(self, *_):
        self.loop.read_usually(self.descriptor)
        self.transport.abort()
        self.far.close()
        await asyncio.sleep(0)

    def hand_on(self):
        data = os.read(self.descriptor, 1000)
        self.log.append("handed on")
        if self.failing == "handing on":
            raise ValueError(self.failing)
        return data or None

    def look(self, data):
        self.log.append("looked at")
        self.came += data
        if self.failing == "looking":
            raise ValueError(self.failing)

    def fault(self, error):
        self.faults.append(str(error))

    async def until(self, condition):
        while not condition():  # noqa: ASYNC110 - sockets, which tell nobody
            await asyncio.sleep(0.001)


def test_what_comes_goes_the_short_way_and_the_end_to_the_transport():
    async def main():
        async with Short() as short:
            short.far.sendall(b"one")
            await short.until(lambda: short.came)
            short.far.sendall(b"two")
            short.far.shutdown(socket.SHUT_WR)
            await short.receiver.ended.wait()
            return short.came + short.receiver.came

    assert run(main()) == b"onetwo"


def test_a_transport_that_does_not_read_is_not_read_for():
    async def main():
        async with Short() as short:
            short.transport.pause_reading()
            short.far.sendall(b"later")
            await asyncio.sleep(0.05)
            before = short.came
            short.transport.resume_reading()
            await short.until(lambda: short.came)
            return before, short.came

    assert run(main()) == (b"", b"later")


def test_one_that_is_left_to_its_transport_again_is_read_by_it():
    async def main():
        async with Short() as short:
            short.loop.read_usually(short.descriptor)
            short.far.sendall(b"usual")
            await short.until(lambda: short.receiver.came)
            return short.came, short.receiver.came

    assert run(main()) == (b"", b"usual")


def test_the_short_way_is_no_way_around_writing():
    async def main():
        async with Short() as short:
            large = b"x" * 3_000_000
            short.transport.write(large)
            short.far.sendall(b"meanwhile")
            got = await asyncio.to_thread(read_exactly, short.far, len(large))
            await short.until(lambda: short.came or short.receiver.came)
            return got == large, short.came + short.receiver.came

    def read_exactly(sock, size):
        got = b""
        while len(got) < size:
            got += sock.recv(1 << 16)
        return got

    assert run(main()) == (True, b"meanwhile")


def test_clocks_threads_and_signals_are_heard_while_a_socket_is_busy():
    async def main():
        async with Short() as short:
            heard, loop = set(), asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGUSR1, heard.add, "signal")
            loop.call_later(0.01, heard.add, "clock")
            threading.Thread(target=loop.call_soon_threadsafe, args=(heard.add, "thread")).start()
            os.kill(os.getpid(), signal.SIGUSR1)
            while heard != {"signal", "clock", "thread"}:
                short.far.sendall(b".")
                await asyncio.sleep(0)
            loop.remove_signal_handler(signal.SIGUSR1)
            await short.until(lambda: short.came)
            return isinstance(loop, StraightLoop)

    assert run(main())


def test_what_has_come_is_handed_on_for_all_before_it_is_looked_at_for_any():
    async def main():
        log = []
        async with Short(log) as one, Short(log) as other:
            for short in (one, other):
                short.far.sendall(b"x")
            await one.until(lambda: one.came and other.came)
        return log

    assert run(main()) == ["handed on", "handed on", "looked at", "looked at"]


def test_an_answer_is_not_read_before_what_it_answers_was_looked_at():
    async def main():
        log = []
        async with Short(log) as asking, Short(log) as answering:
            asking.peer, answering.peer = answering, asking
            hand_on = asking.hand_on

            def handed_on_and_answered_at_once():
                data = hand_on()
                answering.far.sendall(b"the answer")
                return data

            asking.hand_on = handed_on_and_answered_at_once
            asking.far.sendall(b"a question")
            answering.far.sendall(b"something else, ")
            await asking.until(lambda: answering.came.endswith(b"the answer"))
        return log

    assert run(main())[:2] == ["handed on", "looked at"]


@pytest.mark.parametrize("failing", ["handing on", "looking"])
def test_one_that_fails_is_told_so_and_the_others_go_on(failing):
    async def main():
        async with Short(failing=failing) as one, Short() as other:
            for short in (one, other, other):
                short.far.sendall(b"x")
            await one.until(lambda: one.faults and other.came == b"xx")
            return one.faults

    assert run(main()) == [failing]


def test_who_fails_to_look_before_its_peer_is_read_is_told_so_and_the_peer_is_read():
    async def main():
        async with Short(failing="looking") as one, Short() as other:
            one.peer, other.peer = other, one
            for short in (one, other):
                short.far.sendall(b"x")
            await one.until(lambda: one.faults + other.faults and other.came)
            return one.faults, other.faults, other.came

    assert run(main()) == (["looking"], [], b"x")


def test_what_looking_asks_for_is_done_though_nothing_else_happens():
    async def main():
        done = asyncio.Event()
        async with Short() as soon, Short() as later:
            soon.look = lambda _: soon.loop.call_soon(later.far.sendall, b"x")
            later.look = lambda _: later.loop.call_later(0.01, done.set)
            soon.far.sendall(b"x")
            await done.wait()
        return True

    assert run(main())


def test_in_a_crowd_all_comes_in_its_order():
    frames, crowd = 40, 60

    async def main():
        async with AsyncExitStack() as stack:
            shorts = [await stack.enter_async_context(Short()) for _ in range(crowd)]
            for number in range(frames):
                for short in shorts:
                    short.far.sendall(b"%3d" % number)
                    await asyncio.sleep(0)
            await shorts[0].until(lambda: all(len(short.came) == 3 * frames for short in shorts))
            return {short.came for short in shorts}

    assert run(main()) == {b"".join(b"%3d" % number for number in range(frames))}
