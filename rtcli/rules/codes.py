"""The codes of findings: which are wanted, and by which rules they are found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from rtcli.rules.rule import Rule

SCHEMA: Final = "SCH"
"""The family of what is said about one line by itself, for which no rule is asked."""


class Codes(Struct, frozen=True):
    """Which findings are wanted, by the beginnings of their codes; without any, those of the usual rules."""

    select: Sequence[str] = ()
    ignore: Sequence[str] = ()

    def want(self, code: str) -> bool:
        """Whether findings with this code are told."""
        return code.startswith(tuple(self.select) or "") and not code.startswith(tuple(self.ignore))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules to judge by; those marked extended are among them where they are selected."""
        if self.select and all(code.startswith(SCHEMA) for code in self.select):
            return ()
        from rtcli.rules.table import DEFAULT, RULES  # noqa: PLC0415 - the schema alone needs none of them

        return tuple(rule for rule in (RULES if self.select else DEFAULT) if self.want(rule.code))
