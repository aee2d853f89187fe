"""How the page words what a recording holds: as the terminal does, whose words it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from rtcli.causes.case import Connection


class Words(NamedTuple):
    """The sentences that are told alike everywhere."""

    kind: Callable[[Any], str]
    """The type of an event; of another record its kind."""
    carried: Callable[[Any], str]
    """What an entry's content says, in one line."""
    facts: Callable[[Connection], list[tuple[str, str]]]
    """What is to be said of a connection before anything else, each with its name."""
