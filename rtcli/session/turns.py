"""The user's turns, as the server's turn detection and the client's commits make them.

Law: at most one segment is open. Speech opens it; speech that stops, a commit, a clear or another turn
detection closes it. Only a turn that turn detection has committed, and is set to answer, awaits an
answer; the next response, the next speech or an error of the server's own ends that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal

from msgspec import Struct

from rtcli.events import conversation, error, input_audio_buffer, output_audio_buffer, response, session
from rtcli.formats import Entry
from rtcli.session.config import Config, at
from rtcli.session.ledger import Handler, Ledger, Memory
from rtcli.session.lifecycle import Lifecycle
from rtcli.session.transitions import State, after

Cause = Literal["vad", "client", "timeout"]

ANNOUNCED_WITHIN: Final = 10
"""How many events of the server may come between a commit and its item."""
_KEPT: Final = 64


class Segment(Struct):
    """A stretch of the user's audio that became an item, or was to become one."""

    item_id: str
    line: int
    """Where it began: the speech, or the commit where no speech was told."""
    t: float | None = None
    state: State = "unseen"
    start_ms: int | None = None
    stopped_line: int = 0
    stopped_id: str = ""
    """The item that the end of the speech named."""
    end_ms: int | None = None
    ended_line: int = 0
    """Where it was no longer open, for whatever reason."""
    committed_line: int = 0
    committed_t: float | None = None
    cause: Cause = "vad"
    """What committed it."""
    has_manual_commit: bool = False
    """The client committed after the speech had stopped."""
    has_company: bool = False
    """The client added an item to it behind its commit."""
    answered_line: int = 0
    interrupted_by: str = ""
    """The item of the speech that began while this turn was being answered."""


class Unannounced(Struct):
    """An item that was committed and has not been added to the conversation yet."""

    item_id: str
    line: int
    served: int
    """How many events of the server had come with the commit."""


class Idle(Struct):
    """A timeout that nobody spoke for, and whose silence has not been committed yet."""

    item_id: str
    line: int
    response_id: str | None = None
    """The response that began behind it."""


class Turns(Ledger):
    """What the user said, in turns, and whether it is answered."""

    def __init__(self, config: Config, lifecycle: Lifecycle) -> None:
        super().__init__(config)
        self.lifecycle = lifecycle
        self.segments: Memory[str, Segment] = Memory()
        """By item."""
        self.last: Segment | None = None
        """The last speech that began."""
        self.idle: Idle | None = None
        self.unannounced: dict[str, Unannounced] = {}
        """By item, the oldest first."""
        self.meddled_line = 0
        """Where the client last committed or cleared, or turn detection changed, since the last speech began."""
        self.commits = 0
        """Commits of the client that are not answered."""
        self.cancel_line = 0
        """Where the client last cancelled a response or cleared the output."""
        self._announced: Memory[str, bool] = Memory(_KEPT)
        self._answered: Segment | None = None
        self._detection: Any = None

    @property
    def open(self) -> Segment | None:
        """The speech that goes on."""
        return self._last_in("speaking")

    @property
    def stopped(self) -> Segment | None:
        """The speech that has stopped, and is not committed yet."""
        return self._last_in("stopped")

    @property
    def awaiting(self) -> Segment | None:
        """The turn that turn detection is to answer."""
        return self._last_in("awaiting")

    def _last_in(self, state: State) -> Segment | None:
        last = self.last
        return last if last is not None and last.state == state else None

    def overdue(self, served: int) -> list[Unannounced]:
        """The items that should have been added when the server has sent so many events."""
        return [one for one in self.unannounced.values() if served - one.served >= ANNOUNCED_WITHIN]

    def _started(self, event: input_audio_buffer.SpeechStarted, entry: Entry) -> None:
        self._forget_overdue()
        if self._answered is not None and self.lifecycle.speaking is not None:
            self._answered.interrupted_by = event.item_id
        segment = Segment(event.item_id, entry.line, entry.t, start_ms=event.audio_start_ms)
        segment.state = after("turn", segment.state, "started")
        self.last = self.segments[event.item_id] = segment
        self.meddled_line = 0

    def _stops(self, event: input_audio_buffer.SpeechStopped, entry: Entry) -> None:
        self._forget_overdue()
        segment = self.open
        if segment is not None:
            segment.state = after("turn", segment.state, "stopped")
            segment.ended_line = segment.stopped_line = entry.line
            segment.stopped_id, segment.end_ms = event.item_id, event.audio_end_ms

    def _end(self, entry: Entry) -> Segment | None:
        """The speech that went on until here, and is cut off."""
        segment = self.open
        if segment is not None:
            segment.state = after("turn", segment.state, "dropped")
            segment.ended_line = entry.line
        return segment

    def _drop(self) -> None:
        """Of the last speech nothing is awaited any more."""
        if self.last is not None:
            self.last.state = after("turn", self.last.state, "dropped")

    def _committed(self, event: input_audio_buffer.Committed, entry: Entry) -> None:
        spoken = self._end(entry) or self.stopped
        if self.last is not None and spoken is self.last and not spoken.stopped_line:
            self.meddled_line = entry.line
        cause = self._cause(event, spoken)
        segment = spoken if cause == "vad" else None
        if segment is None:
            segment = self.segments.get(event.item_id) or Segment(event.item_id, entry.line, entry.t)
        segment.committed_line, segment.committed_t, segment.cause = entry.line, entry.t, cause
        self.segments[event.item_id] = segment
        if segment is not self.last:
            self._drop()
        is_awaited = cause == "vad" and spoken is not None and self._is_to_be_answered()
        segment.state = after("turn", segment.state, "awaited" if is_awaited else "committed")
        self._await_announcement(event.item_id, entry)

    def _cause(self, event: input_audio_buffer.Committed, spoken: Segment | None) -> Cause:
        if self.idle is not None:
            self.idle = None
            return "timeout"
        if spoken is not None and event.item_id in (spoken.stopped_id, spoken.item_id) and spoken.stopped_line:
            return "vad"
        if self.commits:
            self.commits -= 1
            return "client"
        return "vad" if spoken is not None and spoken.stopped_line else "client"

    def _is_to_be_answered(self) -> bool:
        detection = self.config.turn_detection
        converses = hasattr(self.config.session, "output_modalities")
        creates = detection is not None and at(detection, "create_response") is not False
        return converses and creates and self.lifecycle.speaking is None

    def _await_announcement(self, item_id: str, entry: Entry) -> None:
        self.unannounced.clear()
        if item_id not in self._announced:
            self.unannounced[item_id] = Unannounced(item_id, entry.line, self.lifecycle.obligations.served)

    def _forget_overdue(self) -> None:
        """What the rules have been shown with this event; they saw one event less."""
        if self.unannounced:
            for one in self.overdue(self.lifecycle.obligations.served - 1):
                del self.unannounced[one.item_id]

    def _added(self, event: Any, _entry: Entry) -> None:
        if isinstance(event.item.id, str):
            self.announce(event.item.id)

    def announce(self, item_id: str) -> None:
        """An item is added to the conversation."""
        self._announced[item_id] = True
        self.unannounced.pop(item_id, None)

    def _timed_out(self, event: input_audio_buffer.TimeoutTriggered, entry: Entry) -> None:
        self.idle = Idle(event.item_id, entry.line)

    def _commits(self, _event: input_audio_buffer.Commit, entry: Entry) -> None:
        self.commits = min(self.commits + 1, _KEPT)
        self.meddled_line = entry.line
        self._end(entry)
        if self.stopped is not None:
            self.stopped.has_manual_commit = True

    def _cleared(self, _event: Any, entry: Entry) -> None:
        self._end(entry)
        if self.stopped is not None:
            self._drop()
        self.meddled_line, self.idle = entry.line, None

    def _configured(self, event: Any, entry: Entry) -> None:
        before, self._detection = self._detection, self.config.turn_detection
        if isinstance(event, session.Updated) and before != self._detection:
            self._cleared(event, entry)

    def _began(self, event: response.Created, entry: Entry) -> None:
        self._forget_overdue()
        if event.response.conversation_id is None:
            return
        self.begin_answer(entry)
        if self.idle is not None and self.idle.response_id is None:
            self.idle.response_id = event.response.id or ""

    def begin_answer(self, entry: Entry) -> None:
        """A response begins in the conversation; it answers the turn that awaits one."""
        answered = self._answered = self.awaiting
        if answered is not None:
            answered.state = after("turn", answered.state, "answered")
            answered.answered_line = entry.line

    def _ended(self, event: response.Done, _entry: Entry) -> None:
        self._forget_overdue()
        if self.idle is not None and self.idle.response_id == (event.response.id or ""):
            self.idle = None

    def _joined(self, _event: conversation.ItemCreate, _entry: Entry) -> None:
        self.join()

    def join(self) -> None:
        """The client adds an item to what the user has said."""
        if self.awaiting is not None:
            self.awaiting.has_company = True

    def _failed(self, event: error.Error, _entry: Entry) -> None:
        if not event.error.event_id and self.awaiting is not None:
            self._drop()
        if event.error.code == "input_audio_buffer_commit_empty" and self.commits:
            self.commits -= 1

    def _cancels(self, _event: Any, entry: Entry) -> None:
        self.cancel_line = entry.line

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        input_audio_buffer.SpeechStarted: _started,
        input_audio_buffer.SpeechStopped: _stops,
        input_audio_buffer.Committed: _committed,
        input_audio_buffer.TimeoutTriggered: _timed_out,
        input_audio_buffer.Commit: _commits,
        input_audio_buffer.Clear: _cleared,
        input_audio_buffer.Cleared: _cleared,
        conversation.ItemAdded: _added,
        conversation.ItemCreated: _added,
        conversation.ItemCreate: _joined,
        session.Created: _configured,
        session.Updated: _configured,
        response.Created: _began,
        response.Done: _ended,
        response.Cancel: _cancels,
        output_audio_buffer.Clear: _cancels,
        error.Error: _failed,
    }


def is_off(config: Config) -> bool:
    """Whether the session says that turn detection is off, so that the client commits."""
    heard = at(config.session, "audio", "input")
    return heard is not None and heard.turn_detection is None
