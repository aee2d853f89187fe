"""Events whose type begins with ``input_audio_buffer``: the user's audio and the turns in it."""

from typing import ClassVar

from msgspec import UNSET

from rtcli.events.event import ClientEvent, Event, Maybe, Milliseconds, Sender, ServerEvent, Whole


class Append(ClientEvent, tag="input_audio_buffer.append"):
    """The client sends base64 audio in the session's input format; nothing answers it.

    At most 15 MiB. Source: openai-python 3.52.0, ``input_audio_buffer_append_event.py``.
    """

    audio: str


class Clear(ClientEvent, tag="input_audio_buffer.clear"):
    """The client drops the audio that is not yet committed; ``input_audio_buffer.cleared`` follows."""


class Commit(ClientEvent, tag="input_audio_buffer.commit"):
    """The client makes the buffered audio a user message, where VAD does not do it.

    ``input_audio_buffer.committed`` follows, or an error below 100 ms of audio.
    """


class Cleared(ServerEvent, tag="input_audio_buffer.cleared"):
    """The audio buffer is empty, as the client asked."""


class Committed(ServerEvent, tag="input_audio_buffer.committed"):
    """The audio became the user message ``item_id``; ``conversation.item.added`` follows."""

    item_id: str
    previous_item_id: Maybe[str] = UNSET


class DtmfEventReceived(Event, tag="input_audio_buffer.dtmf_event_received"):
    """The caller pressed a key (SIP). ``received_at`` in Unix seconds; there is no ``event_id``."""

    sender: ClassVar[Sender] = "server"
    event: str
    received_at: Whole


class SpeechStarted(ServerEvent, tag="input_audio_buffer.speech_started"):
    """VAD heard speech; the user message will have the id ``item_id``.

    ``audio_start_ms`` counts all audio of the session and includes the prefix padding, so it can
    lie before the last ``audio_end_ms``.
    """

    audio_start_ms: Milliseconds
    item_id: str


class SpeechStopped(ServerEvent, tag="input_audio_buffer.speech_stopped"):
    """VAD heard the end of speech; ``input_audio_buffer.committed`` follows."""

    audio_end_ms: Milliseconds
    item_id: str


class TimeoutTriggered(ServerEvent, tag="input_audio_buffer.timeout_triggered"):
    """Nobody spoke for ``idle_timeout_ms``; the empty stretch is committed and the model speaks."""

    audio_start_ms: Milliseconds
    audio_end_ms: Milliseconds
    item_id: str
