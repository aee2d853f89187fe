"""AUD: how long audio is, against what is said of it: commits, truncations, speech times, tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import conversation, input_audio_buffer, output_audio_buffer, response
from rtcli.formats import Entry
from rtcli.rules.rule import SHOWN, Rule, Verdict
from rtcli.session.config import at
from rtcli.session.context import Need
from rtcli.session.ledgers import Ledgers
from rtcli.session.turns import is_off
from rtcli.units import MIN_COMMIT_MS, audio_ms

_ROUNDING_MS: Final = 1.0
_TOKEN_MS: Final = 50
"""Source: the guide on realtime costs: a token of the assistant's audio is 50 ms."""
_LEAST_TOKENS: Final = 10
_TOO_SHORT: Final = 0.6
_TOO_LONG: Final = 1.67
_OPENAI: Final = ("", "Azure OpenAI")


def commit_of_too_little(_event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A commit of less than 100 ms of audio.

    The server refuses it with ``input_audio_buffer_commit_empty``, no user message is made, and an
    answer that is asked for next answers something else. A key that is let go at once, or a microphone
    that has not begun, are the usual causes; so is a second commit right behind the first.

    Fix: commit only when at least 100 ms have been appended.

    ::

        - header {}
        < session.created {"session": {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcm"}, "turn_detection": null}}}}
        > input_audio_buffer.append {"audio": {"$bytes": 4800}}
        > input_audio_buffer.commit {}
        < input_audio_buffer.committed {"item_id": "a"}
        < conversation.item.added {"item": {"type": "message", "role": "user", "id": "a", "content": []}}
        > input_audio_buffer.append {"audio": {"$bytes": 4798}}
        > input_audio_buffer.commit {}     # AUD06

    Source: the error ``input_audio_buffer_commit_empty``.
    """
    audio = ledgers.audio
    travels_here = audio.has_appends or "websocket" in ledgers.context.kept
    if not is_off(ledgers.config) or not audio.is_measured or not travels_here:
        return ()
    if audio.uncommitted_ms >= MIN_COMMIT_MS:
        return ()
    message = f"{audio.uncommitted_ms:.0f} ms are in the buffer; a commit takes at least {MIN_COMMIT_MS} ms"
    return (Verdict("", message, f"append at least {MIN_COMMIT_MS} ms first"),)


def truncated_beyond_its_end(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A truncation beyond the audio that there is.

    The item's audio is complete and shorter than the client says was heard. The server refuses the
    truncation, and the model goes on believing that everything was heard. A clock that runs on while
    the player waits is the usual cause.

    Fix: count the milliseconds that were played, never more than were received.

    ::

        - header {}
        < session.created {"session": {"type": "realtime", "audio": {"output": {"format": {"type": "audio/pcm"}}}}}
        < response.created {"response": {"id": "r", "conversation_id": "v"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "content": []}}
        < response.content_part.added {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio"}}
        < response.output_audio.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": {"$bytes": 48000}}
        < response.output_audio.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
        < response.content_part.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio"}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "status": "completed", "content": []}}
        < response.done {"response": {"id": "r", "conversation_id": "v"}}
        > conversation.item.truncate {"item_id": "i", "content_index": 0, "audio_end_ms": 1500}     # AUD07
        > conversation.item.truncate {"item_id": "i", "content_index": 0, "audio_end_ms": 1000}

    Source: openai-python 3.52.0, ``conversation_item_truncate_event.py``.
    """
    item = ledgers.lifecycle.items.get(event.item_id)
    if item is None or not item.audio_done or ledgers.audio.has_own_speed:
        return ()
    answer = ledgers.lifecycle.responses.get(item.response_id)
    there_ms = audio_ms(item.audio_bytes, answer.audio_format) if answer and answer.line else None
    if not there_ms or event.audio_end_ms <= there_ms + _ROUNDING_MS:
        return ()
    message = f"the audio of {event.item_id[:SHOWN]} ends at {there_ms:.0f} ms, before {event.audio_end_ms} ms"
    return (Verdict("$.audio_end_ms", message, "send what was played, at most what was received", (item.line,)),)


def truncated_without_audio(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A truncation of an item that has no audio.

    The model wrote the item without speaking: a text, or a function call. There is nothing to cut, and
    the server refuses it.

    Fix: truncate the item that was being played.

    ::

        - header {}
        < session.created {"session": {"type": "realtime", "output_modalities": ["text"]}}
        < response.created {"response": {"id": "r", "conversation_id": "v"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "content": []}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "status": "completed", "content": []}}
        < response.done {"response": {"id": "r", "conversation_id": "v"}}
        > conversation.item.truncate {"item_id": "i", "content_index": 0, "audio_end_ms": 0}     # AUD08 REF06

    Source: openai-python 3.52.0, ``conversation_item_truncate_event.py``.
    """
    item = ledgers.lifecycle.items.get(event.item_id)
    answer = ledgers.lifecycle.responses.get(item.response_id) if item else None
    if item is None or answer is None or not answer.line or answer.is_open or item.audio_bytes:
        return ()
    message = f"the item {event.item_id[:SHOWN]} has no audio"
    return (Verdict("$.item_id", message, "truncate the item that was being played", (item.line,)),)


def output_cleared_on_a_websocket(_event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The output buffer is cleared on a WebSocket.

    The server keeps no output buffer there: the audio has been sent, and plays from the client's own.
    Nothing falls silent. A connection beside a call is not meant, whose audio goes another way.

    Fix: stop the player, and send ``conversation.item.truncate`` with what was heard.

    ::

        - header {}
        < session.created {"session": {"type": "realtime"}}
        > output_audio_buffer.clear {}     # AUD09

    Source: openai-python 3.52.0, ``output_audio_buffer_clear_event.py``: WebRTC and SIP only.
    """
    carries_audio = ledgers.audio.has_appends or ledgers.settings.spoke_line or "start" in ledgers.context.kept
    if ledgers.audio.plays_elsewhere or not carries_audio:
        return ()
    return (Verdict("", "a WebSocket has no output buffer", "stop the player, and send conversation.item.truncate"),)


def speech_in_the_future(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Speech is told at a time that was not sent yet.

    The server counts the milliseconds of all audio in the session, and is further than what the client
    has sent. The two count in different formats: audio at 8 kHz that is declared as 24 kHz is three
    times as long for the one as for the other.

    Fix: compare the format of the session with what the microphone gives.

    ::

        - header {}
        < session.created {"session": {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcm"}, "turn_detection": {"type": "server_vad"}}}}}
        > input_audio_buffer.append {"audio": {"$bytes": 48000}}
        < input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 400}
        < input_audio_buffer.speech_stopped {"item_id": "a", "audio_end_ms": 1400}     # AUD10
        < input_audio_buffer.committed {"item_id": "a"}
        < conversation.item.added {"item": {"type": "message", "role": "user", "id": "a", "content": []}}

    Source: openai-python 3.52.0, ``input_audio_buffer_speech_started_event.py``.
    """
    begins = isinstance(event, input_audio_buffer.SpeechStarted)
    told_ms = event.audio_start_ms if begins else event.audio_end_ms
    sent_ms = ledgers.audio.appended_ms
    if not ledgers.audio.is_measured or told_ms <= sent_ms + _ROUNDING_MS:
        return ()
    message = f"{told_ms} ms have not been sent yet: the appends so far last {sent_ms:.0f} ms"
    path = "$.audio_start_ms" if begins else "$.audio_end_ms"
    return (Verdict(path, message, "compare the input format with what is sent", side="client"),)


def audio_in_a_text_response(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A response that is to write only text speaks.

    It was created with the output modality ``text`` alone, and sends audio. A client that has no
    player for it drops it.

    Fix: this is the server's; ask for ``audio`` if it is to be heard.

    ::

        < session.created {"session": {"type": "realtime"}}
        < response.created {"response": {"id": "r", "output_modalities": ["text"]}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "content": []}}
        < response.content_part.added {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio"}}
        < response.output_audio.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "AAAA"}     # AUD11
        < response.output_audio.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
        < response.content_part.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio"}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "status": "completed", "content": []}}
        < response.done {"response": {"id": "r"}}

    Source: openai-python 3.52.0, ``realtime_response.py``, on ``output_modalities``.
    """
    answer = ledgers.lifecycle.responses.get(event.response_id)
    if answer is None or answer.audio_bytes or not answer.modalities or list(answer.modalities) != ["text"]:
        return ()
    message = f"the response {event.response_id[:SHOWN]} is to write only text, and speaks"
    return (Verdict("", message, "ask for audio if it is to be heard", (answer.line,)),)


def length_against_tokens(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The audio is not as long as its tokens say.

    A token of the assistant's audio is 50 ms. Much less audio means that deltas were lost on the way;
    much more, or less, that it is in another format than the session says.

    Fix: look for lost deltas, and at the output format.

    ::

        - header {}
        < session.created {"session": {"type": "realtime", "audio": {"output": {"format": {"type": "audio/pcm"}}}}}
        < response.created {"response": {"id": "r", "conversation_id": "v"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "content": []}}
        < response.content_part.added {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio"}}
        < response.output_audio.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": {"$bytes": 48000}}
        < response.output_audio.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
        < response.content_part.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio"}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "status": "completed", "content": []}}
        < response.done {"response": {"id": "r", "status": "completed", "conversation_id": "v", "usage": {"total_tokens": 60, "input_tokens": 0, "output_tokens": 60, "output_token_details": {"text_tokens": 0, "audio_tokens": 60}}}}     # AUD12

    Source: the guide on realtime costs.
    """
    tokens = at(event.response, "usage", "output_token_details", "audio_tokens") or 0
    answer = ledgers.lifecycle.responses.get(event.response.id) if event.response.id else None
    if tokens < _LEAST_TOKENS or answer is None or not answer.line or event.response.status != "completed":
        return ()
    received_ms = audio_ms(answer.audio_bytes, answer.audio_format)
    if received_ms is None or ledgers.context.vendor not in _OPENAI:
        return ()
    expected_ms = tokens * _TOKEN_MS / ledgers.audio.speed
    if _TOO_SHORT <= received_ms / expected_ms <= _TOO_LONG:
        return ()
    message = f"{tokens} audio tokens are about {expected_ms:.0f} ms, and {received_ms:.0f} ms were received"
    return (Verdict("$.response.usage", message, "look for lost deltas, and at the output format", (answer.line,)),)


_AUDIO: Final[frozenset[Need]] = frozenset({"audio", "websocket"})
_TRUNCATE: Final = (conversation.ItemTruncate,)
_SPEECH: Final = (input_audio_buffer.SpeechStarted, input_audio_buffer.SpeechStopped)

RULES: Final[tuple[Rule, ...]] = (
    Rule("AUD06", "error", commit_of_too_little, (input_audio_buffer.Commit,), frozenset({"start", "audio"})),
    Rule("AUD07", "error", truncated_beyond_its_end, _TRUNCATE, _AUDIO),
    Rule("AUD08", "warning", truncated_without_audio, _TRUNCATE, _AUDIO, tier="second"),
    Rule("AUD09", "error", output_cleared_on_a_websocket, (output_audio_buffer.Clear,), frozenset({"websocket"})),
    Rule("AUD10", "error", speech_in_the_future, _SPEECH, _AUDIO | {"start", "client"}),
    Rule("AUD11", "error", audio_in_a_text_response, (response.OutputAudioDelta,), tier="second"),
    Rule("AUD12", "warning", length_against_tokens, (response.Done,), _AUDIO, tier="extended", by_itself=True),
)
