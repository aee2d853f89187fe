"""The dialect of GPT-Live: ``/v1/live/sessions``, its sideband connections and forks of stored sessions.

Source: the unions ``ServerEvent`` (28) and ``ClientEvent`` (15) of openai-python 3.52.0, ``types/live``, with
what ``ConnectClientEvent`` adds. ``session.input_audio.append`` and ``transport.dtmf.send`` travel both ways.
"""

from __future__ import annotations

from rtcli.events.event import Event
from rtcli.events.live import decision, error, info, response, session, transport

TYPES: tuple[type[Event], ...] = (
    # client
    decision.Create,
    decision.ItemCreate,
    decision.ItemDelete,
    response.Create,
    response.ItemCreate,
    session.Close,
    session.CommentaryAppend,
    session.InputAudioAppend,
    session.InputAudioMute,
    session.InputAudioUnmute,
    session.InstructionsAppend,
    session.OutputAudioFixturePlay,
    session.Start,
    session.ThinkingAppend,
    session.Update,
    transport.DtmfSend,
    # server
    decision.DecisionEvent,
    decision.ItemCreated,
    decision.ItemDeleted,
    error.Error,
    info.Info,
    response.ResponseEvent,
    session.Closed,
    session.CommentaryAppended,
    session.DelegationCreated,
    session.InputAudioMuted,
    session.InputAudioUnmuted,
    session.InputTranscriptDelta,
    session.InstructionsAppended,
    session.OutputAudioDelta,
    session.OutputAudioFixturePlayed,
    session.OutputAudioFixturePlaying,
    session.OutputTranscriptDelta,
    session.Started,
    session.ThinkingAppended,
    session.Updated,
    session.UsageUpdated,
    transport.Answered,
    transport.DtmfReceived,
    transport.DtmfSent,
    transport.Failed,
    transport.Ringing,
)
