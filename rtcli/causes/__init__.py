"""What went wrong in a call, and why: findings joined to their causes, with what followed from them.

A cause is a class in the module of its matter and a line in `WATCHERS`. What no watcher knows is told
by the rule that found it.
"""

from __future__ import annotations

from rtcli.causes import answers, beta, calls, hearing, refused, sessions, sound
from rtcli.causes.cause import Cause, Watcher

WATCHERS: tuple[type[Watcher], ...] = (
    beta.BetaRefused,
    sessions.SessionExpired,
    sessions.ConnectionLost,
    sessions.UpdateRefused,
    refused.LostResponse,
    answers.AnsweredTwice,
    answers.Failed,
    answers.CancelMissed,
    calls.CallUnanswered,
    calls.OutputUnspoken,
    calls.CallLoop,
    sound.OutputFormatIgnored,
    sound.SpeechNotDetected,
    sound.TruncatedBeyondAudio,
    sound.AudioCutShort,
    sound.EmptyCommit,
    hearing.Echo,
    hearing.TranscriptionMissing,
)
"""Every cause that has a name of its own."""

__all__ = ["WATCHERS", "Cause", "Watcher"]
