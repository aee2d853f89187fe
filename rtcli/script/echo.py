"""What a client chose and asked for now, in the recorded answers that repeat it.

Law: an answer that repeats nothing of it goes out as it was recorded, to the byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rtcli.recording import Close
from rtcli.script.need import Causes
from rtcli.script.renaming import encoded, ids_in, pairs, renamed
from rtcli.script.steps import Step, body_of


class Echo:
    """What one client has sent so far, beside what was sent in the recording."""

    def __init__(self, steps: Sequence[Step], causes: Causes, ids: Mapping[int, set[str]]) -> None:
        self._steps = steps
        self._causes = causes
        self._ids = ids
        self._came: dict[int, dict[str, Any]] = {}
        self._now: dict[str, str] = {}
        self.then: dict[str, str] = {}
        """The recorded names of the ids that the client chose now."""

    def learn(self, step: Step, body: dict[str, Any]) -> None:
        """The recorded event has come again, as this."""
        self._came[step.index] = body
        for old, new in pairs(step.body, body):
            self._name(old, new)
        given, item = self._causes.named.get(step.index), body.get("item")
        if given and isinstance(item, dict) and isinstance(item.get("id"), str):
            self._name(given, item["id"])

    def _name(self, old: str, new: str) -> None:
        self._now[old] = new
        self.then[new] = old

    def of(self, step: Step) -> str | bytes | Close:
        """What goes out for a server's step."""
        body = step.body
        if isinstance(step.content, str) and not self._now.keys().isdisjoint(self._ids[step.index]):
            body = renamed(body_of(step.content), self._now)
            body |= {"event_id": step.body["event_id"]} if "event_id" in body else {}
        repeated = self._repeated(step, body)
        return step.content if repeated is step.body else encoded(repeated)

    def _repeated(self, step: Step, body: dict[str, Any]) -> dict[str, Any]:
        cause = self._causes.of[step.index].step
        asked = self._came.get(cause) if cause is not None else None
        if asked is not None and cause is not None:
            if step.type == "conversation.item.truncated":
                return _at_the_moment(body, asked.get("audio_end_ms"))
            if step.type == "error":
                return _blaming(body, step.body, self._steps[cause].body, asked)
        return self._with_metadata(step, body) if isinstance(body.get("response"), dict) else body

    def _with_metadata(self, step: Step, body: dict[str, Any]) -> dict[str, Any]:
        """A response with what the client noted on its request."""
        asked = self._causes.asked.get(str(step.body["response"].get("id")))
        now = self._came.get(asked) if asked is not None else None
        if asked is None or now is None or _metadata(now) == _metadata(self._steps[asked].body):
            return body
        return {**body, "response": {**body["response"], "metadata": _metadata(now)}}


def names_of(steps: Sequence[Step], causes: Causes) -> dict[int, set[str]]:
    """The ids in each of the server's steps."""
    return {index: ids_in(steps[index].body) for index in causes.of}


def _metadata(body: Mapping[str, Any]) -> Any:
    asked = body.get("response")
    return asked.get("metadata") if isinstance(asked, dict) else None


def _at_the_moment(body: dict[str, Any], at_ms: Any) -> dict[str, Any]:
    return body if at_ms is None or body.get("audio_end_ms") == at_ms else {**body, "audio_end_ms": at_ms}


def _blaming(
    body: dict[str, Any], recorded: dict[str, Any], then: dict[str, Any], now: dict[str, Any]
) -> dict[str, Any]:
    """An error that names the event of now where it named the one of then."""
    error, blamed = body.get("error"), recorded.get("error")
    if not isinstance(error, dict) or not isinstance(blamed, dict) or then.get("event_id") == now.get("event_id"):
        return body
    if blamed.get("event_id") != then.get("event_id"):
        return body
    return {**body, "error": {**error, "event_id": now.get("event_id")}}
