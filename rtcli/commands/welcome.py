"""Who may come to a listening command, as its options say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from rtcli.commands.address import LOOPBACK
from rtcli.commands.declared import Option

if TYPE_CHECKING:
    from rtcli.links.visitors import Visitors

Origins = Annotated[
    list[str] | None,
    Option(
        "--allow-origin",
        metavar="ORIGIN",
        help="Web pages that may connect, such as https://app.example, or * for all (repeatable). "
        "Default: those of this machine. Apps that are no pages always may.",
        envvar="RTCLI_ALLOW_ORIGIN",
    ),
]


def visitors_of(host: str, origins: list[str] | None) -> Visitors:
    """Who may come where a command listens on `host`."""
    from rtcli.links.visitors import Visitors

    return Visitors(tuple(origin.rstrip("/") for origin in origins or ()), from_here_only=host in LOOPBACK)
