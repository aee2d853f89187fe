"""Builders of events whose type begins with ``response``, and of MCP listings."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, structs

from rtcli.events import mcp_list_tools, response
from rtcli.events.build.ids import NewId, base64_of
from rtcli.events.configuration import ResponseParams
from rtcli.events.event import Maybe
from rtcli.events.objects import Item, Response, StreamedPart


class NewResponse:
    """What a client asks before there is a response with an id."""

    def create(self, params: Maybe[ResponseParams] = UNSET, *, event_id: Maybe[str] = UNSET) -> response.Create:
        """The client asks for a response; the server chooses its id."""
        return response.Create(event_id=event_id, response=params)

    def cancel(self, *, event_id: Maybe[str] = UNSET) -> response.Cancel:
        """The client stops the response in the conversation, whichever that is."""
        return response.Cancel(event_id=event_id)


class ResponseEvents:
    """One response."""

    def __init__(self, new_id: NewId, response_id: str) -> None:
        self._new_id = new_id
        self._id = response_id

    def cancel(self, *, event_id: Maybe[str] = UNSET) -> response.Cancel:
        """The client stops it."""
        return response.Cancel(event_id=event_id, response_id=self._id)

    def created(self, reported: Response | None = None) -> response.Created:
        """It began."""
        return response.Created(event_id=self._new_id(), response=self._named(reported, "in_progress"))

    def done(self, reported: Response | None = None) -> response.Done:
        """It is over."""
        return response.Done(event_id=self._new_id(), response=self._named(reported, "completed"))

    def item(self, item_id: str, output_index: int) -> OutputItem:
        """An item that it writes."""
        return OutputItem(self._new_id, self._id, item_id, output_index)

    def _named(self, reported: Response | None, status: Any) -> Response:
        whole = reported or Response(object="realtime.response", status=status)
        return structs.replace(whole, id=self._id)


class OutputItem:
    """An item that a response writes."""

    def __init__(self, new_id: NewId, response_id: str, item_id: str, output_index: int) -> None:
        self._new_id = new_id
        self._item_id = item_id
        self._index: dict[str, Any] = {"output_index": output_index}
        self._response: dict[str, Any] = {"response_id": response_id}
        self._place: dict[str, Any] = {"response_id": response_id, "item_id": item_id, "output_index": output_index}

    def added(self, item: Item) -> response.OutputItemAdded:
        """The response begins it."""
        named = structs.replace(item, id=self._item_id)
        return response.OutputItemAdded(event_id=self._new_id(), **self._response, **self._index, item=named)

    def done(self, item: Item) -> response.OutputItemDone:
        """It is final."""
        named = structs.replace(item, id=self._item_id)
        return response.OutputItemDone(event_id=self._new_id(), **self._response, **self._index, item=named)

    def content(self, content_index: int) -> Content:
        """A part of it."""
        return Content(self._new_id, {**self._place, "content_index": content_index})

    def function_call(self, call_id: str, name: str) -> FunctionCallEvents:
        """The function call that it is."""
        return FunctionCallEvents(self._new_id, self._place, call_id, name)

    def mcp_call(self) -> McpCallEvents:
        """The call of an MCP tool that it is."""
        return McpCallEvents(self._new_id, self._place)


class Content:
    """A part of an item that a response writes, and its streams."""

    def __init__(self, new_id: NewId, place: dict[str, Any]) -> None:
        self._new_id = new_id
        self._place = place

    def part_added(self, part: StreamedPart) -> response.ContentPartAdded:
        """The part begins."""
        return response.ContentPartAdded(event_id=self._new_id(), **self._place, part=part)

    def part_done(self, part: StreamedPart) -> response.ContentPartDone:
        """The part is final."""
        return response.ContentPartDone(event_id=self._new_id(), **self._place, part=part)

    def text_delta(self, delta: str, *, obfuscation: Maybe[str] = UNSET) -> response.OutputTextDelta:
        """A piece of text."""
        return response.OutputTextDelta(event_id=self._new_id(), **self._place, delta=delta, obfuscation=obfuscation)

    def text_done(self, text: str) -> response.OutputTextDone:
        """The text, whole."""
        return response.OutputTextDone(event_id=self._new_id(), **self._place, text=text)

    def audio_delta(self, audio: bytes, *, obfuscation: Maybe[str] = UNSET) -> response.OutputAudioDelta:
        """A piece of audio; it is base64 on the wire."""
        return response.OutputAudioDelta(
            event_id=self._new_id(), **self._place, delta=base64_of(audio), obfuscation=obfuscation
        )

    def audio_done(self) -> response.OutputAudioDone:
        """The audio is complete."""
        return response.OutputAudioDone(event_id=self._new_id(), **self._place)

    def transcript_delta(self, delta: str, *, obfuscation: Maybe[str] = UNSET) -> response.OutputAudioTranscriptDelta:
        """A piece of what the audio says."""
        return response.OutputAudioTranscriptDelta(
            event_id=self._new_id(), **self._place, delta=delta, obfuscation=obfuscation
        )

    def transcript_done(self, transcript: str) -> response.OutputAudioTranscriptDone:
        """What the audio says, whole."""
        return response.OutputAudioTranscriptDone(event_id=self._new_id(), **self._place, transcript=transcript)


class FunctionCallEvents:
    """The arguments of a function call."""

    def __init__(self, new_id: NewId, place: dict[str, Any], call_id: str, name: str) -> None:
        self._new_id = new_id
        self._place: dict[str, Any] = {**place, "call_id": call_id}
        self._name = name

    def arguments_delta(self, delta: str, *, obfuscation: Maybe[str] = UNSET) -> response.FunctionCallArgumentsDelta:
        """A piece of them."""
        return response.FunctionCallArgumentsDelta(
            event_id=self._new_id(), **self._place, delta=delta, obfuscation=obfuscation
        )

    def arguments_done(self, arguments: str) -> response.FunctionCallArgumentsDone:
        """All of them: JSON text."""
        return response.FunctionCallArgumentsDone(
            event_id=self._new_id(), **self._place, name=self._name, arguments=arguments
        )


class McpCallEvents:
    """The call of an MCP tool, which the server makes by itself."""

    def __init__(self, new_id: NewId, place: dict[str, Any]) -> None:
        self._new_id = new_id
        self._place = place
        self._item: dict[str, Any] = {"item_id": place["item_id"], "output_index": place["output_index"]}

    def arguments_delta(self, delta: str, *, obfuscation: Maybe[str] = UNSET) -> response.McpCallArgumentsDelta:
        """A piece of its arguments."""
        return response.McpCallArgumentsDelta(
            event_id=self._new_id(), **self._place, delta=delta, obfuscation=obfuscation
        )

    def arguments_done(self, arguments: str) -> response.McpCallArgumentsDone:
        """Its arguments, whole: JSON text."""
        return response.McpCallArgumentsDone(event_id=self._new_id(), **self._place, arguments=arguments)

    def in_progress(self) -> response.McpCallInProgress:
        """The tool is called."""
        return response.McpCallInProgress(event_id=self._new_id(), **self._item)

    def completed(self) -> response.McpCallCompleted:
        """The tool answered."""
        return response.McpCallCompleted(event_id=self._new_id(), **self._item)

    def failed(self) -> response.McpCallFailed:
        """The tool failed."""
        return response.McpCallFailed(event_id=self._new_id(), **self._item)


class McpListing:
    """The listing of an MCP server's tools."""

    def __init__(self, new_id: NewId, item_id: str) -> None:
        self._new_id = new_id
        self._item_id = item_id

    def in_progress(self) -> mcp_list_tools.InProgress:
        """The server asks for the tools."""
        return mcp_list_tools.InProgress(event_id=self._new_id(), item_id=self._item_id)

    def completed(self) -> mcp_list_tools.Completed:
        """The tools are known."""
        return mcp_list_tools.Completed(event_id=self._new_id(), item_id=self._item_id)

    def failed(self) -> mcp_list_tools.Failed:
        """The tools could not be had."""
        return mcp_list_tools.Failed(event_id=self._new_id(), item_id=self._item_id)
