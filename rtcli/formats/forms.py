"""The forms of other people's logs, in the order in which they are tried: the plainest look first."""

from __future__ import annotations

from typing import Final

from rtcli.formats.form import Form
from rtcli.formats.har import HAR
from rtcli.formats.notation import SCRIPT

_EVERY: Final[tuple[Form, ...]] = (
    SCRIPT,
    HAR,
)

FORMS: Final[dict[str, Form]] = {form.name: form for form in _EVERY}
"""Each form by its name."""


def form_of(head: bytes) -> Form | None:
    """The form that the first bytes of a file look like; None where it is none of them."""
    return next((form for form in FORMS.values() if form.knows(head)), None)
