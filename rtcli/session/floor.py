"""Who has the floor: which turns of the tree the user has broken into.

Law: a turn is interrupted here if, and only if, the numbers of `rtcli.session.answering` say so, as far as both
tell the turns apart alike. What is kept of a response is a few words, and a look at its audio costs as much as it
has parts.
"""

from __future__ import annotations

from rtcli.session.tree import Item, Response, Turn


class Floor:
    """The answers of one connection, as far as the user may break into them."""

    def __init__(self) -> None:
        self._turns: dict[str, Turn] = {}
        """By response of the conversation."""
        self._writers: dict[str, Response] = {}
        """By item the response that writes it."""
        self._sounds_since: dict[str, int] = {}
        """By response how many speeches had begun before its first audio."""
        self._spoken_over: set[str] = set()
        self._speeches = 0
        self._speech_turn: Turn | None = None
        """The turn that the last of them is in."""
        self._sounding: Response | None = None
        """The last response of the conversation that can be heard."""

    def answers(self, response: Response, turn: Turn) -> None:
        """A response of the conversation answers a turn."""
        self._turns[response.id] = turn

    def writes(self, response: Response, item: Item) -> None:
        """A response writes an item."""
        self._writers[item.id] = response

    def sounds(self, response: Response) -> None:
        """There is audio of a response, here or at a caller elsewhere."""
        if response.id in self._sounds_since:
            return
        self._sounds_since[response.id] = self._speeches
        if not response.out_of_band:
            self._sounding = response

    def speech_began(self, at_s: float | None, over: list[Response], *, interrupts: bool) -> None:
        """The user begins to speak, over the responses that are open and one that is still to be heard."""
        self._speeches += 1
        last = self._sounding
        if last is not None and last.done and (last.playback == "started" or _is_heard(last, at_s)):
            over = [*over, last]
        for response in over:
            self._spoken_over.add(response.id)
            if interrupts and (response.playback == "started" or _is_heard(response, at_s)):
                self._interrupt(response)

    def speaks_in(self, turn: Turn) -> None:
        """The user's speech is in a turn."""
        self._speech_turn = turn

    def cancelled(self, response: Response) -> None:
        """A response is cancelled: for the user's speech, if there was some since or the server says so."""
        detected = response.details is not None and response.details.reason == "turn_detected"
        elsewhere = self._speech_turn is not None and self._speech_turn is not self._turns.get(response.id)
        if response.id in self._spoken_over or (detected and elsewhere):
            self._interrupt(response)

    def cut(self, item_id: str) -> None:
        """The client says how much was heard of an item."""
        response = self._writers.get(item_id)
        if response is None:
            return
        was_silent = self._speeches == self._sounds_since.get(response.id, self._speeches)
        if response.id in self._spoken_over or not was_silent:
            self._interrupt(response)

    def cleared(self, response: Response) -> None:
        """The server has stopped playing a response."""
        if response.id in self._spoken_over:
            self._interrupt(response)

    def _interrupt(self, response: Response) -> None:
        turn = self._turns.get(response.id)
        if turn is not None:
            turn.interrupted = True


def _is_heard(response: Response, at_s: float | None) -> bool:
    """Whether audio of a response is left to hear for a player that began with its first delta."""
    streams = [stream for item in response.children for stream in item.streams.values() if stream.kind == "audio"]
    began_s = min((stream.at_s for stream in streams if stream.at_s is not None), default=None)
    lengths_ms = [stream.audio_ms for stream in streams]
    if not response.known or began_s is None or at_s is None:
        return False
    return sum(ms for ms in lengths_ms if ms is not None) > max(0.0, (at_s - began_s) * 1000)
