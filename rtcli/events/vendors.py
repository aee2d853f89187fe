"""What vendors other than OpenAI are known to add or to change. Data, not code.

A profile never changes how an event is decoded: it says which of its faults are the vendor's way,
so that they are told as remarks and not as errors.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct


class Deviation(Struct, frozen=True):
    """One thing that a vendor does otherwise: patterns of the event's type and of the JSON path, and what it is."""

    types: str
    path: str
    what: str
    adds: bool = False
    """It is an addition: what the schema has is not otherwise for it."""


class Vendor(Struct, frozen=True):
    """A vendor, how it is told, and what it does otherwise."""

    name: str
    hosts: tuple[str, ...]
    """Hosts in the address; a star stands for whatever comes before."""
    address_path: str
    """What the path of the address begins with; several vendors share a host name."""
    session_fields: frozenset[str]
    """Fields of a session object that only this vendor has."""
    models: tuple[str, ...]
    """What the name of the model begins with; it tells the vendor, never the dialect."""
    known: tuple[Deviation, ...]

    def knows(self, event_type: str, path: str, *, added: bool = False) -> str:
        """What the vendor does otherwise at this place, in a sentence; empty where nothing is known.

        With `added`, at this place stands something that the schema does not have.
        """
        plain = path.replace("[", "(").replace("]", ")")
        for deviation in self.known:
            if added < deviation.adds:
                continue
            if fnmatchcase(event_type, deviation.types) and fnmatchcase(plain, deviation.path):
                return deviation.what
        return ""


AZURE_VOICE_LIVE: Final = Vendor(
    name="Azure Voice Live",
    hosts=("*.services.ai.azure.com", "*.cognitiveservices.azure.com"),
    address_path="/voice-live",
    session_fields=frozenset(
        {
            "input_audio_echo_cancellation",
            "avatar",
            "animation",
            "output_audio_timestamp_types",
            "input_audio_sampling_rate",
        }
    ),
    models=(),
    known=(
        Deviation("*", "$.*.voice", "a voice is an object with a name and a type"),
        Deviation("session.*", "$.session.turn_detection.*", "turn detection has settings of its own", adds=True),
        Deviation(
            "session.*", "$.session.input_audio_transcription.*", "transcription has settings of its own", adds=True
        ),
        Deviation("session.*", "$.session.*", "the session has settings for speech, avatars and animation", adds=True),
    ),
)
"""Source: captured session, pydantic-ai (traffic: vendors/azure_voice_live_tool_call_round.jsonl)."""

AZURE_OPENAI: Final = Vendor(
    name="Azure OpenAI",
    hosts=("*.openai.azure.com",),
    address_path="/",
    session_fields=frozenset(),
    models=(),
    known=(),
)
"""Source: captured sessions, pydantic-ai (traffic: realtime/azure_*.jsonl): the realtime dialect, with ``content``
beside ``part`` in ``response.content_part.*``, which is part of the schema here."""

XAI: Final = Vendor(
    name="xAI",
    hosts=("*.x.ai", "x.ai"),
    address_path="/",
    session_fields=frozenset({"enable_noise_suppression", "keep_context", "enable_phonetic_spelling"}),
    models=("grok-",),
    known=(
        Deviation("ping", "*", "the server sends pings as events"),
        Deviation("*", "$.previous_item_id", "every event has previous_item_id", adds=True),
        Deviation("session.*", "$.session.turn_detection.type", "turn detection that is off has the type null"),
        Deviation("session.*", "$.session.*_audio_format", 'formats stand in audio, and here is "not specified"'),
        Deviation("session.*", "$.session.audio", "formats and transcription stand in audio, as in realtime"),
        Deviation("session.*", "$.session.tools(*).function", "a tool's definition stands in its field function"),
        Deviation("session.*", "$.session.*", "the session has settings of its own", adds=True),
        Deviation("response.output_*.d*", "$.type", "streams have their names of realtime"),
        Deviation("conversation.item.added", "$.type", "items are announced as in realtime"),
        Deviation("response.output_audio*.delta", "$.*", "deltas carry times and ids of their own", adds=True),
        Deviation("response.*", "$.response.status_details", "status_details is a word"),
        Deviation("response.*", "$*item.content", "the assistant's items have no content until the response is done"),
        Deviation("*", "$*.role", "function calls and their outputs have a role"),
        Deviation("response.content_part.done", "$.part", "content_part.done has no part"),
        Deviation("response.function_call_arguments.delta", "$.output_index", "argument deltas have no output_index"),
        Deviation("response.output_item.added", "$.output_index", "every item of a response has the output_index 0"),
        Deviation("response.done", "$.response_id", "the id and the usage stand beside the response"),
        Deviation("response.done", "$.usage", "the id and the usage stand beside the response"),
        Deviation(
            "conversation.item.input_audio_transcription.updated", "*", "transcripts are updated while they grow"
        ),
        Deviation("*.input_audio_transcription.completed", "$.status", "a transcript has a status", adds=True),
        Deviation(
            "*.input_audio_transcription.completed", "$.item_id", "a growing transcript is completed several times"
        ),
    ),
)
"""Source: captured sessions, pydantic-ai (traffic: vendors/xai_*.jsonl)."""

VENDORS: Final = (AZURE_VOICE_LIVE, AZURE_OPENAI, XAI)


def by_address(url: str) -> Vendor | None:
    """The vendor that answers at an address."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    for vendor in VENDORS:
        if any(_is_at(host, pattern) for pattern in vendor.hosts) and parts.path.startswith(vendor.address_path):
            return vendor
    return None


def _is_at(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*") else host == pattern


def by_session(session: dict[str, Any]) -> Vendor | None:
    """The vendor whose session object this is."""
    model = session.get("model")
    for vendor in VENDORS:
        if vendor.session_fields & session.keys():
            return vendor
        if isinstance(model, str) and vendor.models and model.startswith(vendor.models):
            return vendor
    return None
