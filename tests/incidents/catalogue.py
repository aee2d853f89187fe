"""Every incident with the name of its cause: a function gives the lines, `healthy` the call without the fault."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from incidents import turns

Incident = Callable[..., list[str]]

INCIDENTS: tuple[tuple[str, str, Incident], ...] = (
    ("lost-response", "a tool's output and VAD at once", turns.lost_response),
    ("lost-response", "and never told", partial(turns.lost_response, ever_told=False)),
    ("truncated-beyond-audio", "by the clock on the wall", turns.truncated_beyond_audio),
    ("answered-twice", "by the client and by VAD", turns.answered_twice),
    ("empty-commit", "after each commit of VAD", turns.empty_commit),
)
"""The name of the first cause, what is told in this call, and the call."""
