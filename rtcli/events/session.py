"""Events whose type begins with ``session``."""

from rtcli.events.configuration import RealtimeConfig, RealtimeSession, TranscriptionConfig, TranscriptionSession
from rtcli.events.event import ClientEvent, ServerEvent


class Update(ClientEvent, tag="session.update"):
    """The client changes the session; ``session.updated`` follows, or one error that refuses it whole.

    The model can never be changed, the voice only until the assistant has spoken.
    """

    session: RealtimeConfig | TranscriptionConfig


class Created(ServerEvent, tag="session.created"):
    """The session exists, with the server's defaults: the first event of a connection.

    A sideband connection that attaches to a call does not get it.
    """

    session: RealtimeSession | TranscriptionSession


class Updated(ServerEvent, tag="session.updated"):
    """The whole configuration that is now in force."""

    session: RealtimeSession | TranscriptionSession
