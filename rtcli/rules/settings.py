"""SES: settings that no session can have, whatever is in force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import Malformed, response, session
from rtcli.events.configuration import ToolChoiceFunction
from rtcli.events.dialects import SESSION_FIELDS, realtime_name
from rtcli.formats import Entry
from rtcli.rules.rule import GA, SHOWN, Rule, Verdict
from rtcli.session.config import at, detection_of, type_of
from rtcli.session.ledgers import Ledgers

PCM_RATE_HZ: Final = 24_000
STREAMING_MODELS: Final = frozenset({"gpt-realtime-whisper", "gpt-live-transcribe"})
"""Source: openai-python 3.52.0, ``realtime_audio_config_input.py``."""


def rate_not_24k(event: Malformed, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """PCM audio is to have another rate than 24 kHz.

    ``audio/pcm`` has 24,000 samples a second. The update is refused, or the audio is taken for 24 kHz
    all the same, and speech is too fast, too high and not understood.

    Fix: resample to 24 kHz, or use ``audio/pcmu`` or ``audio/pcma`` for 8 kHz.

    ::

        < session.created {"session": {"type": "realtime"}}
        > session.update {"session": {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcm", "rate": 24000}}}}}
        > session.update {"session": {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcm", "rate": 16000}}}}}     # SCH07 SES06

    Source: openai-python 3.52.0, ``realtime_audio_formats.py``.
    """
    found = []
    for side in ("input", "output"):
        rate = _rate(event, side)
        if rate is not None and rate != PCM_RATE_HZ:
            message = f"the {side} is to have {str(rate)[:SHOWN]} samples a second; audio/pcm has {PCM_RATE_HZ}"
            found.append(Verdict(f"$.session.audio.{side}.format.rate", message, "resample to 24 kHz"))
    return found


def beta_fields(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An update uses fields of the beta.

    The server reports a session of today, and the client configures one of the beta: the fields have
    moved, and an unknown one makes the server refuse the update whole. The session then runs on its
    defaults.

    Fix: ``rtcli migrate`` rewrites the update; ``rtcli schema session.update`` shows the places of today.

    ::

        < session.created {"session": {"type": "realtime"}}
        > session.update {"session": {"type": "realtime", "audio": {"output": {"voice": "ash"}}}}
        > session.update {"session": {"type": "realtime", "voice": "ash"}}     # SCH09 SES07

    Source: the realtime guide, "Beta to GA migration".
    """
    body = session_of(event) if isinstance(event, Malformed) else None
    if ledgers.config.session is None or getattr(event, "type", "") != "session.update":
        return ()
    extra = [str(one.path[1]) for one in event.extra if len(one.path) == 2]
    names = [name for name in SESSION_FIELDS if name in (body if body is not None else extra)]
    return [
        Verdict(
            f"$.session.{name}", f"{name} is a field of the beta", realtime_name(("session", name)).partition(": ")[2]
        )
        for name in names
        if name != "client_secret"
    ]


def text_and_audio(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """Text and audio are asked for together.

    Today's models answer with text or with audio; audio comes with its transcript. Both together is
    what the beta wanted, and is refused.

    Fix: ask for ``["audio"]``; the transcript is included.

    ::

        > session.update {"session": {"type": "realtime", "output_modalities": ["audio"]}}
        > session.update {"session": {"type": "realtime", "output_modalities": ["text", "audio"]}}     # SES08

    Source: openai-python 3.52.0, ``realtime_session_create_request.py``.
    """
    holder, name = (event.response, "response") if isinstance(event, response.Create) else (event.session, "session")
    asked = getattr(holder, "output_modalities", None)
    if not asked or "text" not in asked or "audio" not in asked:
        return ()
    message = "text and audio cannot be asked for together"
    return (Verdict(f"$.{name}.output_modalities", message, 'ask for ["audio"]: the transcript is included'),)


def vad_with_streaming_model(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """Turn detection is on with a model that transcribes while the user speaks.

    In a transcription session such a model needs the client to commit; turn detection is refused.

    Fix: set ``turn_detection`` to null, and commit.

    ::

        > session.update {"session": {"type": "transcription", "audio": {"input": {"transcription": {"model": "gpt-realtime-whisper"}, "turn_detection": null}}}}
        > session.update {"session": {"type": "transcription", "audio": {"input": {"transcription": {"model": "gpt-realtime-whisper"}, "turn_detection": {"type": "server_vad"}}}}}     # SES11

    Source: openai-python 3.52.0, ``realtime_audio_config_input.py``; the guide on turn detection.
    """
    model = at(event.session, "audio", "input", "transcription", "model")
    if type_of(event.session) != "transcription" or model not in STREAMING_MODELS or not detection_of(event.session):
        return ()
    message = f"{model} transcribes while the user speaks and takes no turn detection"
    return (Verdict("$.session.audio.input.turn_detection", message, "set turn_detection to null, and commit"),)


def idle_timeout_with_semantic_vad(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """An idle time-out is asked for with semantic turn detection.

    Only ``server_vad`` counts silence and can time out. The update is refused whole.

    Fix: use ``server_vad``, or leave the time-out out.

    ::

        > session.update {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 6000}}}}}
        > session.update {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "semantic_vad", "idle_timeout_ms": 6000}}}}}     # SCH09 SES12

    Source: openai-python 3.52.0, ``realtime_audio_input_turn_detection.py``.
    """
    # It is beyond the schema of semantic_vad alone: server_vad has it.
    return [
        Verdict(_dotted(extra.path), "semantic_vad has no idle time-out", "use server_vad for it")
        for extra in event.extra
        if extra.path[-2:] == ("turn_detection", "idle_timeout_ms") and extra.value is not None
    ]


def choice_not_offered(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """The model must call a function that is not offered.

    ``tool_choice`` names a function that is not among the tools of the same update.

    Fix: offer the function, or correct the name.

    ::

        > session.update {"session": {"type": "realtime", "tools": [{"type": "function", "name": "a"}], "tool_choice": {"type": "function", "name": "a"}}}
        > session.update {"session": {"type": "realtime", "tools": [{"type": "function", "name": "a"}], "tool_choice": {"type": "function", "name": "b"}}}     # SES13

    Source: openai-python 3.52.0, ``realtime_session_create_request.py``.
    """
    choice, tools = getattr(event.session, "tool_choice", None), getattr(event.session, "tools", None)
    if not isinstance(choice, ToolChoiceFunction) or not isinstance(tools, list):
        return ()
    if choice.name in {getattr(tool, "name", None) for tool in tools}:
        return ()
    message = f'tool_choice names "{choice.name[:SHOWN]}", and the tools do not have it'
    return (Verdict("$.session.tool_choice.name", message, "offer the function, or correct the name"),)


def session_of(event: Malformed) -> dict[str, Any] | None:
    """The session in an update that has faults."""
    body = event.body.get("session") if event.type == "session.update" else None
    return body if isinstance(body, dict) else None


def _rate(event: Malformed, side: str) -> Any:
    """The rate that PCM is to have; one that is asked for in vain makes the event a faulty one."""
    chosen = at(session_of(event), "audio", side, "format")
    return at(chosen, "rate") if at(chosen, "type") == "audio/pcm" else None


def _dotted(path: tuple[str | int, ...]) -> str:
    return "$." + ".".join(map(str, path))


_UPDATE: Final = (session.Update,)
_ANY_UPDATE: Final = (session.Update, Malformed)

RULES: Final[tuple[Rule, ...]] = (
    Rule("SES06", "error", rate_not_24k, (Malformed,), tier="second", dialects=GA, openai_only=True),
    Rule("SES07", "error", beta_fields, _ANY_UPDATE, dialects=GA),
    Rule("SES08", "error", text_and_audio, (session.Update, response.Create), tier="second", dialects=GA),
    Rule("SES11", "error", vad_with_streaming_model, _UPDATE, tier="extended", dialects=GA),
    Rule("SES12", "error", idle_timeout_with_semantic_vad, _UPDATE, tier="extended"),
    Rule("SES13", "error", choice_not_offered, _UPDATE, tier="second"),
)
