"""The event whose type is ``error``."""

from rtcli.events.event import ServerEvent
from rtcli.events.objects import ErrorDetails


class Error(ServerEvent, tag="error"):
    """The server refuses a client event or is in trouble itself; most sessions go on.

    ``error.event_id`` names the client event that caused it, or is null when that event had no id.
    """

    error: ErrorDetails
