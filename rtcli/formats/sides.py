"""Who sent it, in the words of other people's logs.

A log names the sides (client, server, user, OpenAI) or what its writer did (sent, received). The second is
told from where the writer stands, which is nearly always the client; `Logged` finds out where it is not.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, Literal

from rtcli.events import DIALECTS
from rtcli.recording.record import Sender

By = Literal["client", "server", "sent", "received", ""]
"""Who sent it: a side, what the writer did, or nothing."""

_WORDS: Final[dict[By, str]] = {
    "client": "client user browser caller human app frontend c c2s c>s c->s clienttoserver client>server "
    "client->server toserver toopenai fromclient fromuser clientevent",
    "server": "server openai oai azure assistant model agent bot ai api s s2c s>c s->c servertoclient "
    "server>client server->client toclient fromserver fromopenai serverevent remote",
    "sent": "sent send sending sends out outgoing outbound tx egress up upstream write > >> >>> -> --> => → ↑ ⬆ ⇑ ➡ ▲",
    "received": "received receive recv rcvd receiving receives in incoming inbound rx ingress down downstream read "
    "< << <<< <- <-- <= ← ↓ ⬇ ⇓ ⬅ ▼",
}
_BY_WORD: Final[dict[str, By]] = {word: by for by, words in _WORDS.items() for word in words.split()}
_NO_WORD: Final = re.compile(r"[\s_️]|(?<=\w)-(?=\w)")

_SURE: Final[tuple[tuple[re.Pattern[str], By], ...]] = (
    (re.compile(r"\bC\s*(?:2|-+>|=+>|>+|→)\s*S\b"), "client"),
    (re.compile(r"\bS\s*(?:2|-+>|=+>|>+|→)\s*C\b"), "server"),
    (re.compile(r"[\[(<](?:USER|CLIENT|BROWSER)[\])>]", re.IGNORECASE), "client"),
    (re.compile(r"[\[(<](?:OPENAI|SERVER|ASSISTANT|MODEL)[\])>]", re.IGNORECASE), "server"),
    (re.compile(r"(?:^|\s)>\s(?:TEXT|BINARY)\b"), "sent"),
    (re.compile(r"(?:^|\s)<\s(?:TEXT|BINARY)\b"), "received"),
    (re.compile(r"[\[(](?:SENT|SEND|OUT|TX)[\])]", re.IGNORECASE), "sent"),
    (re.compile(r"[\[(](?:RECEIVED|RECV|IN|RX)[\])]", re.IGNORECASE), "received"),
)
_LIKELY: Final[tuple[tuple[re.Pattern[str], By], ...]] = (
    (re.compile(r"\bfrom (?:the )?(?:client|browser|user|app)\b|\bto (?:the )?(?:open ?ai|server|model|azure)\b", re.IGNORECASE),
     "client"),
    (re.compile(r"\bfrom (?:the )?(?:open ?ai|server|model|azure)\b|\bto (?:the )?(?:client|browser|user|app)\b", re.IGNORECASE),
     "server"),
    (re.compile(r"\b(?:sent|send(?:ing|s)?|outgoing|outbound)\b|>>>|[↑⬆→➡]|(?:^|\s)-*->", re.IGNORECASE), "sent"),
    (re.compile(r"\b(?:receiv(?:ed|ing|es?)|recv|incoming|inbound|got)\b|<<<|[↓⬇←⬅]|<-+(?:\s|$)", re.IGNORECASE), "received"),
    (re.compile(r"\b(?:client|user)\b", re.IGNORECASE), "client"),
    (re.compile(r"\b(?:server|open ?ai|assistant)\b", re.IGNORECASE), "server"),
)  # fmt: skip


def by_of(word: object) -> By:
    """Who sent it, by the value that a log has for that; empty where the value says nothing of the kind."""
    return _BY_WORD.get(_NO_WORD.sub("", word).lower(), "") if isinstance(word, str) and len(word) < 40 else ""


def by_of_prefix(text: str) -> tuple[By, bool]:
    """Who sent it, by what stands before an event on its line, and whether it says so in a form made for that."""
    for pattern, by in _SURE:
        if pattern.search(text):
            return by, True
    return next((by for pattern, by in _LIKELY if pattern.search(text)), ""), False


@cache
def senders() -> dict[str, Sender | None]:
    """Who sends each type of event; None where the dialects are not of one mind."""
    found: dict[str, Sender | None] = {}
    for dialect in DIALECTS.values():
        for name, kind in dialect.types.items():
            found[name] = kind.sender if found.get(name, kind.sender) == kind.sender else None
    return found
