"""SES: what is wrong with the session and its configuration."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import Event, Malformed, conversation, response, session
from rtcli.events.configuration import SemanticVad, ToolChoiceFunction
from rtcli.events.dialects import SESSION_FIELDS, realtime_name
from rtcli.events.event import ClientEvent
from rtcli.events.objects import AudioPcm, Message, OutputAudio
from rtcli.formats import Entry
from rtcli.rules.rule import GA, NEEDS_CLIENT, NEEDS_LOSSLESS, SHOWN, Rule, Verdict
from rtcli.session.config import at, detection_of, type_of, voice_of
from rtcli.session.ledgers import Ledgers
from rtcli.session.settings import scalars

PCM_RATE_HZ: Final = 24_000
STREAMING_MODELS: Final = frozenset({"gpt-realtime-whisper", "gpt-live-transcribe"})
"""Source: openai-python 3.52.0, ``realtime_audio_config_input.py``."""
CONTENT_OF: Final = {
    "system": frozenset({"input_text"}),
    "user": frozenset({"input_text", "input_audio", "input_image"}),
    "assistant": frozenset({"output_text", "output_audio"}),
}
"""Source: openai-python 3.52.0, the three ``realtime_conversation_item_*_message.py``."""
_DATED: Final = r"-\d{4}-\d{2}-\d{2}\Z"


def model_changed(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An update names another model.

    The model is settled with the connection, by the address. An update that names another is refused
    whole, or the name is passed over; either way the old model goes on speaking.

    Fix: open a new connection with the model in its address.

    ::

        < session.created {"session": {"type": "realtime", "model": "gpt-realtime-2025-08-28"}}
        > session.update {"session": {"type": "realtime", "model": "gpt-realtime"}}
        > session.update {"session": {"type": "realtime", "model": "gpt-realtime-mini"}}     # SES01

    Source: openai-python 3.52.0, ``session_update_event.py``.
    """
    asked, in_force = getattr(event.session, "model", None), ledgers.config.model
    if not asked or not in_force or ledgers.config.type != "realtime" or ledgers.context.vendor:
        return ()
    if re.sub(_DATED, "", asked) == re.sub(_DATED, "", in_force):
        return ()
    message = f'the session\'s model is "{in_force[:SHOWN]}" and cannot become "{asked[:SHOWN]}"'
    return (Verdict("$.session.model", message, "open a new connection with the model in its address"),)


def voice_changed(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The voice is changed after the assistant has spoken.

    From its first sound on a session keeps its voice. The update is refused whole, with every other
    change that it carries.

    Fix: set the voice with the first ``session.update``, before the first answer.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"output": {"voice": "marin"}}}}
        > session.update {"session": {"type": "realtime", "audio": {"output": {"voice": "ash"}}}}
        < session.updated {"session": {"type": "realtime", "audio": {"output": {"voice": "ash"}}}}
        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.content_part.added {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio"}}
        < response.output_audio.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "AAAA"}
        < response.output_audio.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
        < response.content_part.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio"}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": [{"type": "output_audio"}]}}
        < response.done {"response": {"id": "r"}}
        > session.update {"session": {"type": "realtime", "audio": {"output": {"voice": "ash"}}}}
        > session.update {"session": {"type": "realtime", "audio": {"output": {"voice": "cedar"}}}}     # SES02

    Source: openai-python 3.52.0, ``session_update_event.py``; the error ``cannot_update_voice``.
    """
    spoke, asked, in_force = ledgers.settings.spoke_line, voice_of(event.session), ledgers.config.voice
    if not spoke or not asked or asked == in_force:
        return ()
    message = f'the voice cannot become "{asked[:SHOWN]}": the assistant has spoken since line {spoke}'
    return (Verdict("$.session", message, "set the voice before the first answer", (spoke,)),)


def type_missing(event: Malformed, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An update does not say what kind of session it is for.

    Since the beta ended every ``session.update`` names the type of its session. Without it the update is
    refused whole and the session goes on with its defaults: other instructions, other turn detection,
    no tools.

    Fix: add ``"type": "realtime"``, or ``"transcription"``, to the session.

    ::

        < session.created {"session": {"type": "realtime"}}
        > session.update {"session": {"type": "realtime", "instructions": "Be brief."}}
        > session.update {"session": {"instructions": "Be brief."}}     # SCH05 SES03

    Source: the realtime guide, "Beta to GA migration"; the error ``missing_required_parameter``.
    """
    if event.type != "session.update" or ledgers.config.session is None:
        return ()
    if not any(fault.path == "$.session.type" for fault in event.faults):
        return ()
    if "type" in (_session_of(event) or {"type": ""}):
        return ()
    return (Verdict("$.session", "the session has no type, so the update is refused whole", 'add "type": "realtime"'),)


def type_changed(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An update is for another type of session.

    A session converses or transcribes from its beginning to its end. An update for the other type is
    refused.

    Fix: connect with ``?intent=transcription`` to transcribe.

    ::

        < session.created {"session": {"type": "realtime"}}
        > session.update {"session": {"type": "realtime"}}
        > session.update {"session": {"type": "transcription"}}     # SES04

    Source: openai-python 3.52.0, ``session_update_event.py``.
    """
    if ledgers.config.session is None or type_of(event.session) == ledgers.config.type:
        return ()
    message = f"the session is of type {ledgers.config.type} and cannot become {type_of(event.session)}"
    return (Verdict("$.session.type", message, "connect with ?intent=transcription to transcribe"),)


def not_as_asked(event: Any, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """What is in force is not what was asked for.

    The server took the update and reports another value. The usual causes are a key in the wrong place,
    a name that the server does not know, and a gateway that passes only some of the settings on.

    Fix: read ``session.updated`` before relying on a setting.

    ::

        < session.created {"session": {"type": "realtime", "instructions": "x"}}
        > session.update {"session": {"type": "realtime", "instructions": "Be brief."}}
        < session.updated {"session": {"type": "realtime", "instructions": "Be brief."}}
        > session.update {"session": {"type": "realtime", "instructions": "Be kind."}}
        < session.updated {"session": {"type": "realtime", "instructions": "Be brief."}}     # SES05

    Source: openai-python 3.52.0, ``session_update_event.py``: fields that are sent are updated.
    """
    if len(ledgers.settings.pending) != 1:
        return ()
    asked = ledgers.settings.pending[0]
    found = []
    for path, wanted in scalars(asked.config):
        got = dict(scalars(event.session)).get(path)
        if got != wanted and not (got is None and path != "audio.input.turn_detection"):
            message = f"{path} was asked to be {str(wanted)[:SHOWN]} and is {str(got)[:SHOWN]}"
            remedy = "read session.updated before relying on the setting"
            found.append(Verdict(f"$.session.{path}", message, remedy, (asked.line,), side=entry.sender))
    return found


def rate_not_24k(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
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
    body = _session_of(event) if isinstance(event, Malformed) else None
    if ledgers.config.session is None or getattr(event, "type", "") != "session.update":
        return ()
    extra = [str(one.path[1]) for one in event.extra if one.path[:1] == ("session",) and len(one.path) == 2]
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


def after_the_close(event: Event, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The client sends an event after the connection was closed.

    What is sent to a closed connection reaches nobody. Either the client does not notice the close, or
    whoever recorded wrote the events down in another order.

    Fix: stop sending when the close has come.

    ::

        < session.created {"session": {"type": "realtime"}}
        > response.create {}
        - close {"code": 1000}
        > response.create {}     # SES09

    Source: RFC 6455, section 5.5.1.
    """
    if not ledgers.context.closed or entry.sender != "client":
        return ()
    return (
        Verdict("", f"{event.type} is sent after the connection was closed", "stop sending when the close has come"),
    )


def speed_changed(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The speed is changed while an answer is given.

    The speed of speech can be changed between turns only.

    Fix: wait for ``response.done``.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"output": {"speed": 1.0}}}}
        < response.created {"response": {"id": "r"}}
        > session.update {"session": {"type": "realtime", "audio": {"output": {"speed": 1.2}}}}     # SES10
        < response.done {"response": {"id": "r"}}
        > session.update {"session": {"type": "realtime", "audio": {"output": {"speed": 1.2}}}}

    Source: openai-python 3.52.0, ``realtime_audio_config_output.py``.
    """
    asked = at(event.session, "audio", "output", "speed")
    if asked is None or not ledgers.lifecycle.open or asked == at(ledgers.config.session, "audio", "output", "speed"):
        return ()
    running = next(reversed(ledgers.lifecycle.open.values()))
    message = f"the speed is changed while the response {running.id[:SHOWN]} is given"
    lines = (running.line,) if running.line else ()
    return (Verdict("$.session.audio.output.speed", message, "wait for response.done", lines),)


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
    if not isinstance(detection_of(event.session), SemanticVad):
        return ()
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


def content_not_of_role(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """A message has content that its role cannot have.

    Users and the system give input, the assistant gives output. A history that is seeded with the wrong
    kind is refused item by item, and the model knows nothing of what was said before.

    Fix: seed the assistant's turns as ``output_text``, the user's as ``input_text``.

    ::

        > conversation.item.create {"item": {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]}}
        > conversation.item.create {"item": {"type": "message", "role": "assistant", "content": [{"type": "input_text", "text": "Hi"}]}}     # SES14

    Source: openai-python 3.52.0, ``realtime_conversation_item_assistant_message.py`` and its siblings.
    """
    role, kinds = _role_and_kinds(event)
    allowed = CONTENT_OF.get(role)
    if allowed is None or allowed.issuperset(kinds):
        return ()
    return [
        Verdict(
            f"$.item.content[{index}].type",
            f"a message of the {role} cannot have {kind[:SHOWN]}",
            f"use {' or '.join(sorted(allowed))}",
        )
        for index, kind in enumerate(kinds)
        if kind and kind not in allowed
    ]


def assistant_audio_inserted(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """The client inserts audio as the assistant's.

    What the assistant said can be seeded as text only; its audio is made by the model.

    Fix: seed the assistant's turns as ``output_text``.

    ::

        > conversation.item.create {"item": {"type": "message", "role": "assistant", "content": [{"type": "output_audio", "transcript": "Hi"}]}}
        > conversation.item.create {"item": {"type": "message", "role": "assistant", "content": [{"type": "output_audio", "audio": "AAAA"}]}}     # SES15

    Source: openai-python 3.52.0, ``conversation_item_create_event.py``.
    """
    item = event.item
    if not isinstance(item, Message) or item.role != "assistant":
        return ()
    return [
        Verdict(f"$.item.content[{index}].audio", "the assistant's audio cannot be inserted", "seed it as output_text")
        for index, part in enumerate(item.content)
        if isinstance(part, OutputAudio) and part.audio
    ]


def _session_of(event: Malformed) -> dict[str, Any] | None:
    """The session in an update that has faults."""
    body = event.body.get("session") if event.type == "session.update" and isinstance(event.body, dict) else None
    return body if isinstance(body, dict) else None


def _rate(event: Any, side: str) -> Any:
    if isinstance(event, Malformed):
        chosen = at(_session_of(event), "audio", side, "format")
        return at(chosen, "rate") if at(chosen, "type") == "audio/pcm" else None
    chosen = at(event.session, "audio", side, "format")
    return chosen.rate or None if isinstance(chosen, AudioPcm) else None


def _role_and_kinds(event: Any) -> tuple[str, Sequence[Any]]:
    """The role and the types of the parts of a message that is sent, of a broken one too; empty of anything else."""
    if isinstance(event, conversation.ItemCreate):
        item: Any = event.item
        if not isinstance(item, Message):
            return "", ()
        return item.role, [type(part).__struct_config__.tag for part in item.content]
    if event.type != "conversation.item.create":
        return "", ()
    item = event.body.get("item") if isinstance(event.body, dict) else None
    parts = at(item, "content")
    kinds = [at(part, "type") for part in parts] if isinstance(parts, list) else []
    return str(at(item, "role")), [kind if isinstance(kind, str) else "" for kind in kinds]


def _dotted(path: tuple[str | int, ...]) -> str:
    return "$." + ".".join(map(str, path))


_UPDATE: Final = (session.Update,)
_ANY_UPDATE: Final = (session.Update, Malformed)
_CREATE: Final = (conversation.ItemCreate,)

RULES: Final[tuple[Rule, ...]] = (
    Rule("SES01", "warning", model_changed, _UPDATE, tier="second"),
    Rule("SES02", "error", voice_changed, _UPDATE),
    Rule("SES03", "error", type_missing, (Malformed,), dialects=GA),
    Rule("SES04", "error", type_changed, _UPDATE, tier="second", dialects=GA),
    Rule("SES05", "warning", not_as_asked, (session.Updated,), NEEDS_CLIENT),
    Rule("SES06", "error", rate_not_24k, _ANY_UPDATE, tier="second", dialects=GA, openai_only=True),
    Rule("SES07", "error", beta_fields, _ANY_UPDATE, dialects=GA),
    Rule("SES08", "error", text_and_audio, (session.Update, response.Create), tier="second", dialects=GA),
    Rule("SES09", "error", after_the_close, (ClientEvent,), frozenset({"end"})),
    Rule("SES10", "error", speed_changed, _UPDATE, NEEDS_LOSSLESS, tier="second"),
    Rule("SES11", "error", vad_with_streaming_model, _UPDATE, tier="extended", dialects=GA),
    Rule("SES12", "error", idle_timeout_with_semantic_vad, _UPDATE, tier="extended"),
    Rule("SES13", "error", choice_not_offered, _UPDATE, tier="second"),
    Rule("SES14", "error", content_not_of_role, (*_CREATE, Malformed), dialects=GA),
    Rule("SES15", "error", assistant_audio_inserted, _CREATE, dialects=GA),
)
