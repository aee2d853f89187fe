"""Events of beta whose type begins with ``session``."""

from __future__ import annotations

from rtcli.events import session
from rtcli.events.beta import configuration


class Update(session.Update, tag="session.update"):
    """The client changes the session; ``session.updated`` follows, or one error that refuses it whole."""

    session: configuration.Update  # type: ignore[assignment]


class Created(session.Created, tag="session.created"):
    """The session exists, with the server's defaults: the first event of a connection."""

    session: configuration.Session  # type: ignore[assignment]


class Updated(session.Updated, tag="session.updated"):
    """The whole configuration that is now in force."""

    session: configuration.Session  # type: ignore[assignment]
