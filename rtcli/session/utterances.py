"""What the user said, item by item: as turn detection hears it, and as commits say.

Law: an utterance is told on the clock of all that the user sent; when it was spoken is known when all is told.
"""

from __future__ import annotations

from rtcli.events import input_audio_buffer
from rtcli.session.clip import Utterance
from rtcli.session.microphone import Microphone


class Utterances(dict[str, Utterance]):
    """The utterances of a connection, by item."""

    def __init__(self, microphone: Microphone) -> None:
        super().__init__()
        self._microphone = microphone
        self._taken_ms = 0.0
        """What was sent up to there belongs to an item, or was cleared."""

    def began(self, event: input_audio_buffer.SpeechStarted, line: int, now_s: float) -> None:
        """Turn detection hears the user."""
        self._microphone.hears_of(event.audio_start_ms)
        if event.item_id not in self:
            self[event.item_id] = Utterance(event.item_id, line, float(event.audio_start_ms), now_s, now_s)

    def ended(self, event: input_audio_buffer.SpeechStopped, now_s: float) -> None:
        """Turn detection hears the end of it."""
        self._microphone.hears_of(event.audio_end_ms)
        one = self.get(event.item_id)
        if one is not None:
            one.end_ms, one.ends_s = max(one.start_ms, float(event.audio_end_ms)), now_s

    def committed(self, item_id: str, line: int, now_s: float) -> None:
        """What was sent and belongs to nothing yet became an item."""
        one = self.get(item_id)
        if one is None:
            start_ms = max(self._taken_ms, self._microphone.unsent_ms)
            one = self[item_id] = Utterance(item_id, line, start_ms, now_s, now_s)
        if one.end_ms is None:
            one.end_ms, one.ends_s = max(one.start_ms, self._sent_ms), now_s
        self._taken_ms = max(self._taken_ms, one.end_ms)

    def cleared(self) -> None:
        """What was sent and belongs to nothing yet is dropped."""
        self._taken_ms = self._sent_ms

    @property
    def _sent_ms(self) -> float:
        return self._microphone.sent_ms + self._microphone.unsent_ms

    def place(self) -> None:
        """Nothing more comes: say when they were spoken."""
        self._microphone.place(self.values())
