"""What the user said, in text: word by word after a while, and then whole."""

from __future__ import annotations

from typing import Final

from rtcli.events.billed import TranscriptionDuration
from rtcli.standin.conversation import Conversation
from rtcli.standin.outbox import Outbox

TRANSCRIBING_S: Final = 0.08


class Transcribing:
    """Transcribes the audio of items, as soon as it is committed."""

    def __init__(self, outbox: Outbox, conversation: Conversation) -> None:
        self._outbox = outbox
        self._conversation = conversation

    def begin(self, item_id: str, text: str, length_ms: int, now: float) -> None:
        """Audio was committed in which this was said."""
        pieces = [word if number == 0 else f" {word}" for number, word in enumerate(text.split())]
        for number, piece in enumerate(pieces):
            self._outbox.later(now, TRANSCRIBING_S * (1 + number / 8), self._say, item_id, piece)
        usage = TranscriptionDuration(seconds=-(-length_ms // 1000))
        self._outbox.later(now, TRANSCRIBING_S * (2 + len(pieces) / 8), self._end, item_id, text, usage)

    def _say(self, _now: float, item_id: str, piece: str) -> None:
        veil = self._outbox.ids.obfuscation(piece)
        self._outbox.put(self._outbox.build.item(item_id).content(0).delta(piece, obfuscation=veil))

    def _end(self, _now: float, item_id: str, text: str, usage: TranscriptionDuration) -> None:
        self._conversation.transcribed(item_id, text)
        self._outbox.put(self._outbox.build.item(item_id).content(0).completed(text, usage=usage))
