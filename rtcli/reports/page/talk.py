"""What was said and done in one connection, line by line: the page's transcript.

Law: a line belongs to one item, and stands where the item was first heard, written or asked for.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from rtcli.formats import Entry
from rtcli.reports.page.rows import piece_of
from rtcli.session.config import at

_PAUSE_S: Final = 1.5
"""Where there are no items, what comes later than this is another line."""
_TEXT_KEPT: Final = 20_000
_ADDED: Final = ("conversation.item.create", "conversation.item.added", "conversation.item.created")


class Line(Struct):
    """One thing that was said, called or answered."""

    who: str
    """``user``, ``model``, ``system``, ``tool`` (what a tool answered) or ``call``."""
    x: float
    end: float
    line: int
    item_id: str = ""
    text: str = ""
    whole: bool = False
    """The text is final."""
    cut_ms: float | None = None


class Talk:
    """Collects what is said."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._by_item: dict[str, Line] = {}
        self._latest: dict[str, Line] = {}

    def feed(self, entry: Entry, x: float, kind: str) -> None:
        """Take in an entry that lies at `x`."""
        event: Any = entry.event
        if kind in _ADDED or kind == "response.output_item.done":
            self._item(event, entry, x)
        elif "input_audio_transcription." in kind:
            self._transcribed("user", event, entry, x, kind)
        elif kind.startswith("response.") and kind.endswith((".delta", ".done")):
            if "transcript" in kind or "text" in kind:
                self._transcribed("model", event, entry, x, kind)
        elif kind.endswith("put_transcript.delta"):
            self._unbound("user" if "input" in kind else "model", event, entry, x)
        elif kind.endswith("speech_started"):
            self._line("user", str(at(event, "item_id") or ""), entry, x)

    def _line(self, who: str, item_id: str, entry: Entry, x: float) -> Line:
        line = self._by_item.get(item_id) if item_id else None
        if line is None:
            line = Line(who, x, x, entry.line, item_id)
            self.lines.append(line)
            if item_id:
                self._by_item[item_id] = line
        return line

    def _transcribed(self, who: str, event: Any, entry: Entry, x: float, kind: str) -> None:
        line = self._line(who, str(at(event, "item_id") or ""), entry, x)
        line.end = max(line.end, x)
        if kind.endswith(".delta"):
            if not line.whole and len(line.text) < _TEXT_KEPT:
                line.text += piece_of(event)
        else:
            text = at(event, "transcript") or at(event, "text")
            if isinstance(text, str):
                line.text, line.whole = text[:_TEXT_KEPT], True

    def _unbound(self, who: str, event: Any, entry: Entry, x: float) -> None:
        line = self._latest.get(who)
        if line is None or x - line.end > _PAUSE_S:
            line = self._latest[who] = self._line(who, "", entry, x)
        line.end = x
        line.text += piece_of(event)

    def _item(self, event: Any, entry: Entry, x: float) -> None:
        item = at(event, "item")
        kind = getattr(type(item), "__struct_config__", None)
        name = str(kind.tag) if kind is not None else ""
        if name in {"function_call", "mcp_call"}:
            self._said("call", item, f"{at(item, 'name') or ''}({at(item, 'arguments') or ''})", entry, x)
        elif name == "function_call_output":
            self._said("tool", item, str(at(item, "output") or ""), entry, x)
        elif name == "message" and at(item, "role") in {"user", "system"}:
            texts = [str(at(part, "text") or "") for part in at(item, "content") or []]
            if any(texts):
                self._said(str(item.role), item, " ".join(filter(None, texts)), entry, x)

    def _said(self, who: str, item: Any, text: str, entry: Entry, x: float) -> None:
        item_id = str(at(item, "id") or "")
        last = self.lines[-1] if self.lines else None
        if last is not None and not last.item_id and last.who == who and last.text == text:
            last.item_id = item_id
            self._by_item[item_id] = last
            return
        line = self._line(who, item_id, entry, x)
        if not line.whole or who == "call":
            line.text = text[:_TEXT_KEPT]
