"""The fast way through events that merely go on, into the tree: deltas of a stream, and appends of the microphone.

Law: what it leaves behind is what applying the entry would have left. Of an event that does more than go on, or
that whoever judges does not take in, it takes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from rtcli.events import Sender, input_audio_buffer, response
from rtcli.formats.rtcli import Take, Taking
from rtcli.session import records
from rtcli.session.content import OWN
from rtcli.session.places import RECENT_LINES

if TYPE_CHECKING:
    from rtcli.session.fold import Session

Judges = Mapping[type, Take]
"""By class of event what judges it where nothing can be found in it."""


class Onward(Taking):
    """Takes in for a session what merely goes on where it is read."""

    def __init__(self, session: Session, judging: Taking | None) -> None:
        """`judging` takes in for whoever judges, where somebody does; nothing is taken in that it leaves."""
        super().__init__()
        self._session = session
        self._judging = judging
        self._known: set[type] = set()

    def expect(self, kind: type) -> None:
        """Take in events of a class from now on, if there is a fast way."""
        if kind in self._known:
            return
        self._known.add(kind)
        make = next((_WAYS[base] for base in kind.__mro__ if base in _WAYS), None)
        if make is not None:
            self.takes[kind] = make(self._session, kind, self._judging.takes if self._judging is not None else None)

    def note(self, events: int, line: int, t: float | None) -> None:
        """Note for those who judge, too, what was taken in."""
        super().note(events, line, t)
        if self._judging is not None:
            self._judging.note(events, line, t)


def _delta(name: str) -> Callable[[Session, type, Judges | None], Take]:
    """How a stream of this kind goes on, whose item has its place."""
    is_audio = name == "audio"

    def make(session: Session, kind: type, judges: Judges | None) -> Take:
        recent = session.places.recent
        has_parts = "content_index" in kind.__struct_fields__  # type: ignore[attr-defined] # an event

        def goes_on(event: Any, line: int, t: float | None, sender: Sender | None) -> bool:
            state = session.state
            answer = state.responses.get(event.response_id) if state is not None else None
            item = answer.items.get(event.item_id) if answer is not None else None
            if state is None or item is None or not item.line:
                return False
            stream = item.streams.get((event.content_index if has_parts else OWN, name))
            if stream is None:
                return False
            if judges is not None:
                judge = judges.get(kind)
                if judge is None or not judge(event, line, t, sender):
                    return False
            if is_audio:
                stream.add_audio(event.delta, t, event.event_id)
            else:
                stream.add_text(event.delta, t, event.event_id)
            connection = state.connection
            connection.events += 1
            state.touched = None
            recent[line % RECENT_LINES] = (line, item, connection)
            session.passed(t)
            return True

        return goes_on

    return make


def _append(session: Session, kind: type, judges: Judges | None) -> Take:
    """How the user's audio goes on, of which some was sent before."""
    recent = session.places.recent

    def goes_on(event: Any, line: int, t: float | None, sender: Sender | None) -> bool:
        state = session.state
        run = state.run if state is not None else None
        if state is None or run is None or not run.line or "" in state.responses or "" in state.items:
            return False
        if judges is not None:
            judge = judges.get(kind)
            if judge is None or not judge(event, line, t, sender):
                return False
        event_id = event.event_id
        if event_id:
            records.remember(state, event_id, event.type)
        run.add_audio(event.audio, t, event_id or "")
        connection = state.connection
        connection.events += 1
        state.touched = None
        recent[line % RECENT_LINES] = (line, run, connection)
        session.passed(t)
        return True

    return goes_on


_WAYS: Final[Mapping[type, Callable[[Session, type, Judges | None], Take]]] = {
    response.OutputTextDelta: _delta("text"),
    response.OutputAudioDelta: _delta("audio"),
    response.OutputAudioTranscriptDelta: _delta("transcript"),
    response.FunctionCallArgumentsDelta: _delta("arguments"),
    input_audio_buffer.Append: _append,
}
