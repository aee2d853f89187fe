"""Incidents of the session itself: refused, refused in part, over, or out of tokens."""

from __future__ import annotations

from typing import Any

import msgspec
from incidents.answer import answers, calls, fails, given, heard_out
from incidents.call import Call
from incidents.setup import Setup
from incidents.turns import FOUND, good_turn, greeted

from rtcli.events import build


def update_refused(*, healthy: bool = False, named: bool = True) -> list[str]:
    """A client that was half migrated sends one key of the beta, and nothing of its update happens."""
    call = Call(Setup(heard_in="audio/pcm", said_in="audio/pcm"))
    call.connected()
    config = call.setup.config()
    update: dict[str, Any] = msgspec.to_builtins(
        build.session.update(config, event_id="setup" if named else msgspec.UNSET)
    )
    if not healthy:
        update["session"]["modalities"] = update["session"].pop("output_modalities")
    call.client(update)
    call.now += 0.06
    if healthy:
        call.configured()
    else:
        by = "setup" if named else None
        message = "Unknown parameter: 'session.modalities'."
        call.refuses(message, "unknown_parameter", param="session.modalities", by=by)
        call.setup = Setup(heard_in="audio/pcm", said_in="audio/pcm", voice="alloy", transcribed=False, tools=())
    call.open_microphone()
    call.asks()
    said = "Fern and Co, good evening." if healthy else "Hey there! What is on your mind today?"
    heard_out(call, answers(call, said))
    call.speaks("Where is my order 4711?")
    if healthy:
        called = calls(call, "get_order", {"order": "4711"})
        call.pause(0.8)
        given(call, called, FOUND)
        heard_out(call, answers(call, "It was shipped and arrives on Saturday."))
    else:
        heard_out(call, answers(call, "Oh, I would love to help, but I know nothing of your orders!"))
        call.speaks("Is this Fern and Co?")
        heard_out(call, answers(call, "I am just a friendly AI to chat with!"))
    return call.hangs_up()


def session_expired(*, healthy: bool = False, code: int = 1001) -> list[str]:
    """A session that is written to now and then is over after an hour."""
    call = Call()
    call.connected()
    call.client(build.session.update(call.setup.config()))
    call.now += 0.08
    call.configured()
    for minute, question, reply in (
        (0.1, "Good morning! Stay with me while I repot my plants.", "With pleasure. Begin with the largest one."),
        (13.0, "The monstera is done.", "Very good. Water it a little."),
        (31.5, "Now the olive tree.", "Give it sand below the soil."),
        (47.2, "And the fern?", "A fern wants shade and much water."),
    ):
        call.now = minute * 60
        call.writes(question)
        heard_out(call, answers(call, reply))
    if healthy:
        call.now = 52 * 60
        return call.hangs_up()
    call.now = 59.9 * 60
    call.writes("What comes next?")
    heard_out(call, answers(call, "Next comes the cactus."))
    call.now = 3600.104
    call.refuses("Your session hit the maximum duration of 60 minutes.", "session_expired")
    return call.closed(code, by="server")


def beta_refused(*, healthy: bool = False, created: bool = False) -> list[str]:
    """A client of the beta connects to a server of today."""
    call = Call()
    if healthy:
        greeted(call)
        good_turn(call)
        return call.hangs_up()
    if created:
        call.connected()
    call.client(
        {
            "type": "session.update",
            "session": {
                "modalities": ["text", "audio"],
                "instructions": "You answer the telephone of Fern & Co.",
                "voice": "alloy",
                "input_audio_format": "g711_ulaw",
                "output_audio_format": "g711_ulaw",
                "input_audio_transcription": {"model": "whisper-1"},
                "turn_detection": {"type": "server_vad", "threshold": 0.5, "silence_duration_ms": 500},
                "temperature": 0.8,
            },
        }
    )
    call.now += 0.02
    message = "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API."
    call.refuses(message, "beta_api_shape_disabled")
    return call.closed(4000, "invalid_request_error.beta_api_shape_disabled", by="server")


def rate_limited(*, healthy: bool = False) -> list[str]:
    """The tokens of the minute are used up, by other calls too."""
    call = Call()
    greeted(call)
    good_turn(call)
    if not healthy:
        call.left_at_most = 31
    call.speaks("Do you sell olive trees too?")
    heard_out(call, answers(call, "We do, small ones and tall ones."))
    questions = ("How much is a small one?", "Hello? How much is it?", "Are you still there?")
    for question in questions[: 1 if healthy else 3]:
        call.speaks(question)
        if healthy:
            heard_out(call, answers(call, "A small one is forty euros."))
        else:
            used = f"Limit {call.limit}, Used 39969, Requested {call.text_tokens + call.audio_tokens}"
            message = (
                "Rate limit reached for gpt-realtime in organization org-7u on tokens per min (TPM): "
                f"{used}. Please try again in 1.2s."
            )
            fails(call, "rate_limit_exceeded", message)
            call.pause(3.0)
    return call.hangs_up()
