"""A Realtime server without sockets: client events and a clock in, server events out."""

from __future__ import annotations

from rtcli.standin.server import Standin

__all__ = ["Standin"]
