"""A recorded client against a live server: what it sent is sent again, and the new session is recorded."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack, suppress
from pathlib import Path
from time import monotonic
from typing import Any, Final

import msgspec
from msgspec import Struct

from rtcli.errors import RecordingExists, RecordingFailed
from rtcli.events import Event, Unknown, session
from rtcli.formats import Entry
from rtcli.formats.writer import Mode, Writer
from rtcli.links.alarm import Alarm, alarm_for
from rtcli.links.client import Client, open_client
from rtcli.links.connect import Keep
from rtcli.links.server import serving
from rtcli.links.stopping import told
from rtcli.links.tap import Tap
from rtcli.links.target import Target, with_query
from rtcli.script.rehearsal import Rehearsal

_SAFE_ID: Final = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_ID: Final = 64
_LEAST_S: Final = 0.001
"""The least between two looks at what is due."""


class Plan(Struct, kw_only=True):
    """Where to, how, and what is kept."""

    target: Target | None
    """None for the built-in server, started for this conversation."""
    query: dict[str, str]
    """What the built-in server's URL is to say."""
    headers: Sequence[tuple[str, str]]
    keep: Keep
    by: str


class Outcome(Struct, kw_only=True):
    """How it went."""

    path: Path | None = None
    events: int = 0
    stuck: int | None = None
    """The line of the client event that was not sent, because what it waits for did not come."""
    code: int | None = None
    reason: str = ""
    stopped: bool = False
    """The person did not wait for the end."""
    closed_early: bool = False
    """The server ended the connection before everything was said."""
    failure: RecordingFailed | None = None


def rehearse(rehearsal: Rehearsal, plan: Plan) -> Outcome:
    """Play the client's part.

    Raises:
        HandshakeRefused, ConnectionFailed: there was no conversation.
        RecordingExists, RecordingFailed: there would have been no recording.

    """
    return asyncio.run(_Conversation(rehearsal, plan).hold())


class _Conversation:
    def __init__(self, rehearsal: Rehearsal, plan: Plan) -> None:
        self._rehearsal = rehearsal
        self._plan = plan
        self._outcome = Outcome()
        self._woken = asyncio.Event()
        self._stop = asyncio.Event()
        self._hearing = ExitStack()
        """What hears that it is to stop."""
        self._writer: Writer | None = None

    async def hold(self) -> Outcome:
        plan, mode = self._plan, self._plan.keep.mode
        if plan.keep.path and mode == "new" and plan.keep.path.exists():
            raise RecordingExists(str(plan.keep.path), "replace it with --overwrite, or name another file")
        async with AsyncExitStack() as stack:
            target = plan.target or Target(with_query(await stack.enter_async_context(serving()), plan.query))
            tap = Tap(self._seen)
            client = await open_client(target, tap, plan.headers)
            stack.enter_context(self._hearing)
            self._hearing.enter_context(told(lambda _: self._stop.set()))
            stack.callback(self._end_file)
            self._record(tap, target, mode)
            self._rehearsal.open(monotonic())
            client.announce()
            await self._run(client)
            self._outcome.events, self._outcome.failure = tap.events, tap.failure
        return self._outcome

    async def _run(self, client: Client) -> None:
        receiving = asyncio.create_task(client.receive())
        speaking = asyncio.create_task(self._speak(client))
        stopping = asyncio.create_task(self._stopped())
        try:
            await asyncio.wait({receiving, speaking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            self._outcome.stopped = stopping.done()
            self._outcome.closed_early = receiving.done() and not speaking.done()
            await client.close()
            await receiving
        finally:
            for task in (speaking, stopping):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        if client.closed_with:
            self._outcome.code, self._outcome.reason = client.closed_with
        stuck = self._rehearsal.stuck
        self._outcome.stuck = stuck.line if stuck else None

    async def _stopped(self) -> None:
        """Wait for the first Ctrl-C; the second one ends the program.

        Where there is none, it is heard until the recording is whole.
        """
        await self._stop.wait()
        self._hearing.close()

    async def _speak(self, client: Client) -> None:
        """Send what is due; then wait for the next time, or for the server."""
        async with alarm_for(self._woken) as alarm:
            await self._speak_at(client, alarm)

    async def _speak_at(self, client: Client, alarm: Alarm) -> None:
        while True:
            self._woken.clear()
            for line in self._rehearsal.due(monotonic()):
                await client.send(line)
            if self._rehearsal.is_over(monotonic()):
                return
            soon = self._rehearsal.next_at
            alarm.set(None if soon is None else max(soon, monotonic() + _LEAST_S))
            await self._woken.wait()

    def _seen(self, entry: Entry) -> None:
        if entry.sender != "server":
            return
        event = entry.event
        if isinstance(event, session.Created) and self._writer and self._plan.keep.path is None:
            self._name_file(str(event.session.id or ""))
        self._rehearsal.receive(_body(event), monotonic())
        self._woken.set()

    # --- the recording -------------------------------------------------------------------------

    def _record(self, tap: Tap, target: Target, mode: Mode) -> None:
        keep = self._plan.keep
        self._writer = Writer(keep.path or keep.folder / f"{tap.started:%Y%m%dT%H%M%S.%fZ}.jsonl", mode)
        tap.record_to(self._writer, target.url, self._plan.by)

    def _name_file(self, session_id: str) -> None:
        safe = _SAFE_ID.sub("_", session_id)[:_LONGEST_ID]
        if safe and self._writer:
            self._writer.rename(f"{self._writer.path.name.removesuffix('.jsonl')}_{safe}.jsonl")

    def _end_file(self) -> None:
        if self._writer:
            self._writer.close()
            self._outcome.path = self._writer.path


def _body(event: Any) -> dict[str, Any]:
    """A server event as JSON, as far as it can be waited for; of a delta only what it says, and of what."""
    if isinstance(event, Event):
        if event.type.endswith(".delta"):
            return {name: getattr(event, name, None) for name in ("type", "item_id", "delta")}
        body = msgspec.to_builtins(event)
        return body if isinstance(body, dict) else {}
    return event.body if isinstance(event, Unknown) else {}
