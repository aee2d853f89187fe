"""SEQ: events in the wrong order or the wrong direction."""

from __future__ import annotations

from edits import add, change, cut, drop, drop_all, event, from_the_other_side, later, move, repeat, value
from row import Row, driven, edited
from sessions import RESPOND, ask, update
from stage import Call


def impatient(call: Call) -> None:
    """A client that asks for a second response while the first is being given."""
    call.send(update(output_modalities=["text"]))
    call.wait(0.1)
    call.send(ask("Good morning!"), RESPOND)
    call.wait(0.15)
    call.send(RESPOND | {"event_id": "again_1"})
    call.wait()


_SECOND_ITEM = event(
    "response.output_item.added",
    response_id=value("response.done", "response.id"),
    output_index=1,
    item={"id": "item_late", "type": "message", "status": "in_progress", "role": "assistant", "content": []},
)

ROWS: tuple[Row, ...] = (
    edited(
        "SEQ01",
        "text",
        "`session.created` is moved behind the `session.updated` that answers the client",
        move("session.created", behind="session.updated"),
    ),
    edited(
        "SEQ02",
        "text",
        "A second `session.created`, with the configuration in force, is added behind `session.updated`",
        add("server", event("session.created", session=value("session.updated", "session")), behind="session.updated"),
    ),
    edited("SEQ03", "text", "`response.created` is left out", drop("response.created")),
    edited("SEQ04", "text", "`response.done` comes twice, with two event ids", repeat("response.done")),
    edited(
        "SEQ05",
        "text",
        "The response begins a second item behind its `response.done`",
        add("server", _SECOND_ITEM, behind="response.done"),
    ),
    edited("SEQ06", "text", "`response.output_item.done` is left out", drop("response.output_item.done")),
    edited(
        "SEQ07",
        "text",
        "`response.content_part.added` and `response.content_part.done` are left out",
        drop_all("response.content_part."),
    ),
    edited(
        "SEQ08",
        "text",
        "The last `response.output_text.delta` comes once more behind `response.output_text.done`",
        repeat("response.output_text.delta#last", behind="response.output_text.done"),
    ),
    edited(
        "SEQ09",
        "text",
        "The last `response.output_text.delta` comes once more behind `response.output_item.done`; "
        "its stream is closed by then, too",
        repeat("response.output_text.delta#last", behind="response.output_item.done"),
        also="SEQ08",
    ),
    edited("SEQ10", "text", "`response.content_part.done` is left out", drop("response.content_part.done")),
    edited("SEQ11", "text", "`response.output_text.done` is left out", drop("response.output_text.done")),
    edited(
        "SEQ12",
        "parallel",
        "The second of three calls has the `output_index` 0 of the first, in all its events",
        change("response.output_item.added#2", output_index=0),
        change("response.function_call_arguments.delta#2", output_index=0),
        change("response.function_call_arguments.done#2", output_index=0),
        change("response.output_item.done#2", output_index=0),
    ),
    edited(
        "SEQ13",
        "text",
        "`response.created` says the status `completed`",
        change("response.created", response__status="completed"),
    ),
    edited(
        "SEQ14",
        "text",
        "`response.done` is `completed`, with the details of a response that the client cancelled",
        change("response.done", response__status_details={"type": "cancelled", "reason": "client_cancelled"}),
    ),
    edited(
        "SEQ15",
        "text",
        "`conversation.item.added` of the answer is left out, and its `conversation.item.done` is not",
        drop("conversation.item.added#2"),
    ),
    edited(
        "SEQ16",
        "webrtc",
        "`output_audio_buffer.stopped` is moved before `response.done`",
        move("output_audio_buffer.stopped", before="response.done"),
    ),
    edited(
        "SEQ17",
        "side_by_side",
        "The response beside the conversation has the conversation's id",
        change("response.created#2", response__conversation_id=value("response.created", "response.conversation_id")),
        change("response.done#2", response__conversation_id=value("response.created", "response.conversation_id")),
        also="SEQ19",
    ),
    driven(
        "SEQ18",
        impatient,
        "The client sends a second `response.create` while the answer is coming, which the server refuses",
        also="ERR01",
    ),
    edited(
        "SEQ19",
        "out_of_band",
        "The response has a conversation's id, although it was asked for with the conversation `none`",
        change("response.created", response__conversation_id="conv_default"),
        change("response.done", response__conversation_id="conv_default"),
    ),
    edited(
        "SEQ20",
        "text",
        "The `response.create` comes from the server",
        from_the_other_side("response.create"),
    ),
    edited("SEQ21", "text", "The recording is cut before `response.done`", cut("response.done")),
    edited(
        "SEQ22",
        "history",
        "`conversation.item.deleted` is left out, and all that follows comes 11 s later",
        drop("conversation.item.deleted"),
        later("conversation.item.create#3", 11),
    ),
    edited(
        "SEQ23",
        "text",
        "`response.output_text.done` is moved behind `response.content_part.done`",
        move("response.output_text.done", behind="response.content_part.done"),
    ),
)
