"""Where sessions are played: a client, the built-in server or a script, and a clock that nobody waits for.

Law: the same script gives the same lines, ids and times included.
"""

from __future__ import annotations

import base64
from typing import Any, Final

import msgspec

from rtcli.events import Event, encode
from rtcli.events.build import Events
from rtcli.standin import Standin
from rtcli.standin.identity import Ids

STARTED_AT: Final = "2026-11-20T19:00:00.000000Z"
STARTED_UNIX: Final = 1_795_201_200
LATENCY_S: Final = 0.012
"""From the server's sending to the client's receiving."""
APART_S: Final = 0.0004
"""Between two records of the same moment."""
SILENCE: Final = b"\xff"
"""A sample of µ-law that is silent."""

Line = dict[str, Any]
"""A record of a recording, as JSON."""


class Stage:
    """Writes down what a client and a server say to each other."""

    def __init__(self, url: str, transport: str = "websocket", seed: int = 1) -> None:
        self.now = 0.0
        self.ids = Ids(seed)
        self.build = Events(lambda: self.ids.new("event"))
        """Makes the server's events where a script speaks for it."""
        self.lines: list[Line] = [
            {
                "rtcli": 1,
                "started_at": STARTED_AT,
                "url": url,
                "by": "recordings/broken/make.py",
                "transport": transport,
                "handshake": True,
                "lossless": True,
            }
        ]
        self.note(0.006, open={"status": 101, "headers": {"server": "rtcli"}, "subprotocol": None})

    def note(self, at: float, **record: Any) -> None:
        """Write down a record; no two have the same time."""
        last = self.lines[-1].get("t", 0.0)
        self.lines.append({"t": round(max(at, last + APART_S), 6), **record})

    def send(self, *events: dict[str, Any]) -> None:
        """The client speaks."""
        for event in events:
            self.note(self.now, **{"from": "client", "event": event})

    def hear(self, *events: Event | dict[str, Any]) -> None:
        """The server speaks."""
        for event in events:
            body = msgspec.json.decode(encode(event)) if isinstance(event, Event) else event
            self.note(self.now + LATENCY_S, **{"from": "server", "event": body})

    def wait(self, seconds: float = 0.1) -> None:
        """Time passes."""
        self.now = round(self.now + seconds, 6)

    def hang_up(self) -> None:
        """The client closes the connection."""
        self.wait(0.05)
        for side in ("client", "server"):
            self.note(self.now, **{"from": side, "close": {"code": 1000, "reason": ""}})


class Call(Stage):
    """A client of the built-in server."""

    def __init__(self, seed: int, *, transcription: bool = False) -> None:
        query = "intent=transcription" if transcription else "model=gpt-realtime"
        super().__init__(f"ws://127.0.0.1:8080/v1/realtime?{query}", seed=seed)
        self._standin = Standin(seed=seed, transcription=transcription, started_unix=STARTED_UNIX)
        self._standin.open()
        self.hear(*self._standin.due(0.0))
        self.wait(0.05)

    def send(self, *events: dict[str, Any]) -> None:
        """The client speaks, and hears what the server has to say to it at once."""
        for event in events:
            super().send(event)
            self._standin.receive(msgspec.json.encode(event).decode(), self.now)
        self.hear(*self._standin.due(self.now))

    def wait(self, seconds: float = 10.0) -> None:
        """Time passes until the server has nothing more to do, at most so much."""
        end = self.now + seconds
        while (at := self._standin.next_at) is not None and at <= end:
            self.now = at
            self.hear(*self._standin.due(at))
        self.now = round(end if seconds < 10 else self.now + 0.2, 6)

    def speak(self, *stretches_ms: int, step_ms: int = 100) -> None:
        """Silence, speech, silence and so on, in µ-law, as fast as it is spoken."""
        for number, stretch_ms in enumerate(stretches_ms):
            for start_ms in range(0, stretch_ms, step_ms):
                self.send(append(sound(min(step_ms, stretch_ms - start_ms), loud=number % 2 == 1)))
                self.wait(step_ms / 1000)


def sound(length_ms: int, *, loud: bool) -> bytes:
    """Audio in µ-law: a tone of 400 Hz, or silence."""
    return (b"\x9f" * 10 + b"\x1f" * 10) * (length_ms * 8 // 20) if loud else SILENCE * (length_ms * 8)


def append(audio: bytes) -> dict[str, Any]:
    """The client's event that carries audio."""
    return {"type": "input_audio_buffer.append", "audio": base64.b64encode(audio).decode()}


def shortened(lines: list[Line], deltas: int = 3) -> list[Line]:
    """The session with no more than the first deltas of each spoken answer, billed for what is left.

    A delta has 200 ms of audio, which is four tokens.
    """
    kept: list[Line] = []
    heard: dict[str, int] = {}
    for line in lines:
        event = line.get("event", {})
        if event.get("type") == "response.output_audio.delta":
            heard[event["response_id"]] = heard.get(event["response_id"], 0) + 1
            if heard[event["response_id"]] > deltas:
                continue
        if event.get("type") == "response.done" and event["response"]["id"] in heard:
            usage = event["response"]["usage"]
            less = usage["output_token_details"]["audio_tokens"] - 4 * min(deltas, heard[event["response"]["id"]])
            usage["output_token_details"]["audio_tokens"] -= less
            usage["output_tokens"] -= less
            usage["total_tokens"] -= less
        kept.append(line)
    return kept
