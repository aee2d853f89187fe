"""What the built-in server answers: fixed sentences, chosen by plain rules.

- With tools, a user's message that shares a word of four letters or more with a tool's name or
  description calls that tool; ``tool_choice`` "required" or a named function calls it always, and
  "none" never. The arguments fit the tool's JSON Schema.
- After a tool's output the answer says what was found.
- Otherwise a keyword chooses the sentence: hear, weather, story, hello; anything else gets the plain one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from rtcli.events.configuration import FunctionTool, ToolChoiceFunction
from rtcli.standin import voice
from rtcli.standin.arguments import fitting

KEYWORDS: Final = (
    ("hear", "hear"),
    ("weather", "weather"),
    ("story", "story"),
    ("long", "story"),
    ("hello", "greeting"),
    ("hi", "greeting"),
)
_WORD: Final = re.compile(r"[A-Za-z]+")
_COMMON: Final = frozenset(
    {"this", "that", "with", "from", "what", "tell", "user", "please", "have", "about", "look", "current"}
)


class Say(Struct, frozen=True):
    """An answer in words."""

    text: str
    pcm16: bytes


class Call(Struct, frozen=True):
    """An answer that calls a function."""

    name: str
    arguments: str


def reply(said: str, output: str | None, tools: Sequence[Any], choice: Any, *, spoken: bool) -> Say | Call:
    """The answer to what the user said last, or to a tool's output."""
    if output is not None:
        return _found(output, spoken=spoken)
    tool = _chosen(said, [tool for tool in tools if isinstance(tool, FunctionTool)], choice)
    if tool is not None:
        return Call(str(tool.name), json.dumps(fitting(tool.parameters, said)))
    words = {word.lower() for word in _WORD.findall(said)}
    name = next((name for word, name in KEYWORDS if word in words), "plain" if said else "greeting")
    phrase = voice.model(name)
    return Say(phrase.text, phrase.pcm16)


def _found(output: str, *, spoken: bool) -> Say:
    phrase = voice.model("weather" if "foggy" in output else "tool")
    return Say(phrase.text, phrase.pcm16) if spoken else Say(f"Here is what I found: {output}", b"")


def _chosen(said: str, tools: list[FunctionTool], choice: Any) -> FunctionTool | None:
    if isinstance(choice, ToolChoiceFunction):
        return next((tool for tool in tools if tool.name == choice.name), None)
    if choice == "none" or not tools:
        return None
    words = {word.lower() for word in _WORD.findall(said) if len(word) >= 4} - _COMMON
    for tool in tools:
        about = f"{tool.name or ''} {tool.description or ''}".replace("_", " ")
        if words & {word.lower() for word in _WORD.findall(about)}:
            return tool
    return tools[0] if choice == "required" else None
