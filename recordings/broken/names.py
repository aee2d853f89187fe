"""REF, DLT and DUP: ids that name nothing or two things, and sums that differ from their parts."""

from __future__ import annotations

from edits import add, change, drop, event, repeat, value
from row import Row, driven, edited
from sessions import aside, ask, text
from stage import Call


def misplaced(call: Call) -> None:
    """A client that puts an item behind one that there never was."""
    text(call)
    call.send(ask("Are you there?", 2) | {"previous_item_id": "user_0"})
    call.wait(0.2)


def deleted_unseen(call: Call) -> None:
    """A client that deletes an item that there never was."""
    text(call)
    call.send({"type": "conversation.item.delete", "event_id": "delete_1", "item_id": "user_0"})
    call.wait(0.2)


def reference(call: Call) -> None:
    """A client that lets the model read an item that there never was."""
    call.send(aside(input=[{"type": "item_reference", "id": "user_0"}]))
    call.wait(0.2)


def truncated_text(call: Call) -> None:
    """A client that truncates the user's message."""
    text(call)
    cut = {"type": "conversation.item.truncate", "event_id": "cut_1", "item_id": "user_1", "content_index": 0}
    call.send(cut | {"audio_end_ms": 100})
    call.wait(0.2)


def cancelled_late(call: Call) -> None:
    """A client that cancels when everything is over."""
    text(call)
    call.send({"type": "response.cancel", "event_id": "cancel_1"})
    call.wait(0.2)


def same_id(call: Call) -> None:
    """A client that gives two items one id."""
    text(call)
    call.send(ask("Are you there?") | {"event_id": "ask_2"})
    call.wait(0.2)


_PART_OF_NOTHING = event(
    "response.content_part.added",
    response_id=value("response.created", "response.id"),
    item_id="item_unannounced",
    output_index=1,
    content_index=0,
    part={"type": "text", "text": ""},
)

ROWS: tuple[Row, ...] = (
    edited(
        "REF01",
        "text",
        "A `response.content_part.added` is added for an item that the response has not announced",
        add("server", _PART_OF_NOTHING, behind="response.content_part.added"),
    ),
    edited(
        "REF02",
        "text",
        "`conversation.item.added` of the answer names a predecessor that there never was",
        change("conversation.item.added#2", previous_item_id="item_unknown"),
    ),
    driven(
        "REF03",
        misplaced,
        "The client adds an item behind one that there never was, which the server refuses",
        also="ERR01",
    ),
    driven(
        "REF04",
        deleted_unseen,
        "The client deletes an item that there never was, which the server refuses",
        also="ERR02",
    ),
    driven(
        "REF05",
        reference,
        "The client refers to an item that there never was, which the server refuses",
        also="ERR01",
    ),
    driven(
        "REF06",
        truncated_text,
        "The client truncates the user's written message, which the server refuses",
        also="ERR01",
    ),
    edited(
        "REF07",
        "interruption",
        "The client truncates content 1, and the server does as it is told",
        change("conversation.item.truncate", content_index=1),
        change("conversation.item.truncated", content_index=1),
    ),
    driven(
        "REF08",
        cancelled_late,
        "The client cancels after `response.done`, which the server refuses",
        also="ERR02",
    ),
    edited(
        "REF09",
        "tool",
        "`response.function_call_arguments.done` has another `call_id` than its item",
        change("response.function_call_arguments.done", call_id="call_other"),
    ),
    edited(
        "REF10",
        "text",
        "`response.output_text.done` has another `output_index` than its item",
        change("response.output_text.done", output_index=1),
    ),
    edited(
        "REF11",
        "chat",
        "The second response belongs to another conversation",
        change("response.created#2", response__conversation_id="conv_other"),
        change("response.done#2", response__conversation_id="conv_other"),
    ),
    edited("DLT01", "text", "A `response.output_text.delta` is left out", drop("response.output_text.delta#4")),
    edited(
        "DLT02",
        "spoken",
        "A `response.output_audio_transcript.delta` is left out",
        drop("response.output_audio_transcript.delta#4"),
    ),
    edited(
        "DLT03",
        "tool",
        "A `response.function_call_arguments.delta` is left out",
        drop("response.function_call_arguments.delta#2"),
    ),
    edited(
        "DLT04",
        "mcp",
        "The second `response.mcp_call_arguments.delta` is left out",
        drop("response.mcp_call_arguments.delta#2"),
    ),
    edited(
        "DLT05",
        "text",
        "`response.done` tells another text than was streamed",
        change("response.done", response__output__0__content__0__text="I see."),
    ),
    edited(
        "DUP01",
        "text",
        "`response.done` has the `event_id` of `response.created`",
        change("response.done", event_id=value("response.created", "event_id")),
    ),
    edited(
        "DUP02",
        "chat",
        "The client's second question has the `event_id` of the first",
        change("conversation.item.create#2", event_id="ask_1"),
    ),
    edited(
        "DUP03",
        "text",
        "`conversation.item.added` of the question comes twice, with two event ids",
        repeat("conversation.item.added"),
    ),
    driven(
        "DUP04",
        same_id,
        "The client adds a second item with the id of the first, which the server refuses",
        also="ERR01",
    ),
)
