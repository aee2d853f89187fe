"""The event whose type begins with ``rate_limits``."""

from rtcli.events.event import ServerEvent
from rtcli.events.objects import RateLimit


class Updated(ServerEvent, tag="rate_limits.updated"):
    """What is left of each limit, after a response took its share; may be absent altogether."""

    rate_limits: list[RateLimit]
