"""Clean sessions of what the built-in server does not do, written down event by event."""

from __future__ import annotations

import base64
import copy
from typing import Any, Final

from edits import add, drop_all, event, later, value
from sessions import RESPOND, WEATHER, ask, update
from stage import STARTED_UNIX, Line, Stage

from rtcli.standin.settings import MODEL, defaults

Item = dict[str, Any]
_MCP: Final = {
    "type": "mcp",
    "server_label": "library",
    "server_url": "https://library.example/mcp",
    "require_approval": "always",
}
_FOUND: Final = "Lem, Solaris"


class Scripted(Stage):
    """A server that says what a script says."""

    def __init__(self, seed: int, url: str = f"ws://127.0.0.1:8080/v1/realtime?model={MODEL}") -> None:
        super().__init__(url, seed=seed)
        self.session = defaults("realtime", self.ids.new("sess"), MODEL, STARTED_UNIX + 3600)
        self.session["output_modalities"] = ["text"]
        self.conversation_id = self.ids.new("conv")
        self.last_item: str | None = None

    def say(self, kind: str, **fields: Any) -> None:
        """The server sends an event."""
        self.hear({"type": kind, "event_id": self.ids.new("event"), **copy.deepcopy(fields)})
        self.wait(0.002)

    def greet(self, **changes: Any) -> None:
        """The session begins, and is configured."""
        self.say("session.created", session=self.session)
        self.wait(0.05)
        self.send(update(**changes))
        self.say("session.updated", session=self.session | changes)

    def add_item(self, item: Item) -> None:
        """The server takes an item over."""
        self.begin_item(item)
        self.say("conversation.item.done", previous_item_id=self.before, item=item)

    def begin_item(self, item: Item) -> None:
        """An item stands in the conversation."""
        self.before, self.last_item = self.last_item, item["id"]
        self.say("conversation.item.added", previous_item_id=self.before, item=item)

    def create(self, item: Item) -> None:
        """The client adds an item."""
        self.wait(0.1)
        self.send({"type": "conversation.item.create", "item": item})
        self.add_item(item)

    def user_asks(self, text: str, number: int = 1) -> None:
        """The client adds a question and wants an answer."""
        asked = ask(text, number)
        self.send(asked, RESPOND)
        self.add_item(asked["item"] | {"status": "completed"})

    def respond(self, *items: Item) -> None:
        """A response with these items."""
        self.wait(0.05)
        response_id = self.ids.new("resp")
        body: dict[str, Any] = {
            "object": "realtime.response",
            "id": response_id,
            "status": "in_progress",
            "status_details": None,
            "output": [],
            "conversation_id": self.conversation_id,
            "output_modalities": ["text"],
            "max_output_tokens": "inf",
            "usage": None,
            "metadata": None,
        }
        self.say("response.created", response=body)
        for index, item in enumerate(items):
            self.write(item, {"response_id": response_id, "item_id": item["id"], "output_index": index})
        self.say(
            "response.done", response=body | {"status": "completed", "output": list(items), "usage": _usage(60, 9)}
        )

    def write(self, item: Item, place: dict[str, Any]) -> None:
        """The response writes an item."""
        self.wait(0.02)
        here = {"response_id": place["response_id"], "output_index": place["output_index"]}
        blank = _begun(item)
        self.say("response.output_item.added", **here, item=blank)
        self.begin_item(blank)
        if item["type"] == "function_call":
            call_id = {"call_id": item["call_id"]}
            self.say("response.function_call_arguments.delta", **place, **call_id, delta=item["arguments"])
            full = {"name": item["name"], "arguments": item["arguments"]}
            self.say("response.function_call_arguments.done", **place, **call_id, **full)
        elif item["type"] == "mcp_call":
            self._call_mcp(item, place)
        elif item["type"] == "message":
            self._write_text(item["content"][0]["text"], {**place, "content_index": 0})
        self.say("conversation.item.done", previous_item_id=self.before, item=item)
        self.say("response.output_item.done", **here, item=item)

    def _write_text(self, text: str, place: dict[str, Any]) -> None:
        self.say("response.content_part.added", **place, part={"type": "text", "text": ""})
        for number, word in enumerate(text.split()):
            self.say("response.output_text.delta", **place, delta=f" {word}" if number else word)
        self.say("response.output_text.done", **place, text=text)
        self.say("response.content_part.done", **place, part={"type": "text", "text": text})

    def _call_mcp(self, item: Item, place: dict[str, Any]) -> None:
        half = len(item["arguments"]) // 2
        for piece in (item["arguments"][:half], item["arguments"][half:]):
            self.say("response.mcp_call_arguments.delta", **place, delta=piece)
        self.say("response.mcp_call_arguments.done", **place, arguments=item["arguments"])
        where = {"item_id": place["item_id"], "output_index": place["output_index"]}
        self.say("response.mcp_call.in_progress", **where)
        self.wait(0.3)
        self.say("response.mcp_call.completed", **where)


def _begun(item: Item) -> Item:
    """The item as it is announced."""
    if item["type"] == "message":
        return item | {"status": "in_progress", "content": []}
    if item["type"] == "function_call":
        return item | {"status": "in_progress", "arguments": ""}
    return item | {"arguments": "", "output": None} if item["type"] == "mcp_call" else item


def _usage(input_tokens: int, output_tokens: int) -> dict[str, Any]:
    cached = {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0}
    details = {"text_tokens": input_tokens, "audio_tokens": 0, "image_tokens": 0, "cached_tokens": 0}
    return {
        "total_tokens": input_tokens + output_tokens,
        "input_tokens": input_tokens,
        "output_tokens": output_tokens,
        "input_token_details": details | {"cached_tokens_details": cached},
        "output_token_details": {"text_tokens": output_tokens, "audio_tokens": 0},
    }


def _answer(item_id: str, text: str) -> Item:
    content = [{"type": "output_text", "text": text}]
    return {"id": item_id, "type": "message", "status": "completed", "role": "assistant", "content": content}


def parallel(stage: Scripted) -> None:
    """The model calls a function three times in one response; every call gets its output."""
    stage.greet(tools=[WEATHER])
    stage.wait(0.1)
    stage.user_asks("Where is it warmer: in Rome, in Oslo or in Cork?")
    calls = [
        {
            "id": f"item_{city}",
            "type": "function_call",
            "status": "completed",
            "name": "get_weather",
            "call_id": f"call_{city}",
            "arguments": f'{{"city":"{city}"}}',
        }
        for city in ("Rome", "Oslo", "Cork")
    ]
    stage.respond(*calls)
    for call, degrees in zip(calls, ("18 °C", "-4 °C", "9 °C"), strict=True):
        output = {"type": "function_call_output", "call_id": call["call_id"], "output": degrees}
        stage.create({"id": f"out_{call['call_id']}", **output})
    stage.send(RESPOND)
    stage.respond(_answer("item_answer", "In Rome."))


def mcp(stage: Scripted) -> None:
    """An MCP server's tools are listed; the model asks for leave, calls one and answers."""
    stage.greet(tools=[_MCP])
    listing = {"item_id": "mcpl_1"}
    stage.say("mcp_list_tools.in_progress", **listing)
    tool = {"name": "find_book", "description": "Finds a book.", "input_schema": {"type": "object"}}
    listed = {"id": "mcpl_1", "type": "mcp_list_tools", "server_label": "library", "tools": [tool]}
    stage.begin_item(listed | {"tools": []})
    stage.wait(0.2)
    stage.say("mcp_list_tools.completed", **listing)
    stage.say("conversation.item.done", previous_item_id=stage.before, item=listed)
    stage.wait(0.2)
    stage.user_asks("Which book is about an ocean that thinks?")
    call = {"server_label": "library", "name": "find_book", "arguments": '{"about":"a thinking ocean"}'}
    stage.respond({"id": "mcpr_1", "type": "mcp_approval_request", **call})
    allowed = {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True, "reason": None}
    stage.create({"id": "allowed_1", **allowed})
    stage.send(RESPOND)
    made = {"id": "mcp_1", "type": "mcp_call", **call, "approval_request_id": "mcpr_1"}
    stage.respond(made | {"output": _FOUND, "error": None}, _answer("item_answer", "Solaris, by Lem."))


def translation() -> list[Line]:
    """English in, Spanish out, with both transcripts; the client waits until everything is said."""
    stage = Scripted(7, "ws://127.0.0.1:8080/v1/realtime/translations?model=gpt-realtime-translate")
    side: dict[str, Any] = {"noise_reduction": None, "transcription": None}
    session = {
        "id": stage.ids.new("sess"),
        "type": "translation",
        "expires_at": STARTED_UNIX + 3600,
        "model": "gpt-realtime-translate",
        "audio": {"input": side, "output": {"language": "en"}},
        "include": None,
    }
    stage.say("session.created", session=session)
    stage.wait(0.05)
    asked: dict[str, Any] = {
        "input": {"transcription": {"model": "gpt-realtime-whisper"}},
        "output": {"language": "es"},
    }
    stage.send({"type": "session.update", "event_id": "update_1", "session": {"audio": asked}})
    stage.say("session.updated", session=session | {"audio": asked | {"input": side | asked["input"]}})
    heard, said = ("Where", " is", " the", " sea?"), ("¿Dónde", " está", " el", " mar?")
    sound = base64.b64encode(bytes(960)).decode()
    for number in range(4):
        stage.send({"type": "session.input_audio_buffer.append", "audio": sound})
        stage.wait(0.02)
        at = {"elapsed_ms": 200 * (number + 1)}
        stage.say("session.input_transcript.delta", delta=heard[number], **at)
        stage.say("session.output_transcript.delta", delta=said[number], **at)
        shape = {"sample_rate": 24000, "channels": 1, "format": "pcm16"}
        stage.say("session.output_audio.delta", delta=sound, **shape, **at)
    stage.send({"type": "session.close"})
    stage.wait(0.3)
    stage.say("session.closed")
    stage.hang_up()
    return stage.lines


def webrtc(lines: list[Line]) -> list[Line]:
    """The spoken turn as its data channel has it: no audio, but what is said of its playing."""
    lines[0] |= {
        "transport": "webrtc",
        "handshake": False,
        "url": f"https://127.0.0.1:8080/v1/realtime/calls?model={MODEL}",
    }
    del lines[1]
    drop_all("input_audio_buffer.append", "response.output_audio.delta")(lines)
    response_id = value("response.done", "response.id")
    add("server", event("output_audio_buffer.started", response_id=response_id), behind="response.content_part.added")(
        lines
    )
    add("server", event("output_audio_buffer.stopped", response_id=response_id), behind="rate_limits.updated")(lines)
    later("output_audio_buffer.stopped", 1.5)(lines)
    return lines
