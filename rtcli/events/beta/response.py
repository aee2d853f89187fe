"""Events of beta whose type begins with ``response``.

Six were only renamed in realtime; the others carry beta's items and responses.
"""

from __future__ import annotations

from msgspec import UNSET

from rtcli.events import response
from rtcli.events.beta.configuration import ResponseParams
from rtcli.events.beta.objects import Item, Response
from rtcli.events.event import Maybe


class Create(response.Create, tag="response.create"):
    """The client asks the model to answer now; ``response.created`` follows, or an error."""

    response: Maybe[ResponseParams] = UNSET  # type: ignore[assignment]


class Created(response.Created, tag="response.created"):
    """A response began: asked for by the client, or by VAD at the end of a turn."""

    response: Response


class Done(response.Done, tag="response.done"):
    """The response is over, whatever its status."""

    response: Response


class OutputItemAdded(response.OutputItemAdded, tag="response.output_item.added"):
    """The response begins an item: a message or a function call."""

    item: Item


class OutputItemDone(response.OutputItemDone, tag="response.output_item.done"):
    """The response's item is final."""

    item: Item


class TextDelta(response.OutputTextDelta, tag="response.text.delta"):
    """A piece of the model's text. Realtime: ``response.output_text.delta``."""


class TextDone(response.OutputTextDone, tag="response.text.done"):
    """The model's text, whole or as far as it came. Realtime: ``response.output_text.done``."""


class AudioDelta(response.OutputAudioDelta, tag="response.audio.delta"):
    """A piece of the model's speech. Realtime: ``response.output_audio.delta``."""


class AudioDone(response.OutputAudioDone, tag="response.audio.done"):
    """The model's speech is complete, or was interrupted. Realtime: ``response.output_audio.done``."""


class AudioTranscriptDelta(response.OutputAudioTranscriptDelta, tag="response.audio_transcript.delta"):
    """A piece of what the model's speech says. Realtime: ``response.output_audio_transcript.delta``."""


class AudioTranscriptDone(response.OutputAudioTranscriptDone, tag="response.audio_transcript.done"):
    """What the model's speech says, whole. Realtime: ``response.output_audio_transcript.done``."""


class FunctionCallArgumentsDone(response.FunctionCallArgumentsDone, tag="response.function_call_arguments.done"):
    """A function call's arguments, whole; the client may run the function now.

    Source for ``name``: the package lacks it, and 3 of 3 captured beta servers send it.
    """

    name: Maybe[str] = UNSET  # type: ignore[assignment]
