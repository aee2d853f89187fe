"""Builders of events whose type begins with ``conversation``."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, structs

from rtcli.events import conversation
from rtcli.events.billed import TranscriptionDuration, TranscriptionTokens
from rtcli.events.build.ids import NewId
from rtcli.events.event import Maybe
from rtcli.events.objects import Conversation, Item, LogProb, TranscriptionError


class NewItem:
    """What a client asks of an item whose id the server is to choose."""

    def create(
        self, item: Item, *, previous_item_id: Maybe[str] = UNSET, event_id: Maybe[str] = UNSET
    ) -> conversation.ItemCreate:
        """The client adds it."""
        return conversation.ItemCreate(event_id=event_id, item=item, previous_item_id=previous_item_id)


class ConversationEvents:
    """The conversation itself."""

    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id

    def created(self, conversation_id: str) -> conversation.Created:
        """A conversation exists."""
        made = Conversation(id=conversation_id, object="realtime.conversation")
        return conversation.Created(event_id=self._new_id(), conversation=made)


class ItemEvents:
    """One item of the conversation."""

    def __init__(self, new_id: NewId, item_id: str) -> None:
        self._new_id = new_id
        self._id = item_id

    def create(
        self, item: Item, *, previous_item_id: Maybe[str] = UNSET, event_id: Maybe[str] = UNSET
    ) -> conversation.ItemCreate:
        """The client adds it, with an id of its own choice."""
        return conversation.ItemCreate(event_id=event_id, item=self._named(item), previous_item_id=previous_item_id)

    def delete(self, *, event_id: Maybe[str] = UNSET) -> conversation.ItemDelete:
        """The client removes it."""
        return conversation.ItemDelete(event_id=event_id, item_id=self._id)

    def retrieve(self, *, event_id: Maybe[str] = UNSET) -> conversation.ItemRetrieve:
        """The client asks for it."""
        return conversation.ItemRetrieve(event_id=event_id, item_id=self._id)

    def truncate(
        self, *, audio_end_ms: int, content_index: int = 0, event_id: Maybe[str] = UNSET
    ) -> conversation.ItemTruncate:
        """The client says how much was heard."""
        return conversation.ItemTruncate(
            event_id=event_id, item_id=self._id, content_index=content_index, audio_end_ms=audio_end_ms
        )

    def added(self, item: Item, *, previous_item_id: Maybe[str] = UNSET) -> conversation.ItemAdded:
        """It stands in the conversation."""
        return conversation.ItemAdded(
            event_id=self._new_id(), item=self._named(item), previous_item_id=previous_item_id
        )

    def done(self, item: Item, *, previous_item_id: Maybe[str] = UNSET) -> conversation.ItemDone:
        """It is final."""
        return conversation.ItemDone(event_id=self._new_id(), item=self._named(item), previous_item_id=previous_item_id)

    def created(self, item: Item, *, previous_item_id: Maybe[str] = UNSET) -> conversation.ItemCreated:
        """It stands in the conversation, as older servers say it."""
        return conversation.ItemCreated(
            event_id=self._new_id(), item=self._named(item), previous_item_id=previous_item_id
        )

    def retrieved(self, item: Item) -> conversation.ItemRetrieved:
        """It is as the server keeps it."""
        return conversation.ItemRetrieved(event_id=self._new_id(), item=self._named(item))

    def deleted(self) -> conversation.ItemDeleted:
        """It is gone."""
        return conversation.ItemDeleted(event_id=self._new_id(), item_id=self._id)

    def truncated(self, *, audio_end_ms: int, content_index: int = 0) -> conversation.ItemTruncated:
        """The server forgot what was not heard."""
        return conversation.ItemTruncated(
            event_id=self._new_id(), item_id=self._id, content_index=content_index, audio_end_ms=audio_end_ms
        )

    def content(self, content_index: int) -> Transcription:
        """A part of it, which may be transcribed."""
        return Transcription(self._new_id, self._id, content_index)

    def _named(self, item: Item) -> Item:
        return structs.replace(item, id=self._id)


class Transcription:
    """The transcription of the user's audio in one part of an item."""

    def __init__(self, new_id: NewId, item_id: str, content_index: int) -> None:
        self._new_id = new_id
        self._place: dict[str, Any] = {"item_id": item_id, "content_index": content_index}

    def delta(
        self, delta: str, *, logprobs: Maybe[list[LogProb]] = UNSET, obfuscation: Maybe[str] = UNSET
    ) -> conversation.InputAudioTranscriptionDelta:
        """A piece of what was said."""
        return conversation.InputAudioTranscriptionDelta(
            event_id=self._new_id(), **self._place, delta=delta, logprobs=logprobs, obfuscation=obfuscation
        )

    def completed(
        self,
        transcript: str,
        *,
        usage: Maybe[TranscriptionTokens | TranscriptionDuration] = UNSET,
        logprobs: Maybe[list[LogProb]] = UNSET,
    ) -> conversation.InputAudioTranscriptionCompleted:
        """What was said, whole."""
        return conversation.InputAudioTranscriptionCompleted(
            event_id=self._new_id(), **self._place, transcript=transcript, usage=usage, logprobs=logprobs
        )

    def failed(self, details: TranscriptionError) -> conversation.InputAudioTranscriptionFailed:
        """It could not be told."""
        return conversation.InputAudioTranscriptionFailed(event_id=self._new_id(), **self._place, error=details)

    def segment(
        self, text: str, *, segment_id: str, speaker: str, start_s: float, end_s: float
    ) -> conversation.InputAudioTranscriptionSegment:
        """What one speaker said, from `start_s` to `end_s` of the item's audio."""
        return conversation.InputAudioTranscriptionSegment(
            event_id=self._new_id(), **self._place, id=segment_id, text=text, speaker=speaker, start=start_s, end=end_s
        )
