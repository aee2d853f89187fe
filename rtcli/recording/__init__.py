"""A recording in memory: its header, its records, and pure functions on them."""

from __future__ import annotations

from rtcli.recording.record import Binary, Close, Control, Frame, Header, Note, Open, Other, Record, Torn

__all__ = ["Binary", "Close", "Control", "Frame", "Header", "Note", "Open", "Other", "Record", "Torn"]
