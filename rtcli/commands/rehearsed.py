"""A recording that is played to a server, and how the new session differs from it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rtcli.commands.source import Source
    from rtcli.formats import Entry
    from rtcli.formats.writer import Mode
    from rtcli.links.replay_client import Outcome
    from rtcli.script.difference import Comparison
    from rtcli.script.performance import Timing


_NAMED = {"openai", "azure"}
"""Targets whose address says nothing of the model; the one that was recorded is asked for again."""


class Rehearsed:
    """A recording as a client."""

    def __init__(self, source: Source, *, json: bool) -> None:
        self._source = source
        self._file = source.path
        self._entries: list[Entry] = list(source)
        self._json = json

    def to(
        self,
        word: str,
        *,
        model: str | None,
        header: list[str] | None,
        output: Path | None,
        mode: Mode,
        timing: Timing,
        wait_s: float,
    ) -> int:
        """Play it to the target that a word names; gives back the exit code."""
        from rtcli import __version__
        from rtcli.links.connect import Keep
        from rtcli.links.replay_client import Plan, rehearse
        from rtcli.links.target import header_of, target_of
        from rtcli.script.rehearsal import Rehearsal

        query = self._query()
        intent = {name: value for name, value in query.items() if name == "intent"}
        recorded = query.get("model") if word in _NAMED else None
        folder = Path(os.environ.get("RTCLI_RECORDINGS") or "recordings")
        plan = Plan(
            target=None if word == "demo" else target_of(word, os.environ, model or recorded, intent),
            query={**query, **({"model": model} if model else {})},
            headers=[header_of(option) for option in header or _lines("RTCLI_HEADER")],
            keep=Keep(path=output, folder=folder, mode=mode),
            by=f"rtcli {__version__} replay",
        )
        return self._leave(rehearse(Rehearsal(self._part(), timing, wait_s), plan))

    def _part(self) -> Any:
        from rtcli.errors import BadOption
        from rtcli.script.rehearsal import Part
        from rtcli.script.steps import steps_of

        part = Part(steps_of(self._entries))
        if not part.cues:
            raise BadOption(str(self._file), "there is nothing in it that a client said")
        return part

    def _query(self) -> dict[str, str]:
        """What the recorded address said of the model, and of the session's kind."""
        from urllib.parse import parse_qs, urlsplit

        from rtcli.recording import Header

        header = next((entry.event for entry in self._entries if isinstance(entry.event, Header)), None)
        query = parse_qs(urlsplit(header.url).query) if header else {}
        return {name: query[name][0] for name in ("model", "intent") if name in query}

    # --- the report ----------------------------------------------------------------------------

    def _leave(self, outcome: Outcome) -> int:
        from rtcli.commands.output import recorded

        assert outcome.path is not None
        recorded(outcome.path, outcome.events, outcome.failure)
        # What compares takes a while to load, and to work, and may be interrupted: the recording is named before it.
        from rtcli.formats import read
        from rtcli.script.account import account
        from rtcli.script.difference import compare

        if outcome.failure:  # what the file lacks would be told as what the server lacks
            if self._json:
                self._write(outcome, None)
            return self._source.code(3)
        accounts = account(self._entries), account(read(outcome.path))
        compared = compare(*accounts)
        if self._json:
            self._write(outcome, compared)
        else:
            self._print(outcome, accounts, compared)
        if outcome.stuck is not None or outcome.closed_early or _lacks(compared):
            return self._source.code(1)
        return self._source.code(0)

    def _print(self, outcome: Outcome, accounts: Any, compared: Comparison) -> None:
        from rtcli.views.comparison import ComparisonView
        from rtcli.views.console import console
        from rtcli.views.rehearsed import course

        out = console()
        told = course(outcome.stuck, compared, closed_early=outcome.closed_early, code=outcome.code)
        if told:
            out.print(told, soft_wrap=True)
        ComparisonView(out).print((str(self._file), str(outcome.path)), accounts, compared)

    def _write(self, outcome: Outcome, compared: Comparison | None) -> None:
        from rtcli.reports.comparison import comparison
        from rtcli.reports.json import written
        from rtcli.views.kept import SCHEMA
        from rtcli.views.rehearsed import first_difference

        body = {
            "schema": SCHEMA,
            "recording": str(outcome.path),
            "stuck_line": outcome.stuck,
            "closed_early": outcome.closed_early,
            "close_code": outcome.code,
            "first_divergence": first_difference(compared) if compared else None,
            "comparison": comparison(str(self._file), str(outcome.path), compared) if compared else None,
        }
        sys.stdout.write(written(body) + "\n")


def _lacks(compared: Comparison) -> bool:
    """Whether events are missing or were not there before; words and numbers of a model may differ."""
    return any(one.what != "changed" for one in compared.differences)


def _lines(variable: str) -> list[str]:
    return [line for line in os.environ.get(variable, "").splitlines() if line.strip()]
