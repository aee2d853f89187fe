"""Where a server listens, as an option says it."""

from __future__ import annotations

from rtcli.errors import BadOption

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def may_be_address(word: str) -> bool:
    """It is or ends in a port, and not in what else can stand behind an option."""
    before, _, port = word.rpartition(":")
    return port.isdecimal() and not any(map(str.isspace, before))


def address_of(option: str, text: str, *, allow_remote: bool) -> tuple[str, int]:
    """The host and the port.

    Raises:
        BadOption: it is no address, or one that other machines can reach, which must be meant.

    """
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not port.isdigit() or int(port) > 65535:
        raise BadOption(option, f"{text!r} is no address", "write HOST:PORT, such as 127.0.0.1:8766")
    if host not in LOOPBACK and not allow_remote:
        raise BadOption(option, f"{host} can be reached from other machines", "add --allow-remote if that is meant")
    return host, int(port)


def taken(option: str, text: str, error: OSError) -> BadOption:
    """The address cannot be listened on."""
    import errno
    import os

    number = error.errno or 0
    known = number in errno.errorcode  # else its own words are better: the name of the host is not known
    why = f"cannot listen on {text}: {os.strerror(number) if known else error.strerror or error}"
    remedies = {
        errno.EADDRINUSE: "is another server running there? With port 0 a free one is taken",
        errno.EACCES: "take a port from 1024 on; those below are the system's",
    }
    return BadOption(option, why, remedies.get(number, "name an address of this machine, such as 127.0.0.1:0"))
