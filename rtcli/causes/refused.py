"""Requests for responses that were refused because another response was being given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import ClassVar, Final, NamedTuple

from msgspec import Struct

from rtcli.causes.cause import LINES_KEPT, Cause, Handler, Times, Watcher, Weight, seconds
from rtcli.events import conversation, error, response
from rtcli.events.objects import FunctionCallOutput
from rtcli.formats import Entry
from rtcli.session.ledger import Memory
from rtcli.session.ledgers import Ledgers

OCCUPIED: Final = "conversation_already_has_active_response"
_ASKED_KEPT: Final = 64


class Refusal(NamedTuple):
    """How a refused request is told, by what it was for."""

    name: str
    title: str
    remedy: str
    weight: Weight
    brings: tuple[str, ...] = ("SEQ18", "TUR08", "ERR06", "ERR01")


_UNSPOKEN: Final = Refusal(
    "lost-response",
    "A response was asked for while another was given, and was refused",
    "keep the request until response.done, then send it again",
    3,
    ("SEQ18", "TUR08", "FUN11", "ERR06", "ERR01"),
)
_NOT_NEEDED: Final = Refusal(
    "answered-twice",
    "The client asks for a response that turn detection gives by itself",
    "drop the response.create, or set create_response to false",
    2,
)
_ASKED_TWICE: Final = Refusal(
    "response-refused",
    "The client asks for a response while the one that it asked for before is given",
    "wait for response.done before the next response.create, or cancel the response first",
    2,
)


class Lost(Struct):
    """A request for a response that was refused because another was being given."""

    line: int
    """Of the request; 0 where it is not in the recording."""
    error_line: int
    running: str
    running_line: int
    asked_line: int
    """Of the client's request for the response that was running; 0 where turn detection began it."""
    commit_line: int
    """Of the commit of turn detection that it answers."""
    output_line: int
    """Of the tool's output that the request was to have spoken; 0 where there is none."""
    tool: str
    again_line: int = 0
    """Where a response was asked for again."""
    next_line: int = 0
    """Where the next response began."""
    next_asked: bool = False

    @property
    def kind(self) -> Refusal:
        """Which sort of refusal it is."""
        if self.output_line:
            return _UNSPOKEN
        return _ASKED_TWICE if self.asked_line else _NOT_NEEDED


class LostResponse(Watcher):
    """A response was asked for while another was being given, and was refused."""

    def __init__(self, times: Times) -> None:
        super().__init__(times)
        self._lost: list[Lost] = []
        self._counts: Counter[Refusal] = Counter()
        self._output: tuple[str, int] | None = None
        """The last output that no response has been created after: call id and line."""
        self._spoken: Memory[int, tuple[str, int]] = Memory(_ASKED_KEPT)
        """By line of a request: the output that it asks the model to speak."""

    def _answered(self, event: conversation.ItemCreate, entry: Entry, _ledgers: Ledgers) -> None:
        if isinstance(event.item, FunctionCallOutput):
            self._output = (event.item.call_id, entry.line)

    def _asked(self, event: response.Create, entry: Entry, _ledgers: Ledgers) -> None:
        if getattr(event.response or None, "conversation", None) == "none":
            return
        if self._output is not None:
            self._spoken[entry.line] = self._output
        for lost in self._lost:
            lost.again_line = lost.again_line or entry.line

    def _failed(self, event: error.Error, entry: Entry, ledgers: Ledgers) -> None:
        if event.error.code != OCCUPIED:
            return
        request, running = ledgers.obligations.settled, ledgers.lifecycle.speaking
        call_id, output_line = (self._spoken.get(request.line) if request else self._output) or ("", 0)
        called = ledgers.calls.known.get(call_id)
        lost = Lost(
            request.line if request else 0,
            entry.line,
            running.id if running else "",
            running.line if running else 0,
            *ledgers.obligations.beginnings.starter_of(running.id if running else ""),
            output_line,
            called.name if called else "",
        )
        self._counts[lost.kind] += 1
        if self._counts[lost.kind] <= LINES_KEPT:
            self._lost.append(lost)

    def _created(self, event: response.Created, entry: Entry, ledgers: Ledgers) -> None:
        if event.response.conversation_id is None:
            return
        one = ledgers.lifecycle.responses.get(event.response.id or "")
        self._output = None
        for lost in self._lost:
            if not lost.next_line:
                lost.next_line, lost.next_asked = entry.line, bool(one and one.asked)

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:  # noqa: ARG002 - the interface is the watcher's
        """One for each sort of refusal."""
        for kind in (_UNSPOKEN, _NOT_NEEDED, _ASKED_TWICE):
            lost = [one for one in self._lost if one.kind is kind]
            if lost:
                yield self._cause(kind, lost)

    def _cause(self, kind: Refusal, lost: list[Lost]) -> Cause:
        first = lost[0]
        where = f"the response.create in line {first.line}" if first.line else "a response.create"
        running = f"{first.running or 'another response'} was running"
        lines = (first.line, first.error_line, first.running_line, first.output_line, first.next_line)
        return Cause(
            name=kind.name,
            title=kind.title,
            severity="error",
            side="client",
            lines=tuple(dict.fromkeys(line for line in lines if line)),
            evidence=f"{where} was refused: {running}, begun by {_starter(first)}",
            effect=self._effect(first),
            remedy=kind.remedy,
            weight=kind.weight,
            count=self._counts[kind],
            at_s=self.times.of(first.error_line),
            brings=kind.brings,
        )

    def _effect(self, lost: Lost) -> str:
        if not lost.output_line:
            return f"{lost.running or 'the running response'} went on; the request was lost"
        answer = f"the answer of {lost.tool}" if lost.tool else "the tool's output"
        if not lost.next_line:
            return f"{answer} was never spoken; no response came after it"
        after = seconds(self.times.between(lost.error_line, lost.next_line))
        when = f" {after} later" if after else f" in line {lost.next_line}"
        if lost.again_line and lost.again_line <= lost.next_line and lost.next_asked:
            return f"{answer} was spoken only when the client asked again: the next response came{when}"
        return f"{answer} was not spoken, and never asked for again; the next response came{when}"

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        conversation.ItemCreate: _answered,
        response.Create: _asked,
        response.Created: _created,
        error.Error: _failed,
    }


def _starter(lost: Lost) -> str:
    if lost.asked_line:
        return f"the client's response.create in line {lost.asked_line}"
    return f"turn detection, after the commit in line {lost.commit_line}" if lost.commit_line else "the server"
