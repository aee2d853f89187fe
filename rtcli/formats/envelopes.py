"""Events in envelopes of their own, ``{"timestamp": …, "direction": …, "event": {…}}`` in any spelling, one a line."""

from __future__ import annotations

from typing import Final

from rtcli.formats.extraction import Seen, read_strictly, seen
from rtcli.formats.form import Form

_CASSETTE: Final = frozenset({"kind", "direction", "data"})


def _first(head: bytes) -> Seen | None:
    """The first event in an envelope, if that is JSON and nothing stands before it; a log may begin otherwise."""
    first = next((one for one in seen(head) if one.enveloped), None)
    return first if first is not None and first.value.notation == "json" and not first.value.prefix else None


def _is_cassette(head: bytes) -> bool:
    first = _first(head)
    return first is not None and first.names >= _CASSETTE


def _has_frames(head: bytes) -> bool:
    first = _first(head)
    return first is not None and (first.as_text or "frames" in first.names)


def _has_events(head: bytes) -> bool:
    return _first(head) is not None


CASSETTE: Final = Form("cassette", "a cassette in JSON lines", _is_cassette, read_strictly)
FRAMES: Final = Form("frames", "frames as JSON strings", _has_frames, read_strictly)
ENVELOPES: Final = Form("envelopes", "events in envelopes of their own", _has_events, read_strictly)
