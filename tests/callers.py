"""One client of the built-in server, without sockets and with a clock of its own."""

from __future__ import annotations

import json

from msgspec import UNSET

from rtcli.events import Event, build, encode
from rtcli.events.objects import InputText, Message
from rtcli.standin import Standin

SILENCE_MS = 48


class Call:
    """One client of one server; ``say`` sends and plays the clock forward until all is quiet."""

    def __init__(self, **options):
        self.standin = Standin(seed=7, **options)
        self.standin.open()
        self.now = 0.0
        self.events: list[Event] = self.standin.due(0.0)

    def send(self, *sent):
        """Send events, or texts and objects that are to be refused."""
        for one in sent:
            text = encode(one).decode() if isinstance(one, Event) else one if isinstance(one, str) else json.dumps(one)
            self.standin.receive(text, self.now)
        return self._take(self.standin.due(self.now))

    def wait(self, seconds: float = 60.0):
        end, got = self.now + seconds, []
        while (at := self.standin.next_at) is not None and at <= end:
            got += self.standin.due(at)
        self.now = end
        return self._take(got)

    def say(self, *bodies):
        return self.send(*bodies) + self.wait()

    def speak(self, pcm16: bytes, step_ms: int = 100):
        got = []
        for start in range(0, len(pcm16), step_ms * 48):
            got += self.send(build.input_audio.append(pcm16[start : start + step_ms * 48])) + self.wait(step_ms / 1000)
        return got

    def _take(self, events):
        self.events += events
        return events


def message(text: str, item_id: str | None = None, *, after=UNSET):
    said = Message(role="user", content=[InputText(text=text)])
    group = build.new_item if item_id is None else build.item(item_id)
    return group.create(said, previous_item_id=after)


def update(**session):
    """A ``session.update`` as a plain object, so that it can also be a wrong one."""
    return {"type": "session.update", "event_id": "mine", "session": {"type": "realtime", **session}}


CREATE = build.new_response.create()
TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "Look up the weather for a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def types(events):
    """The types, a run of the same as one."""
    names = [event.type for event in events]
    return [name for index, name in enumerate(names) if index == 0 or names[index - 1] != name]


def only(events, name):
    (event,) = [event for event in events if event.type == name]
    return event
