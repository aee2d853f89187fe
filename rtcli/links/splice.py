"""The two ends of a proxied connection once they talk: bytes from each to the other.

Law: bytes are handed on before they are looked at; what is looked at never delays, changes or ends what
is handed on, except that a slow disk is a slow peer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from websockets.extensions import Extension
from websockets.frames import Close, CloseCode, Frame, Opcode

from rtcli.links.inflating import Repacking, close_code
from rtcli.links.side import Side
from rtcli.links.witness import Witness
from rtcli.recording.record import Sender

LINGER_SECONDS: Final = 10
"""How long one end is waited for when the other has gone, as long as it takes nothing."""
CLOSE_SECONDS: Final = 3
"""How long a session is given to close when the proxy is stopped."""


class Splice:
    """The two ends once they talk to each other."""

    def __init__(self, app: Side, server: Side, extensions: Sequence[Extension], witness: Witness) -> None:
        """`extensions` are what the upstream packs its frames with."""
        self._sides: dict[Sender, Side] = {"client": app, "server": server}
        self._witness = witness
        self._repacking: dict[Sender, Repacking] = {}
        if extensions:
            self._repacking = {
                "client": Repacking(extensions, to_server=True),
                "server": Repacking(extensions, to_server=False),
            }
        self._stopping = False
        self._told = False
        """The upstream was sent a close frame of ours, or is not told anything any more."""
        self._refused = False
        """Nothing is passed on any more."""
        self._ended: set[Sender] = set()
        self._passed_bytes = 0
        self._timers: list[asyncio.TimerHandle] = []

    async def run(self) -> None:
        """Pass on what comes until both ends are gone."""
        app, server = self._sides["client"], self._sides["server"]
        try:
            look = self._witness.feed
            if self._repacking:
                self._pass_by_hand()
            server.splice(app, partial(look, "server"), lambda: self._ends("server"))
            app.splice(server, partial(look, "client"), lambda: self._ends("client"))
            await app.over.wait()
            await server.over.wait()
        finally:
            for timer in self._timers:
                timer.cancel()
            for side in self._sides.values():
                side.abort()
                side.let_go()
            self._timers.clear()

    def stop(self) -> None:
        """Ask the upstream to close the session, as soon as the app's frame is whole; give up after a while."""
        if self._stopping:
            return
        self._stopping = True
        self._pass_by_hand()
        self._witness.stop()
        self._say_goodbye()
        self._later(CLOSE_SECONDS, self.abort)

    def abort(self) -> None:
        """Drop both ends at once."""
        self._told = True
        for side in self._sides.values():
            side.abort()

    # --- passing on ----------------------------------------------------------------------------

    def _pass_by_hand(self) -> None:
        """From now on what comes may be changed, or something else may have to follow it."""
        for sender, side in self._sides.items():
            side.passing = partial(self._pass, sender)

    def _pass(self, sender: Sender, data: bytes) -> bool:
        """Pass on and look at once, for what is next depends on what was seen."""
        if self._refused:
            return False
        if self._stopping and sender == "client":
            self._pass_last(data)
        else:
            self._pass_on(sender, data)
        if self._ended and not self._awaits_answer:
            self._part()
        return False

    def _pass_last(self, data: bytes) -> None:
        """Pass on what is left of the app's frame, say goodbye after it, and leave the rest."""
        while data and not self._told:
            missing_bytes = self._witness.missing_bytes("client")
            self._pass_on("client", data[:missing_bytes])
            data = data[missing_bytes:]
            self._say_goodbye()

    def _pass_on(self, sender: Sender, data: bytes) -> None:
        self._passed_bytes += len(data)
        if self._repacking:
            self._repack(sender, data)
        else:
            self._other(sender).send(data)
            self._witness.feed(sender, data)

    def _repack(self, sender: Sender, data: bytes) -> None:
        """Pass on what has to be packed or unpacked; what is seen is what is not packed."""
        fault: ValueError | None = None
        try:
            for changed in self._repacking[sender].feed(data):
                self._other(sender).send(changed)
                if sender == "server":
                    self._witness.feed(sender, changed)
        except ValueError as error:
            fault = error
        if sender == "client":
            self._witness.feed(sender, data)
        if fault is not None:
            self._refuse(f"what the {sender} sent cannot be unpacked: {fault}", close_code(fault))

    def _refuse(self, why: str, code: CloseCode) -> None:
        """End what cannot be understood any more; both ends are told, and what they still say is for nobody."""
        self._refused = self._told = True
        self._witness.refuse(f"closed by rtcli with code {code:d}: {why}")
        goodbye = Frame(Opcode.CLOSE, Close(code, "").serialize())
        for name, side in self._sides.items():
            side.send(goodbye.serialize(mask=name == "server"))
            if not side.end():
                side.close()
        self._later(CLOSE_SECONDS, self.abort)

    def _other(self, sender: Sender) -> Side:
        return self._sides["server" if sender == "client" else "client"]

    def _say_goodbye(self) -> None:
        if self._told or not self._witness.between("client"):
            return
        self._told = True
        if "client" not in self._witness.closed:  # behind a close frame nothing more may come
            goodbye = Frame(Opcode.CLOSE, Close(CloseCode.GOING_AWAY, "").serialize())
            self._sides["server"].send(goodbye.serialize(mask=True))

    # --- ending --------------------------------------------------------------------------------

    def _ends(self, sender: Sender) -> None:
        """One end says no more; the other may have something left to say.

        A connection that is closed with bytes unread takes those with it that were just sent, so
        each direction is closed alone where that can be done.
        """
        side, other = self._sides[sender], self._other(sender)
        if sender not in self._ended:
            self._ended.add(sender)
            self._pass_by_hand()
            self._witness.ended(sender)
            self._linger()
        if other.ended:
            side.close()
            other.close()
        elif not other.end() and (side.over.is_set() or not self._awaits_answer):
            other.close()

    @property
    def _awaits_answer(self) -> bool:
        """One end has sent its close frame, and the other has not yet answered."""
        return len(self._witness.closed) == 1

    def _part(self) -> None:
        """The answer that was waited for has come; an end that can only be closed as a whole is closed."""
        for side in self._sides.values():
            if side.encrypted and not side.ended:
                side.close()

    def _linger(self) -> None:
        """Give both ends up when for a while nothing has come and nothing was taken."""
        before = self._state()

        def look() -> None:
            if self._state() != before:
                self._linger()
            else:
                self.abort()

        self._later(LINGER_SECONDS, look)

    def _state(self) -> list[int]:
        return [self._passed_bytes, *(side.unsent_bytes for side in self._sides.values())]

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(seconds, act))
