"""How the things of a session live: one table of states and of what moves them on.

Law: a thing that is over does not begin again; what comes late is attached to it. What was never
seen to begin can still be seen to end. Source: the state descriptions of openai-python 3.52.0's
event docstrings; for what is missing or late, captured sessions.
"""

from __future__ import annotations

from typing import Final, Literal

Kind = Literal[
    "response",
    "output item",
    "part",
    "stream",
    "item",
    "function call",
    "turn",
    "transcription",
    "MCP listing",
    "MCP call",
    "MCP approval",
]
State = Literal[
    "unseen",
    "created",
    "streaming",
    "completed",
    "cancelled",
    "incomplete",
    "failed",
    "open",
    "done",
    "announced",
    "added",
    "deleted",
    "whole",
    "speaking",
    "stopped",
    "cut",
    "committed",
    "awaiting",
    "answered",
]
Step = str
"""What happens to it: mostly the last word of the event."""

OVER: Final[frozenset[State]] = frozenset({"completed", "cancelled", "incomplete", "failed", "done"})
"""The states of things that the model writes in which nothing more is to come."""

_OUTCOMES: Final[dict[Step, State]] = {
    "completed": "completed",
    "cancelled": "cancelled",
    "incomplete": "incomplete",
    "failed": "failed",
    "done": "completed",
}
_WRITTEN: Final[dict[State, dict[Step, State]]] = {
    "unseen": {"added": "open", "delta": "open", "done": "done"},
    "open": {"added": "open", "delta": "open", "done": "done"},
    "done": {},
}
_AWAITED: Final[dict[State, dict[Step, State]]] = {
    "unseen": {"began": "open", "completed": "completed", "failed": "failed"},
    "open": {"completed": "completed", "failed": "failed"},
    "completed": {},
    "failed": {},
}

TRANSITIONS: Final[dict[Kind, dict[State, dict[Step, State]]]] = {
    "response": {
        "unseen": {"created": "created", "written": "streaming", **_OUTCOMES},
        "created": {"written": "streaming", **_OUTCOMES},
        "streaming": dict(_OUTCOMES),
        "completed": {},
        "cancelled": {},
        "incomplete": {},
        "failed": {},
    },
    "output item": _WRITTEN,
    "part": _WRITTEN,
    "stream": _WRITTEN,
    "item": {
        "unseen": {"announced": "announced", "added": "added", "done": "done", "deleted": "deleted"},
        "announced": {"added": "added", "done": "done", "deleted": "deleted"},
        "added": {"done": "done", "deleted": "deleted"},
        "done": {"deleted": "deleted"},
        "deleted": {"announced": "announced", "added": "added"},
    },
    "turn": {
        "unseen": {"started": "speaking", "committed": "committed"},
        "speaking": {"stopped": "stopped", "dropped": "cut"},
        "stopped": {"committed": "committed", "awaited": "awaiting", "dropped": "cut"},
        "cut": {"committed": "committed"},
        "awaiting": {"answered": "answered", "committed": "committed", "dropped": "committed"},
        "committed": {},
        "answered": {},
    },
    "transcription": _AWAITED,
    "MCP listing": _AWAITED,
    "MCP call": _AWAITED,
    "MCP approval": {"open": {"answered": "answered"}, "answered": {}},
    "function call": {
        "announced": {"whole": "whole", "completed": "completed"},
        "whole": {"completed": "completed"},
        "completed": {},
    },
}
"""By kind and state: what can happen, and what it is then. What is not listed leaves the state as it is."""


def after(kind: Kind, state: State, step: Step) -> State:
    """The state of a thing to which something has happened."""
    return TRANSITIONS[kind][state].get(step, state)
