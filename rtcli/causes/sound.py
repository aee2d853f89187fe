"""Causes that lie in the audio: in another format than was said, too little of it, or cut at the wrong place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

from rtcli.causes.cause import LINES_KEPT, Cause, Handler, Times, Watcher, seconds, several
from rtcli.events import error, input_audio_buffer, response
from rtcli.formats import Entry
from rtcli.rules import Finding
from rtcli.session.ledgers import Ledgers
from rtcli.session.sound import Sample

UNHEARD_MS: Final = 5000
"""How much sound may pass before it is strange that no speech was found in it."""
EMPTY_COMMIT: Final = "input_audio_buffer_commit_empty"
"""The server's word for a commit of less than 100 ms. Source: captured error events."""
_TOO_SHORT: Final = "already shorter"
"""In what the server says to a truncation behind the end. Source: captured error events."""


class TruncatedBeyondAudio(Watcher):
    """A truncation points behind the end of the audio, and was refused."""

    CODES = ("AUD07",)

    def __init__(self, times: Times) -> None:
        super().__init__(times)
        self._found: list[Finding] = []
        self._count = 0
        self._beyond = 0
        """How many truncations the server refused because the audio is shorter."""
        self._requests: list[int] = []
        self._errors: list[int] = []
        self._said = ""

    def found(self, finding: Finding, ledgers: Ledgers) -> None:  # noqa: ARG002 - the interface is the watcher's
        """Take in a truncation."""
        self._count += 1
        if len(self._found) < LINES_KEPT:
            self._found.append(finding)

    def _failed(self, event: error.Error, entry: Entry, ledgers: Ledgers) -> None:
        request = ledgers.obligations.settled
        of_truncation = request is not None and request.type == "conversation.item.truncate"
        if event.error.param != "audio_end_ms" and not of_truncation:
            return
        self._said = self._said or event.error.message
        if len(self._errors) < LINES_KEPT:
            self._errors.append(entry.line)
        if _TOO_SHORT in event.error.message:
            self._beyond += 1
            if request is not None and of_truncation and len(self._requests) < LINES_KEPT:
                self._requests.append(request.line)

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:  # noqa: ARG002
        """One for all truncations of that kind; the server's refusal shows it where the audio is not recorded."""
        if not self._found and not self._beyond:
            return
        refused = f"the server: {self._said}" if self._said else ""
        measured = self._found[0].message if self._found else ""
        lines = tuple(sorted({*(one.line for one in self._found), *self._requests, *self._errors}))
        yield Cause(
            name="truncated-beyond-audio",
            title="An answer was truncated behind the end of its audio",
            severity="error",
            side="client",
            lines=lines,
            evidence="; ".join(part for part in (measured, refused) if part),
            effect="the model believes that the user heard all of it, and goes on from there",
            remedy="send min(played, received) milliseconds of the item, not the time that has passed",
            weight=2,
            count=max(self._count, self._beyond),
            at_s=self.times.of(lines[0]),
            brings=("AUD07",),
        )

    HANDLERS: ClassVar[Mapping[type, Handler]] = {error.Error: _failed}


class EmptyCommit(Watcher):
    """The client commits audio that turn detection has committed already."""

    def __init__(self, times: Times) -> None:
        super().__init__(times)
        self._failed: list[int] = []
        self._count = 0
        self._commits: dict[int, int] = {}
        self._before = 0
        self._by_vad = False

    def _committed(self, _event: input_audio_buffer.Committed, entry: Entry, _ledgers: Ledgers) -> None:
        self._before = entry.line

    def _refused(self, event: error.Error, entry: Entry, ledgers: Ledgers) -> None:
        if event.error.code != EMPTY_COMMIT:
            return
        self._count += 1
        if self._count > LINES_KEPT:
            return
        request = ledgers.obligations.settled
        self._failed.append(entry.line)
        self._by_vad = self._by_vad or ledgers.config.turn_detection is not None
        if request is not None:
            self._commits[request.line] = self._before

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:  # noqa: ARG002
        """One for all commits of that kind."""
        if not self._failed:
            return
        commits = tuple(self._commits)
        before = next(iter(self._commits.values()), 0)
        by_vad = self._by_vad and before
        yield Cause(
            name="empty-commit",
            title="The client commits audio that turn detection has committed already"
            if by_vad
            else "The client commits an empty buffer",
            severity="warning",
            side="client",
            lines=tuple(sorted({*commits, *self._failed, *((before,) if before else ())})),
            evidence=f"the server: {EMPTY_COMMIT}"
            + (f"; the audio was committed in line {before} by turn detection" if by_vad else ""),
            effect=f"{several(self._count, 'commit')} refused; nothing is lost, unless the client waits for them",
            remedy="with turn detection on, leave commits to the server; without, append at least 100 ms first",
            weight=1,
            count=self._count,
            at_s=self.times.of(self._failed[0]),
            brings=("TUR09", "AUD06", "ERR02", "ERR06"),
        )

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        input_audio_buffer.Committed: _committed,
        error.Error: _refused,
    }


class AudioCutShort(Watcher):
    """Less audio came than was billed, or more."""

    CODES = ("AUD12",)

    def __init__(self, times: Times) -> None:
        super().__init__(times)
        self._found: list[Finding] = []
        self._count = 0

    def found(self, finding: Finding, ledgers: Ledgers) -> None:  # noqa: ARG002
        """Take in a response."""
        self._count += 1
        if len(self._found) < LINES_KEPT:
            self._found.append(finding)

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:
        """One for all such responses, unless the format explains it."""
        if not self._found or OutputFormatIgnored.looks(ledgers):
            return
        yield Cause(
            name="audio-cut-short",
            title="The audio does not have the length that was billed",
            severity="warning",
            side="unknown",
            lines=tuple(finding.line for finding in self._found),
            evidence=self._found[0].message,
            effect=f"the user heard only a part of {several(self._count, 'answer')}",
            remedy="look for deltas that were dropped on the way, by a proxy or a full queue",
            weight=2,
            count=self._count,
            at_s=self.times.of(self._found[0].line),
        )


class OutputFormatIgnored(Watcher):
    """The model's audio is not in the format that is in force."""

    def __init__(self, times: Times) -> None:
        super().__init__(times)
        self._line = 0

    def _received(self, _event: response.OutputAudioDone, entry: Entry, _ledgers: Ledgers) -> None:
        self._line = self._line or entry.line

    @staticmethod
    def looks(ledgers: Ledgers) -> str:
        """What the model's audio looks like, where that contradicts its format; empty where it does not."""
        return next((found for _, found in _contradictions(ledgers.audio.output_samples)), "")

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:
        """One, where the bytes look like another format."""
        for declared, found in _contradictions(ledgers.audio.output_samples):
            line = self._line
            yield Cause(
                name="output-format-ignored",
                title=f"The model's audio is declared as {declared} and looks like {found}",
                severity="error",
                side="server",
                lines=(line,),
                evidence=f"{declared} is in force, and the bytes of the deltas are those of {found}",
                effect="whoever plays it as declared hears noise, at the wrong speed",
                remedy=f"decode it as {found}, or ask the server's makers why it does not send {declared}",
                weight=3,
                at_s=self.times.of(line),
                brings=("AUD12", "AUD02", "TIM04", "TUR17"),
            )
            return

    HANDLERS: ClassVar[Mapping[type, Handler]] = {response.OutputAudioDone: _received}


class SpeechNotDetected(Watcher):
    """Sound was sent for long, and no speech was found in it."""

    def __init__(self, times: Times) -> None:
        super().__init__(times)
        self._line = 0
        self._t: float | None = None
        self._detected = False

    def _appended(self, _event: input_audio_buffer.Append, entry: Entry, _ledgers: Ledgers) -> None:
        if not self._line:
            self._line, self._t = entry.line, entry.t

    def _began(self, _event: input_audio_buffer.SpeechStarted, _entry: Entry, _ledgers: Ledgers) -> None:
        self._detected = True

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:
        """One, where turn detection was on and the audio is no silence."""
        audio = ledgers.audio
        if self._detected or ledgers.config.turn_detection is None:
            return
        declared, looks = next(iter(_contradictions(audio.samples)), ("", ""))
        if not looks and (audio.appended_ms < UNHEARD_MS or not _sounds(audio.samples)):
            return
        yield Cause(
            name="speech-not-detected",
            title="The user spoke, and no speech was ever detected",
            severity="error",
            side="client",
            lines=(self._line,),
            evidence=f"the input is declared as {declared}, and its bytes look like {looks}"
            if looks
            else f"{seconds(audio.appended_ms / 1000)} of sound were sent, and turn detection found no speech in them",
            effect="the assistant never answered what was said",
            remedy=f"send {declared}, or declare {looks} as audio.input.format"
            if looks
            else "look at the level of the microphone, and at the threshold of turn detection",
            weight=3,
            at_s=self._t,
            brings=("AUD10", "TUR15", "AUD05", "AUD02"),
        )

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        input_audio_buffer.Append: _appended,
        input_audio_buffer.SpeechStarted: _began,
    }


def _sounds(samples: Mapping[str, Sample]) -> bool:
    """Whether any of it looks like sound."""
    return any(sample.look() not in {None, "silence"} for sample in samples.values())


def _contradictions(samples: Mapping[str, Sample]) -> Iterable[tuple[str, str]]:
    """The formats in which one side's audio is declared, and what it looks like instead."""
    for declared, sample in samples.items():
        looks = sample.contradicts(declared)
        if looks and looks != "silence":
            yield declared, looks
