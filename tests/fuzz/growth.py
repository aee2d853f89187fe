"""The cost of an input: four times as much of the same takes about four times as long, with whatever reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from time import process_time
from typing import Any

from fuzz.laws import lines_of
from fuzz.material import all_lines
from fuzz.target import Target

from rtcli.causes.case import Case
from rtcli.causes.slow import slow_parts
from rtcli.errors import RtcliError
from rtcli.events import REALTIME, Listener
from rtcli.events.faults import examine
from rtcli.formats.form import Form, only_looking
from rtcli.formats.forms import FORMS
from rtcli.formats.own import looks_own
from rtcli.formats.recovery import Recovery
from rtcli.formats.rtcli import read
from rtcli.links.frames import Frames
from rtcli.recording.redaction import Redaction
from rtcli.reports.diagnosis import diagnosis
from rtcli.script.performance import Script
from rtcli.script.steps import steps_of
from rtcli.session.redacting import Redacting

_SMALL, _LARGE = 1 << 14, 1 << 16
_FACTOR = _LARGE // _SMALL
_LONG_S = 0.4
"""What takes no longer says nothing about how it grows."""


def _form(form: Form) -> Callable[[bytes], Any]:
    def work(data: bytes) -> None:
        form.knows(data[: 1 << 16])
        for _ in form.read(lines_of(data), only_looking):
            pass

    return work


def _doctor(data: bytes) -> None:
    listener = Listener()
    case = Case(listener)
    for entry in read(lines_of(data), listener):
        case.feed(entry)
    case.finish()
    diagnosis("f", case, slow_parts(case))


def _redact(data: bytes) -> None:
    work = Redacting(Redaction())
    entries = list(read(lines_of(data), Listener()))
    for entry in entries:
        work.learn(entry)
    work.learned()
    for entry in entries:
        work.line(entry)


def _frames(data: bytes) -> None:
    frames = Frames(masked=False)
    for start in range(0, len(data), 512):
        frames.feed(data[start : start + 512])


READERS: tuple[Callable[[bytes], Any], ...] = (
    lambda data: looks_own(lines_of(data)),
    lambda data: list(read(lines_of(data), Listener())),
    lambda data: examine(data, REALTIME),
    lambda data: Redaction().text(data.decode("utf-8", "replace")),
    lambda data: Redaction().json(data.decode("utf-8", "replace")),
    lambda data: list(Recovery(lines_of(data))),
    lambda data: Script(steps_of(read(lines_of(data), Listener()))),
    _redact,
    _frames,
    _doctor,
    *map(_form, FORMS.values()),
)


def check(data: bytes) -> None:
    """The first byte chooses the reader, the next two what of the rest comes again and again."""
    if len(data) < 4:
        return
    work, body = READERS[data[0] % len(READERS)], data[3:]
    start, end = sorted(place % (len(body) + 1) for place in (data[1] * 4, data[2] * 4))
    before, unit, behind = body[:start], body[start:end] or b" ", body[end:]
    large_s = _spent_s(work, before + unit * (_LARGE // len(unit)) + behind)
    if large_s < _LONG_S:
        return
    small_s = _spent_s(work, before + unit * (_SMALL // len(unit)) + behind)
    if large_s > 2 * _FACTOR * small_s:
        again_s = min(_spent_s(work, before + unit * (_LARGE // len(unit)) + behind) for _ in range(2))
        assert again_s < 2 * _FACTOR * small_s, (data[0] % len(READERS), before, unit, behind, small_s, again_s)


def _spent_s(work: Callable[[bytes], Any], data: bytes) -> float:
    began = process_time()
    with suppress(RtcliError):
        work(data)
    return process_time() - began


def seeds() -> Iterator[bytes]:
    units = (b"{", b"[", b'{"a":', b'"', b"\\", b'{"type":"x.y"}\n', b"a ", b"1", b"- a:\n", b"'", b"(", b"\n", b"\\u0041", b"%41",
             b"+", b"eyJ", b"Bearer ", b"5398 ", b"a@", b"-----BEGIN ", b"\x81\x00", b"\x01\x00", b"{a: [", b"// ", b"...")  # fmt: skip
    for reader in range(len(READERS)):
        for number, unit in enumerate(units):
            if (number + reader) % 3 == 0:
                yield bytes([reader, 0, 255]) + unit * 4
        for line in all_lines()[reader::97]:
            if len(line) < 800:
                yield bytes([reader, 0, min(255, len(line) // 4 + 1)]) + line


TARGET = Target(check, seeds, ("formats", "recording"), max_bytes=1024)
