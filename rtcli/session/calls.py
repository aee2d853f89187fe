"""Function calls: what was offered, what was called, and what was answered."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from msgspec import Struct

from rtcli.events import conversation, response, session
from rtcli.events.configuration import McpServer
from rtcli.events.objects import FunctionCall, FunctionCallOutput, Message
from rtcli.formats import Entry
from rtcli.session.config import Config
from rtcli.session.ledger import Handler, Ledger, Memory
from rtcli.session.transitions import State, after

REPEATED: Final = 3
_LISTS_KEPT: Final = 16


RUNS_WITHIN_S: Final = 5.0
"""How long a function may run when the connection is closed: nobody can say that it would not have answered."""


class Called(Struct, gc=False):
    """A function call, from its announcement to its answer."""

    call_id: str
    name: str
    line: int
    state: State = "announced"
    settled_t: float | None = None
    """When it was completed, in seconds of the recording."""
    output_line: int = 0
    by_client: bool = False
    """The client put it into the conversation itself."""

    @property
    def whole(self) -> bool:
        """Whether its arguments are complete."""
        return self.state != "announced"

    def is_left_alone(self, t: float | None) -> bool:
        """Whether it has no output at `t` seconds, and has had time enough for one, as far as is known."""
        if not self.settled or self.output_line:
            return False
        return t is None or self.settled_t is None or t - self.settled_t >= RUNS_WITHIN_S

    @property
    def settled(self) -> bool:
        """Whether it is completed, in a completed response."""
        return self.state == "completed"


class Calls(Ledger):
    """The functions of a connection."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.known: Memory[str, Called] = Memory()
        """By call id."""
        self.offered: Memory[str, list[frozenset[str]]] = Memory()
        """By name the arguments that each definition seen so far requires."""
        self.anything_goes = False
        """Tools may be offered that cannot be seen: by an MCP server, a stored prompt, or without a name."""
        self.outputs: Memory[str, int] = Memory()
        """By call id the line of the output."""
        self.row: deque[tuple[str, str, int]] = deque(maxlen=REPEATED)
        """The last calls with nothing said between them: name, arguments, line."""
        self.repeats = 0
        """How many calls in a row, up to the last one, had its name and arguments."""
        self.last: tuple[str, ...] = ()
        """The calls of the last response that is done."""
        self.unanswered_output: tuple[str, int] | None = None
        """The last output that no response followed: call id and line."""

    def missing(self, name: str, given: Iterable[str]) -> frozenset[str]:
        """Arguments that are required by every definition of a function and are not given."""
        definitions = self.offered.get(name)
        if not definitions:
            return frozenset()
        here = frozenset(given)
        lacking = [required - here for required in definitions]
        return min(lacking, key=len)

    def _offers(self, tools: Any) -> None:
        for tool in tools or ():
            if isinstance(tool, McpServer) or not isinstance(getattr(tool, "name", None), str):
                self.anything_goes = True
            else:
                parameters = tool.parameters if isinstance(tool.parameters, dict) else {}
                required = parameters.get("required")
                names = required if isinstance(required, list) else []
                definitions = self.offered.get(tool.name) or []
                known = frozenset(name for name in names if isinstance(name, str))
                if known not in definitions:
                    self.offered[tool.name] = [*definitions[-_LISTS_KEPT:], known]

    def _configured(self, event: Any, _entry: Entry) -> None:
        self._offers(getattr(event.session, "tools", None))
        self.anything_goes = self.anything_goes or bool(getattr(event.session, "prompt", None))

    def _asked(self, event: response.Create, _entry: Entry) -> None:
        asked = event.response
        if asked:
            self._offers(asked.tools)
            self.anything_goes = self.anything_goes or bool(getattr(asked, "prompt", None))
        self.unanswered_output = None

    def _began(self, _event: response.Created, _entry: Entry) -> None:
        self.unanswered_output = None

    def _announced(self, event: Any, entry: Entry) -> None:
        item = event.item
        if isinstance(item, Message):
            return
        if isinstance(item, FunctionCall) and isinstance(item.call_id, str):
            self._called(item.call_id, item.name, entry)

    def _called(self, call_id: str, name: str, entry: Entry) -> Called:
        """The call of that id, known from here on if it was not."""
        called = self.known.get(call_id)
        if called is None:
            called = self.known[call_id] = Called(call_id, name, entry.line)
        return called

    def _created(self, event: conversation.ItemCreate, entry: Entry) -> None:
        item = event.item
        if isinstance(item, Message):
            return
        if isinstance(item, FunctionCall) and isinstance(item.call_id, str):
            self.known[item.call_id] = Called(item.call_id, item.name, entry.line, "whole", by_client=True)
        elif isinstance(item, FunctionCallOutput):
            self.outputs.setdefault(item.call_id, entry.line)
            self.unanswered_output = (item.call_id, entry.line)
            called = self.known.get(item.call_id)
            if called is not None:
                called.output_line = called.output_line or entry.line

    def _whole(self, event: response.FunctionCallArgumentsDone, entry: Entry) -> None:
        called = self._called(event.call_id, event.name or "", entry)
        called.state = after("function call", called.state, "whole")

    def _item_done(self, event: response.OutputItemDone, entry: Entry) -> None:
        item = event.item
        if isinstance(item, Message):
            self.row.clear()
        elif isinstance(item, FunctionCall):
            self._announced(event, entry)
            called = self.known.get(item.call_id or "")
            if called is not None:
                called.state = after("function call", called.state, "whole")
            is_again = bool(self.row) and self.row[-1][:2] == (item.name, item.arguments)
            self.repeats = self.repeats + 1 if is_again else 1
            self.row.append((item.name, item.arguments, entry.line))

    def _done(self, event: response.Done, entry: Entry) -> None:
        done = event.response
        made = [item for item in done.output or () if not isinstance(item, Message) and isinstance(item, FunctionCall)]
        if done.conversation_id is not None:
            self.last = tuple(item.call_id for item in made if isinstance(item.call_id, str)) if made else ()
        for item in made:
            if not isinstance(item.call_id, str):
                continue
            called = self._called(item.call_id, item.name, entry)
            if done.status == "completed" and item.status != "incomplete":
                called.state = after("function call", called.state, "completed")
                called.settled_t = called.settled_t if called.settled_t is not None else entry.t

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        session.Created: _configured,
        session.Updated: _configured,
        session.Update: _configured,
        response.Create: _asked,
        response.Created: _began,
        response.OutputItemAdded: _announced,
        conversation.ItemAdded: _announced,
        conversation.ItemCreated: _announced,
        conversation.ItemRetrieved: _announced,
        conversation.ItemCreate: _created,
        response.FunctionCallArgumentsDone: _whole,
        response.OutputItemDone: _item_done,
        response.Done: _done,
    }
