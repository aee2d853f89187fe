"""A conversation from the terminal: connect, record, say what is to be said, leave in good order.

The first interrupt closes the connection and ends the file; the second drops everything at once.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import signal
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from msgspec import Struct

from rtcli.errors import RecordingExists, RecordingFailed
from rtcli.events import Listener, response, session
from rtcli.formats import Entry
from rtcli.formats.wav import Sound, WavWriter, read_speech
from rtcli.formats.writer import Mode, Writer
from rtcli.links.client import Client, open_client
from rtcli.links.keyboard import Keyboard, piped
from rtcli.links.lines import Slash, perform
from rtcli.links.server import serving
from rtcli.links.stopping import told
from rtcli.links.talk import Pace, Talk
from rtcli.links.tap import Tap
from rtcli.links.target import Target, with_query
from rtcli.session import Session

FRAMES_A_SECOND: Final = 30
_SAFE_ID = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_ID: Final = 64


class Face(Protocol):
    """What a person sees and types into; on a pipe it has no prompt."""

    session: Session
    listener: Listener
    """What decodes the events that it sees."""
    prompting: bool
    """Whether it takes keys; otherwise whole lines come from standard input."""

    def seen(self, entry: Entry) -> None:
        """Something went over the connection."""

    def typed(self, key: str) -> str | None:
        """A key was pressed; gives back the line that it finished. Raises EOFError at the end of input."""

    def refresh(self) -> None:
        """It is time to draw, if anything changed."""

    def note(self, text: str) -> None:
        """Something that is no event, for the person."""

    def hurry(self) -> None:
        """The process has been told to end from outside: who looks is not waited for any more."""


class Keep(Struct, frozen=True):
    """Where the recording goes."""

    path: Path | None
    """The file asked for; None lets start time and session id name it."""
    folder: Path
    mode: Mode = "new"
    off: bool = False


class Plan(Struct, kw_only=True):
    """What is to happen on the connection."""

    target: Target | None
    """None for the built-in server, started for this conversation."""
    query: dict[str, str]
    """What the built-in server's URL is to say."""
    headers: list[tuple[str, str]]
    keep: Keep
    by: str
    config: dict[str, Any]
    """What the session is to be configured with, beyond the server's defaults."""
    say: list[str]
    audio_in: Path | None
    audio_out: Path | None
    pace: Pace
    wait_s: float

    @property
    def scripted(self) -> bool:
        """Whether everything to say is known before."""
        return bool(self.say or self.audio_in)


class Outcome(Struct, kw_only=True):
    """How it went."""

    path: Path | None = None
    events: int = 0
    code: int | None = None
    reason: str = ""
    vanished: bool = False
    gave_up: tuple[int, str] | None = None
    """The code and the reason with which rtcli closed, where the server broke the rules of WebSockets."""
    dropped: bool = False
    """The person interrupted twice."""
    told: bool = False
    """The process was told to end from outside."""
    unanswered: int = 0
    """How often an answer was waited for in vain."""
    failure: RecordingFailed | None = None


def hold(plan: Plan, face: Face) -> Outcome:
    """Hold the conversation.

    Raises:
        HandshakeRefused, ConnectionFailed: there was no conversation.
        RecordingExists, RecordingFailed: there would have been no recording.
        BadOption: the audio to be sent cannot be.

    """
    return asyncio.run(_Conversation(plan, face).hold())


def _refuse_what_is_there(plan: Plan) -> None:
    """Say what is in the way of the files before anybody is connected to."""
    keep = plan.keep
    recording = None if keep.off else keep.path
    for path in filter(None, (recording, plan.audio_out)):
        if path.is_dir():
            raise RecordingFailed(str(path), "it is a folder; name a file in it")
    if recording and keep.mode == "new" and recording.exists():
        raise RecordingExists(str(recording))
    if plan.audio_out and keep.mode != "overwrite" and plan.audio_out.exists():
        raise RecordingExists(str(plan.audio_out), "replace it with --overwrite")


class _Conversation:
    def __init__(self, plan: Plan, face: Face) -> None:
        self._plan = plan
        self._face = face
        self._outcome = Outcome()
        self._writer: Writer | None = None
        self._wav: WavWriter | None = None
        self._talk: Talk | None = None
        self._interrupted = asyncio.Event()

    async def hold(self) -> Outcome:
        plan, keep = self._plan, self._plan.keep
        speech = read_speech(plan.audio_in) if plan.audio_in else None
        _refuse_what_is_there(plan)
        async with AsyncExitStack() as stack:
            target = plan.target or Target(with_query(await stack.enter_async_context(serving()), plan.query))
            tap = Tap(self._seen, self._face.listener)
            client = await open_client(target, tap, plan.headers)
            stack.enter_context(told(partial(self._interrupt, client)))
            stack.callback(self._end_files)
            if not keep.off:
                self._writer = Writer(keep.path or keep.folder / f"{tap.started:%Y%m%dT%H%M%S.%fZ}.jsonl", keep.mode)
                tap.record_to(self._writer, target.url, plan.by)
            client.announce()
            self._talk = Talk(client, self._face.session)
            await self._run(client, speech)
            self._outcome.events, self._outcome.failure = tap.events, tap.failure
        return self._outcome

    async def _run(self, client: Client, speech: Sound | None) -> None:
        receiving = asyncio.create_task(client.receive())
        script = asyncio.create_task(self._follow(speech))
        drawing = asyncio.create_task(self._draw())
        stop = asyncio.create_task(self._interrupted.wait())
        try:
            await asyncio.wait({receiving, script, stop}, return_when=asyncio.FIRST_COMPLETED)
            await client.close()
            await receiving
        finally:
            assert self._talk is not None
            self._talk.ended()
            for task in (script, drawing, stop):
                task.cancel()
            await asyncio.gather(drawing, stop, return_exceptions=True)
        with suppress(asyncio.CancelledError):
            await script
        self._face.refresh()
        if client.closed_with:
            self._outcome.code, self._outcome.reason = client.closed_with
        self._outcome.gave_up = client.gave_up
        self._outcome.vanished = client.vanished and not self._outcome.dropped

    def _interrupt(self, client: Client, number: int) -> None:
        if number != signal.SIGINT:
            self._outcome.told = True
            self._face.hurry()
        if self._interrupted.is_set():
            self._outcome.dropped = True
            client.abort()
        self._interrupted.set()

    # --- what is said --------------------------------------------------------------------------

    async def _follow(self, speech: Sound | None) -> None:
        """Configure the session, then say what the plan says, or what the person types."""
        plan, talk = self._plan, self._talk
        assert talk is not None
        await talk.begin(plan.wait_s)
        if plan.config and not await talk.update(plan.config, plan.wait_s):
            self._unanswered("the session was not configured as asked")
        if speech and speech.data and not await talk.speak(speech, plan.pace, plan.wait_s):
            self._unanswered(f"no answer to the audio within {plan.wait_s:g} s")
        for text in plan.say:
            if not await talk.say(text, plan.wait_s):
                self._unanswered(f"no answer within {plan.wait_s:g} s")
        if not plan.scripted:
            await self._listen(talk)

    async def _listen(self, talk: Talk) -> None:
        """Take lines from the keyboard or from standard input until there are no more."""
        waiting: asyncio.Queue[str | None] = asyncio.Queue()
        reader = asyncio.create_task(self._read_into(waiting))
        try:
            while (line := await waiting.get()) is not None:
                slash = await perform(line, talk, self._face.note, self._plan)
                if slash is Slash.LEAVE:
                    return
                if slash is Slash.UNANSWERED:
                    self._unanswered(f"no answer within {self._plan.wait_s:g} s")
            if missing := await talk.settle(self._plan.wait_s):
                self._unanswered(f"{missing} within {self._plan.wait_s:g} s")
        finally:
            reader.cancel()

    async def _read_into(self, waiting: asyncio.Queue[str | None]) -> None:
        if not self._face.prompting:
            await piped(waiting)
            return
        async with Keyboard.open() as keyboard:
            if keyboard is None:
                await piped(waiting)
                return
            with suppress(EOFError):
                async for key in keyboard:
                    line = self._face.typed(key)
                    if line and line.strip() == "/cancel" and self._talk:
                        await self._talk.cancel()
                    elif line:
                        await waiting.put(line)
            await waiting.put("/close")

    def _unanswered(self, what: str) -> None:
        if not self._interrupted.is_set():
            self._outcome.unanswered += 1
            self._face.note(what)

    # --- what is seen --------------------------------------------------------------------------

    def _seen(self, entry: Entry) -> None:
        event = entry.event
        if isinstance(event, session.Created) and self._writer and self._plan.keep.path is None:
            self._name_file(str(event.session.id or ""))
        if isinstance(event, response.OutputAudioDelta) and self._plan.audio_out:
            self._hear(event.delta, self._plan.audio_out)
        self._face.seen(entry)
        if self._talk:
            self._talk.seen(entry)

    def _name_file(self, session_id: str) -> None:
        assert self._writer is not None
        safe = _SAFE_ID.sub("_", session_id)[:_LONGEST_ID]
        if safe:
            self._writer.rename(f"{self._writer.path.name.removesuffix('.jsonl')}_{safe}.jsonl")

    def _hear(self, delta: str, path: Path) -> None:
        if self._wav is None:
            self._wav = WavWriter(path, self._face.session.config.output_format)
        with suppress(binascii.Error):
            self._wav.write(base64.b64decode(delta))

    async def _draw(self) -> None:
        while True:
            self._face.refresh()
            await asyncio.sleep(1 / FRAMES_A_SECOND)

    def _end_files(self) -> None:
        if self._wav:
            self._wav.close()
        if self._writer:
            self._writer.close()
            self._outcome.path = self._writer.path
