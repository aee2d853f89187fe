"""Trouble on purpose: server events in, server events out, with the times at which they leave.

Laws: the same seed and the same events at the same times give the same trouble; times never decrease;
without faults everything passes as it is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from typing import Any, Final, Literal

from msgspec import Struct

from rtcli.errors import BadOption
from rtcli.recording import Close
from rtcli.recording.times import parse_time
from rtcli.script.renaming import encoded
from rtcli.script.steps import body_of, text_in, type_in

Kind = Literal["drop", "duplicate", "malformed", "delay", "jitter", "stall", "rate-limit", "close", "vanish"]
Line = str | bytes | Close

KINDS: Final[dict[Kind, str]] = {
    "drop": "leave server events out: drop=5%",
    "duplicate": "send server events twice: duplicate=5%",
    "malformed": "cut server events off in the middle: malformed, malformed=5%",
    "delay": "send everything later: delay=200ms",
    "jitter": "send everything later, by up to so much: jitter=100ms",
    "stall": "send nothing for a while: stall@5s=3s",
    "rate-limit": "end responses with rate_limit_exceeded: rate-limit, rate-limit=50%, rate-limit@10s",
    "close": "close the connection: close@12s=1011",
    "vanish": "cut the connection without a close frame: vanish@12s",
}
"""Every fault, and how it is written."""

_PARTS: Final = re.compile(r"([a-z-]+)(?:@([^=]+))?(?:=(.+))?")
_OFTEN: Final = 0.05
"""How often an event is malformed where that is not said."""
_CLOSE_CODE: Final = 1011
"""Internal error. Source: RFC 6455, section 7.4.1."""
_LONGEST_S: Final = 3600.0


class Fault(Struct, frozen=True):
    """One kind of trouble."""

    kind: Kind
    after_s: float = 0.0
    """Seconds from the beginning of the connection."""
    share: float = 1.0
    seconds: float = 0.0
    code: int = _CLOSE_CODE


def fault_of(word: str) -> Fault:
    """The fault that a word such as ``drop=5%`` or ``close@12s=1011`` asks for.

    Raises:
        BadOption: it is none.

    """
    parts = _PARTS.fullmatch(word.strip())
    kind = next((kind for kind in KINDS if parts and kind == parts[1]), None)
    if parts is None or kind is None:
        raise BadOption("--fault", f"{word!r} is no fault", f"it is one of {', '.join(KINDS)}")
    after, value = parts[2], parts[3]
    after_s = _time(word, after) if after else 0.0
    match kind:
        case "delay" | "jitter":
            return Fault(kind, after_s, seconds=_time(word, _given(word, kind, value)))
        case "stall":
            return Fault(kind, _at(word, kind, after), seconds=_time(word, _given(word, kind, value)))
        case "close":
            return Fault(kind, _at(word, kind, after), code=_code(word, value) if value else _CLOSE_CODE)
        case "vanish":
            return Fault(kind, _at(word, kind, after))
    share = _share(word, value) if value else _OFTEN if kind == "malformed" else 1.0
    if kind in {"drop", "duplicate"} and not value:
        raise BadOption("--fault", f"{word!r} does not say how often", f"write {KINDS[kind].split(': ')[1]}")
    return Fault(kind, after_s, share)


def _given(word: str, kind: Kind, value: str | None) -> str:
    if not value:
        raise BadOption("--fault", f"{word!r} does not say how long", f"write {KINDS[kind].split(': ')[1]}")
    return value


def _at(word: str, kind: Kind, after: str | None) -> float:
    if not after:
        raise BadOption("--fault", f"{word!r} does not say when", f"write {KINDS[kind].split(': ')[1]}")
    return _time(word, after)


def _time(word: str, text: str) -> float:
    seconds = parse_time("--fault", text)
    if not 0 <= seconds <= _LONGEST_S:
        raise BadOption("--fault", f"the time of {word!r} is out of range", "it is between 0 and an hour")
    return seconds


def _share(word: str, text: str) -> float:
    try:
        share = float(text.removesuffix("%")) / 100
    except ValueError:
        share = -1.0
    if not text.endswith("%") or not 0 <= share <= 1:
        raise BadOption("--fault", f"{word!r} does not say how often", "write a share such as 5%")
    return share


def _code(word: str, text: str) -> int:
    """Source: RFC 6455, section 7.4: what an endpoint may send."""
    if text.isdigit() and (int(text) in {1000, 1001, 1002, 1003, *range(1007, 1015)} or 3000 <= int(text) <= 4999):
        return int(text)
    raise BadOption("--fault", f"{word!r} has no close code", "write a code such as 1011 or 4000")


class Trouble:
    """The faults of one connection. Times are seconds from its beginning."""

    def __init__(self, faults: Iterable[Fault] = (), seed: str | None = None) -> None:
        self._faults = tuple(faults)
        self._random = random.Random(seed)  # noqa: S311 - trouble that can be repeated, no secret
        self._last_s = 0.0
        self._limited: dict[str, set[str]] = {}
        """By response that was ended early the items that it was to have."""
        ends = [fault for fault in self._faults if fault.kind in {"close", "vanish"}]
        self.end = min(ends, key=lambda fault: fault.after_s, default=None)
        """What ends the connection before its time."""
        self.touched = 0
        """How much was left out, sent twice or spoilt."""

    def passing(self, line: Line, now_s: float) -> list[tuple[float, Line]]:
        """What becomes of something that was to be sent now."""
        if not self._faults:
            return [(now_s, line)]
        if isinstance(line, Close):
            return [(self._leaves(now_s), line)]
        lines = [line]
        for fault in self._faults:
            if now_s >= fault.after_s:
                lines = [made for one in lines for made in self._troubled(fault, one)]
        self.touched += lines != [line]
        return [(self._leaves(now_s), one) for one in lines]

    def _troubled(self, fault: Fault, line: str | bytes) -> list[str | bytes]:
        match fault.kind:
            case "drop":
                return [] if self._happens(fault) else [line]
            case "duplicate":
                return [line, line] if self._happens(fault) else [line]
            case "malformed":
                return [line[: max(1, len(line) // 2)]] if self._happens(fault) else [line]
            case "rate-limit":
                return self._rate_limited(fault, line)
        return [line]

    def _happens(self, fault: Fault) -> bool:
        return self._random.random() < fault.share

    def _leaves(self, now_s: float) -> float:
        """When something leaves that was to leave now, behind everything that left before."""
        at_s = now_s
        for fault in self._faults:
            if fault.kind == "delay":
                at_s += fault.seconds
            elif fault.kind == "jitter":
                at_s += self._random.uniform(0, fault.seconds)
        for fault in self._faults:
            if fault.kind == "stall" and fault.after_s <= at_s < fault.after_s + fault.seconds:
                at_s = fault.after_s + fault.seconds
        self._last_s = max(self._last_s, at_s)
        return self._last_s

    # --- limits --------------------------------------------------------------------------------

    def _rate_limited(self, fault: Fault, line: str | bytes) -> list[str | bytes]:
        """A response begins, and ends at once; what it was to say is left out."""
        body = body_of(line)
        answer = body.get("response")
        response_id = text_in(body, "response_id") or text_in(answer, "id")
        if type_in(body) == "response.created" and isinstance(answer, dict) and response_id and self._happens(fault):
            self._limited[response_id] = set()
            return [line, encoded(_failed(body, answer))]
        item_id = text_in(body, "item_id") or text_in(body.get("item"), "id")
        if response_id in self._limited:
            self._limited[response_id].add(item_id)
            return []
        return [] if item_id and any(item_id in items for items in self._limited.values()) else [line]


def _failed(created: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """Source: captured ``response.done`` events with status ``failed`` and a code in ``status_details.error``."""
    error = {
        "type": "rate_limit_exceeded",
        "code": "rate_limit_exceeded",
        "message": "Rate limit reached. Please try again later.",
    }
    details = {"type": "failed", "error": error}
    ended = {**answer, "status": "failed", "status_details": details, "output": [], "usage": None}
    return {"type": "response.done", "event_id": f"{created.get('event_id')}_limited", "response": ended}
