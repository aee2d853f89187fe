"""One response under way: what it still has to say, and what of it is open.

Source for the order of its events: captured sessions of gpt-realtime; on an interruption the same
closing events come with partial values and status ``incomplete``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, Literal

from rtcli.events import Event, objects
from rtcli.events.billed import Usage
from rtcli.events.objects import FunctionCall, Item, Message, OutputAudio, OutputText, Response, StatusDetails
from rtcli.standin import codec
from rtcli.standin.outbox import Outbox
from rtcli.standin.script import Call, Say
from rtcli.units import BYTES_PER_MS

CHUNK_MS: Final = 200
HEAD_START: Final = 6
"""How many times faster than it plays the audio is sent."""
THINKING_S: Final = 0.05
WORD_S: Final = 0.02
WORDS_AHEAD: Final = 0.8
"""The transcript's pace, as a share of the audio's: real servers send a word a little before its sound."""
OUTPUT_MS_A_TOKEN: Final = 50
"""Source: the Realtime guide on costs: a token of output audio is 50 ms."""

Status = Literal["completed", "cancelled", "incomplete"]
Step = tuple[float, str, Any]
"""Seconds since the item began, the kind of delta, its value."""


class Answer:
    """A response that is being given; `begin`, `next` and `end` make its events."""

    def __init__(
        self,
        outbox: Outbox,
        content: Say | Call,
        *,
        conversation_id: str | None,
        modalities: list[Any],
        voice: Any,
        audio_format: str,
        limit: int | None,
        metadata: Any,
    ) -> None:
        ids = outbox.ids
        self.id = ids.new("resp")
        self.item_id = ids.new("item")
        self.call_id = ids.new("call") if isinstance(content, Call) else ""
        self.conversation_id = conversation_id
        self.audio_bytes = 0
        self.text = ""
        self.open = True
        self.begun = False
        self.cut_short = False
        """It stopped at its token limit."""
        self._ids = ids
        self._content = content
        self._modalities = modalities
        self._voice = voice
        self._format = audio_format
        self._limit = limit
        self._metadata = metadata
        self._response = outbox.build.response(self.id)
        self._item = self._response.item(self.item_id, 0)
        self._part = self._item.content(0)

    @property
    def spoken(self) -> bool:
        """Whether it is given as speech."""
        return "audio" in self._modalities and isinstance(self._content, Say)

    @property
    def audio_ms(self) -> int:
        """How much audio it has sent."""
        return self.audio_bytes // BYTES_PER_MS[self._format]

    def created(self) -> Event:
        """The event that announces it."""
        return self._response.created(self._body("in_progress", [], None, None))

    def begin(self) -> tuple[Event, Item, list[Event]]:
        """The item's announcement, the item, and what follows it."""
        self.begun = True
        item = self.item("in_progress")
        added = self._item.added(item)
        if isinstance(self._content, Call):
            return added, item, []
        part = (
            objects.StreamedPart(type="audio", transcript="")
            if self.spoken
            else objects.StreamedPart(type="text", text="")
        )
        return added, item, [self._part.part_added(part)]

    def steps(self) -> Iterator[Step]:
        """What it has to say within its limit, and when."""
        if isinstance(self._content, Call):
            words, kind = re.findall(r"\w+|\W+", self._content.arguments), "arguments"
        else:
            words, kind = re.findall(r"\s*\S+", self._content.text), "text"
        count = self._fitting(words)
        self.cut_short = count < len(words)
        if not self.spoken:
            return ((n * WORD_S, kind, word) for n, word in enumerate(words[:count]))
        return self._speech(words[:count], self._pcm16(count, len(words)))

    def _speech(self, words: list[str], pcm16: bytes) -> Iterator[Step]:
        """Audio and words side by side, the words a little ahead."""
        audio, step_bytes = codec.encode(pcm16, self._format), CHUNK_MS * BYTES_PER_MS[self._format]
        chunks = [audio[start : start + step_bytes] for start in range(0, len(audio), step_bytes)]
        pace_s = CHUNK_MS / 1000 / HEAD_START
        spoken = [(n * pace_s, "audio", chunk) for n, chunk in enumerate(chunks)]
        ahead_s = pace_s * len(chunks) * WORDS_AHEAD
        written = [(n * ahead_s / len(words), "transcript", word) for n, word in enumerate(words)]
        both: list[Step] = [*written, *spoken]
        return iter(sorted(both, key=lambda step: step[0]))

    def _fitting(self, words: list[str]) -> int:
        """How many of the words stay within the token limit."""
        if self._limit is None:
            return len(words)
        limit, fits = self._limit, 0
        for count in range(1, len(words) + 1):
            length_ms = len(self._pcm16(count, len(words))) // BYTES_PER_MS["audio/pcm"]
            if output_tokens("".join(words[:count]), length_ms) > limit:
                break
            fits = count
        return fits

    def _pcm16(self, count: int, total: int) -> bytes:
        """The speech of the first words; each is taken to last as long as the others."""
        if not self.spoken or isinstance(self._content, Call):
            return b""
        return self._content.pcm16[: len(self._content.pcm16) * count // max(1, total) // 2 * 2]

    def next(self, kind: str, value: Any) -> Event:
        """The event of one step."""
        if kind == "audio":
            self.audio_bytes += len(value)
            return self._part.audio_delta(value)
        self.text += value
        veil = self._ids.obfuscation(value)
        if isinstance(self._content, Call):
            call = self._item.function_call(self.call_id, self._content.name)
            return call.arguments_delta(value, obfuscation=veil)
        if kind == "text":
            return self._part.text_delta(value, obfuscation=veil)
        return self._part.transcript_delta(value, obfuscation=veil)

    def end(self, status: Status) -> tuple[list[Event], Item | None, list[Event]]:
        """What closes the part, the final item, and what closes the item."""
        self.open = False
        if not self.begun:
            return [], None, []
        item = self.item("completed" if status == "completed" else "incomplete")
        closing = self._part_end()
        return closing, item, [self._item.done(item)]

    def done(self, status: Status, reason: Any, usage: Usage) -> Event:
        """The event that ends it."""
        output = [self.item("completed" if status == "completed" else "incomplete")] if self.begun else []
        details = None if status == "completed" else StatusDetails(type=status, reason=reason)
        return self._response.done(self._body(status, output, details, usage))

    def item(self, status: objects.ItemStatus) -> Item:
        """The item as it stands."""
        if isinstance(self._content, Call):
            return FunctionCall(
                id=self.item_id, status=status, name=self._content.name, call_id=self.call_id, arguments=self.text
            )
        content: list[objects.ContentPart] = []
        if status != "in_progress":
            content = [OutputAudio(transcript=self.text) if self.spoken else OutputText(text=self.text)]
        return Message(id=self.item_id, status=status, role="assistant", content=content)

    def _part_end(self) -> list[Event]:
        if isinstance(self._content, Call):
            return [self._item.function_call(self.call_id, self._content.name).arguments_done(self.text)]
        if not self.spoken:
            part = objects.StreamedPart(type="text", text=self.text)
            return [self._part.text_done(self.text), self._part.part_done(part)]
        part = objects.StreamedPart(type="audio", transcript=self.text)
        return [self._part.audio_done(), self._part.transcript_done(self.text), self._part.part_done(part)]

    def _body(self, status: Any, output: list[Item], details: StatusDetails | None, usage: Usage | None) -> Response:
        named: dict[str, objects.AudioFormat] = {"audio/pcmu": objects.AudioPcmu(), "audio/pcma": objects.AudioPcma()}
        shape = named.get(self._format) or objects.AudioPcm(rate=24000)
        return Response(
            id=self.id,
            object="realtime.response",
            status=status,
            status_details=details,
            output=output,
            conversation_id=self.conversation_id,
            output_modalities=self._modalities,
            max_output_tokens=self._limit or "inf",
            audio=objects.ResponseAudio(output=objects.ResponseAudioOutput(format=shape, voice=self._voice)),
            usage=usage,
            metadata=self._metadata or None,
        )


def output_tokens(text: str, audio_ms: int) -> int:
    """What text and speech cost together."""
    return text_tokens(text) + audio_ms // OUTPUT_MS_A_TOKEN


def text_tokens(text: str) -> int:
    """What a text costs: four characters make a token, near enough."""
    return -(-len(text) // 4)
