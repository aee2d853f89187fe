"""The state of a session, folded from its entries: no I/O, no clock, never an exception.

The tree is loaded for those who draw it; rules and ledgers do without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rtcli.session.config import Config

if TYPE_CHECKING:
    from rtcli.session.fold import Session


def __getattr__(name: str) -> Any:
    if name != "Session":
        raise AttributeError(name)
    from rtcli.session.fold import Session  # noqa: PLC0415 - see above

    return Session


__all__ = ["Config", "Session"]
