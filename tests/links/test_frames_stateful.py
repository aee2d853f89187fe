"""One side of a socket, frame by frame: the parser tells each message once, when it is whole, and holds no more."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sweeping import examples
from websockets.frames import Close, Frame, Opcode

from rtcli.links.frames import Frames
from rtcli.links.messages import Closing, Control, Data, Odd, Text

LIMIT_BYTES = 200
TEXTS = st.text(max_size=30).map(str.encode)
PAYLOADS = st.binary(max_size=30) | st.just(b"y" * 130)


class Socket(RuleBasedStateMachine):
    @initialize(masked=st.booleans())
    def connect(self, masked):
        self.masked = masked
        self.frames = Frames(masked=masked, limit_bytes=LIMIT_BYTES)
        self.wire = b""
        """What was sent and has not come."""
        self.begun = None
        """The kind of the message whose end was not sent, and what of it was."""
        self.sent = []
        self.came = []

    def _send(self, opcode, payload, *, fin=True, mask=None):
        mask = self.masked if mask is None else mask
        self.wire += Frame(Opcode(opcode), payload, fin=fin).serialize(mask=mask)

    # --- what a side does that keeps to the standard ---

    @precondition(lambda self: self.begun is None)
    @rule(payload=TEXTS)
    def text(self, payload):
        self._send(1, payload)
        self.sent.append(Text(payload.decode()))

    @precondition(lambda self: self.begun is None)
    @rule(payload=PAYLOADS)
    def data(self, payload):
        self._send(2, payload)
        self.sent.append(Data(payload))

    @precondition(lambda self: self.begun is None)
    @rule(kind=st.sampled_from([1, 2]), payload=TEXTS)
    def begin(self, kind, payload):
        self._send(kind, payload, fin=False)
        self.begun = kind, payload

    @precondition(lambda self: self.begun is not None)
    @rule(payload=TEXTS, fin=st.booleans())
    def go_on(self, payload, fin):
        self._send(0, payload, fin=fin)
        kind, whole = self.begun[0], self.begun[1] + payload
        self.begun = None if fin else (kind, whole)
        if fin and len(whole) > LIMIT_BYTES:
            self.sent.append(Odd(f"a message of {len(whole)} bytes, too long to be recorded", lost=True))
        elif fin:
            self.sent.append(Text(whole.decode()) if kind == 1 else Data(whole))

    @rule(kind=st.sampled_from([9, 10]), payload=st.binary(max_size=20))
    def control(self, kind, payload):
        self._send(kind, payload)
        self.sent.append(Control("ping" if kind == 9 else "pong", payload))

    @rule(code=st.sampled_from([1000, 1011, 4000]), reason=st.text(max_size=8))
    def close(self, code, reason):
        self._send(8, Close(code, reason).serialize())
        self.sent.append(Closing(code, reason))

    # --- what it should not do ---

    @precondition(lambda self: self.begun is None)
    @rule()
    def go_on_with_nothing(self):
        self._send(0, b"lost")
        self.sent.append(Odd("a continuation of nothing", b"lost"))

    @precondition(lambda self: self.begun is not None and len(self.begun[1]) <= LIMIT_BYTES)
    @rule()
    def begin_anew_in_the_middle(self):
        self._send(2, b"new")
        self.sent += [Odd("a new message before the last one had ended", self.begun[1]), Data(b"new")]
        self.begun = None

    @rule(kind=st.sampled_from([3, 7, 11, 15]))
    def use_a_reserved_kind(self, kind):
        # The library makes no such frame.
        self.wire += bytes([0x80 | kind, 0x80 if self.masked else 0]) + (b"mask" if self.masked else b"")
        self.sent.append(Odd(f"a frame of the reserved kind {kind:#x}", b""))

    @rule(payload=st.binary(max_size=20))
    def mask_otherwise(self, payload):
        self._send(9, payload, mask=not self.masked)
        word = "a frame that is not masked" if self.masked else "a frame that is masked"
        self.sent += [Odd(word), Control("ping", payload)]

    # --- the network ---

    @precondition(lambda self: self.wire)
    @rule(size=st.integers(1, 300))
    def arrive(self, size):
        piece, self.wire = self.wire[:size], self.wire[size:]
        self.came += self.frames.feed(piece)

    @invariant()
    def what_came_is_what_was_sent_as_far_as_it_has_arrived(self):
        if not hasattr(self, "frames"):
            return
        assert self.came == self.sent[: len(self.came)]
        assert len(self.frames._payload) <= LIMIT_BYTES
        assert len(self.frames._message) <= LIMIT_BYTES
        if not self.wire:
            assert self.came == self.sent
            assert self.frames.between
            assert self.frames.torn == ("between the fragments of a message" if self.begun else "")


Socket.TestCase.settings = settings(max_examples=examples(60), stateful_step_count=30, deadline=None)
TestSocket = Socket.TestCase
