"""Which dialect each side speaks, told from what they say and never from the model's name.

Law: what was heard of one line depends on the lines before it only; a stronger clue replaces a
weaker one, an equal one does not.
Source for the clues: the event sets of openai-python 3.52.0 beside each other, and captured traffic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct

from rtcli.events.dialects import BETA, DIALECTS, LIVE, REALTIME, RENAMED_EVENTS, SESSION_FIELDS, TRANSLATION, Dialect
from rtcli.events.event import Sender
from rtcli.events.vendors import Vendor, by_address, by_session

CERTAIN, STRONG, WEAK = 3, 2, 1
_HEARD_AT_MOST: Final = 200
_SESSION_REPORTS: Final = frozenset({"session.created", "session.updated"})
_BETA_SESSION: Final = frozenset(
    {"modalities", "input_audio_format", "output_audio_format", "max_response_output_tokens"}
)
_BETA_UPDATE: Final = frozenset(SESSION_FIELDS)
_REALTIME_UPDATE: Final = frozenset({"output_modalities", "truncation", "max_output_tokens"})
_SESSION_TYPES: Final = {"realtime": REALTIME, "transcription": REALTIME, "translation": TRANSLATION}


class Clue(Struct, frozen=True):
    """What one event says about the dialect of its sender."""

    dialect: Dialect
    strength: int
    reason: str


class Verdict(Struct, frozen=True):
    """Which dialect a side speaks, and the line that shows it."""

    dialect: Dialect
    strength: int
    reason: str
    line: int


class Detector:
    """Listens to events until it is sure what is spoken."""

    def __init__(self) -> None:
        self.changes = 0
        """Grows whenever what is said below changes."""
        self.forget()

    def forget(self) -> None:
        """Another connection begins."""
        self.changes += 1
        self.verdicts: dict[Sender, Verdict] = {}
        self.vendor: Vendor | None = None
        """Whose server it is, if that is not OpenAI's and could be told."""
        self.disagree = False
        """Whether the two sides speak different dialects."""
        self.settled = False
        """Whether the server has said enough, or so much has been heard that no more is to be expected."""
        self._heard = 0

    @property
    def dialect(self) -> Dialect:
        """What is spoken on the connection: what the server speaks, or else what the client does."""
        verdict = self.verdicts.get("server") or self.verdicts.get("client")
        return verdict.dialect if verdict else REALTIME

    def disagreement(self) -> str:
        """In a sentence what each side speaks, and what shows it."""
        told = (
            f"{side} speaks {verdict.dialect.name} (line {verdict.line}: {verdict.reason})"
            for side, verdict in sorted(self.verdicts.items())
        )
        return ", ".join(told)

    def listens_to(self, body: Any) -> bool:
        """Whether a JSON value may still tell something."""
        if not self.settled or type(body) is not dict or "session" in body:
            return not self.settled or type(body) is dict
        kind = body.get("type")
        return isinstance(kind, str) and kind in _CLIENT_CLUES

    def hear(self, body: Any, line: int, sender: Sender | None = None) -> None:
        """Take in a JSON value that may be an event."""
        if not isinstance(body, dict) or not isinstance(body.get("type"), str):
            return
        self._heard += 1
        if body["type"] in _SESSION_REPORTS and isinstance(body.get("session"), dict) and not self.vendor:
            self.vendor = by_session(body["session"])
            self.changes += 1
        found = next(clues(body), None)
        if found is not None:
            side, clue = found
            self._note(sender or side, clue, line)
        self.settled = self.settled or self._heard >= _HEARD_AT_MOST

    def connected_to(self, url: str) -> None:
        """Take in the address of the connection: each dialect but beta has a path of its own."""
        self.vendor = by_address(url)
        self.changes += 1
        path = urlsplit(url).path.rstrip("/")
        for end, dialect in (("/realtime/translations", TRANSLATION), ("/live", LIVE), ("/live/sessions", LIVE)):
            if path.endswith(end):
                self._note("server", Clue(dialect, WEAK, f"the address ends in {end}"), 1)

    def _note(self, side: Sender, clue: Clue, line: int) -> None:
        known = self.verdicts.get(side)
        if known is None or clue.strength > known.strength:
            self.verdicts[side] = Verdict(clue.dialect, clue.strength, clue.reason, line)
            self.changes += 1
            self.settled = self.settled or (side == "server" and clue.strength >= STRONG)
            self.disagree = len({verdict.dialect.name for verdict in self.verdicts.values()}) > 1


_CLIENT_CLUES: Final = frozenset({"response.create", "conversation.item.create"})


def clues(body: dict[str, Any]) -> Iterator[tuple[Sender, Clue]]:
    """What an event says about its sender's dialect, the strongest first. The sender is told by the type."""
    name: str = body["type"]
    session = body.get("session")
    if isinstance(session, dict):
        yield from _session_clues(name, session)
    look = _BY_TYPE.get(name)
    if look is not None:
        yield from look(body)
    if name in RENAMED_EVENTS and name not in REALTIME.types:
        side: Sender = "client" if name.endswith(".update") else "server"
        strength = CERTAIN if name.startswith("transcription_session.") else STRONG
        yield side, Clue(BETA, strength, f"{name} is a name of beta")
    elif name.startswith(_REALTIME_NAMES):
        yield "server", Clue(REALTIME, STRONG, f"{name} is a name of realtime")
    elif name not in REALTIME.types:
        speakers = [dialect for dialect in DIALECTS.values() if name in dialect.types]
        if len(speakers) == 1:
            side = speakers[0].types[name].sender
            yield side, Clue(speakers[0], STRONG, f"only {speakers[0].name} has {name}")


_REALTIME_NAMES: Final = (
    "response.output_text.",
    "response.output_audio.",
    "response.output_audio_transcript.",
    "conversation.item.added",
)


def _session_clues(name: str, session: dict[str, Any]) -> Iterator[tuple[Sender, Clue]]:
    kind = session.get("type")
    typed = _SESSION_TYPES.get(kind) if isinstance(kind, str) else None
    if name in _SESSION_REPORTS:
        if typed is not None:
            yield "server", Clue(typed, CERTAIN, f'session.type is "{kind}"')
        for field in sorted(_BETA_SESSION & session.keys()):
            yield "server", Clue(BETA, CERTAIN, f"the session has {field}")
    elif name == "session.update":
        if typed is not None:
            yield "client", Clue(typed, STRONG, f'{name} has session.type "{kind}"')
        for field in sorted(_BETA_UPDATE & session.keys()):
            yield "client", Clue(BETA, STRONG, f"{name} has session.{field}")
        for field in sorted(_REALTIME_UPDATE & session.keys()):
            yield "client", Clue(REALTIME, WEAK, f"{name} has session.{field}")


def _response_clues(body: dict[str, Any]) -> Iterator[tuple[Sender, Clue]]:
    response = body.get("response")
    if not isinstance(response, dict):
        return
    side: Sender = "client" if body["type"] == "response.create" else "server"
    if "output_modalities" in response:
        yield side, Clue(REALTIME, STRONG, "the response has output_modalities")
    elif "modalities" in response:
        yield side, Clue(BETA, STRONG, "the response has modalities")


def _timeline_clues(body: dict[str, Any]) -> Iterator[tuple[Sender, Clue]]:
    """The deltas that translation and live share by name: live places them by start and end."""
    if "elapsed_ms" in body or "sample_rate" in body:
        yield (
            "server",
            Clue(TRANSLATION, STRONG, f"{body['type']} has {'elapsed_ms' if 'elapsed_ms' in body else 'sample_rate'}"),
        )
    elif "start_ms" in body:
        yield "server", Clue(LIVE, STRONG, f"{body['type']} has start_ms")
    elif "event_id" not in body:
        yield "server", Clue(LIVE, STRONG, f"{body['type']} has no event_id")


def _item_clues(body: dict[str, Any]) -> Iterator[tuple[Sender, Clue]]:
    item = body.get("item")
    parts = item.get("content") if isinstance(item, dict) and item.get("role") == "assistant" else None
    side: Sender = "client" if body["type"].endswith(".create") else "server"
    for part in parts if isinstance(parts, list) else ():
        kind = part.get("type") if isinstance(part, dict) else None
        if kind in ("output_text", "output_audio"):
            yield side, Clue(REALTIME, STRONG, f"an assistant's part is {kind}")
        elif kind in ("text", "audio"):
            yield side, Clue(BETA, STRONG, f"an assistant's part is {kind}")
    if body["type"] == "conversation.item.created":
        yield "server", Clue(BETA, WEAK, "conversation.item.created is sent by beta servers")


_BY_TYPE: Final[dict[str, Callable[[dict[str, Any]], Iterator[tuple[Sender, Clue]]]]] = {
    "response.create": _response_clues,
    "response.created": _response_clues,
    "response.done": _response_clues,
    "session.output_audio.delta": _timeline_clues,
    "session.input_transcript.delta": _timeline_clues,
    "session.output_transcript.delta": _timeline_clues,
    "conversation.item.create": _item_clues,
    "conversation.item.created": _item_clues,
    "response.output_item.done": _item_clues,
}
