"""The client's side of a conversation: what is said, and whether it was answered.

Law: the state here follows from the entries seen, in order; sending changes nothing by itself. Of what a
person does not ask for only one thing is sent: what was not heard of an answer that the user broke off.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec

from rtcli.events import Event, conversation, encode, error, input_audio_buffer, response, session
from rtcli.events.objects import FunctionCallOutput, InputText, Message
from rtcli.formats import Entry
from rtcli.formats.wav import Sound
from rtcli.links.client import Client
from rtcli.links.playing import Playing
from rtcli.links.speaking import CHUNK_MS, Speaking
from rtcli.recording import Close
from rtcli.session import Session
from rtcli.session.obligations import Obligations

DEFAULT_SILENCE_MS: Final = 500
"""Source: openai-python 3.52.0, ``realtime_audio_input_turn_detection.py``, ``silence_duration_ms``."""
AFTER_SILENCE_MS: Final = 400
"""Silence sent beyond what VAD waits for, so that the turn ends for certain."""

Pace = Literal["realtime", "fast"]


class Talk:
    """One conversation over one connection."""

    def __init__(self, client: Client, state: Session) -> None:
        self._client = client
        self._state = state
        self._changed = asyncio.Event()
        self._sent = 0
        self._refused: set[str] = set()
        self._open: set[str] = set()
        self._speaking = False
        self._begun = False
        self._closed = False
        self._updated = 0
        self._created = 0
        self._committed = 0
        self._transcribed = 0
        self._call_id = ""
        self._playing = Playing()
        self._on_its_way: set[asyncio.Task[str]] = set()
        self._asked = Obligations(state.config)
        """What the server has not answered, of raw events too."""

    def seen(self, entry: Entry) -> None:
        """Take in what went over the connection."""
        event = entry.event
        match event:
            case session.Created():
                self._begun = True
            case session.Updated():
                self._begun = True
                self._updated += 1
            case response.Created():
                self._created += 1
                self._open.add(str(event.response.id))
            case response.Done():
                self._open.discard(str(event.response.id))
            case response.FunctionCallArgumentsDone():
                self._call_id = event.call_id
            case input_audio_buffer.SpeechStarted():
                self._speaking = True
            case input_audio_buffer.SpeechStopped():
                self._speaking = False
            case input_audio_buffer.Committed():
                self._committed += 1
            case conversation.InputAudioTranscriptionCompleted() | conversation.InputAudioTranscriptionFailed():
                self._transcribed += 1
            case error.Error():
                self._refused.add(event.error.event_id or "")
            case Close():
                self._closed = True
        rest = entry.folded.event
        oblige = Obligations.handler_of(type(rest))
        if oblige is not None:
            oblige(self._asked, rest, entry)
        self._truncate(entry)
        self._changed.set()

    def _truncate(self, entry: Entry) -> None:
        """Where the user broke in, say what was not heard of the answer."""
        truncate = self._playing.interrupted(entry, self._state.config)
        if truncate is not None and not self._closed:
            task = asyncio.get_running_loop().create_task(self._send(truncate))
            self._on_its_way.add(task)
            task.add_done_callback(self._on_its_way.discard)

    def ended(self) -> None:
        """The connection is over, with a close frame or without; nothing is waited for any more."""
        self._closed = True
        self._changed.set()

    # --- what a person can do ------------------------------------------------------------------

    async def begin(self, wait_s: float) -> None:
        """Wait until the session exists, but not forever: a sideband connection never says so."""
        await self._until(lambda: self._begun, wait_s)

    async def update(self, config: dict[str, Any], wait_s: float) -> bool:
        """Change the session; False when the server refused or did not answer."""
        before = self._updated
        name = await self._send({"type": "session.update", "session": {"type": self._session_type(), **config}})
        await self._until(lambda: self._updated > before or name in self._refused, wait_s)
        return self._updated > before

    async def say(self, text: str, wait_s: float) -> bool:
        """Send a user message and wait for the answer; False when none came."""
        await self._until(lambda: not self._open, wait_s)
        return await self._ask(Message(role="user", content=[InputText(text=text)]), wait_s)

    async def answer_call(self, output: str, wait_s: float) -> bool:
        """Answer the last function call, and wait for what the model makes of it.

        Raises:
            ValueError: the model has called no function.

        """
        if not self._call_id:
            message = "the model has called no function"
            raise ValueError(message)
        await self._until(lambda: not self._open, wait_s)
        return await self._ask(FunctionCallOutput(call_id=self._call_id, output=output), wait_s)

    async def _ask(self, item: Message | FunctionCallOutput, wait_s: float) -> bool:
        """Add an item and ask for a response; False when none came."""
        before = self._created
        first = await self._send(conversation.ItemCreate(item=item))
        second = await self._send(response.Create())
        await self._until(
            lambda: (self._created > before and not self._open) or first in self._refused or second in self._refused,
            wait_s,
        )
        return self._created > before and not self._open

    async def speak(self, sound: Sound, pace: Pace, wait_s: float) -> bool:
        """Send speech as a microphone would, and wait for the answer; False when none came."""
        created, committed, transcribed = self._created, self._committed, self._transcribed
        vad = self._state.config.turn_detection
        silence_ms = (getattr(vad, "silence_duration_ms", None) or DEFAULT_SILENCE_MS) + AFTER_SILENCE_MS if vad else 0
        await self._stream(Speaking(sound, silence_ms), pace)
        if not vad:
            await self.commit()
        answers = not self._only_transcribes()
        if not vad and answers:
            await self._send(response.Create())

        def answered() -> bool:
            turns = self._committed - committed
            if self._speaking or self._open or not turns:
                return False
            return (self._created - created if answers else self._transcribed - transcribed) >= turns

        await self._until(answered, wait_s)
        return answered()

    async def commit(self) -> None:
        """Make the buffered audio a user message."""
        await self._send(input_audio_buffer.Commit())

    async def cancel(self) -> None:
        """Stop the response that is under way."""
        await self._send(response.Cancel())

    async def event(self, text: str) -> None:
        """Send a text as it is."""
        await self._client.send(text)

    async def settle(self, wait_s: float) -> str:
        """Wait for what was asked for and has not come; gives what never came, or nothing."""
        await self._until(lambda: not self._missing(), wait_s)
        return "" if self._closed else self._missing()

    def _missing(self) -> str:
        """Something that the server still owes. Once it has refused what nobody knows, nothing can be told of the rest."""
        if self._asked.pending and not self._asked.unexplained:
            return f"no answer to {next(iter(self._asked.pending.values())).type}"
        if self._open:
            return "the answer did not end"
        if self._only_transcribes() and self._transcribed < self._committed:
            return "no transcription"
        return ""

    async def close(self) -> None:
        """Close the connection."""
        await self._client.close()

    # --- how it is done ------------------------------------------------------------------------

    def _session_type(self) -> str:
        return self._state.config.type or "realtime"

    def _only_transcribes(self) -> bool:
        return self._session_type() == "transcription"

    async def _send(self, event: Event | dict[str, Any]) -> str:
        """Send an event under an id of its own, so that an error can name it."""
        self._sent += 1
        name = f"rtcli_{self._sent}"
        body = event if isinstance(event, dict) else json.loads(encode(event))
        await self._client.send(msgspec.json.encode({"type": body["type"], "event_id": name, **body}).decode())
        return name

    async def _stream(self, speaking: Speaking, pace: Pace) -> None:
        loop, number = asyncio.get_running_loop(), 0
        piece, began = await self._piece(speaking, 0), loop.time()
        while piece and not self._closed:
            await self._client.send(encode(input_audio_buffer.Append(audio=base64.b64encode(piece).decode())).decode())
            number += 1
            due = began + number * CHUNK_MS / 1000 if pace == "realtime" else 0
            await asyncio.sleep(max(0.0, due - loop.time()))
            piece = await self._piece(speaking, number)

    async def _piece(self, speaking: Speaking, number: int) -> bytes:
        """A piece in the format in force; long speech is converted beside the connection, which stays alive."""
        while not speaking.is_made(self._state.config.input_format):
            await asyncio.to_thread(speaking.make, self._state.config.input_format)
        return speaking.piece(number, self._state.config.input_format)

    async def _until(self, reached: Callable[[], bool], wait_s: float) -> None:
        """Wait until something is so, the connection is closed, or the time is over."""
        try:
            async with asyncio.timeout(wait_s):
                while not (reached() or self._closed):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return
