"""How a recorded client fared with a live server, before the two sessions are laid beside each other."""

from __future__ import annotations

from rich.text import Text

from rtcli.script.difference import Comparison, Difference
from rtcli.views.text import said


def first_difference(compared: Comparison) -> Difference | None:
    """Where the two sessions first went apart: an event that only one has, else one that says something else."""
    for lacking in (True, False):
        found = [one for one in compared.differences if (one.what != "changed") == lacking]
        if found:
            return min(found, key=lambda one: one.line_a or one.line_b or 0)
    return None


def course(stuck: int | None, compared: Comparison, *, closed_early: bool, code: int | None) -> Text | None:
    """What kept the client from saying everything, and the first divergence; None where there is neither."""
    told = Text()
    if stuck is not None:
        told.append(f"line {stuck} was not sent: what it waits for did not come\n", "red")
    if closed_early:
        told.append(f"the server ended the connection early{f' with code {code}' if code else ''}\n", "red")
    first = first_difference(compared)
    if first is not None:
        told.append("first divergence: ", "bold").append(_told(first))
    told.rstrip()
    return told if told.plain else None


def _told(one: Difference) -> str:
    kind = said(one.type)
    match one.what:
        case "missing":
            return f"{kind} of line {one.line_a} did not come\n"
        case "additional":
            return f"{kind} came, in line {one.line_b} of the new recording\n"
    return f"{kind} says something else at {said(one.path)} (lines {one.line_a} and {one.line_b})\n"
