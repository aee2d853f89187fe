"""The built-in server's responses: one in the conversation at most, any number beside it.

Law: what was created is done once, and nothing of it follows; only then the next one in the
conversation can be created.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from rtcli.events import response
from rtcli.events.configuration import ResponseParams
from rtcli.events.objects import Item, ItemReference, Message
from rtcli.standin import settings
from rtcli.standin.answer import THINKING_S, Answer, Status
from rtcli.standin.conversation import Conversation, text_of
from rtcli.standin.outbox import Outbox
from rtcli.standin.refusal import Refused
from rtcli.standin.script import Call, Say, reply
from rtcli.standin.settings import Settings
from rtcli.standin.usage import TokenBudget, usage_of


class Responses:
    """Gives answers, and ends them. `rested` is called with the time when one is over."""

    def __init__(self, outbox: Outbox, talk: Conversation, config: Settings, rested: Callable[[float], None]) -> None:
        self.active: Answer | None = None
        """The one in the conversation."""
        self.spoke = False
        """Whether any of them was heard."""
        self._outbox = outbox
        self._talk = talk
        self._config = config
        self._rested = rested
        self._asides: dict[str, Answer] = {}
        self._budget = TokenBudget()

    # --- what a client asks --------------------------------------------------------------------

    def create(self, event: response.Create, now: float) -> None:
        """The client asks for a response."""
        if self._config.kind != "realtime":
            raise Refused("invalid_event", "A transcription session has no responses.", "type")
        asked = event.response or ResponseParams()
        self._check(asked)
        if self.active and asked.conversation != "none":
            message = (
                f"Conversation already has an active response in progress: {self.active.id}. "
                "Wait until the response is finished before creating a new one."
            )
            raise Refused("conversation_already_has_active_response", message)
        self.start(asked, now)

    def _check(self, asked: ResponseParams) -> None:
        if asked.conversation not in {None, msgspec.UNSET, "auto", "none"}:
            message = f"Invalid value: '{asked.conversation}'. Supported values are: 'auto', 'none'."
            raise Refused("invalid_value", message, "response.conversation")
        if asked.output_modalities:
            settings.check_modalities(list(asked.output_modalities), "response.output_modalities")
        tools = msgspec.to_builtins(asked.tools or [])
        settings.check_tools(tools, msgspec.to_builtins(asked.tool_choice or None), "response")
        for index, item in enumerate(asked.input or ()):
            if isinstance(item, ItemReference) and item.id not in self._talk.items:
                place = f"response.input[{index}].id"
                raise Refused("invalid_value", f"Item with the id '{item.id}' does not exist.", place)

    def cancel(self, event: response.Cancel, now: float) -> None:
        """The client wants no more of a response."""
        named = event.response_id or (self.active.id if self.active else None)
        answer = self.active if self.active and self.active.id == named else self._asides.get(named or "")
        if answer is None:
            raise Refused("response_cancel_not_active", "Cancellation failed: no active response found")
        self._finish(answer, "cancelled", "client_cancelled", now)

    def interrupt(self, now: float) -> None:
        """The user speaks: the response in the conversation ends."""
        if self.active:
            self._finish(self.active, "cancelled", "turn_detected", now)

    # --- one response --------------------------------------------------------------------------

    def start(self, asked: ResponseParams, now: float) -> None:
        """Announce a response, and begin it after a moment."""
        answer = self._answer(asked)
        if answer.conversation_id:
            self.active = answer
        else:
            self._asides[answer.id] = answer
        self._outbox.put(answer.created())
        self._outbox.later(now, THINKING_S, self._begin, answer)

    def _answer(self, asked: ResponseParams) -> Answer:
        aside = asked.conversation == "none"
        session = self._config.body
        audio = msgspec.to_builtins(asked.audio)["output"] if asked.audio and asked.audio.output else {}
        modalities = list(asked.output_modalities or session["output_modalities"])
        limit = asked.max_output_tokens or session["max_output_tokens"]
        return Answer(
            self._outbox,
            self._reply(asked, aside=aside, spoken="audio" in modalities),
            conversation_id=None if aside else self._talk.id,
            modalities=modalities,
            voice=audio.get("voice") or session["audio"]["output"]["voice"],
            audio_format=(audio.get("format") or session["audio"]["output"]["format"])["type"],
            limit=limit if isinstance(limit, int) else None,
            metadata=asked.metadata,
        )

    def _reply(self, asked: ResponseParams, *, aside: bool, spoken: bool) -> Say | Call:
        said, output = self._talk.said, self._talk.output
        if isinstance(asked.input, list):
            said, output = self._said_in(asked.input), None
        elif aside:
            output = None
        else:
            self._talk.output = None
        tools = asked.tools if isinstance(asked.tools, list) else self._config.tools
        choice = asked.tool_choice or getattr(self._config.typed, "tool_choice", "auto")
        return reply(said, output, tools, choice, spoken=spoken)

    def _said_in(self, items: Sequence[Item | ItemReference]) -> str:
        """What the messages say that stand for the conversation."""
        named = [self._talk.items[item.id] if isinstance(item, ItemReference) else item for item in items]
        return " ".join(text_of(item) for item in named if isinstance(item, Message))

    def _begin(self, now: float, answer: Answer) -> None:
        if not answer.open:
            return
        added, item, more = answer.begin()
        self._outbox.put(added)
        if answer.conversation_id:
            previous = self._talk.add(item, answer.item_id)
            self._outbox.put(self._outbox.build.item(answer.item_id).added(item, previous_item_id=previous))
        self._outbox.put(*more)
        last_s = 0.0
        for last_s, kind, value in answer.steps():
            self._outbox.later(now, last_s, self._step, answer, kind, value)
        self._outbox.later(now, last_s, self._complete, answer)

    def _step(self, _now: float, answer: Answer, kind: str, value: Any) -> None:
        if answer.open:
            self.spoke = self.spoke or kind == "audio"
            self._outbox.put(answer.next(kind, value))

    def _complete(self, now: float, answer: Answer) -> None:
        if not answer.open:
            return
        if answer.cut_short:
            self._finish(answer, "incomplete", "max_output_tokens", now)
        else:
            self._finish(answer, "completed", None, now)

    def _finish(self, answer: Answer, status: Status, reason: str | None, now: float) -> None:
        closing, item, more = answer.end(status)
        self._outbox.put(*closing)
        if item is not None and answer.conversation_id:
            self._keep(answer, item)
        usage = usage_of(self._talk, self._config.body, answer)
        self._outbox.put(*more, answer.done(status, reason, usage))
        self._asides.pop(answer.id, None)
        if answer is self.active:
            self.active = None
        self._outbox.put(self._outbox.build.rate_limits(self._budget.spend(usage, now)))
        self._rested(now)

    def _keep(self, answer: Answer, item: Item) -> None:
        """The conversation keeps the final item, if the client has not deleted it meanwhile."""
        if answer.item_id not in self._talk.items:
            return
        self._talk.items[answer.item_id] = item
        self._talk.spoken_ms[answer.item_id] = answer.audio_ms
        before = self._talk.settled_before(answer.item_id)
        self._outbox.put(self._outbox.build.item(answer.item_id).done(item, previous_item_id=before))
