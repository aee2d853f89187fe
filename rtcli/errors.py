"""Everything that rtcli raises on purpose.

::

    RtcliError
    ├── BadOption            an option or argument that cannot be meant
    ├── UnreadableRecording  a file that is no recording, or cannot be read
    ├── RecordingExists      a file that would be overwritten
    ├── RecordingFailed      a record that could not be written
    ├── HandshakeRefused     a server answered, and said no
    └── ConnectionFailed     no server answered, or not as a WebSocket

Each keeps its parts and makes one sentence of them: what, why, and what to do.
"""

from __future__ import annotations


class RtcliError(Exception):
    """The root of all errors raised on purpose; its text is fit to be shown."""


class BadOption(RtcliError):
    """An option or argument that cannot be meant."""

    def __init__(self, option: str, why: str, remedy: str = "") -> None:
        super().__init__(option, why, remedy)
        self.option = option
        self.why = why
        self.remedy = remedy

    def __str__(self) -> str:
        return _sentence(f"{self.option}: {self.why}", self.remedy)


class UnreadableRecording(RtcliError):
    """A file that is no recording, or cannot be read."""

    def __init__(self, name: str, why: str, remedy: str = "") -> None:
        super().__init__(name, why, remedy)
        self.name = name
        self.why = why
        self.remedy = remedy

    def __str__(self) -> str:
        return _sentence(f"cannot read {self.name}: {self.why}", self.remedy)


class RecordingExists(RtcliError):
    """A file that would be overwritten."""

    def __init__(self, name: str, remedy: str = "add to it with --append or replace it with --overwrite") -> None:
        super().__init__(name, remedy)
        self.name = name
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.name} exists already; {self.remedy}"


class RecordingFailed(RtcliError):
    """A record that could not be written; what was written before it is whole."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why)
        self.name = name
        self.why = why

    def __str__(self) -> str:
        return f"cannot write {self.name}: {self.why}"


class HandshakeRefused(RtcliError):
    """A server answered the handshake, and said no."""

    def __init__(
        self, url: str, status: int, code: str = "", said: str = "", request_id: str = "", remedy: str = ""
    ) -> None:
        super().__init__(url, status, code, said, request_id, remedy)
        self.url = url
        self.status = status
        self.code = code
        self.said = said
        self.request_id = request_id
        self.remedy = remedy

    def __str__(self) -> str:
        parts = [f"{self.url} refused the connection: HTTP {self.status}"]
        if self.code:
            parts.append(f" {self.code}")
        if self.said:
            parts.append(f": {self.said.removesuffix('.')}")
        if self.request_id:
            parts.append(f" (request id {self.request_id})")
        return _sentence("".join(parts), self.remedy)


class ConnectionFailed(RtcliError):
    """No server answered, or not as a WebSocket."""

    def __init__(self, url: str, why: str, remedy: str = "") -> None:
        super().__init__(url, why, remedy)
        self.url = url
        self.why = why
        self.remedy = remedy

    def __str__(self) -> str:
        return _sentence(f"cannot connect to {self.url}: {self.why}", self.remedy)


def _sentence(what: str, remedy: str) -> str:
    return f"{what}; {remedy}" if remedy else what
