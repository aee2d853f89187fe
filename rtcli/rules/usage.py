"""USE: token counts that contradict each other, or what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import conversation, response
from rtcli.events.billed import CachedTokens, InputTokens, TranscriptionTokens
from rtcli.formats import Entry
from rtcli.rules.rule import Rule, Verdict
from rtcli.session.ledgers import Ledgers

_MODALITIES: Final = ("text_tokens", "audio_tokens", "image_tokens")


def total_off(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """The total of tokens is not the sum of input and output.

    A bill that is computed from the parts differs from one that is computed from the total.

    Fix: this is the server's; count by the parts.

    ::

        < response.created {"response": {"id": "r"}}
        < response.done {"response": {"id": "r", "status": "completed", "usage": {"total_tokens": 9, "input_tokens": 5, "output_tokens": 3}}}     # USE01
        < response.created {"response": {"id": "s"}}
        < response.done {"response": {"id": "s", "status": "completed", "usage": {"total_tokens": 8, "input_tokens": 5, "output_tokens": 3}}}

    Source: openai-python 3.52.0, ``realtime_response_usage.py``; it held in each of 69 captured responses.
    """
    used = event.response.usage
    if not used:
        return ()
    total, given, made = used.total_tokens, used.input_tokens, used.output_tokens
    if not (isinstance(total, int) and isinstance(given, int) and isinstance(made, int)) or total == given + made:
        return ()
    return (Verdict("$.response.usage.total_tokens", f"{total} is not {given} + {made}"),)


def input_off(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """The input tokens by modality do not add up.

    Text, audio and images together are the input; cached tokens are a part of them.

    Fix: this is the server's; a cost by modality cannot be trusted here.

    ::

        < response.created {"response": {"id": "r"}}
        < response.done {"response": {"id": "r", "status": "completed", "usage": {"input_tokens": 5, "input_token_details": {"text_tokens": 3, "audio_tokens": 1}}}}     # USE02
        < response.created {"response": {"id": "s"}}
        < response.done {"response": {"id": "s", "status": "completed", "usage": {"input_tokens": 5, "input_token_details": {"text_tokens": 3, "audio_tokens": 2}}}}

    Source: openai-python 3.52.0, ``realtime_response_usage.py``.
    """
    used = event.response.usage
    if not used or not used.input_token_details:
        return ()
    details = used.input_token_details
    return _sum_off("$.response.usage", "input", used.input_tokens, details, details.image_tokens)


def output_off(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """The output tokens by modality do not add up.

    Text and audio together are the output; what a model thinks is a part of the text.

    Fix: this is the server's; a cost by modality cannot be trusted here.

    ::

        < response.created {"response": {"id": "r"}}
        < response.done {"response": {"id": "r", "status": "completed", "usage": {"output_tokens": 5, "output_token_details": {"text_tokens": 3, "audio_tokens": 1}}}}     # USE03
        < response.created {"response": {"id": "s"}}
        < response.done {"response": {"id": "s", "status": "completed", "usage": {"output_tokens": 5, "output_token_details": {"text_tokens": 3, "audio_tokens": 2}}}}

    Source: openai-python 3.52.0, ``realtime_response_usage.py``.
    """
    used = event.response.usage
    if not used or not used.output_token_details:
        return ()
    made, details = used.output_tokens, used.output_token_details
    found = _sum_off("$.response.usage", "output", made, details)
    thought = details.reasoning_tokens
    if isinstance(thought, int) and isinstance(made, int) and thought > made:
        path = "$.response.usage.output_token_details.reasoning_tokens"
        message = f"{thought} tokens of reasoning are more than all {made} of the output"
        found = [*found, Verdict(path, message)]
    return found


def cached_off(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """The cached tokens contradict the input tokens.

    Cached tokens are a part of the input, in all and in each modality. More of them than there are makes
    the price of a turn negative.

    Fix: this is the server's; do not subtract the cached tokens here.

    ::

        < response.created {"response": {"id": "r"}}
        < response.done {"response": {"id": "r", "status": "completed", "usage": {"input_tokens": 5, "input_token_details": {"cached_tokens": 9}}}}     # USE04
        < response.created {"response": {"id": "s"}}
        < response.done {"response": {"id": "s", "status": "completed", "usage": {"input_tokens": 5, "input_token_details": {"cached_tokens": 4}}}}

    Source: openai-python 3.52.0, ``realtime_response_usage.py``.
    """
    used = event.response.usage
    if not used or not used.input_token_details:
        return ()
    given, details = used.input_tokens, used.input_token_details
    cached, parts = details.cached_tokens, details.cached_tokens_details
    found = []
    if isinstance(cached, int) and isinstance(given, int) and cached > given:
        message = f"{cached} cached tokens are more than all {given} of the input"
        found.append(Verdict("$.response.usage.input_token_details.cached_tokens", message))
    return [*found, *_cached_by_modality_off(cached, parts, details)] if parts else found


def usage_missing(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """A completed response does not say what it used.

    Its tokens are missing in every sum and every bill that is made from the recording.

    Fix: this is the server's, or a gateway's that leaves the usage out.

    ::

        < response.created {"response": {"id": "r"}}
        < response.done {"response": {"id": "r", "status": "completed"}}     # USE05
        < response.created {"response": {"id": "s"}}
        < response.done {"response": {"id": "s", "status": "cancelled"}}

    Source: openai-python 3.52.0, ``realtime_response.py``.
    """
    if event.response.status != "completed" or event.response.usage:
        return ()
    return (Verdict("$.response.usage", "the response is completed and has no usage"),)


def transcription_off(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """The tokens of a transcription do not add up.

    Total, input and output contradict each other, or the input's modalities do.

    Fix: this is the server's; count by the parts.

    ::

        < input_audio_buffer.committed {"item_id": "a"}
        < conversation.item.added {"item": {"type": "message", "role": "user", "id": "a", "content": []}}
        < conversation.item.input_audio_transcription.completed {"item_id": "a", "content_index": 0, "transcript": "hi", "usage": {"type": "tokens", "total_tokens": 9, "input_tokens": 5, "output_tokens": 3}}     # USE06
        < input_audio_buffer.committed {"item_id": "b"}
        < conversation.item.input_audio_transcription.completed {"item_id": "b", "content_index": 0, "transcript": "hi", "usage": {"type": "tokens", "total_tokens": 8, "input_tokens": 5, "output_tokens": 3}}

    Source: openai-python 3.52.0, ``conversation_item_input_audio_transcription_completed_event.py``.
    """
    used = event.usage
    if not isinstance(used, TranscriptionTokens):
        return ()
    found = []
    if used.total_tokens != used.input_tokens + used.output_tokens:
        message = f"{used.total_tokens} is not {used.input_tokens} + {used.output_tokens}"
        found.append(Verdict("$.usage.total_tokens", message))
    if used.input_token_details:
        found += _sum_off("$.usage", "input", used.input_tokens, used.input_token_details)
    return found


def more_than_allowed(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """A response has more output tokens than it was allowed.

    The limit that is in force for the response was passed over.

    Fix: this is the server's; do not rely on the limit for costs.

    ::

        < response.created {"response": {"id": "r"}}
        < response.done {"response": {"id": "r", "status": "completed", "max_output_tokens": 5, "usage": {"output_tokens": 6}}}     # USE07
        < response.created {"response": {"id": "s"}}
        < response.done {"response": {"id": "s", "status": "completed", "max_output_tokens": "inf", "usage": {"output_tokens": 6}}}

    Source: openai-python 3.52.0, ``realtime_response.py``.
    """
    limit, used = event.response.max_output_tokens, event.response.usage
    if not isinstance(limit, int) or not used:
        return ()
    made = used.output_tokens
    if not isinstance(made, int) or made <= limit:
        return ()
    return (Verdict("$.response.usage.output_tokens", f"{made} tokens were made, and {limit} were allowed"),)


def audio_in_text(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """A response in text alone is billed for audio.

    It was to answer in text, and its usage has output tokens of audio, which cost more.

    Fix: this is the server's; compare with what was delivered.

    ::

        < response.created {"response": {"id": "r"}}
        < response.done {"response": {"id": "r", "status": "completed", "output_modalities": ["text"], "usage": {"output_token_details": {"audio_tokens": 4}}}}     # USE08
        < response.created {"response": {"id": "s"}}
        < response.done {"response": {"id": "s", "status": "completed", "output_modalities": ["audio"], "usage": {"output_token_details": {"audio_tokens": 4}}}}

    Source: openai-python 3.52.0, ``realtime_response.py``.
    """
    used = event.response.usage
    audio = used.output_token_details.audio_tokens if used and used.output_token_details else None
    if not audio:
        return ()
    modalities = event.response.output_modalities or getattr(event.response, "modalities", None)
    if modalities != ["text"]:
        return ()
    path = "$.response.usage.output_token_details.audio_tokens"
    return (Verdict(path, f"the response is in text alone and has {audio} tokens of audio"),)


def context_shortened(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The conversation that the model sees became shorter.

    The response took in fewer tokens than the one before, and nothing in the recording took anything
    away: the server dropped the oldest items to make room. The model no longer knows what was said there.

    Fix: sum old turns up yourself, or set ``truncation`` with a ``retention_ratio``.

    ::

        < session.created {"session": {"type": "realtime"}}
        > response.create {}
        < response.created {"response": {"id": "r"}}
        < response.done {"response": {"id": "r", "conversation_id": "c", "status": "completed", "usage": {"input_tokens": 50}}}
        > response.create {}
        < response.created {"response": {"id": "s"}}
        < response.done {"response": {"id": "s", "conversation_id": "c", "status": "completed", "usage": {"input_tokens": 20}}}     # USE09

    Source: openai-python 3.52.0, ``realtime_session_create_request.py``, on ``truncation``.
    """
    before, used = ledgers.usage.context, event.response.usage
    if before is None or not used or not used.input_tokens or used.input_tokens >= before.input_tokens:
        return ()
    given = used.input_tokens
    if ledgers.usage.disturbed or event.response.conversation_id is None:
        return ()
    message = f"the response takes in {given} tokens, the one before took in {before.input_tokens}"
    remedy = "sum old turns up, or set truncation with a retention_ratio"
    return (Verdict("$.response.usage.input_tokens", message, remedy, (before.line,)),)


def _sum_off(path: str, side: str, whole: Any, details: Any, image: Any = 0) -> Sequence[Verdict]:
    """Modalities that are not the whole; both text and audio have to be told."""
    text, audio = details.text_tokens, details.audio_tokens
    if not (isinstance(text, int) and isinstance(audio, int) and isinstance(whole, int)):
        return ()
    told = text + audio + (image or 0)
    if told == whole:
        return ()
    message = f"the modalities add up to {told}, and {side}_tokens is {whole}"
    return (Verdict(f"{path}.{side}_token_details", message),)


def _cached_by_modality_off(cached: Any, parts: CachedTokens, details: InputTokens) -> list[Verdict]:
    """Modalities that are not all that is cached, or more of one than there is of it."""
    path = "$.response.usage.input_token_details"
    found = []
    by_kind = [(name, getattr(parts, name)) for name in _MODALITIES if isinstance(getattr(parts, name), int)]
    told = sum(number for _, number in by_kind)
    if isinstance(cached, int) and by_kind and told != cached:
        found.append(Verdict(f"{path}.cached_tokens", f"{cached} is not the sum of its modalities, {told}"))
    for name, part in by_kind:
        whole = getattr(details, name)
        if isinstance(whole, int) and part > whole:
            where = f"{path}.cached_tokens_details.{name}"
            found.append(Verdict(where, f"{part} cached {name} are more than all {whole}"))
    return found


_DONE: Final = (response.Done,)

RULES: Final[tuple[Rule, ...]] = (
    Rule("USE01", "error", total_off, _DONE, by_itself=True),
    Rule("USE02", "error", input_off, _DONE, by_itself=True),
    Rule("USE03", "error", output_off, _DONE, by_itself=True),
    Rule("USE04", "error", cached_off, _DONE, by_itself=True),
    Rule("USE05", "warning", usage_missing, _DONE, tier="second", openai_only=True, by_itself=True),
    Rule("USE06", "error", transcription_off, (conversation.InputAudioTranscriptionCompleted,), tier="second"),
    Rule("USE07", "error", more_than_allowed, _DONE, tier="second", by_itself=True),
    Rule("USE08", "error", audio_in_text, _DONE, tier="second", by_itself=True),
    Rule("USE09", "info", context_shortened, _DONE, frozenset({"start", "client", "lossless"}), tier="second"),
)
