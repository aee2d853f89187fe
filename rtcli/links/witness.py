"""What of one proxied connection is written down: the bytes of both sides in, records out.

Law: whatever happens here, the caller may go on forwarding; nothing is raised.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

from rtcli.errors import RecordingFailed
from rtcli.events import Event, Listener, Malformed
from rtcli.formats import Entry
from rtcli.links.frames import Frames
from rtcli.links.messages import Closing, Control, Data, Odd, Raw
from rtcli.links.parts import Parts
from rtcli.links.tap import Tap
from rtcli.recording import Close
from rtcli.recording.record import Sender

NORMAL_CLOSES: Final = frozenset({1000, 1001, None})
"""Close codes after which nothing is wrong; 1001 is the end of a session's longest duration."""

NAMING: Final = frozenset({"session.created", "transcription_session.created"})
"""Events that say what the session is called."""
NAMED_WITHIN: Final = 20
"""How many of the server's events are looked at for that."""


class Witness:
    """Parses what passes, records it, and shows it."""

    def __init__(
        self,
        parts: Callable[[Tap], Parts],
        listener: Listener,
        seen: Callable[[Entry], None] | None,
        suspended: Callable[[str], None],
    ) -> None:
        """`seen` is shown every record, if anybody looks, and `suspended` why there are no more in the file."""
        self.tap = Tap(None, listener)
        self.parts = parts(self.tap)
        if seen is not None or self.parts.alarming:
            self.tap.seen = self._look
        self.lost = ""
        """What is missing in the recording."""
        self.closed: dict[Sender, Close] = {}
        """The close frames that went by, by who sent them."""
        self._nameless = NAMED_WITHIN
        """How many more of the server's events may say what the session is called."""
        self._stopped = False
        self._refused = ""
        self._shown = seen or _look_away
        self._suspended = suspended
        self._frames: dict[Sender, Frames] = {"client": Frames(masked=True), "server": Frames(masked=False)}

    @property
    def how(self) -> str:
        """How the connection ended, in words."""
        if self._refused:
            return self._refused
        if self._stopped:
            return "closed because rtcli was stopped"
        if not self.closed:
            return "broken off without a close frame"
        first = next(iter(self.closed.values()))
        code = f"code {first.code}" if first.code is not None else "no code"
        return f"closed by the {first.sender} with {code}{f' ({first.reason})' if first.reason else ''}"

    def opened(self, url: str, by: str, status: int, headers: dict[str, str], subprotocol: str | None) -> None:
        """The handshake was answered; the recording begins."""
        self._guarded(lambda: self.tap.record_to(self.parts, url, by))
        self._guarded(lambda: self.tap.open(status, headers, subprotocol))

    def feed(self, sender: Sender, data: bytes) -> None:
        """Bytes of that side went by."""
        for one in self._frames[sender].read(data):
            if isinstance(one, list):  # nearly all of it
                self._tell(sender, one)
            else:
                self._guarded(partial(self._record, sender, one))

    def between(self, sender: Sender) -> bool:
        """Whether that side's last frame is whole."""
        return self._frames[sender].between

    def missing_bytes(self, sender: Sender) -> int:
        """How many bytes that side's frame lacks at least."""
        return self._frames[sender].missing_bytes

    def ended(self, sender: Sender) -> None:
        """Nothing more comes from that side."""
        if torn := self._frames[sender].torn:
            self.note(f"the {sender}'s connection ended {torn}")

    def note(self, text: str) -> None:
        """Write a remark down."""
        self._guarded(lambda: self.tap.note(text))

    def stop(self) -> None:
        """It is rtcli that ends the session."""
        self._stopped = True
        self.note("rtcli was stopped and closed the session")

    def refuse(self, why: str) -> None:
        """It is rtcli that ends the session, because of what one side sent."""
        self._refused = why
        self.note(why)

    def close(self) -> None:
        """The connection is over."""
        good = NORMAL_CLOSES.issuperset(one.code for one in self.closed.values()) and self.closed
        if not good and not self._stopped:
            self._alarm(self.tap.now)
        self._guarded(self.parts.close)

    # --- how it is done ------------------------------------------------------------------------

    def _tell(self, sender: Sender, texts: list[bytes]) -> None:
        """Record texts that came together, without the price of a guard for each."""
        try:
            self.tap.texts(sender, texts)
            if self._nameless and sender == "server":
                self._look_for_a_name(texts)
        except Exception as error:  # noqa: BLE001 - the law above: a fault in here must not end a call
            self._lose(_words(error))
        if self.tap.failure is not None and not self.lost:
            self._lose(str(self.tap.failure))

    def _record(self, sender: Sender, one: Raw) -> None:
        match one:
            case Data(data):
                self.tap.frame(sender, data)
            case Control(kind, data):
                self.tap.control(sender, kind, data)
            case Closing(code, reason):
                self.closed.setdefault(sender, Close(None, sender, code, reason))
                self.tap.close(sender, code, reason)
            case Odd(what, data, lost):
                self.tap.note(f"the {sender} sent {what}", missing=lost)
                if data is not None:
                    self.tap.frame(sender, data)
                if lost:
                    self._lose(f"the {sender} sent {what}")

    def _look_for_a_name(self, texts: list[bytes]) -> None:
        """Look for the session's id in the server's first events."""
        for text in texts[: self._nameless]:
            self._nameless -= 1
            if name := _name_in(text):
                self._nameless = 0
                self.parts.name(name)
                return

    def _look(self, entry: Entry) -> None:
        """A record was written."""
        content = entry.event
        if isinstance(content, Event | Malformed) and content.type == "error":
            self._alarm(entry.t or 0.0)
        try:
            self._shown(entry)
        except Exception as error:  # noqa: BLE001 - as above
            self._shown = _look_away
            self.note(f"rtcli has a fault and shows no more of this session: {_words(error)}")

    def _alarm(self, at_s: float) -> None:
        """Something went wrong in the session."""
        if self.tap.failure is None:
            self._guarded(lambda: self.parts.alarm(at_s))

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except RecordingFailed as failure:
            self.tap.failure = failure
        except Exception as error:  # noqa: BLE001 - as above
            self._lose(_words(error))
        if self.tap.failure is not None and not self.lost:
            self._lose(str(self.tap.failure))

    def _lose(self, why: str) -> None:
        """Say once that something is missing."""
        if not self.lost:
            self.lost = why
            self._suspended(why)


def _name_in(text: bytes) -> str:
    """The session's id, if this event has it, whatever else is wrong with it."""
    if any(b'"%b"' % name.encode() in text for name in NAMING):
        with suppress(ValueError, RecursionError, TypeError, KeyError):
            event = json.loads(text)
            if event["type"] in NAMING and isinstance(event["session"]["id"], str):
                return event["session"]["id"]
    return ""


def _look_away(_entry: Entry) -> None:
    """Nothing is shown."""


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
