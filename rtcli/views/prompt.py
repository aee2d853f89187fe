"""The line that a person types into: its text, its cursor, its history. No input or output.

Law: the cursor is always between 0 and the length of the text.
"""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text

MARK = "› "


class EndOfInput:
    """Ctrl-D on an empty line."""


class Prompt:
    """A line editor with the keys that shells have."""

    def __init__(self) -> None:
        self.text = ""
        self.cursor = 0
        self._history: list[str] = []
        self._place = 0
        self._draft = ""

    def feed(self, key: str) -> str | EndOfInput | None:
        """Take in a key, by its name (``left``, ``ctrl-w``) or as the text it stands for.

        Gives back the line that Enter finished, or the end of input.
        """
        if key == "enter":
            return self._enter()
        if key == "ctrl-d":
            if not self.text:
                return EndOfInput()
            key = "delete"
        if key in {"up", "down"}:
            self._recall(-1 if key == "up" else 1)
        elif len(key) == 1 or key.startswith("paste:"):
            self._insert(key.removeprefix("paste:") if len(key) > 1 else key)
        else:
            self._edit(key)
        return None

    def render(self, width: int) -> Text:
        """The prompt as it is seen, with the cursor in view."""
        room = max(4, width - len(MARK) - 1)
        shown = self.text.replace("\n", "↵") + " "
        start = 0
        while cell_len(shown[start : self.cursor + 1]) > room:
            start += 1
        end = start
        while end < len(shown) and cell_len(shown[start : end + 1]) <= room:
            end += 1
        line = Text(shown[start:end])
        line.stylize("reverse", self.cursor - start, self.cursor - start + 1)
        return Text.assemble((MARK, "bold cyan"), line)

    def _enter(self) -> str:
        line = self.text
        if line.strip() and (not self._history or self._history[-1] != line):
            self._history.append(line)
        self._set("")
        self._place = len(self._history)
        return line

    def _insert(self, text: str) -> None:
        clean = "".join(c for c in text if c.isprintable() or c == "\n")
        self.text = self.text[: self.cursor] + clean + self.text[self.cursor :]
        self.cursor += len(clean)

    def _recall(self, step: int) -> None:
        if self._place == len(self._history):
            self._draft = self.text
        self._place = min(max(0, self._place + step), len(self._history))
        self._set(self._draft if self._place == len(self._history) else self._history[self._place])

    def _set(self, text: str) -> None:
        self.text, self.cursor = text, len(text)

    def _edit(self, key: str) -> None:
        before, after = self.text[: self.cursor], self.text[self.cursor :]
        match key:
            case "left" | "ctrl-b":
                self.cursor = max(0, self.cursor - 1)
            case "right" | "ctrl-f":
                self.cursor = min(len(self.text), self.cursor + 1)
            case "home" | "ctrl-a":
                self.cursor = 0
            case "end" | "ctrl-e":
                self.cursor = len(self.text)
            case "backspace":
                self.text, self.cursor = before[:-1] + after, max(0, self.cursor - 1)
            case "delete":
                self.text = before + after[1:]
            case "ctrl-k":
                self.text = before
            case "ctrl-u":
                self.text, self.cursor = after, 0
            case "ctrl-w":
                kept = before.rstrip()
                kept = kept[: kept.rfind(" ") + 1]
                self.text, self.cursor = kept + after, len(kept)
