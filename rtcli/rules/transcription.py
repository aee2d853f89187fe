"""TRN: what is wrong with transcriptions of the user's audio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import Event, conversation, response
from rtcli.formats import Entry
from rtcli.rules.rule import GA, NEEDS_LOSSLESS, NEEDS_WHOLE_START, SHOWN, End, Rule, Verdict
from rtcli.session.config import at, type_of
from rtcli.session.ledgers import Ledgers


def never_transcribed(_end: End, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Committed audio has no transcription when the connection is closed.

    Transcription is on, the audio became an item, and neither its transcript nor a failure came. The
    transcript is made beside the conversation and can come long after the answer: a client that closes
    right after the last answer loses the last words of its log. Audio that was committed less than three
    seconds before the close is passed over.

    Fix: keep reading after the last commit until its transcript has come.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"transcription": {"model": "w"}}}}}
        < input_audio_buffer.committed {"item_id": "a"}
        < conversation.item.added {"item": {"type": "message", "role": "user", "id": "a", "content": []}}
        < conversation.item.input_audio_transcription.completed {"item_id": "a", "content_index": 0, "transcript": "hi"}
        < input_audio_buffer.committed {"item_id": "b"}     # TRN01
        < conversation.item.added {"item": {"type": "message", "role": "user", "id": "b", "content": []}}
        - close {"code": 1000}

    Source: openai-python 3.52.0, ``conversation_item_input_audio_transcription_completed_event.py``.
    """
    return [
        Verdict(
            "$.item_id",
            f"the audio of item {item_id[:SHOWN]} was committed and never transcribed",
            "keep reading until the transcript has come",
            line=line,
            side="client",
        )
        for item_id, line in ledgers.transcripts.missing(entry.t)
    ]


def transcribed_twice(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """One audio part has two transcription results.

    A transcription is completed once or fails once. A second result doubles the user's words in a log
    that takes them as they come; other vendors send growing transcripts as completed ones.

    Fix: take the result of an item once, by its id.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"transcription": {"model": "w"}}}}}
        < input_audio_buffer.committed {"item_id": "a"}
        < conversation.item.input_audio_transcription.completed {"item_id": "a", "content_index": 0, "transcript": "hi"}
        < conversation.item.input_audio_transcription.completed {"item_id": "a", "content_index": 0, "transcript": "hi"}     # TRN02

    Source: openai-python 3.52.0, ``conversation_item_input_audio_transcription_completed_event.py``.
    """
    known = ledgers.transcripts.of(event)
    if known is None or not known.result_line:
        return ()
    message = f"item {event.item_id[:SHOWN]} has a transcription result already, in line {known.result_line}"
    return (Verdict("$.item_id", message, "take the result of an item once", (known.result_line,)),)


def transcribed_unasked(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Audio is transcribed although transcription is off.

    The session says that nothing is transcribed, and nothing ever asked for it. Another configuration
    is in force than the one that was reported, or events of another session stand in the file.

    Fix: look at the last ``session.updated`` before relying on transcripts.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"transcription": null}}}}
        < input_audio_buffer.committed {"item_id": "a"}
        < conversation.item.added {"item": {"type": "message", "role": "user", "id": "a", "content": []}}
        < conversation.item.input_audio_transcription.completed {"item_id": "a", "content_index": 0, "transcript": "hi"}     # TRN03
        > session.update {"session": {"type": "realtime", "audio": {"input": {"transcription": {"model": "w"}}}}}
        < input_audio_buffer.committed {"item_id": "b"}
        < conversation.item.input_audio_transcription.completed {"item_id": "b", "content_index": 0, "transcript": "hi"}

    Source: openai-python 3.52.0, ``realtime_audio_config_input.py``.
    """
    heard = at(ledgers.config.session, "audio", "input")
    if ledgers.transcripts.was_on or heard is None or heard.transcription is not None:
        return ()
    return (Verdict("", f"item {event.item_id[:SHOWN]} is transcribed, and transcription is off"),)


def unknown_item(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A transcript belongs to an item that the session never had.

    Its id was in no commit, no speech event and no item. The words cannot be put into the conversation.

    Fix: this is the server's; a file that lacks events looks like it too.

    ::

        - header {}
        < session.created {"session": {"type": "realtime", "audio": {"input": {"transcription": {"model": "w"}}}}}
        < input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 0}
        < conversation.item.input_audio_transcription.delta {"item_id": "a", "content_index": 0, "delta": "hi"}
        < conversation.item.input_audio_transcription.delta {"item_id": "x", "content_index": 0, "delta": "hi"}     # TRN04

    Source: openai-python 3.52.0, ``conversation_item_input_audio_transcription_completed_event.py``.
    """
    if event.item_id in ledgers.transcripts.known or ledgers.transcripts.of(event) is not None:
        return ()
    return (Verdict("$.item_id", f"the session has no item {event.item_id[:SHOWN]}"),)


def delta_after_result(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A piece of a transcript comes after its result.

    The result is the whole transcript; a piece behind it would be added to words that are complete.

    Fix: end an item's transcript at its result.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"transcription": {"model": "w"}}}}}
        < input_audio_buffer.committed {"item_id": "a"}
        < conversation.item.input_audio_transcription.delta {"item_id": "a", "content_index": 0, "delta": "hi"}
        < conversation.item.input_audio_transcription.completed {"item_id": "a", "content_index": 0, "transcript": "hi"}
        < conversation.item.input_audio_transcription.delta {"item_id": "a", "content_index": 0, "delta": "hi"}     # TRN05

    Source: openai-python 3.52.0, ``conversation_item_input_audio_transcription_delta_event.py``.
    """
    known = ledgers.transcripts.of(event)
    if known is None or not known.result_line:
        return ()
    message = f"the transcription of item {event.item_id[:SHOWN]} was over in line {known.result_line}"
    return (Verdict("", message, "end a transcript at its result", (known.result_line,)),)


def pieces_differ(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The pieces of a transcript do not add up to it.

    Models that transcribe while the user speaks may think better of a word; the completed transcript is
    what counts. A log that shows the pieces shows something else than what the model was given.

    Fix: replace the pieces by the transcript when it is completed.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"transcription": {"model": "w"}}}}}
        < input_audio_buffer.committed {"item_id": "a"}
        < conversation.item.input_audio_transcription.delta {"item_id": "a", "content_index": 0, "delta": "high"}
        < conversation.item.input_audio_transcription.completed {"item_id": "a", "content_index": 0, "transcript": "hi"}     # TRN06

    Source: the guide on realtime transcription, on deltas.
    """
    known = ledgers.transcripts.of(event)
    if known is None or not known.pieces:
        return ()
    joined = "".join(known.pieces).strip()
    if joined == event.transcript.strip():
        return ()
    message = f'the pieces say "{joined[:SHOWN]}", the transcript "{event.transcript.strip()[:SHOWN]}"'
    return (Verdict("$.transcript", message, "use the completed transcript"),)


def failed(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """A transcription failed.

    The conversation goes on: the model hears the audio itself. Only the user's words are missing in the
    log, and in whatever is made from it.

    Fix: look at the error; at Azure the transcription model has to be the name of a deployment.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"transcription": {"model": "w"}}}}}
        < input_audio_buffer.committed {"item_id": "a"}
        < conversation.item.input_audio_transcription.failed {"item_id": "a", "content_index": 0, "error": {"code": "audio_unintelligible", "message": "no speech"}}     # TRN07

    Source: openai-python 3.52.0, ``conversation_item_input_audio_transcription_failed_event.py``.
    """
    why = event.error.message or event.error.code or "no reason is given"
    message = f"item {event.item_id[:SHOWN]} could not be transcribed: {str(why)[:200]}"
    return (Verdict("$.error", message, "at Azure, name a deployment as the transcription model"),)


def ends_before_it_starts(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """A segment of a transcript ends before it starts.

    Start and end are seconds in the item's audio. A caption made from such a segment is never shown.

    Fix: this is the server's; leave the segment out.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"transcription": {"model": "w"}}}}}
        < input_audio_buffer.committed {"item_id": "a"}
        < conversation.item.input_audio_transcription.segment {"item_id": "a", "content_index": 0, "id": "s", "text": "hi", "speaker": "A", "start": 0.5, "end": 1.0}
        < conversation.item.input_audio_transcription.segment {"item_id": "a", "content_index": 0, "id": "t", "text": "hi", "speaker": "A", "start": 1.5, "end": 1.0}     # TRN08

    Source: openai-python 3.52.0, ``conversation_item_input_audio_transcription_segment.py``.
    """
    if event.end >= event.start:
        return ()
    return (Verdict("$.end", f"the segment starts at {event.start} s and ends at {event.end} s"),)


def surer_than_sure(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """A log probability is above zero.

    The logarithm of a probability is zero at most. A confidence computed from it is above one.

    Fix: this is the server's; cap it at zero.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"transcription": {"model": "w"}}}}}
        < input_audio_buffer.committed {"item_id": "a"}
        < conversation.item.input_audio_transcription.delta {"item_id": "a", "content_index": 0, "delta": "h", "logprobs": [{"token": "h", "bytes": [104], "logprob": -0.1}]}
        < conversation.item.input_audio_transcription.delta {"item_id": "a", "content_index": 0, "delta": "i", "logprobs": [{"token": "i", "bytes": [105], "logprob": 0.1}]}     # TRN09

    Source: openai-python 3.52.0, ``log_prob_properties.py``.
    """
    return [
        Verdict(f"$.logprobs[{index}].logprob", f"the log probability {token.logprob} is above zero")
        for index, token in enumerate(event.logprobs or ())
        if token.logprob > 0
    ]


def asked_to_answer(_event: Event, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A transcription session is asked for a response.

    A transcription session only writes down what is said; there is no model in it that answers.

    Fix: open a session of type ``realtime`` for answers.

    ::

        < session.created {"session": {"type": "transcription"}}
        > response.create {}     # TRN10
        - header {}
        < session.created {"session": {"type": "realtime"}}
        > response.create {}

    Source: the guide on realtime transcription.
    """
    session = ledgers.config.session
    if session is None or type_of(session) != "transcription":
        return ()
    return (Verdict("", "a transcription session has no responses", "open a session of type realtime for answers"),)


_COMPLETED: Final = conversation.InputAudioTranscriptionCompleted
_DELTA: Final = conversation.InputAudioTranscriptionDelta
_SEGMENT: Final = conversation.InputAudioTranscriptionSegment
_ENDS: Final = (_COMPLETED, conversation.InputAudioTranscriptionFailed)
_ALL: Final = (_DELTA, _SEGMENT, *_ENDS)

RULES: Final[tuple[Rule, ...]] = (
    Rule("TRN01", "warning", never_transcribed, (End,), frozenset({"end", "lossless"})),
    Rule("TRN02", "error", transcribed_twice, _ENDS),
    Rule("TRN03", "error", transcribed_unasked, _ALL, NEEDS_LOSSLESS, tier="second"),
    Rule("TRN04", "error", unknown_item, _ALL, NEEDS_WHOLE_START),
    Rule("TRN05", "error", delta_after_result, (_DELTA, _SEGMENT), NEEDS_LOSSLESS, tier="second"),
    Rule("TRN06", "info", pieces_differ, (_COMPLETED,), NEEDS_LOSSLESS, tier="second"),
    Rule("TRN07", "warning", failed, (conversation.InputAudioTranscriptionFailed,)),
    Rule("TRN08", "error", ends_before_it_starts, (_SEGMENT,), tier="extended", dialects=GA),
    Rule("TRN09", "error", surer_than_sure, (_DELTA, _COMPLETED), tier="extended"),
    Rule("TRN10", "warning", asked_to_answer, (response.Create,), tier="second"),
)
