"""The dialect of ``/v1/realtime/translations``: speech in one language becomes speech in another.

Source: the unions ``RealtimeTranslationServerEvent`` (7) and ``RealtimeTranslationClientEvent`` (3) of
openai-python 3.52.0.
"""

from __future__ import annotations

from rtcli.events import error
from rtcli.events.event import Event
from rtcli.events.translation import session

TYPES: tuple[type[Event], ...] = (
    # client
    session.Close,
    session.InputAudioBufferAppend,
    session.Update,
    # server
    error.Error,
    session.Closed,
    session.Created,
    session.InputTranscriptDelta,
    session.OutputAudioDelta,
    session.OutputTranscriptDelta,
    session.Updated,
)
