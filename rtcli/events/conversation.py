"""Events whose type begins with ``conversation``: items and their transcriptions."""

from msgspec import UNSET

from rtcli.events.billed import TranscriptionDuration, TranscriptionTokens
from rtcli.events.event import ClientEvent, Index, Maybe, Milliseconds, ServerEvent
from rtcli.events.objects import Conversation, Item, Language, LogProb, TranscriptionError


class ItemCreate(ClientEvent, tag="conversation.item.create"):
    """The client adds an item: a message, a function's output, a piece of history.

    ``conversation.item.added`` and ``.done`` follow, or an error. ``previous_item_id`` says behind
    which item it goes, ``root`` puts it first; assistant audio cannot be added this way.
    """

    item: Item
    previous_item_id: Maybe[str] = UNSET


class ItemDelete(ClientEvent, tag="conversation.item.delete"):
    """The client removes an item; ``conversation.item.deleted`` follows, or an error."""

    item_id: str


class ItemRetrieve(ClientEvent, tag="conversation.item.retrieve"):
    """The client asks for an item as the server keeps it; ``conversation.item.retrieved`` follows."""

    item_id: str


class ItemTruncate(ClientEvent, tag="conversation.item.truncate"):
    """The client says how much of the assistant's audio was heard.

    The server forgets the rest, its transcript too, and answers with ``conversation.item.truncated``.
    """

    item_id: str
    content_index: Index
    audio_end_ms: Milliseconds


class Created(ServerEvent, tag="conversation.created"):
    """A conversation exists. Deprecated; servers of today leave it out."""

    conversation: Conversation


class ItemAdded(ServerEvent, tag="conversation.item.added"):
    """An item stands in the conversation; if a response is writing it, its content is still empty.

    Right after ``response.output_item.added`` for an assistant's item.
    """

    item: Item
    previous_item_id: Maybe[str] = UNSET


class ItemCreated(ServerEvent, tag="conversation.item.created"):
    """The beta's word for ``conversation.item.added``, kept in the GA type list as deprecated."""

    item: Item
    previous_item_id: Maybe[str] = UNSET


class ItemDone(ServerEvent, tag="conversation.item.done"):
    """An item is final; for an assistant's item just before ``response.output_item.done``.

    ``previous_item_id`` is null when the predecessor is the first item of the conversation, even
    where ``conversation.item.added`` named it. Source: 31 of 84 captured events.
    """

    item: Item
    previous_item_id: Maybe[str] = UNSET


class ItemDeleted(ServerEvent, tag="conversation.item.deleted"):
    """The item that the client named is gone."""

    item_id: str


class ItemRetrieved(ServerEvent, tag="conversation.item.retrieved"):
    """An item as the server keeps it: the only event that brings back stored audio."""

    item: Item


class ItemTruncated(ServerEvent, tag="conversation.item.truncated"):
    """The assistant's audio was cut at ``audio_end_ms``; servers do it by themselves on WebRTC."""

    item_id: str
    content_index: Index
    audio_end_ms: Milliseconds


class InputAudioTranscriptionDelta(ServerEvent, tag="conversation.item.input_audio_transcription.delta"):
    """A piece of what the user said; streaming models send it before the audio is committed.

    Source for ``obfuscation``: 84 captured events.
    """

    item_id: str
    content_index: Maybe[Index] = UNSET
    delta: Maybe[str] = UNSET
    logprobs: Maybe[list[LogProb]] = UNSET
    obfuscation: Maybe[str] = UNSET


class InputAudioTranscriptionSegment(ServerEvent, tag="conversation.item.input_audio_transcription.segment"):
    """A stretch of the user's speech with its speaker, from diarizing models; times in seconds."""

    item_id: str
    content_index: Index
    id: str
    speaker: str
    start: float
    end: float
    text: str


class InputAudioTranscriptionCompleted(ServerEvent, tag="conversation.item.input_audio_transcription.completed"):
    """What the user said, whole; it comes at any time relative to the response.

    ``usage`` is optional here: whisper-1 leaves it out. Source: 12 of 12 captured events.
    """

    item_id: str
    content_index: Index
    transcript: str
    usage: Maybe[TranscriptionTokens | TranscriptionDuration] = UNSET
    logprobs: Maybe[list[LogProb]] = UNSET
    languages: Maybe[list[Language]] = UNSET


class InputAudioTranscriptionFailed(ServerEvent, tag="conversation.item.input_audio_transcription.failed"):
    """The user's speech could not be transcribed; the conversation goes on without the text."""

    item_id: str
    content_index: Index
    error: TranscriptionError
