"""Causes that lie in responses: given twice, failed, or not cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

from rtcli.causes.cause import LINES_KEPT, Cause, Handler, Times, Watcher, seconds, several
from rtcli.causes.refused import OCCUPIED
from rtcli.events import error, response
from rtcli.formats import Entry
from rtcli.rules import Finding
from rtcli.session.ledgers import Ledgers

NOTHING_TO_CANCEL: Final = "response_cancel_not_active"
_RATE_LIMITED: Final = frozenset({"rate_limit_exceeded", "insufficient_quota"})


class AnsweredTwice(Watcher):
    """The client asks for responses that turn detection gives by itself, and both are given."""

    CODES = ("TUR08",)

    def __init__(self, times: Times) -> None:
        super().__init__(times)
        self._found: list[Finding] = []
        self._count = 0
        self._refused = False

    def found(self, finding: Finding, ledgers: Ledgers) -> None:  # noqa: ARG002
        """Take in a request that was not needed."""
        self._count += 1
        if len(self._found) < LINES_KEPT:
            self._found.append(finding)

    def _failed(self, event: error.Error, _entry: Entry, _ledgers: Ledgers) -> None:
        self._refused = self._refused or event.error.code == OCCUPIED

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:  # noqa: ARG002
        """One for all of them."""
        if not self._found:
            return
        refused = "; one of the two was refused" if self._refused else ""
        yield Cause(
            name="answered-twice",
            title="The client asks for a response that turn detection gives by itself",
            severity="warning",
            side="client",
            lines=tuple(finding.line for finding in self._found),
            evidence=self._found[0].message,
            effect=f"{several(self._count, 'turn')} answered twice{refused}",
            remedy="drop the response.create, or set create_response to false",
            weight=2,
            count=self._count,
            at_s=self.times.of(self._found[0].line),
            brings=("SEQ17", "SEQ18", "ERR06"),
        )

    HANDLERS: ClassVar[Mapping[type, Handler]] = {error.Error: _failed}


class Failed(Watcher):
    """Responses failed; a rate limit has a name of its own."""

    def __init__(self, times: Times) -> None:
        super().__init__(times)
        self._failed: dict[str, list[tuple[int, str, str]]] = {}
        self._counts: dict[str, int] = {}
        self._next_line = 0

    def _refused(self, event: error.Error, entry: Entry, _ledgers: Ledgers) -> None:
        if event.error.code in _RATE_LIMITED:
            self._note("rate-limited", entry.line, event.error.code or "", event.error.message)

    def _note(self, name: str, line: int, code: str, message: str) -> None:
        self._counts[name] = self._counts.get(name, 0) + 1
        if len(self._failed.setdefault(name, [])) < LINES_KEPT:
            self._failed[name].append((line, code, message))

    def _created(self, _event: response.Created, entry: Entry, _ledgers: Ledgers) -> None:
        if self._failed:
            self._next_line = self._next_line or entry.line

    def _done(self, event: response.Done, entry: Entry, _ledgers: Ledgers) -> None:
        if event.response.status != "failed":
            return
        why = getattr(event.response.status_details or None, "error", None) or None
        code, message = (getattr(why, "code", None) or ""), (getattr(why, "message", None) or "")
        name = "rate-limited" if code in _RATE_LIMITED else "response-failed"
        self._note(name, entry.line, code, message)

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:  # noqa: ARG002
        """One for rate limits, one for everything else."""
        for name, failed in self._failed.items():
            line, code, message = failed[0]
            limited = name == "rate-limited"
            after = seconds(self.times.between(line, self._next_line)) if self._next_line else ""
            yield Cause(
                name=name,
                title="A rate limit made a response fail" if limited else "A response failed",
                severity="error",
                side="client" if limited else "server",
                lines=tuple(number for number, _, _ in failed),
                evidence=f"the server: {' '.join(word for word in (code, message) if word) or 'no reason is given'}",
                effect="nothing was said" + (f"; the next response came {after} later" if after else " any more"),
                remedy="wait until the limit is reset, then ask again" if limited else "ask again with response.create",
                weight=3,
                count=self._counts[name],
                at_s=self.times.of(line),
                brings=("ERR03", "ERR06", "ERR07", "TUR16") if limited else ("ERR03", "ERR06"),
            )

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        response.Created: _created,
        response.Done: _done,
        error.Error: _refused,
    }


class CancelMissed(Watcher):
    """A cancel hit nothing, because the response that runs is outside the conversation."""

    def __init__(self, times: Times) -> None:
        super().__init__(times)
        self._missed: list[tuple[int, str]] = []
        self._error_lines: list[int] = []
        self._ended: dict[str, tuple[int, str]] = {}

    def _cancelled(self, event: response.Cancel, entry: Entry, ledgers: Ledgers) -> None:
        running = list(ledgers.lifecycle.open.values())
        outside = [one for one in running if not one.in_conversation]
        if not event.response_id and outside and len(outside) == len(running) and len(self._missed) < LINES_KEPT:
            self._missed.append((entry.line, outside[0].id))

    def _failed(self, event: error.Error, entry: Entry, _ledgers: Ledgers) -> None:
        if self._missed and event.error.code == NOTHING_TO_CANCEL:
            self._error_lines.append(entry.line)

    def _done(self, event: response.Done, entry: Entry, _ledgers: Ledgers) -> None:
        if any(response_id == event.response.id for _, response_id in self._missed):
            self._ended[event.response.id or ""] = entry.line, event.response.status or ""

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:  # noqa: ARG002
        """One for all cancels of that kind."""
        missed = [(line, one) for line, one in self._missed if self._ended.get(one, (0, ""))[1] != "cancelled"]
        if not missed:
            return
        line, response_id = missed[0]
        end_line, status = self._ended.get(response_id, (0, ""))
        after = seconds(self.times.between(line, end_line))
        end = f" to its end ({status}{', ' + after + ' later' if after else ''})" if end_line else ""
        yield Cause(
            name="cancel-missed",
            title="A response outside the conversation was not cancelled",
            severity="warning",
            side="client",
            lines=(
                *(number for number, _ in missed),
                *self._error_lines[:LINES_KEPT],
                *((end_line,) if end_line else ()),
            ),
            evidence=f"response.cancel without response_id cancels in the conversation only; {response_id} is outside it",
            effect=f"{response_id} ran on{end}, and was billed",
            remedy="name it: send response.cancel with its response_id",
            weight=2,
            count=len(missed),
            at_s=self.times.of(line),
            brings=("REF08",),
        )

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        response.Cancel: _cancelled,
        response.Done: _done,
        error.Error: _failed,
    }
