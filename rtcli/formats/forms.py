"""The forms of other people's logs, in the order in which they are tried: the plainest look first."""

from __future__ import annotations

from typing import Final

from rtcli.formats.comments import COMMENTS
from rtcli.formats.document import DOCUMENT
from rtcli.formats.envelopes import CASSETTE, ENVELOPES, FRAMES
from rtcli.formats.form import Form
from rtcli.formats.frame_log import FRAME_LOG
from rtcli.formats.har import HAR
from rtcli.formats.mitmproxy import MITMPROXY
from rtcli.formats.notation import SCRIPT
from rtcli.formats.printed import NODE, PRINTED, PYTHON
from rtcli.formats.session_log import SESSION_LOG
from rtcli.formats.yaml_cassette import YAML

_EVERY: Final[tuple[Form, ...]] = (
    SCRIPT,
    HAR,
    MITMPROXY,
    YAML,
    DOCUMENT,
    CASSETTE,
    FRAMES,
    ENVELOPES,
    SESSION_LOG,
    FRAME_LOG,
    COMMENTS,
    NODE,
    PYTHON,
    PRINTED,
)

FORMS: Final[dict[str, Form]] = {form.name: form for form in _EVERY}
"""Each form by its name."""


def form_of(head: bytes) -> Form | None:
    """The form that the first bytes of a file look like; None where it is none of them."""
    return next((form for form in FORMS.values() if form.knows(head)), None)
