"""Tells another program's log from a recording of ours that is damaged, which may look like one."""

from __future__ import annotations

from typing import Final

from rtcli.formats.document import DOCUMENT
from rtcli.formats.envelopes import CASSETTE, ENVELOPES, FRAMES
from rtcli.formats.extraction import seen
from rtcli.formats.form import SNIFFED_BYTES, Form
from rtcli.formats.printed import PRINTED
from rtcli.formats.reading import form_of

_IN_JSON: Final = (DOCUMENT, CASSETTE, FRAMES, ENVELOPES)
"""Those that records of ours are taken for where they lie over many lines, or in a list."""
_OURS: Final = frozenset({"t", "from", "event", "rtcli", "type", "event_id"})


def foreign(head: list[bytes]) -> Form | None:
    """The form that the first lines have; None where what stands in them are records or events, however they lie."""
    form = form_of(head)
    if form is None or form is PRINTED:
        return None
    if form not in _IN_JSON:
        return form
    found = seen(b"".join(head)[:SNIFFED_BYTES])
    ours = [one for one in found if not one.enveloped or one.names <= _OURS]
    return None if ours and len(ours) == len(found) else form
