"""Builders of events about the audio buffers, both ways."""

from __future__ import annotations

from msgspec import UNSET

from rtcli.events import input_audio_buffer, output_audio_buffer
from rtcli.events.build.ids import NewId, base64_of
from rtcli.events.event import Maybe


class InputAudio:
    """The user's audio on its way to becoming an item. Times in milliseconds of all audio appended."""

    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id

    def append(self, audio: bytes, *, event_id: Maybe[str] = UNSET) -> input_audio_buffer.Append:
        """The client sends audio; it is base64 on the wire."""
        return input_audio_buffer.Append(event_id=event_id, audio=base64_of(audio))

    def commit(self, *, event_id: Maybe[str] = UNSET) -> input_audio_buffer.Commit:
        """The client ends the turn."""
        return input_audio_buffer.Commit(event_id=event_id)

    def clear(self, *, event_id: Maybe[str] = UNSET) -> input_audio_buffer.Clear:
        """The client drops what is not committed."""
        return input_audio_buffer.Clear(event_id=event_id)

    def committed(self, item_id: str, *, previous_item_id: Maybe[str] = UNSET) -> input_audio_buffer.Committed:
        """The audio becomes an item."""
        return input_audio_buffer.Committed(event_id=self._new_id(), item_id=item_id, previous_item_id=previous_item_id)

    def cleared(self) -> input_audio_buffer.Cleared:
        """What was not committed is gone."""
        return input_audio_buffer.Cleared(event_id=self._new_id())

    def speech_started(self, item_id: str, *, audio_start_ms: int) -> input_audio_buffer.SpeechStarted:
        """VAD hears the user."""
        return input_audio_buffer.SpeechStarted(event_id=self._new_id(), item_id=item_id, audio_start_ms=audio_start_ms)

    def speech_stopped(self, item_id: str, *, audio_end_ms: int) -> input_audio_buffer.SpeechStopped:
        """VAD hears the end."""
        return input_audio_buffer.SpeechStopped(event_id=self._new_id(), item_id=item_id, audio_end_ms=audio_end_ms)

    def timeout_triggered(
        self, item_id: str, *, audio_start_ms: int, audio_end_ms: int
    ) -> input_audio_buffer.TimeoutTriggered:
        """Nobody spoke for long."""
        return input_audio_buffer.TimeoutTriggered(
            event_id=self._new_id(), item_id=item_id, audio_start_ms=audio_start_ms, audio_end_ms=audio_end_ms
        )

    def dtmf(self, key: str, *, received_at: int) -> input_audio_buffer.DtmfEventReceived:
        """The caller pressed a key, in Unix seconds; this event has no id."""
        return input_audio_buffer.DtmfEventReceived(event=key, received_at=received_at)


class OutputAudio:
    """The audio that the server plays by itself, on WebRTC and SIP."""

    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id

    def clear(self, *, event_id: Maybe[str] = UNSET) -> output_audio_buffer.Clear:
        """The client cuts the playing short."""
        return output_audio_buffer.Clear(event_id=event_id)

    def started(self, response_id: str) -> output_audio_buffer.Started:
        """The response is heard."""
        return output_audio_buffer.Started(event_id=self._new_id(), response_id=response_id)

    def stopped(self, response_id: str) -> output_audio_buffer.Stopped:
        """The response was heard to its end."""
        return output_audio_buffer.Stopped(event_id=self._new_id(), response_id=response_id)

    def cleared(self, response_id: str) -> output_audio_buffer.Cleared:
        """The rest of the response will not be heard."""
        return output_audio_buffer.Cleared(event_id=self._new_id(), response_id=response_id)
