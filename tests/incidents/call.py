"""A call as the recorder of rtcli writes it: a clock, a microphone and two sides that send events.

A call is told in the order in which things begin. What happens meanwhile is given its own time, and
the lines are put in the order of their times at the end.
"""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from incidents import sound
from incidents.setup import DEFAULTS, PADDING_MS, SILENCE_MS, STARTED_AT, Setup, reported

from rtcli.events import Event, build, encode
from rtcli.events.billed import TranscriptionInputTokens, TranscriptionTokens
from rtcli.events.objects import InputAudio, InputText, Message

CHUNK_MS = 100
VAD_DELAY_S = 0.15
WORD_MS = 330


class Call:
    """One call: what both sides sent, when, and what the microphone heard."""

    def __init__(self, setup: Setup | None = None) -> None:
        self._numbers = count(1)
        self.events = build.Events(lambda: self.new_id("event"))
        self.setup = setup or Setup()
        self.appended_in = self.setup.heard_in
        self.said_on_the_wire_in = self.setup.said_in
        self.now = 0.104
        self.tail: str | None = None
        self.conversation_id = self.new_id("conv")
        self.text_tokens, self.audio_tokens = 112, 0
        self.limit = self.tokens_left = self.left_at_most = 40_000
        self.played_until = 0.0
        self._lines: list[tuple[float, str]] = []
        self._mic: list[tuple[float, sound.Samples]] = []
        self._mic_from: float | None = None
        self._session_id = self.new_id("sess")

    def new_id(self, kind: str) -> str:
        """An id as long as those of real servers."""
        return f"{kind}_CqT7u{next(self._numbers):016}"

    def server(self, event: Event, at: float | None = None) -> None:
        """The server sends, now or at another time."""
        self._sent("server", encode(event).decode(), at)

    def client(self, event: Event | dict[str, Any], at: float | None = None) -> None:
        """The client sends; an object stands for an event that the builders would not make."""
        text = json.dumps(event, ensure_ascii=False) if isinstance(event, dict) else encode(event).decode()
        self._sent("client", text, at)

    def _sent(self, sender: str, text: str, at: float | None) -> None:
        if at is None:
            self.now = at = self.now + 0.0013
        self._lines.append((at, f'{{"t":{at:.6f},"from":"{sender}","event":{text}}}'))

    def connected(self) -> None:
        """The session is there, with the server's defaults."""
        self.server(self.events.session.created(reported(self._session_id, DEFAULTS)))

    def configured(self) -> None:
        """The session is as the client wants it."""
        self.server(self.events.session.updated(reported(self._session_id, self.setup.config())))

    def begin(self) -> None:
        """The session is there, and configured as the client wants it; the microphone is open."""
        self.connected()
        self.client(build.session.update(self.setup.config()))
        self.now += 0.08
        self.configured()
        self.open_microphone()

    def open_microphone(self) -> None:
        """From now on every chunk of audio is sent."""
        self._mic_from = self.now

    def pause(self, seconds: float) -> None:
        """Nothing happens but that the microphone hears the room."""
        self.now += seconds

    def heard(self, at: float, what: sound.Samples) -> None:
        """The microphone hears something."""
        assert self._mic_from is not None
        self._mic.append(((at - self._mic_from) * 1000, what))

    def asks(self) -> None:
        """The client asks for a response."""
        self.client(build.new_response.create())

    def speaks(
        self,
        text: str,
        *,
        at: float | None = None,
        what: sound.Samples | None = None,
        transcription: str = "whole",
        transcribed_after_s: float = 0.31,
        started_after_s: float = 0.25,
    ) -> str:
        """The user speaks, VAD hears it and commits; the id of the item that it becomes."""
        assert self._mic_from is not None
        begin = self.now if at is None else at
        what = what or sound.voice(len(text.split()) * WORD_MS, begin_ms=int(begin * 777))
        self.heard(begin, what)
        begin_ms = int((begin - self._mic_from) * 1000)
        end_ms = begin_ms + len(what) // sound.PER_MS + SILENCE_MS
        item_id = self.new_id("item")
        started = self.events.input_audio.speech_started(item_id, audio_start_ms=max(0, begin_ms - PADDING_MS))
        self.server(started, begin + started_after_s)
        self.now = self._mic_from + end_ms / 1000 + VAD_DELAY_S
        self.server(self.events.input_audio.speech_stopped(item_id, audio_end_ms=end_ms))
        self.server(self.events.input_audio.committed(item_id, previous_item_id=self.tail))
        self.stands(item_id, Message(role="user", status="completed", content=[InputAudio(transcript=None)]))
        self.audio_tokens += (end_ms - begin_ms) // 100
        if self.setup.transcribed:
            self._transcribe(item_id, text, transcription, self.now + transcribed_after_s)
        return item_id

    def presses(self, text: str) -> str:
        """The user holds a button while speaking; the client commits and asks for the answer."""
        what = sound.voice(len(text.split()) * WORD_MS, begin_ms=int(self.now * 777))
        self.heard(self.now, what)
        self.now += len(what) / sound.RATE_HZ + 0.2
        self.client(build.input_audio.commit())
        self.asks()
        self.now += 0.04
        item_id = self.new_id("item")
        self.server(self.events.input_audio.committed(item_id, previous_item_id=self.tail))
        self.stands(item_id, Message(role="user", status="completed", content=[InputAudio(transcript=None)]))
        self.audio_tokens += len(what) // sound.PER_MS // 100
        self._transcribe(item_id, text, "whole", self.now + 0.31)
        return item_id

    def _transcribe(self, item_id: str, text: str, how: str, at: float) -> None:
        """The transcription arrives while other things go on: `whole`, only `begun`, or `never`."""
        part = self.events.item(item_id).content(0)
        words = [word if index == 0 else f" {word}" for index, word in enumerate(text.split())]
        for word in {"whole": words, "begun": words[:2], "never": []}[how]:
            self.server(part.delta(word), at)
            at += 0.017
        if how == "whole":
            tokens = 10 + len(words)
            usage = TranscriptionTokens(
                total_tokens=tokens + len(words),
                input_tokens=tokens,
                output_tokens=len(words),
                input_token_details=TranscriptionInputTokens(text_tokens=0, audio_tokens=tokens),
            )
            self.server(part.completed(text, usage=usage), at)

    def writes(self, text: str) -> str:
        """The user writes, and the client asks for the answer."""
        message = Message(role="user", content=[InputText(text=text)])
        self.client(build.new_item.create(message))
        self.asks()
        self.now += 0.04
        item_id = self.new_id("item")
        self.stands(item_id, Message(role="user", status="completed", content=[InputText(text=text)]))
        self.text_tokens += len(text.split()) * 2
        return item_id

    def stands(self, item_id: str, item: Any, at: float | None = None) -> None:
        """An item that is whole already stands at the end of the conversation."""
        named = self.events.item(item_id)
        self.server(named.added(item, previous_item_id=self.tail), at)
        self.server(named.done(item, previous_item_id=self.tail), at and at + 0.001)
        self.tail = item_id

    def quiet(self, at: float) -> None:
        """The client drops what it has not played yet."""
        self.played_until = min(self.played_until, at)

    def refuses(
        self,
        message: str,
        code: str | None,
        *,
        param: str | None = None,
        at: float | None = None,
        by: str | None = None,
    ) -> None:
        """The server answers with an error, by default without the id of what caused it."""
        self.server(self.events.error(message, code=code, param=param, caused_by=by), at)

    def closed(self, code: int, reason: str = "", *, by: str = "client") -> list[str]:
        """The connection ends; the whole recording."""
        self.now += 0.01
        mic = list(self._appends()) if self._mic_from is not None else []
        for side in (by, "server" if by == "client" else "client"):
            close = json.dumps({"code": code, "reason": reason}, separators=(",", ":"))
            self._lines.append((self.now, f'{{"t":{self.now:.6f},"from":"{side}","close":{close}}}'))
            self.now += 0.02
        ordered = sorted(self._lines[:-2] + mic, key=lambda line: line[0]) + self._lines[-2:]
        return [_HEADER, _OPEN, *(text for _, text in ordered)]

    def hangs_up(self) -> list[str]:
        """The caller hangs up."""
        return self.closed(1000)

    def _appends(self):
        """What the microphone heard, in chunks that are sent when they are full."""
        assert self._mic_from is not None
        chunks = int((self.now - self._mic_from) * 1000) // CHUNK_MS
        whole = sound.line(chunks * CHUNK_MS, self._mic)
        per_chunk = CHUNK_MS * sound.PER_MS
        for number in range(chunks):
            piece = sound.on_the_wire(whole[number * per_chunk : (number + 1) * per_chunk], self.appended_in)
            at = self._mic_from + (number + 1) * CHUNK_MS / 1000
            text = encode(build.input_audio.append(piece)).decode()
            yield at, f'{{"t":{at:.6f},"from":"client","event":{text}}}'


_HEADER = json.dumps(
    {
        "rtcli": 1,
        "started_at": STARTED_AT,
        "url": "wss://api.openai.com/v1/realtime?model=gpt-realtime",
        "by": "rtcli 0.1.0 proxy",
        "transport": "websocket",
        "handshake": True,
        "lossless": True,
    },
    separators=(",", ":"),
)
_OPEN = '{"t":0.081204,"open":{"status":101,"headers":{"openai-processing-ms":"31"},"subprotocol":null}}'
