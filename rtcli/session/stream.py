"""A run of deltas: how many, how much, how fast, and for text what they add up to.

Law: until it is closed, each delta counts once, however often it comes; once closed, nothing that
comes late changes what it says.
"""

from __future__ import annotations

from msgspec import field

from rtcli.session.mark import Marked
from rtcli.units import audio_ms, base64_bytes


class Stream(Marked, gc=True):
    """Deltas of one kind: ``audio``, ``text``, ``transcript``, ``arguments``, ``output``, ``segment`` or ``input``."""

    kind: str
    at_s: float | None = None
    """When the first of it was seen."""
    last_s: float | None = None
    deltas: int = 0
    late: int = 0
    """Deltas that came after the end, or twice; they are counted here and nowhere else."""
    longest_gap_s: float | None = None
    audio_format: str | None = None
    audio_bytes: int = 0
    done: bool = False
    unclosed: bool = False
    """Its response ended before it did."""
    speaker: str = ""
    final: str | None = None
    _pieces: list[str] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    @property
    def audio_ms(self) -> float | None:
        """How long the audio lasts; None when its format is not known."""
        return audio_ms(self.audio_bytes, self.audio_format)

    @property
    def text(self) -> str:
        """What the server says it is, or else what the deltas add up to."""
        if self.final is not None:
            return self.final
        if len(self._pieces) > 1:
            self._pieces[:] = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    def add_text(self, delta: str, at_s: float | None, event_id: str = "") -> None:
        """Append a piece of text."""
        if self._counts(at_s, event_id):
            self._pieces.append(delta)

    def add_audio(self, audio: str, at_s: float | None, event_id: str = "") -> None:
        """Count a piece of base64 audio."""
        if self._counts(at_s, event_id):
            self.audio_bytes += base64_bytes(len(audio), audio[-2:])

    def close(self, final: str | None = None) -> None:
        """End it; the value of the first end is the truth."""
        if not self.done:
            self.done = True
            self.final = final if final is not None else self.text
            self._pieces.clear()
            self._seen.clear()

    def _counts(self, at_s: float | None, event_id: str) -> bool:
        """Whether a delta is in time and new; takes its time down."""
        if self.done or event_id in self._seen:
            self.late += 1
            return False
        if event_id:
            self._seen.add(event_id)
        self.deltas += 1
        if at_s is not None:
            last_s, longest_s = self.last_s, self.longest_gap_s
            if last_s is not None and (longest_s is None or at_s - last_s > longest_s):
                self.longest_gap_s = max(0.0, at_s - last_s)
            self.last_s = at_s
        return True
