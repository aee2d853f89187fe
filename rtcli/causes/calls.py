"""Causes that lie in function calls: never answered, or made again and again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rtcli.causes.cause import LINES_KEPT, Cause, Times, Watcher, seconds, several
from rtcli.rules import Finding
from rtcli.session.calls import Called
from rtcli.session.ledgers import Ledgers

LONG_S: Final = 15.0
"""After which wait a call counts as never answered, though the recording ends without a close."""

UNSPOKEN_S: Final = 5.0
"""After which wait an output counts as never spoken; some clients hang up right behind their last one."""


class CallUnanswered(Watcher):
    """A function call never got its output."""

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:
        """One for all calls that the connection ended without, or that waited long before the recording ends."""
        waiting = [one for one in ledgers.calls.known.values() if self._waits(one, ledgers)]
        if not waiting or not {"client", "lossless"} <= ledgers.context.kept:
            return
        first = waiting[0]
        name = first.name or "the function"
        until_the_end = seconds(self.waited_s(first.line, ledgers))
        waited = f" in the {until_the_end} until the end" if until_the_end else ""
        yield Cause(
            name="call-unanswered",
            title=f"A call of {name} was never answered",
            severity="warning",
            side="client",
            lines=tuple(one.line for one in waiting[:LINES_KEPT]),
            evidence=f"the call {first.call_id} of {name} has no output",
            effect=f"the model never learned what {name} gave back{waited}",
            remedy="send a function_call_output for every call, also when the function fails, then response.create",
            weight=3,
            count=len(waiting),
            at_s=self.times.of(first.line),
            brings=("FUN10",),
        )

    def _waits(self, called: Called, ledgers: Ledgers) -> bool:
        if not called.settled or called.by_client or called.call_id in ledgers.calls.outputs:
            return False
        if "end" in ledgers.context.kept:
            return called.is_left_alone(ledgers.context.latest_t)
        return (self.waited_s(called.line, ledgers) or 0) >= LONG_S


class OutputUnspoken(Watcher):
    """The output of a function was sent, and no response was asked for."""

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:
        """One, where the call went on for a while without it."""
        if ledgers.calls.unanswered_output is None or not {"client", "lossless"} <= ledgers.context.kept:
            return
        call_id, line = ledgers.calls.unanswered_output
        waited_s = self.waited_s(line, ledgers) or 0
        if waited_s < UNSPOKEN_S:
            return
        called = ledgers.calls.known.get(call_id)
        name = called.name if called and called.name else "the function"
        yield Cause(
            name="output-unspoken",
            title=f"The answer of {name} was never spoken",
            severity="warning",
            side="client",
            lines=(line,),
            evidence=f"the output of the call {call_id} was sent, and no response was asked for",
            effect=f"no response came in the {seconds(waited_s)} until the end",
            remedy="send response.create behind the output",
            weight=3,
            at_s=self.times.of(line),
            brings=("FUN11",),
        )


class CallLoop(Watcher):
    """The model makes the same call again and again."""

    CODES = ("FUN09",)

    def __init__(self, times: Times) -> None:
        super().__init__(times)
        self._found: list[Finding] = []
        self._name = ""

    def found(self, finding: Finding, ledgers: Ledgers) -> None:
        """Take in the call that was one too many."""
        if not self._found and ledgers.calls.row:
            self._name = ledgers.calls.row[-1][0]
        self._found.append(finding)
        del self._found[LINES_KEPT:]

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:  # noqa: ARG002
        """One for all repetitions."""
        if not self._found:
            return
        first, last = self._found[0], self._found[-1]
        lines = dict.fromkeys((*sorted({*first.lines, first.line}), *(one.line for one in self._found)))
        lasted = seconds(self.times.between(min(lines), last.line))
        calls = several(len(lines), "time")
        yield Cause(
            name="call-loop",
            title=f"The model calls {self._name or 'a function'} again and again with the same arguments",
            severity="warning",
            side="client",
            lines=tuple(lines)[:LINES_KEPT],
            evidence=first.message,
            effect=f"it was called {calls}{' in ' + lasted if lasted else ''} with nothing said between",
            remedy="let the output say what went wrong and what to do instead; then ask with tool_choice none",
            weight=3,
            at_s=self.times.of(min(lines)),
        )
