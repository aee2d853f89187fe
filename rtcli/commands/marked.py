"""Findings marked where they happen: an option of every command that shows a session, and the check behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from rtcli.commands.declared import Option

if TYPE_CHECKING:
    from rtcli.events import Listener
    from rtcli.rules import Check

Marked = Annotated[
    bool,
    Option(
        "--findings/--no-findings",
        help="Mark errors and warnings where they happen, by the rules that are on by default.",
        envvar="RTCLI_FINDINGS",
    ),
]


def check_of(listener: Listener, *, findings: bool) -> Check | None:
    """The check by the rules that are on by default, which hears what the listener hears; None where it is not wanted."""
    if not findings:
        return None
    from rtcli.rules import Check, Codes

    return Check(Codes().rules, listener)
