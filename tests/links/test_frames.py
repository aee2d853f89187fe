"""Frames in a stream of bytes: what RFC 6455 says of each, however it is cut, and as another parser reads it."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Close, Frame, Opcode
from websockets.streams import StreamReader

from rtcli.links.frames import Frames
from rtcli.links.messages import Closing, Control, Data, Odd, Text


def from_server(data, **options):
    return Frames(masked=False, **options).feed(data)


def from_client(data):
    return Frames(masked=True).feed(data)


def frame(opcode, payload=b"", *, fin=True, mask=False):
    return Frame(Opcode(opcode), payload, fin=fin).serialize(mask=mask)


RFC_EXAMPLES = {
    "a text that is not masked": ("8105 48656c6c6f", False, [Text("Hello")]),
    "a masked text": ("8185 37fa213d 7f9f4d5158", True, [Text("Hello")]),
    "a text in two fragments": ("0103 48656c 8002 6c6f", False, [Text("Hello")]),
    "a ping": ("8905 48656c6c6f", False, [Control("ping", b"Hello")]),
    "a masked pong": ("8a85 37fa213d 7f9f4d5158", True, [Control("pong", b"Hello")]),
    "256 bytes": ("827e 0100" + "61" * 256, False, [Data(b"a" * 256)]),
    "64 KiB": ("827f 0000000000010000" + "61" * 65536, False, [Data(b"a" * 65536)]),
}
"""Source: RFC 6455, section 5.7."""


@pytest.mark.parametrize("name", RFC_EXAMPLES)
def test_the_examples_of_the_standard(name):
    text, masked, seen = RFC_EXAMPLES[name]
    assert Frames(masked=masked).feed(bytes.fromhex(text)) == seen


@pytest.mark.parametrize(("size", "head_bytes"), [(0, 2), (125, 2), (126, 4), (65535, 4), (65536, 10), (3_000_000, 10)])
def test_every_way_to_write_a_length(size, head_bytes):
    whole = frame(2, b"x" * size)
    assert len(whole) == head_bytes + size
    assert from_server(whole) == [Data(b"x" * size)]


def test_a_control_frame_between_fragments_comes_before_their_message():
    stream = frame(1, b"Hel", fin=False) + frame(9, b"!") + frame(0, b"", fin=False) + frame(0, b"lo")
    assert from_server(stream) == [Control("ping", b"!"), Text("Hello")]


@pytest.mark.parametrize(
    ("payload", "closing"),
    [
        (b"", Closing(None, "")),
        (struct.pack("!H", 1000), Closing(1000, "")),
        (struct.pack("!H", 4000) + "genug für heute".encode(), Closing(4000, "genug für heute")),
    ],
)
def test_a_close_frame_has_a_code_and_a_reason_or_neither(payload, closing):
    assert from_client(frame(8, payload, mask=True)) == [closing]


NOT_VALID = {
    "reserved bits": (b"\xc1\x02hi", [Text("hi")], "reserved bits"),
    "a mask that a server must not use": (frame(1, b"hi", mask=True), [Text("hi")], "is masked"),
    "a reserved kind": (b"\x83\x02hi", [], "reserved kind 0x3"),
    "a ping in fragments": (b"\x09\x00", [Control("ping", b"")], "a fragment"),
    "a long ping": (b"\x89\x7e\x00\x7e" + b"p" * 126, [Control("ping", b"p" * 126)], "126 bytes"),
    "a continuation of nothing": (b"\x80\x02hi", [], "of nothing"),
    "a message inside another": (frame(1, b"a", fin=False) + frame(1, b"b"), [Text("b")], "before the last one"),
    "a text that is not UTF-8": (frame(1, b"\xff"), [Data(b"\xff")], "not UTF-8"),
    "half a close code": (b"\x88\x01\x03", [Closing(None, "")], "half a code"),
    "a close code of no meaning": (b"\x88\x02\x03\xed", [Closing(1005, "")], "1005"),
    "a close reason that is no text": (b"\x88\x03\x03\xe8\xff", [Closing(1000, "�")], "not UTF-8"),
}


@pytest.mark.parametrize("name", NOT_VALID)
def test_what_is_not_valid_comes_out_as_what_it_was_and_the_stream_goes_on(name):
    stream, expected, word = NOT_VALID[name]
    seen = from_server(stream + frame(1, b"after"))
    odd = [one for one in seen if isinstance(one, Odd)]
    assert [one for one in seen if not isinstance(one, Odd)] == [*expected, Text("after")]
    assert len(odd) == 1
    assert word in odd[0].what


def test_a_client_that_does_not_mask_is_understood():
    assert from_client(frame(1, b"hi")) == [Odd("a frame that is not masked"), Text("hi")]


def test_a_message_beyond_the_limit_is_counted_and_not_kept():
    stream = frame(2, b"x" * 60, fin=False) + frame(0, b"x" * 60) + frame(2, b"x" * 101) + frame(2, b"x" * 100)
    first, second, third = from_server(stream, limit_bytes=100)
    assert (first.lost, second.lost) == (True, True)
    assert "120 bytes" in first.what
    assert "101 bytes" in second.what
    assert third == Data(b"x" * 100)


@pytest.mark.parametrize(
    ("stream", "torn"),
    [
        (b"", ""),
        (frame(1, b"whole"), ""),
        (b"\x81", "frame's head"),
        (b"\x81\x05Hel", "after 3 of its 5 bytes"),
        (frame(1, b"Hel", fin=False), "between the fragments"),
    ],
)
def test_what_is_unfinished_is_said(stream, torn):
    frames = Frames(masked=False)
    frames.feed(stream)
    assert torn in frames.torn
    assert bool(frames.torn) == bool(torn)


# --- laws --------------------------------------------------------------------------------------

codes = st.sampled_from([1000, 1001, 1011, 3000, 4000, 4999])
closings = st.builds(lambda code, reason: Close(code, reason[:40]).serialize(), codes, st.text(max_size=40))
controls = st.one_of(
    st.tuples(st.just(Opcode.PING), st.binary(max_size=125)),
    st.tuples(st.just(Opcode.PONG), st.binary(max_size=125)),
    st.tuples(st.just(Opcode.CLOSE), st.one_of(st.just(b""), closings)),
)
messages = st.one_of(
    st.tuples(st.just(Opcode.TEXT), st.text(max_size=300).map(str.encode)),
    st.tuples(st.just(Opcode.BINARY), st.binary(max_size=300)),
)


@st.composite
def streams(draw, *, mask):
    """Valid messages in fragments, with control frames between them."""
    sent = []
    for kind, payload in draw(st.lists(messages, max_size=4)):
        cuts = sorted(draw(st.lists(st.integers(0, len(payload)), max_size=3)))
        pieces = [payload[a:b] for a, b in zip([0, *cuts], [*cuts, len(payload)], strict=True)]
        for number, piece in enumerate(pieces):
            opcode = Opcode.CONT if number else kind
            sent.append(Frame(opcode, piece, fin=number == len(pieces) - 1))
            sent += [Frame(*control) for control in draw(st.lists(controls, max_size=1))]
    return b"".join(one.serialize(mask=mask) for one in sent)


def as_another_reads_it(stream, *, mask):
    """What the parser of websockets makes of it, put together as messages."""
    reader, read, kind, message = StreamReader(), [], None, b""
    reader.feed_data(stream)
    reader.feed_eof()
    while reader.buffer:
        parsing = Frame.parse(reader.read_exact, mask=mask)
        with pytest.raises(StopIteration) as done:
            next(parsing)
        one = done.value.value
        data = bytes(one.data)
        if one.opcode is Opcode.CLOSE:
            close = Close.parse(data)
            read.append(Closing(close.code if data else None, close.reason))
        elif one.opcode in {Opcode.PING, Opcode.PONG}:
            read.append(Control(one.opcode.name.lower(), data))
        else:
            kind, message = (kind, message + data) if one.opcode is Opcode.CONT else (one.opcode, data)
            if one.fin:
                read.append(Text(message.decode()) if kind is Opcode.TEXT else Data(message))
    return read


def cut(stream, cuts):
    places = sorted({place % (len(stream) + 1) for place in cuts})
    return [stream[a:b] for a, b in zip([0, *places], [*places, len(stream)], strict=True)]


@pytest.mark.parametrize("mask", [True, False])
@given(data=st.data())
def test_it_reads_what_another_parser_reads(mask, data):
    stream = data.draw(streams(mask=mask))
    assert Frames(masked=mask).feed(stream) == as_another_reads_it(stream, mask=mask)


@given(streams(mask=True), st.lists(st.integers(0, 5000), max_size=12))
def test_however_a_stream_is_cut_the_same_comes_out(stream, cuts):
    frames = Frames(masked=True)
    assert [one for piece in cut(stream, cuts) for one in frames.feed(piece)] == from_client(stream)


@given(streams(mask=True))
def test_who_passes_texts_on_gets_their_bytes_and_all_else_as_it_is(stream):
    read = []
    for one in Frames(masked=True).read(stream):
        read += [Text(text.decode()) for text in one] if isinstance(one, list) else [one]
    assert read == as_another_reads_it(stream, mask=True)


@pytest.mark.parametrize("mask", [True, False])
@given(data=st.data())
def test_many_short_texts_in_one_piece_are_read_as_another_parser_reads_them(mask, data):
    sizes = st.sampled_from([0, 1, 125, 126, 127, 128, 300, 65_535, 65_536])
    texts = [data.draw(st.sampled_from(["a", "é", "€"])) * size for size in data.draw(st.lists(sizes, max_size=5))]
    stream = b"".join(frame(1, text.encode(), mask=mask) for text in texts)
    pieces = cut(stream, data.draw(st.lists(st.integers(0, 400_000), max_size=3)))
    frames = Frames(masked=mask)
    assert [one for piece in pieces for one in frames.feed(piece)] == [Text(text) for text in texts]


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=8), st.booleans())
def test_nonsense_raises_nothing_is_cut_as_well_and_is_never_held_beyond_the_limit(stream, cuts, masked):
    whole, frames = Frames(masked=masked, limit_bytes=50), Frames(masked=masked, limit_bytes=50)
    seen = [one for piece in cut(stream, cuts) for one in frames.feed(piece)]
    assert seen == whole.feed(stream)
    assert frames.torn == whole.torn
    assert len(frames._payload) <= 50
    assert len(frames._message) <= 50
