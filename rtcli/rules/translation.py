"""TRL: what is wrong in a translation session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import Event, Unknown
from rtcli.events.event import ClientEvent
from rtcli.events.translation import session
from rtcli.formats import Entry
from rtcli.recording import Close
from rtcli.rules.rule import SHOWN, Rule, Verdict
from rtcli.session.ledgers import Ledgers
from rtcli.session.translation import shape_of

GRID_MS: Final = 200
"""Source: openai-python 3.52.0, ``realtime_translation_output_transcript_delta_event.py``."""
LONGEST_GAP_S: Final = 2.0


def not_of_translation(event: Event | Unknown, entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """A client event of another dialect is sent to a translation session.

    A translation session has no turns and no responses: it takes audio, a change of its settings and
    its end, and nothing else. A client written for conversations sends its usual events, the server
    refuses each, and no translation is heard.

    Fix: send audio with ``session.input_audio_buffer.append``; there is nothing to commit or to ask for.

    ::

        < session.created {"session": {"type": "translation", "id": "s", "model": "m", "audio": {}, "expires_at": 1}}
        > session.input_audio_buffer.append {"audio": "AAAA"}
        > input_audio_buffer.append {"audio": "AAAA"}     # SCH13 TRL01
        > response.create {}                              # SCH13 TRL01

    Source: openai-python 3.52.0, ``realtime_translation_client_event.py``: three client events.
    """
    if entry.sender != "client" or (isinstance(event, Event) and not event.foreign):
        return ()
    message = f"a translation session does not take {event.type[:SHOWN]}"
    return (Verdict("$.type", message, "send session.input_audio_buffer.append, session.update or session.close"),)


def audio_after_close(_event: Event, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Audio is sent after the client asked for the end.

    ``session.close`` says that there is no more audio. What is sent behind it is refused or dropped,
    so the end of what was said is missing in the translation.

    Fix: send the last audio, then ``session.close``.

    ::

        < session.created {"session": {"type": "translation", "id": "s", "model": "m", "audio": {}, "expires_at": 1}}
        > session.input_audio_buffer.append {"audio": "AAAA"}
        > session.close {}
        > session.input_audio_buffer.append {"audio": "AAAA"}     # TRL02

    Source: the guide on realtime translation: stop appending, then close.
    """
    closing = ledgers.translation.closing_line
    if not closing:
        return ()
    message = f"audio is sent after session.close in line {closing}"
    return (Verdict("$.audio", message, "send session.close behind the last audio", (closing,)),)


def after_closed(event: Event, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An event follows the end of the session.

    ``session.closed`` is the last event: the server sends nothing behind it, and what a client sends
    reaches nobody. Two sessions written into one file look like this too.

    Fix: close the connection when ``session.closed`` has come.

    ::

        < session.created {"session": {"type": "translation", "id": "s", "model": "m", "audio": {}, "expires_at": 1}}
        > session.close {}
        < session.closed {}
        > session.close {}
        < session.output_transcript.delta {"delta": "a"}     # TRL03

    Source: openai-python 3.52.0, ``realtime_translation_session_closed_event.py``.
    """
    closed = ledgers.translation.closed_line
    if not closed or isinstance(event, session.Close):
        return ()
    message = f"{event.type} comes after session.closed in line {closed}"
    return (Verdict("", message, "nothing follows session.closed", (closed,)),)


def closed_without_waiting(_close: Close, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The connection is closed before the translation is complete.

    After ``session.close`` the server still sends what is left to be said, and ``session.closed`` when
    that is all. Whoever closes the connection earlier cuts the last words off.

    Fix: send ``session.close``, read until ``session.closed``, then close the connection.

    ::

        < session.created {"session": {"type": "translation", "id": "s", "model": "m", "audio": {}, "expires_at": 1}}
        > session.close {}
        < session.closed {}
        - close {"code": 1000}
        - header {}
        < session.created {"session": {"type": "translation", "id": "s", "model": "m", "audio": {}, "expires_at": 1}}
        > session.close {}
        - close {"code": 1000}     # TRL04

    Source: the guide on realtime translation, on ending a session.
    """
    if ledgers.translation.closed_line or ledgers.context.closed:
        return ()
    asked = ledgers.translation.closing_line
    message = "the connection is closed before session.closed has come"
    more = f" to the session.close of line {asked}" if asked else ", and without a session.close"
    remedy = "send session.close, read until session.closed, then close"
    return (Verdict("", message + more, remedy, (asked,) if asked else (), side=entry.sender or "client"),)


def timeline_off(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The timeline of a stream goes back, or leaves its grid.

    ``elapsed_ms`` counts from the session's beginning and grows along each stream; on the transcripts it
    is a multiple of 200 ms. A caption that follows it would jump. Events out of order, or of two
    sessions in one file, are the usual causes.

    Fix: keep the events in the order in which they came.

    ::

        < session.created {"session": {"type": "translation", "id": "s", "model": "m", "audio": {}, "expires_at": 1}}
        < session.output_transcript.delta {"delta": "a", "elapsed_ms": 400}
        < session.input_transcript.delta {"delta": "b", "elapsed_ms": 200}     # TRL07
        < session.output_transcript.delta {"delta": "c", "elapsed_ms": 200}    # TRL05
        < session.output_transcript.delta {"delta": "d", "elapsed_ms": 650}    # TRL05

    Source: openai-python 3.52.0, ``realtime_translation_output_transcript_delta_event.py``.
    """
    elapsed_ms = event.elapsed_ms
    if not isinstance(elapsed_ms, int):
        return ()
    last = ledgers.translation.reached.get(event.type)
    if last is not None and elapsed_ms < last.elapsed_ms:
        message = f"elapsed_ms goes back from {last.elapsed_ms} to {elapsed_ms}"
        return (Verdict("$.elapsed_ms", message, "keep the events in order", (last.line,)),)
    if elapsed_ms % GRID_MS and not isinstance(event, session.OutputAudioDelta):
        return (Verdict("$.elapsed_ms", f"elapsed_ms {elapsed_ms} is no multiple of {GRID_MS}"),)
    return ()


def model_changed(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An update asks for another model or type.

    Model and type of a translation session are settled when it is made. An update that names others is
    refused whole, with every other change in it.

    Fix: leave them out, or open another session.

    ::

        < session.created {"session": {"type": "translation", "id": "s", "model": "m", "audio": {}, "expires_at": 1}}
        > session.update {"session": {"audio": {"output": {"language": "de"}}}}
        > session.update {"session": {"model": "another"}}     # TRL06 SCH09

    Source: openai-python 3.52.0, ``realtime_translation_session_update_event.py``.
    """
    known = ledgers.translation.session
    if known is None:
        return ()
    in_force = {"model": known.model, "type": known.type}
    return [
        Verdict(
            f"$.session.{name}",
            f'the session\'s {name} is "{in_force[name]}" and cannot be changed',
            f"leave {name} out, or open another session",
        )
        for extra in event.extra
        for name in [str(extra.path[-1])]
        if extra.path[:1] == ("session",) and name in in_force and extra.value != in_force[name]
    ]


def transcript_unasked(_event: Event, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The source is transcribed although no transcription is configured.

    Without a transcription model there is a translated transcript only. A source transcript then says
    that another configuration is in force than the one that was reported.

    Fix: look at the last ``session.updated`` before relying on it.

    ::

        < session.created {"session": {"type": "translation", "id": "s", "model": "m", "audio": {}, "expires_at": 1}}
        < session.input_transcript.delta {"delta": "a"}     # TRL07
        < session.updated {"session": {"type": "translation", "id": "s", "model": "m", "audio": {"input": {"transcription": {"model": "w"}}}, "expires_at": 1}}
        < session.input_transcript.delta {"delta": "a"}

    Source: openai-python 3.52.0, ``realtime_translation_input_transcript_delta_event.py``.
    """
    known = ledgers.translation.session
    if known is None:
        return ()
    heard = known.audio.input or None
    if heard is not None and heard.transcription:
        return ()
    return (Verdict("", "the source is transcribed, and audio.input.transcription is null"),)


def gap_in_audio(_event: Event, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The audio that is sent has a gap.

    The translator hears time pass by the audio that it gets. Where a client sends nothing while its
    microphone is off, what was said before and after runs together, and all later times are early.

    Fix: send silence while nobody speaks.

    ::

        0.0 < session.created {"session": {"type": "translation", "id": "s", "model": "m", "audio": {}, "expires_at": 1}}
        1.0 > session.input_audio_buffer.append {"audio": "AAAA"}
        2.0 > session.input_audio_buffer.append {"audio": "AAAA"}
        9.0 > session.input_audio_buffer.append {"audio": "AAAA"}     # TRL08

    Source: openai-python 3.52.0, ``realtime_translation_input_audio_buffer_append_event.py``.
    """
    sent = ledgers.translation.sent
    if sent is None or entry.t is None:
        return ()
    gap_s = entry.t - max(sent.at_s, sent.lasts_until_s)
    if gap_s <= LONGEST_GAP_S:
        return ()
    return (Verdict("", f"{gap_s:.1f} s passed without audio", "send silence while nobody speaks", (sent.line,)),)


def format_changed(event: Any, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The format of the translated audio changes.

    Rate, channels and encoding are said with each delta and stay what they were. A player that was set
    up by the first delta plays the rest too fast, too slow, or as noise.

    Fix: this is the server's; until it is mended, set the player up by each delta.

    ::

        < session.created {"session": {"type": "translation", "id": "s", "model": "m", "audio": {}, "expires_at": 1}}
        < session.output_audio.delta {"delta": "AAAA", "sample_rate": 24000, "channels": 1}
        < session.output_audio.delta {"delta": "AAAA", "sample_rate": 24000}
        < session.output_audio.delta {"delta": "AAAA", "sample_rate": 16000}     # TRL09

    Source: openai-python 3.52.0, ``realtime_translation_output_audio_delta_event.py``.
    """
    first = ledgers.translation.shape
    if first is None:
        return ()
    now = shape_of(event, entry.line)
    found = []
    for name in ("sample_rate", "channels", "format"):
        before, after = getattr(first, name), getattr(now, name)
        if before is not None and after is not None and before != after:
            found.append(Verdict(f"$.{name}", f"{name} was {before} and is {after}", lines=(first.line,)))
    return found


_DIALECT: Final = frozenset({"translation"})
_DELTAS: Final = (session.InputTranscriptDelta, session.OutputTranscriptDelta, session.OutputAudioDelta)

RULES: Final[tuple[Rule, ...]] = (
    Rule("TRL01", "error", not_of_translation, (ClientEvent, Unknown), dialects=_DIALECT),
    Rule("TRL02", "error", audio_after_close, (session.InputAudioBufferAppend,), dialects=_DIALECT),
    Rule("TRL03", "error", after_closed, (Event,), dialects=_DIALECT),
    Rule("TRL04", "warning", closed_without_waiting, (Close,), frozenset({"end"}), dialects=_DIALECT),
    Rule("TRL05", "warning", timeline_off, _DELTAS, tier="second", dialects=_DIALECT),
    Rule("TRL06", "error", model_changed, (session.Update,), tier="second", dialects=_DIALECT),
    Rule("TRL07", "error", transcript_unasked, (session.InputTranscriptDelta,), tier="second", dialects=_DIALECT),
    Rule(
        "TRL08",
        "warning",
        gap_in_audio,
        (session.InputAudioBufferAppend,),
        frozenset({"times", "client"}),
        tier="second",
        dialects=_DIALECT,
    ),
    Rule("TRL09", "error", format_changed, (session.OutputAudioDelta,), tier="extended", dialects=_DIALECT),
)
