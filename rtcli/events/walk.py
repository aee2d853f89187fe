"""What a walk along a schema gathers, and the codes of the faults that it may meet."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from rtcli.events.event import Extra, Fault
from rtcli.events.wording import Path, describe, kind, shown

NOT_JSON: Final = "SCH01"
NOT_AN_OBJECT: Final = "SCH02"
NO_TYPE: Final = "SCH03"
MISSING: Final = "SCH05"
WRONG_TYPE: Final = "SCH06"
WRONG_VALUE: Final = "SCH07"
OUT_OF_RANGE: Final = "SCH08"


@lru_cache(4096)
def _wrong_type(path: Path, wanted: str, found: str) -> tuple[str, str]:
    """Where it is and what is wrong; the same for every value of a kind."""
    return describe(path), f"expected {wanted}, found {found}"


class Walk(Struct):
    """One walk along a schema: what was found on it."""

    faults: list[Fault] = []
    extra: list[Extra] = []
    implied: list[Path] = []

    def fault(self, code: str, path: Path, message: str, found: str = "", wanted: str = "", hint: str = "") -> None:
        """Note one fault."""
        self.faults.append(Fault(code, describe(path), message, found, wanted, hint))

    def wrong_type(self, value: Any, wanted: str, path: Path) -> None:
        """Note a value of the wrong type."""
        place, message = _wrong_type(path, wanted, kind(value))
        self.faults.append(Fault(WRONG_TYPE, place, message, shown(value), wanted))

    def out_of_range(self, value: Any, wanted: str, path: Path) -> None:
        """Note a number beyond its limits."""
        self.fault(OUT_OF_RANGE, path, f"{shown(value)} is out of range", shown(value), wanted)

    def length(self, size: int, low: int | None, high: int | None, what: str, path: Path) -> None:
        """Note a size beyond its limits."""
        if high is not None and size > high:
            self.fault(OUT_OF_RANGE, path, f"{size} {what} are too many", str(size), f"at most {high} {what}")
        if low is not None and size < low:
            self.fault(OUT_OF_RANGE, path, f"{size} {what} are too few", str(size), f"at least {low} {what}")
