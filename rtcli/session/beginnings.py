"""What began the responses of the conversation: a request of the client, or a turn that the server committed.

Turn detection and the client may both ask for a response at once. Its ``response.created`` does not say
whom it answers; that shows only when the server refuses the client's request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from rtcli.session.ledger import Memory

if TYPE_CHECKING:
    from rtcli.session.request import Request

_KEPT: Final = 64


class Begun(Struct):
    """A response in the conversation, and what may have begun it."""

    request: Request | None
    """The client's ``response.create`` that it seems to answer."""
    commit_line: int
    """Where the server committed a turn that no response had followed; 0 where there was none."""
    is_over: bool = False


class Beginnings:
    """Keeps what began the last responses."""

    def __init__(self) -> None:
        self.commit_line = 0
        """Where the server committed a turn by itself that no response has followed yet; 0 where it did not."""
        self.are_open = False
        """Responses are being given, in the conversation or outside of it."""
        self._begun: Memory[str, Begun] = Memory(_KEPT)
        self._open: Memory[str, bool] = Memory(_KEPT)

    def add(self, response_id: str, request: Request | None, *, in_conversation: bool) -> None:
        """Note a response that begins, and the request that it seems to answer."""
        self._open[response_id] = self.are_open = True
        if in_conversation:
            self._begun[response_id] = Begun(request, self.commit_line)
            self.commit_line = 0

    def end(self, response_id: str) -> None:
        """Note that a response is over."""
        self._open.pop(response_id, None)
        self.are_open = bool(self._open)
        if response_id in self._begun:
            self._begun[response_id].is_over = True

    def starter_of(self, response_id: str, refused: Request | None = None) -> tuple[int, int]:
        """The lines of the ``response.create`` and of the commit that a response seems to follow from.

        At most one of them is not 0. A request that is `refused` was not what began it.
        """
        begun = self._begun.get(response_id)
        if begun is None:
            return 0, 0
        if begun.request is not None and begun.request is not refused:
            return begun.request.line, 0
        return 0, begun.commit_line

    def in_doubt(self, event_id: str) -> Request | None:
        """The request, of that id if it is not empty, that an open response may have been taken to answer wrongly."""
        for begun in reversed(self._begun.values()):
            request = begun.request
            if request is not None and begun.commit_line and not begun.is_over:
                return request if event_id in ("", request.event_id) else None
        return None

    def take_back(self, request: Request) -> None:
        """A request was refused, so that no response has come of it."""
        for begun in self._begun.values():
            if begun.request is request:
                begun.request = None
