"""The ways in which people write down the frames of a call: each takes frames and gives the bytes of a log.

What is written here is made by the programs that people use for it (json, pprint, datetime, yaml), not by rtcli.
"""

from __future__ import annotations

import json
import pprint
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import yaml

BEGAN = datetime(2026, 11, 20, 19, 0, 0, 250000, tzinfo=UTC)


class Framed(NamedTuple):
    """A frame of a call."""

    t: float
    sender: str
    event: dict[str, Any]

    @property
    def at(self) -> datetime:
        return BEGAN + timedelta(seconds=self.t)

    @property
    def iso(self) -> str:
        return self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    @property
    def text(self) -> str:
        return json.dumps(self.event, ensure_ascii=False)

    def by(self, client: str, server: str) -> str:
        return client if self.sender == "client" else server


Frames = list[Framed]
Spelling = Callable[[Frames], bytes]


def _lines(spell: Callable[[Framed], Any]) -> Spelling:
    def spelled(frames: Frames) -> bytes:
        told = (spell(frame) for frame in frames)
        return "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in told).encode()

    return spelled


def _document(spell: Callable[[Framed], Any], **around: Any) -> Spelling:
    def spelled(frames: Frames) -> bytes:
        listed = [spell(frame) for frame in frames]
        return json.dumps({**around, "events": listed} if around else listed, indent=(around and 2) or None).encode()

    return spelled


def _yaml(frames: Frames) -> bytes:
    told = [
        {"kind": "message", "direction": one.by("sent", "received"), "at": one.t, "data": json.loads(one.text)}
        for one in frames
    ]
    return yaml.safe_dump({"version": 1, "interactions": told}, allow_unicode=True, sort_keys=False).encode()


def _python(frame: Framed) -> str:
    return f"{frame.iso} INFO Received event: {frame.event!r}"


def _printed(frame: Framed) -> str:
    printed = json.dumps(frame.event, indent=2)
    return f"{frame.iso} [info] {frame.by('Sent', 'Received')} event: {printed}"


def _announced(frame: Framed) -> str:
    return f"{frame.iso} {frame.by('Sending', 'Received')}:\n{pprint.pformat(frame.event, width=60, sort_dicts=False)}"


TIMED: dict[str, tuple[str, Spelling]] = {
    "iso timestamps": ("envelopes", _lines(lambda f: {"timestamp": f.iso, "direction": f.by("client", "server"), "event": f.event})),
    "epoch milliseconds": ("envelopes", _lines(lambda f: {"ts": round(f.at.timestamp() * 1000), "dir": f.by("out", "in"), "payload": f.event})),
    "epoch seconds": ("envelopes", _lines(lambda f: {"time": round(f.at.timestamp(), 3), "event_sender": f.by("user", "openai"), "eventData": f.event})),
    "seconds from the start": ("envelopes", _lines(lambda f: {"elapsed_s": f.t, "source": f.by("client", "server"), "message": f.event})),
    "milliseconds from the start": ("frames", _lines(lambda f: {"t_ms": round(f.t * 1000), "sender": f.by("CLIENT", "SERVER"), "frame": f.text})),
    "type sent or received": ("frames", _lines(lambda f: {"type": f.by("sent", "received"), "timestamp": f.iso, "data": f.text})),
    "a browser's frames": ("frames", _lines(lambda f: {"type": f.by("send", "receive"), "time": f.at.timestamp(), "opcode": 1, "data": f.text})),
    "arrows": ("envelopes", _lines(lambda f: {"at": f.iso, "direction": f.by("↑", "↓"), "data": f.event})),
    "several frames a line": ("frames", _lines(lambda f: {"timestamp": f.iso, "from": f.by("client", "server"), "frames": [f.event]})),
    "an envelope in an envelope": ("envelopes", _lines(lambda f: {"timestamp": f.iso, "level": "debug", "data": {"direction": f.by("outgoing", "incoming"), "event": f.event}})),
    "a cassette": ("cassette", _lines(lambda f: {"kind": "message", "direction": f.by("sent", "received"), "at": f.iso, "data": f.event})),
    "a logger's field": ("envelopes", _lines(lambda f: {"level": "info", "message": "Received event", "meta": f.event, "timestamp": f.iso})),
    "a logger's field and process": ("envelopes", _lines(lambda f: {"level": 30, "time": round(f.at.timestamp() * 1000), "pid": 7, "hostname": "box", "log": f.event, "msg": "got it"})),
    "a container's output": ("frames", _lines(lambda f: {"log": f.text + "\n", "stream": "stdout", "time": f.iso})),
    "a list": ("document", _document(lambda f: {"timestamp": f.iso, "direction": f.by("client", "server"), "event": f.event})),
    "a list in a document": ("document", _document(lambda f: {"timestamp": f.iso, "sender": f.by("client", "server"), "event": f.event}, session="abc")),
    "yaml": ("yaml", _yaml),
    "a session log": ("session-log", _lines(lambda f: f"[{f.iso}] [sess_1] [{f.by('USER', 'OPENAI')}] {f.text}")),
    "a session log without brackets": ("session-log", _lines(lambda f: f"{f.iso} [sess_1] [{f.by('USER', 'OPENAI')}] {f.text}")),
    "a frame log": ("frame-log", _lines(lambda f: f" {f.iso}  {f.by('C>S', 'S>C')}  TEXT  {len(f.text)} B  {f.text}")),
    "json after a prefix": ("printed", _lines(_printed)),
    "python objects": ("python", _lines(_python)),
    "python objects below what announces them": ("python", _lines(_announced)),
}  # fmt: skip
"""Spellings that say when it was and, or the event's type does, who sent it: the form that each is, and how it is made."""

UNTIMED: dict[str, tuple[str, Spelling]] = {
    "a list of bare events": ("document", _document(lambda f: f.event)),
    "events one after another": ("printed", lambda frames: "".join(f.text for f in frames).encode()),
    "pretty events": ("printed", _lines(lambda f: json.dumps(f.event, indent=2))),
    "comments": ("comments", lambda frames: ("// a call\n\n" + "\n# next\n".join(f.text for f in frames)).encode()),
    "text in quotes": ("printed", _lines(lambda f: f"DEBUG > message: {json.dumps(f.text)}")),
    "python's bytes": ("printed", _lines(lambda f: f"DEBUG Received message: {f.text.encode()!r}")),
}
"""Spellings that tell nothing but the events."""
