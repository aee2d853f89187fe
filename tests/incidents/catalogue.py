"""Every incident with the name of its cause: a function gives the lines, `healthy` the call without the fault."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial, wraps

from incidents import audio, calls, near, sessions, turns

Incident = Callable[..., list[str]]


def once(incident: Incident) -> Incident:
    """The incident, whose lines are made once, however many tests look at them."""
    made = cache(incident)

    @wraps(incident)
    def lines(**options: object) -> list[str]:
        return list(made(**options))

    return lines


_INCIDENTS: tuple[tuple[str, str, Incident], ...] = (
    ("lost-response", "a tool's output and VAD at once", turns.lost_response),
    ("lost-response", "and never told", partial(turns.lost_response, ever_told=False)),
    ("truncated-beyond-audio", "by the clock on the wall", turns.truncated_beyond_audio),
    ("update-refused", "over one key", sessions.update_refused),
    ("update-refused", "that has no id", partial(sessions.update_refused, named=False)),
    ("output-format-ignored", "PCM16 for mu-law", audio.output_format_ignored),
    ("output-format-ignored", "PCM16 for A-law", partial(audio.output_format_ignored, said_in="audio/pcma")),
    ("call-unanswered", "and the caller asks again", calls.call_unanswered),
    ("empty-commit", "after each commit of VAD", turns.empty_commit),
    ("speech-not-detected", "mu-law sent as PCM16", audio.speech_not_detected),
    (
        "speech-not-detected",
        "PCM16 sent as mu-law",
        partial(audio.speech_not_detected, declared="audio/pcmu", sent="audio/pcm"),
    ),
    ("audio-cut-short", "to a third", audio.audio_cut_short),
    ("rate-limited", "three times", sessions.rate_limited),
    ("session-expired", "closed with 1001", sessions.session_expired),
    ("session-expired", "closed with 1000", partial(sessions.session_expired, code=1000)),
    ("beta-refused", "at once", sessions.beta_refused),
    ("beta-refused", "after session.created", partial(sessions.beta_refused, created=True)),
    ("answered-twice", "by the client and by VAD", turns.answered_twice),
    ("echo", "of the loudspeaker", audio.echo),
    ("transcription-missing", "after two words", calls.transcription_missing),
    ("transcription-missing", "from the beginning", partial(calls.transcription_missing, transcription="never")),
    ("call-loop", "four times the same error", calls.call_loop),
    ("cancel-missed", "of a response outside the conversation", calls.cancel_missed),
)
INCIDENTS = tuple((name, told, once(call)) for name, told, call in _INCIDENTS)
"""The name of the first cause, what is told in this call, and the call."""

NEAR_MISSES: tuple[Incident, ...] = tuple(
    once(call)
    for call in (
        near.repeated_words,
        near.quiet_line,
        near.push_to_talk,
        near.several_orders,
        near.late_transcription,
    )
)
"""Calls in order that are like an incident in some way."""
