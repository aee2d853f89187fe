"""Causes that lie in function calls: never answered, or made again and again."""

from __future__ import annotations

from collections.abc import Iterable

from rtcli.causes.cause import LINES_KEPT, Cause, Times, Watcher, seconds, several
from rtcli.rules import Finding
from rtcli.session.ledgers import Ledgers


class CallUnanswered(Watcher):
    """A function call never got its output."""

    CODES = ("FUN10",)

    def __init__(self, times: Times) -> None:
        super().__init__(times)
        self._found: list[Finding] = []

    def found(self, finding: Finding, ledgers: Ledgers) -> None:  # noqa: ARG002 - the interface is the watcher's
        """Take in a call."""
        self._found.append(finding)

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:
        """One for all calls."""
        if not self._found:
            return
        line = self._found[0].line
        names = {one.line: one.name for one in ledgers.calls.known.values()}
        name = names.get(line) or "the function"
        until_the_end = seconds(self.times.between(line, ledgers.context.latest_line))
        waited = f" in the {until_the_end} until the end" if until_the_end else ""
        yield Cause(
            name="call-unanswered",
            title=f"A call of {name} was never answered",
            severity="warning",
            side="client",
            lines=tuple(finding.line for finding in self._found[:LINES_KEPT]),
            evidence=self._found[0].message,
            effect=f"the model never learned what {name} gave back{waited}",
            remedy="send a function_call_output for every call, also when the function fails, then response.create",
            weight=3,
            count=len(self._found),
            at_s=self.times.of(line),
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
