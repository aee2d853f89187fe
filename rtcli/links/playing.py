"""How far a player would have come that begins with the first audio of an answer.

Over a WebSocket the client plays, so that the client has to say what was not heard when the user
interrupts. Source: the guide on realtime conversations, on interruptions over WebSockets.
"""

from __future__ import annotations

from rtcli.events import conversation, input_audio_buffer, response
from rtcli.formats import Entry
from rtcli.session.config import Config, at
from rtcli.units import audio_ms, base64_bytes


class Playing:
    """The audio of the last answer, and when it began."""

    def __init__(self) -> None:
        self._item = ""
        self._index = 0
        self._bytes = 0
        self._began_s = 0.0
        self._plays = False
        self._outside: set[str] = set()

    def interrupted(self, entry: Entry, config: Config) -> conversation.ItemTruncate | None:
        """What to send when an entry shows that the user broke in; None where nothing is unheard.

        Where turn detection is set not to interrupt, the model talks on and so does the player.
        """
        event = entry.event
        match event:
            case response.Created() if event.response.conversation_id is None:
                self._outside.add(str(event.response.id))
            case response.Done():
                self._outside.discard(str(event.response.id))
            case response.OutputAudioDelta() if event.response_id not in self._outside and entry.t is not None:
                self._hears(event, entry.t)
            case input_audio_buffer.SpeechStarted() if self._plays and entry.t is not None:
                if at(config.turn_detection, "interrupt_response") is not False:
                    return self._cut(entry.t, config.output_format)
        return None

    def _hears(self, event: response.OutputAudioDelta, t: float) -> None:
        if event.item_id != self._item:
            self._item, self._index = event.item_id, event.content_index
            self._bytes, self._began_s, self._plays = 0, t, True
        self._bytes += base64_bytes(len(event.delta), event.delta[-2:])

    def _cut(self, t: float, audio_format: str | None) -> conversation.ItemTruncate | None:
        received_ms = audio_ms(self._bytes, audio_format)
        played_ms = (t - self._began_s) * 1000
        self._plays = False  # what is cut stays cut, however often the user speaks
        if received_ms is None or played_ms >= received_ms:
            return None
        return conversation.ItemTruncate(
            item_id=self._item, content_index=self._index, audio_end_ms=max(0, int(played_ms))
        )
