"""A session's configuration in a few words, and what changed in it."""

from __future__ import annotations

from typing import Any

from rtcli.events.configuration import RealtimeSession, ServerVad, TranscriptionSession
from rtcli.session.config import detection_of, format_name, model_of, type_of, voice_of
from rtcli.views.measure import plural

AnySession = RealtimeSession | TranscriptionSession
_TOOLS_SHOWN = 6


def facts(session: AnySession) -> list[str]:
    """What is worth knowing of a configuration, the most important first."""
    return [fact for fact in _table(session).values() if fact]


def changes(before: AnySession, after: AnySession) -> list[str]:
    """What the second says otherwise than the first."""
    old, new = _table(before), _table(after)
    return [new[key] or f"no {key}" for key in new if new[key] != old[key] or _long(before, key) != _long(after, key)]


def _long(session: AnySession, key: str) -> Any:
    """What stands behind a fact that does not show it whole."""
    return getattr(session, key, None) if key in {"instructions", "tools"} else None


def _table(session: AnySession) -> dict[str, str]:
    audio = session.audio or None
    kind = type_of(session)
    voice = voice_of(session)
    return {
        "model": " ".join(part for part in (kind if kind != "realtime" else "", model_of(session) or "") if part),
        "output": " and ".join(getattr(session, "output_modalities", None) or []),
        "voice": f"voice {voice}" if voice else "",
        "formats": _formats(getattr(audio, "input", None) or None, getattr(audio, "output", None) or None),
        "turn detection": _detection(session),
        "transcription": _transcription(session),
        "tools": _tools(session),
        "instructions": _instructions(session),
    }


def _formats(heard: Any, spoken: Any) -> str:
    comes, goes = format_name(heard), format_name(spoken)
    return f"{comes} in, {goes} out" if comes and goes and comes != goes else comes or goes or ""


def _detection(session: AnySession) -> str:
    detection = detection_of(session)
    if detection is None:
        return ""
    if isinstance(detection, ServerVad):
        silence = f" {detection.silence_duration_ms} ms" if detection.silence_duration_ms else ""
        return f"server_vad{silence}"
    return f"semantic_vad {detection.eagerness}" if detection.eagerness else "semantic_vad"


def _transcription(session: AnySession) -> str:
    heard = getattr(session.audio or None, "input", None) or None
    transcription = getattr(heard, "transcription", None) or None
    if transcription is None or type_of(session) == "transcription":
        return ""
    return f"transcribed by {transcription.model}" if transcription.model else "transcribed"


def _tools(session: AnySession) -> str:
    tools = getattr(session, "tools", None) or []
    names = [str(getattr(tool, "name", None) or getattr(tool, "server_label", "?")) for tool in tools]
    if not names:
        return ""
    return f"tools {', '.join(names)}" if len(names) <= _TOOLS_SHOWN else plural(len(names), "tool")


def _instructions(session: AnySession) -> str:
    text = getattr(session, "instructions", None) or ""
    return f"instructions of {plural(len(text), 'character')}" if text else ""
