"""The same call once more: a recording with other ids, other times, and deltas and audio that were cut elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

RECORDINGS = Path(__file__).parents[1] / "recordings"
CALLS = sorted([*RECORDINGS.glob("*.jsonl"), *(RECORDINGS / "clean").glob("*.jsonl")])


def records_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def lines_of(records: list[dict]) -> list[bytes]:
    return [json.dumps(record).encode() + b"\n" for record in records]


def renamed(records: list[dict], salt: str) -> list[dict]:
    """Every id replaced by another, wherever it is mentioned."""
    text = json.dumps(records)
    for name in sorted(set(_ids(records)), key=len, reverse=True):
        text = text.replace(
            json.dumps(name), json.dumps("new_" + hashlib.sha256((salt + name).encode()).hexdigest()[:9])
        )
    return json.loads(text)


def _ids(value) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _ids(one)
    if isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, str) and one and (name == "id" or name.endswith("_id")):
                yield one
            yield from _ids(one)


def retimed(records: list[dict], shift: float, scale: float) -> list[dict]:
    return [{**record, "t": shift + scale * record["t"]} if "t" in record else record for record in records]


def recut(records: list[dict], chance: Random) -> list[dict]:
    """Every delta and every append cut in two somewhere, some of them with nothing in one half."""
    cut = []
    for record in records:
        event = record.get("event", {})
        name = "delta" if event.get("type", "").endswith(".delta") else "audio" if is_append(record) else ""
        if not name or not isinstance(event.get(name), str):
            cut.append(record)
            continue
        for number, piece in enumerate(_halves(event[name], event["type"], chance)):
            own = {"event_id": f"{event['event_id']}_{number}"} if "event_id" in event else {}
            cut.append({**record, "event": {**event, **own, name: piece}})
    return cut


def _halves(text: str, kind: str, chance: Random) -> tuple[str, str]:
    if kind.endswith(("audio.delta", ".append")):
        sound = base64.b64decode(text)
        at = chance.randint(0, len(sound))
        return base64.b64encode(sound[:at]).decode(), base64.b64encode(sound[at:]).decode()
    at = chance.randint(0, len(text))
    return text[:at], text[at:]


def is_append(record: dict) -> bool:
    return record.get("event", {}).get("type", "").endswith(("audio_buffer.append", "input_audio.append"))


def is_delta(record: dict) -> bool:
    return record.get("event", {}).get("type", "").endswith(".delta")


def whole_events(records: list[dict]) -> list[int]:
    """Where the events are that are no piece of something."""
    return [
        index
        for index, record in enumerate(records)
        if "event" in record and not is_delta(record) and not is_append(record)
    ]


_PASSING = ("_ms", "_at", "_id", "id", "remaining", "reset_seconds", "obfuscation", "elapsed", "start", "end", "audio")


def leaves(value, path=()) -> Iterator[tuple]:
    """The paths to what an event says, but for ids and times."""
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from leaves(one, (*path, index))
    elif isinstance(value, dict):
        for name, one in value.items():
            if (*path, name) != ("type",):
                yield from leaves(one, (*path, name))
    elif value is not None and not (isinstance(path[-1], str) and path[-1].endswith(_PASSING)):
        yield path


def changed(event: dict, path: tuple) -> dict:
    """The event with another value at a path."""
    copy = json.loads(json.dumps(event))
    holder = copy
    for step in path[:-1]:
        holder = holder[step]
    before = holder[path[-1]]
    holder[path[-1]] = (
        (not before) if isinstance(before, bool) else f"{before}x" if isinstance(before, str) else before + 1
    )
    return copy
