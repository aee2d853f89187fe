"""What the tests of links share."""

from __future__ import annotations

import asyncio

import pytest

from rtcli.links.loop import new_loop


@pytest.fixture(params=["the usual loop", "the loop with the short way"])
def either_loop(request, monkeypatch):
    """Run what is run in a loop of asyncio's own, and again in the one that the command has."""
    if request.param == "the usual loop":
        return

    def run(main):
        with asyncio.Runner(loop_factory=new_loop) as runner:
            return runner.run(main)

    monkeypatch.setattr(asyncio, "run", run)
