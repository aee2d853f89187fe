"""Frames packed and unpacked on their way change in nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from rtcli.links import inflating
from rtcli.links.inflating import Repacking, close_code


def deflate():
    return PerMessageDeflate(
        remote_no_context_takeover=False,
        local_no_context_takeover=False,
        remote_max_window_bits=15,
        local_max_window_bits=15,
    )


@st.composite
def conversations(draw):
    """Frames of whole messages, some in fragments, with pings between and a close at the end."""
    frames = []
    for payload in draw(st.lists(st.binary(max_size=3000), max_size=5)):
        at = draw(st.integers(0, len(payload)))
        fragmented = draw(st.booleans())
        frames.append(Frame(Opcode.BINARY, payload[:at] if fragmented else payload, fin=not fragmented))
        if draw(st.booleans()):
            frames.append(Frame(Opcode.PING, b"between"))
        if fragmented:
            frames.append(Frame(Opcode.CONT, payload[at:]))
    return [*frames, Frame(Opcode.CLOSE, b"\x03\xe8")]


def serialized(frames, packing=None):
    return b"".join(frame.serialize(mask=False, extensions=[packing] if packing else None) for frame in frames)


@given(conversations(), st.lists(st.integers(0, 10_000), max_size=6))
def test_what_a_server_packed_reaches_the_app_frame_by_frame_as_it_was(frames, cuts):
    packed, unpacking = serialized(frames, deflate()), Repacking([deflate()], to_server=False)
    places = sorted({place % (len(packed) + 1) for place in cuts})
    pieces = [packed[a:b] for a, b in zip([0, *places], [*places, len(packed)], strict=True)]
    assert b"".join(frame for piece in pieces for frame in unpacking.feed(piece)) == serialized(frames)


@given(conversations())
def test_what_an_app_sent_reaches_the_server_packed_and_is_the_same_when_unpacked(frames):
    masked = b"".join(frame.serialize(mask=True) for frame in frames)
    packed = b"".join(Repacking([deflate()], to_server=True).feed(masked))
    reader, got, unpacking = StreamReader(), [], deflate()
    reader.feed_data(packed)
    while reader.buffer:
        with pytest.raises(StopIteration) as done:
            next(Frame.parse(reader.read_exact, mask=True, extensions=[unpacking]))
        got.append(done.value.value)
    assert serialized(got) == serialized(frames)


def test_frames_that_come_at_once_stand_for_no_more_than_one_may(monkeypatch):
    monkeypatch.setattr(inflating, "LIMIT_BYTES", 1 << 20)
    few = Frame(Opcode.BINARY, b"a" * (1 << 19))
    together, apart = Repacking([deflate()], to_server=False), Repacking([deflate()], to_server=False)
    packing = deflate()
    one, two = (few.serialize(mask=False, extensions=[packing]) for _ in range(2))
    assert [len(frame) // len(few.data) for piece in (one, two) for frame in apart.feed(piece)] == [1, 1]
    came = []
    with pytest.raises(ValueError, match="limit") as refusal:
        for frame in together.feed(one + two):
            came.append(frame)
    assert len(came) <= 1
    assert close_code(refusal.value) == 1009


def test_what_is_no_frame_is_refused():
    with pytest.raises(ValueError, match="opcode"):
        list(Repacking([deflate()], to_server=False).feed(b"\x83\x00"))


def test_what_stands_before_a_fault_is_passed_on():
    good, came = Frame(Opcode.BINARY, b"good"), []
    unpacking = Repacking([deflate()], to_server=False)
    with pytest.raises(ValueError, match="opcode") as refusal:
        for one in unpacking.feed(serialized([good], deflate()) + b"\x83\x00"):
            came.append(one)
    assert came == [serialized([good])]
    assert close_code(refusal.value) == 1002


def forgetful():
    return PerMessageDeflate(
        remote_no_context_takeover=True,
        local_no_context_takeover=True,
        remote_max_window_bits=15,
        local_max_window_bits=15,
    )


def test_a_fragment_of_no_message_is_a_fault_as_any_other_and_what_came_before_is_passed_on():
    whole, begun, stray = Frame(Opcode.TEXT, b"whole"), Frame(Opcode.TEXT, b"be", fin=False), Frame(Opcode.CONT, b"gun")
    masked = whole.serialize(mask=True) + stray.serialize(mask=True)
    packed = serialized([begun], forgetful()) + serialized([whole], forgetful()) + serialized([stray])
    for repacking, data, passed_on in (
        (Repacking([forgetful()], to_server=True), masked, 1),
        (Repacking([forgetful()], to_server=False), packed, 2),
    ):
        frames = repacking.feed(data)
        assert len([next(frames) for _ in range(passed_on)]) == passed_on
        with pytest.raises(ValueError, match="a fragment of no message") as fault:
            next(frames)
        assert close_code(fault.value) == 1002
