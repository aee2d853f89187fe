"""The case history of a recording together with its findings, which the page tells one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rtcli.causes.case import Case
from rtcli.events import Listener
from rtcli.rules import RULES, Finding
from rtcli.rules.rule import Rule
from rtcli.session.prices import PRICES, Prices

FINDINGS_KEPT: Final = 5_000
_ALIKE_KEPT: Final = 2_000
"""Of one code: a page that repeats itself a thousand times says nothing more."""


class Judged(Case):
    """A case that keeps what was found."""

    def __init__(self, listener: Listener, rules: Iterable[Rule] = RULES, prices: Prices = PRICES) -> None:
        super().__init__(listener, rules, prices)
        self.findings: list[Finding] = []

    def _note(self, findings: Sequence[Finding]) -> None:
        super()._note(findings)
        for finding in findings:
            if self.by_code[finding.code] <= _ALIKE_KEPT and len(self.findings) < FINDINGS_KEPT:
                self.findings.append(finding)
