"""Who may come to a listening end: apps always, web pages only those of this machine and those that are named.

A page says where it is from (``Origin``). One that has bent a name of its own to this machine (DNS rebinding)
asks for that name (``Host``), which nobody else can know this machine by.

Source: RFC 6455, section 10.2, for the origin; RFC 9110, section 7.2, for the host.
"""

from __future__ import annotations

import ipaddress
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from msgspec import Struct
from websockets.datastructures import Headers

MOST_SESSIONS: Final = 4096
"""How many connections are held at a time, unless the system allows fewer."""
EVERY_PAGE: Final = "*"


class Unwelcome(NamedTuple):
    """Why somebody may not come in."""

    code: str
    why: str


class Visitors(Struct, frozen=True):
    """Who may come in."""

    origins: tuple[str, ...] = ()
    """The pages, such as ``https://app.example``; where there are none, those of this machine."""
    from_here_only: bool = True
    """It listens where only this machine can reach it, so that it has no name of its own."""

    def unwelcome(self, headers: Headers) -> Unwelcome | None:
        """Why whoever says these headers may not come in; None where they may."""
        for origin in headers.get_all("Origin"):
            if not self._is_welcome(origin):
                return Unwelcome("origin_not_allowed", f"a page of {origin} may not connect; --allow-origin lets it")
        for host in headers.get_all("Host") if self.from_here_only else ():
            if not self._is_named(host):
                return Unwelcome("host_not_allowed", f"this is not {host}; --allow-origin lets pages of it connect")
        return None

    def _is_welcome(self, origin: str) -> bool:
        if self.origins:
            return origin in self.origins or EVERY_PAGE in self.origins
        return is_loopback(_name(origin))

    def _is_named(self, host: str) -> bool:
        """Whether the name is one that no stranger can have bent to this machine."""
        name = _name(f"//{host}")
        if "." not in name or is_loopback(name) or _is_address(name):
            return True
        return EVERY_PAGE in self.origins or name in {_name(origin) for origin in self.origins}


FROM_HERE: Final = Visitors()
"""Who may come to an end that only this machine can reach."""


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether the name can only be this machine's."""
    numbers = host.split(".")
    if host in {"localhost", "::1"} or host.endswith(".localhost"):
        return True
    return len(numbers) == 4 and numbers[0] == "127" and all(number.isdigit() for number in numbers)
