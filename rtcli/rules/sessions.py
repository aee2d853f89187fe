"""SES: what of a session cannot be changed, or was not changed as asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import Event, Malformed, session
from rtcli.events.event import ClientEvent
from rtcli.formats import Entry
from rtcli.rules.rule import GA, NEEDS_CLIENT, NEEDS_LOSSLESS, SHOWN, Rule, Verdict
from rtcli.rules.settings import session_of
from rtcli.session.config import at, type_of, voice_of
from rtcli.session.ledgers import Ledgers
from rtcli.session.settings import scalars

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
    asked = session_of(event)
    if asked is None or "type" in asked or ledgers.config.session is None:
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


def after_the_close(event: Event, entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
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
    if entry.sender != "client":
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


_UPDATE: Final = (session.Update,)

RULES: Final[tuple[Rule, ...]] = (
    Rule("SES01", "warning", model_changed, _UPDATE, tier="second"),
    Rule("SES02", "error", voice_changed, _UPDATE),
    Rule("SES03", "error", type_missing, (Malformed,), dialects=GA),
    Rule("SES04", "error", type_changed, _UPDATE, tier="second", dialects=GA),
    Rule("SES05", "warning", not_as_asked, (session.Updated,), NEEDS_CLIENT),
    Rule("SES09", "error", after_the_close, (ClientEvent,), frozenset({"end"})),
    Rule("SES10", "error", speed_changed, _UPDATE, NEEDS_LOSSLESS, tier="second"),
)
