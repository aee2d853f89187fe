"""What tells a process to stop, while it holds calls that are to be ended in order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def told(react: Callable[[int], object]) -> Iterator[None]:
    """Call `react` with the number of each signal that asks to stop, while the block runs.

    Ctrl-C, SIGTERM and SIGHUP do; a hang-up that is ignored, as nohup has it, stays so.
    """
    loop = asyncio.get_running_loop()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, react, number)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
