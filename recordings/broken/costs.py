"""ERR and USE: what the server reports, and what it bills."""

from __future__ import annotations

from edits import Edit, add, change, event, refused, value
from row import Row, driven, edited
from sessions import ask, update
from stage import Call


def short_of_tokens(call: Call) -> None:
    """A client that allows five tokens."""
    call.send(update(output_modalities=["text"], max_output_tokens=5))
    call.wait(0.1)
    call.send(ask("Good morning!"), {"type": "response.create"})
    call.wait()


def _trouble(behind: str, event_id: str | None = None) -> Edit:
    error = {
        "type": "server_error",
        "code": "internal_error",
        "message": "The server had an error while processing your request.",
        "param": None,
        "event_id": event_id,
    }
    return add("server", event("error", error=error), behind=behind)


def _billed(place: str = "response.done", **counts: int | None) -> Edit:
    """Change counts of a response's usage."""
    return change(place, **{f"response__usage__{path}": count for path, count in counts.items()})


_FAILED = {"type": "failed", "error": {"type": "server_error", "code": "internal_error", "message": "Try again."}}

ROWS: tuple[Row, ...] = (
    edited(
        "ERR01", "text", "The server reports trouble of its own behind `session.updated`", _trouble("session.updated")
    ),
    edited(
        "ERR02",
        "text",
        "The client cancels just before `response.done` arrives, and is told that it was too late",
        add("client", event("response.cancel", event_id="cancel_1"), before="response.done"),
        refused(
            "response.cancel", "response_cancel_not_active", "No response is active.", behind="rate_limits.updated"
        ),
    ),
    edited(
        "ERR03",
        "text",
        "`response.done` says that the response failed",
        change("response.done", response__status="failed", response__status_details=_FAILED),
    ),
    driven("ERR04", short_of_tokens, "The client allows five output tokens, and the answer needs more"),
    edited(
        "ERR05",
        "text",
        "The server reports an error and names a client event that was never sent",
        _trouble("session.updated", "event_never_sent"),
        also="ERR01",
    ),
    edited(
        "ERR06",
        "text",
        "The server reports the same trouble three times",
        *(_trouble(place) for place in ("session.updated", "conversation.item.done", "response.content_part.added")),
        also="ERR01",
    ),
    edited(
        "ERR07",
        "text",
        "`rate_limits.updated` says that 300 of 40000 tokens are left",
        change("rate_limits.updated", rate_limits__0__remaining=300),
    ),
    edited(
        "USE01",
        "text",
        "The total is one more than input and output",
        change("response.done", response__usage__total_tokens=lambda lines: _count(lines, "total_tokens") + 1),
    ),
    edited(
        "USE02",
        "text",
        "The input has one token of audio more than the parts add up to",
        _billed(input_token_details__audio_tokens=1),
    ),
    edited(
        "USE03",
        "text",
        "The output has two tokens of audio more than the parts add up to; the response is in text and audio",
        _billed(output_token_details__audio_tokens=2),
        change("response.done", response__output_modalities=["audio"]),
    ),
    edited(
        "USE04",
        "text",
        "Five input tokens are cached, and none of any kind",
        _billed(input_token_details__cached_tokens=5),
    ),
    edited("USE05", "text", "The response is completed without usage", change("response.done", response__usage=None)),
    edited(
        "USE06",
        "transcription",
        "The transcription is billed 20 tokens, for 10 of input and 5 of output",
        change(
            "conversation.item.input_audio_transcription.completed",
            usage={
                "type": "tokens",
                "total_tokens": 20,
                "input_tokens": 10,
                "output_tokens": 5,
                "input_token_details": {"text_tokens": 0, "audio_tokens": 10},
            },
        ),
    ),
    edited(
        "USE07",
        "text",
        "The response was allowed five output tokens",
        change("response.done", response__max_output_tokens=5),
    ),
    edited(
        "USE08",
        "text",
        "Two of the output tokens are billed as audio",
        change(
            "response.done",
            response__usage__output_token_details=lambda lines: {
                "text_tokens": _count(lines, "output_tokens") - 2,
                "audio_tokens": 2,
            },
        ),
    ),
    edited(
        "USE09",
        "chat",
        "The second response is billed five input tokens, in all places",
        _billed("response.done#2", input_tokens=5, input_token_details__text_tokens=5),
        change(
            "response.done#2",
            response__usage__total_tokens=lambda lines: 5 + _count(lines, "output_tokens", "response.done#2"),
        ),
    ),
)


def _count(lines: list[dict[str, object]], name: str, place: str = "response.done") -> int:
    return int(value(place, f"response.usage.{name}")(lines))
