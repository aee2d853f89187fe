"""Causes that lie in what is heard: the assistant hears itself, or nobody learns what the user said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import ClassVar, Final

from msgspec import Struct

from rtcli.causes.cause import LINES_KEPT, Cause, Handler, Times, Watcher, seconds, several
from rtcli.events import conversation, input_audio_buffer, response
from rtcli.events.objects import Message
from rtcli.formats import Entry
from rtcli.rules import Finding
from rtcli.session.ledger import Memory
from rtcli.session.ledgers import Ledgers
from rtcli.units import audio_ms

_ECHOED: Final = 0.7
"""Which share of the words that were heard the assistant had just said."""
_WORDS: Final = 3
"""Fewer words than these are said by chance."""
_CERTAIN_WORDS: Final = 6
_SAID_WORDS: Final = 400
_HEARD_WORDS: Final = 100
_IN_A_ROW: Final = 3
_TEXT_SHOWN: Final = 60
LONG_S: Final = 20.0
"""After which wait a transcript counts as missing, though the recording ends without a close."""


class Overlap(Struct):
    """Speech that began while the assistant could be heard."""

    line: int
    said_item: str


class Echo(Watcher):
    """The microphone hears the loudspeaker, and the assistant interrupts itself."""

    def __init__(self, times: Times) -> None:
        super().__init__(times)
        self._said: Memory[str, list[str]] = Memory(16)
        """By item the words that the assistant said."""
        self._saying = ""
        self._overlaps: Memory[str, Overlap] = Memory(64)
        """By the item of the user."""
        self._echoes: list[tuple[int, int, str]] = []
        self._count = 0
        self._words = 0

    def _speaks(self, event: response.OutputAudioTranscriptDone, _entry: Entry, _ledgers: Ledgers) -> None:
        self._said[event.item_id] = words(event.transcript)[:_SAID_WORDS]

    def _is_done(self, event: response.OutputItemDone, _entry: Entry, _ledgers: Ledgers) -> None:
        item = event.item
        if not isinstance(item, Message):
            return
        self._saying = item.id or ""
        said = " ".join(getattr(part, "transcript", None) or "" for part in item.content)
        if said.strip() and item.id:
            self._said[item.id] = words(said)[:_SAID_WORDS]

    def _began(self, event: input_audio_buffer.SpeechStarted, entry: Entry, ledgers: Ledgers) -> None:
        running = ledgers.lifecycle.last
        if running is None or entry.t is None or running.first_audio_t is None:
            return
        played_ms = (entry.t - running.first_audio_t) * 1000
        sounds = audio_ms(running.audio_bytes, running.audio_format)
        if running.is_open or (sounds is not None and played_ms < sounds):
            last = next(reversed(running.items), "")
            self._overlaps[event.item_id] = Overlap(entry.line, last)

    def _heard(self, event: conversation.InputAudioTranscriptionCompleted, entry: Entry, _ledgers: Ledgers) -> None:
        overlap, heard = self._overlaps.get(event.item_id), words(event.transcript)
        if overlap is None or len(heard) < _WORDS:
            return
        said = self._said.get(overlap.said_item) or []
        if is_echo(heard, said):
            self._count += 1
            if len(self._echoes) < LINES_KEPT:
                self._echoes.append((overlap.line, entry.line, event.transcript[:_TEXT_SHOWN]))
            self._words = max(self._words, len(heard))

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:  # noqa: ARG002 - the interface is the watcher's
        """One for all echoes, where it cannot be chance."""
        if not self._echoes or (len(self._echoes) < 2 and self._words < _CERTAIN_WORDS):
            return
        line, _, transcript = self._echoes[0]
        yield Cause(
            name="echo",
            title="The assistant hears itself and interrupts itself",
            severity="warning",
            side="client",
            lines=tuple(number for echo in self._echoes for number in echo[:2]),
            evidence=f"what was transcribed as the user's, “{transcript}”, is what the assistant was saying",
            effect=f"{several(self._count, 'answer')} cut short by the assistant's own voice",
            remedy="cancel the echo at the microphone, raise the VAD threshold, or set interrupt_response to false",
            weight=3,
            count=self._count,
            at_s=self.times.of(line),
            brings=("TUR17",),
        )

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        response.OutputAudioTranscriptDone: _speaks,
        response.OutputItemDone: _is_done,
        input_audio_buffer.SpeechStarted: _began,
        conversation.InputAudioTranscriptionCompleted: _heard,
    }


class TranscriptionMissing(Watcher):
    """What the user said was to be transcribed, and never was."""

    CODES = ("TRN07",)

    def __init__(self, times: Times) -> None:
        super().__init__(times)
        self._failures: list[Finding] = []
        self._failed = 0

    def found(self, finding: Finding, ledgers: Ledgers) -> None:  # noqa: ARG002
        """Take in a turn whose transcription failed."""
        self._failed += 1
        if len(self._failures) < LINES_KEPT:
            self._failures.append(finding)

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:
        """One for all transcriptions that failed, and one for all that never came."""
        if self._failures:
            first = self._failures[0]
            lines = tuple(finding.line for finding in self._failures)
            yield self._cause("transcription-failed", "A transcription failed", lines, self._failed, first.message)
        missing = list(self._missing(ledgers))
        if missing:
            item_id, line = missing[0]
            evidence = f"the audio of item {item_id} was committed in line {line} and never transcribed"
            waited = seconds(self.waited_s(line, ledgers))
            lines = tuple(line for _, line in missing[:LINES_KEPT])
            later = f", {waited} later still not" if waited else ""
            yield self._cause(
                "transcription-missing", "A transcription never came", lines, len(missing), evidence, later
            )

    def _missing(self, ledgers: Ledgers) -> Iterable[tuple[str, int]]:
        """The items that wait for a transcript at the close, or for long, and the lines of their commits."""
        if "lossless" not in ledgers.context.kept:
            return
        if "end" in ledgers.context.kept:
            yield from ledgers.transcripts.missing(ledgers.context.latest_t)
            return
        for item_id, commit in ledgers.transcripts.waiting.items():
            if (self.waited_s(commit.line, ledgers) or 0) >= LONG_S:
                yield item_id, commit.line

    def _cause(
        self, name: str, title: str, lines: tuple[int, ...], count: int, evidence: str, later: str = ""
    ) -> Cause:
        return Cause(
            name=name,
            title=title,
            severity="warning",
            side="server",
            lines=lines,
            evidence=evidence,
            effect=f"what the user said in {several(count, 'turn')} is not known in text{later}",
            remedy="do not wait for a transcript before going on; take the turn as unheard after a while",
            weight=1,
            count=count,
            at_s=self.times.of(lines[0]),
            brings=("TRN07",) if name == "transcription-failed" else ("TRN01",),
        )


def is_echo(heard: list[str], said: list[str]) -> bool:
    """Whether most of the words that were heard follow each other as they did in what was said.

    Single words prove nothing: an answer of some length has most of the words that a question is made of.
    """
    heard = heard[:_HEARD_WORDS]
    blocks = SequenceMatcher(None, heard, said[:_SAID_WORDS], autojunk=False).get_matching_blocks()
    in_order = sum(block.size for block in blocks if block.size >= _IN_A_ROW)
    return bool(heard) and in_order >= _ECHOED * len(heard)


def words(text: str) -> list[str]:
    """The words of a text, without case and punctuation."""
    return ["".join(character for character in word if character.isalnum()) for word in text.lower().split()]
