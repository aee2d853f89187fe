"""A recording served to clients over WebSockets, to each from its beginning."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from time import monotonic

from msgspec import Struct
from websockets.asyncio.server import ServerConnection

from rtcli.links.server import standin_for
from rtcli.links.stage import hold, listening, seed_of, until_told
from rtcli.links.visitors import FROM_HERE, Visitors
from rtcli.script.faults import Fault, Trouble
from rtcli.script.outcome import Outcome
from rtcli.script.performance import Manner, Performance, Script

Left = Callable[[int, Outcome], None]
"""Called with a client's number, from 1, and how it went when it has left."""


class Plan(Struct, frozen=True, kw_only=True):
    """How a recording is served."""

    manner: Manner = Manner()
    faults: Sequence[Fault] = ()
    seed: int | None = None
    once: bool = False
    """Only until the first client has left."""
    visitors: Visitors = FROM_HERE


@asynccontextmanager
async def serving_script(
    script: Script, left: Left, plan: Plan, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[str]:
    """Serve while the block runs; gives the URL without a path, as every path will do.

    Raises:
        OSError: the address cannot be listened on.

    """
    numbers = count(1)

    async def session(connection: ServerConnection) -> None:
        number = next(numbers)
        understudy = partial(standin_for, connection.request, pace=1.0, seed=plan.seed)
        performance = Performance(script, plan.manner, understudy)
        trouble = Trouble(plan.faults, seed_of(plan.seed, number))
        performance.open(monotonic())
        try:
            await hold(connection, performance, trouble)
        finally:
            outcome = performance.outcome()
            outcome.troubled = trouble.touched
            left(number, outcome)

    async with listening(session, host, port, visitors=plan.visitors) as url:
        yield url


def serve_script(script: Script, host: str, port: int, announce: Callable[[str], None], left: Left, plan: Plan) -> None:
    """Serve until the process is told to stop, or until the first client has left where that is asked for.

    Raises:
        OSError: the address cannot be listened on.

    """

    async def forever() -> None:
        done = asyncio.Event()

        def gone(number: int, outcome: Outcome) -> None:
            left(number, outcome)
            if plan.once:
                done.set()

        async with serving_script(script, gone, plan, host, port) as url:
            await until_told(lambda: announce(url), done)

    asyncio.run(forever())
