"""Redaction: what is planted is gone, every line is as long as it was, a second pass finds nothing, and nothing raises."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fuzz.laws import lines_of
from fuzz.material import pieces, recordings, traffic
from fuzz.target import Target
from planted import PLACES, SECRETS, secret_part

from rtcli.errors import RtcliError
from rtcli.events import Listener
from rtcli.formats import Entry
from rtcli.formats.rtcli import read
from rtcli.recording.redaction import Redaction
from rtcli.session.redacting import Redacting

_SECRETS = tuple(SECRETS.values())
_PLACES = tuple(PLACES.values())
_PLAIN = tuple(place for name, place in PLACES.items() if "escape" not in name and "base64" not in name
               and "URL" not in name and "bytes" not in name)  # fmt: skip
_KEY = re.compile(rb"(?=\D*\d)[\w-]{20,}")
"""What goes from the middle of a word, too, once it was recognised somewhere."""
_PATTERN = re.compile(r"(?P<order>[A-Z]{3}-\d{4})")


def check(data: bytes) -> None:
    """The first bytes choose how it is redacted, what is planted, and where."""
    if len(data) < 4:
        return
    how, secret, place, at = data[:4]
    lines = list(lines_of(data[4:]))
    hidden = _SECRETS[secret % len(_SECRETS)]
    lines.insert(
        at % (len(lines) + 1) if lines and lines[-1].endswith(b"\n") else 0, _PLAIN[place % len(_PLAIN)](hidden)
    )
    part = secret_part(hidden).strip().encode()
    if how & 32 and _KEY.fullmatch(part):
        lines.insert(0, b'{"from":"server","event":{"type":"response.output_text.done","text":"x%sx"}}\n' % part)
    try:
        entries = list(read(lines, Listener()))
    except RtcliError:
        return
    audio = ("silence", "keep", "drop")[how % 3]
    text = "mask" if how & 4 else "keep"
    redaction = Redaction([_PATTERN] if how & 8 else [], ["arguments", "x.*"] if how & 16 else [])
    after = _redacted(entries, redaction, audio, text)
    assert len(after) == len(entries)
    for entry, line in zip(entries, after, strict=True):
        assert line.count(b"\n") == lines[entry.line - 1].count(b"\n")
        if audio != "drop":
            assert len(line) == len(lines[entry.line - 1]), (lines[entry.line - 1], line)
    written = b"".join(after)
    assert part not in written, (part, written)
    if text == "keep" and audio == "silence" and not how & 24:
        again = _redacted(list(read(after, Listener())), Redaction(), audio, text)
        assert again == after, [(a, b) for a, b in zip(after, again, strict=True) if a != b][:2]
    _texts(data[4:].decode("utf-8", "replace"))


def _redacted(entries: list[Entry], redaction: Redaction, audio: str, text: str) -> list[bytes]:
    work = Redacting(redaction, audio, text)
    for entry in entries:
        work.learn(entry)
    work.learned()
    return [work.line(entry) for entry in entries]


def _texts(text: str) -> None:
    """A text alone: each character is as long as before, and a second pass changes nothing."""
    for redact in (lambda redaction, one: redaction.text(one), lambda redaction, one: redaction.json(one)):
        new = redact(Redaction(), text)
        assert [len(character.encode()) for character in new] == [len(character.encode()) for character in text]
        assert redact(Redaction(), new) == new, (text, new)


def seeds() -> Iterator[bytes]:
    for number, piece in list(enumerate(pieces((*recordings(), *traffic("realtime", "live", "vendors")), 700)))[::4]:
        yield bytes([number % 32, number % 256, number * 7 % 256, number * 3 % 256]) + piece
    for number, secret in enumerate(_SECRETS):
        for which, place in enumerate(_PLACES):
            if (number + which) % 6 == 0:
                yield bytes([number % 32, which, number, 0]) + place(secret)


TARGET = Target(
    check, seeds, ("recording", "session.redacting", "session.silencing", "session.line_changes"), max_bytes=2048
)
