"""The state of a session, folded from its entries: no I/O, no clock, never an exception."""

from __future__ import annotations

from rtcli.session.config import Config
from rtcli.session.fold import Session

__all__ = ["Config", "Session"]
