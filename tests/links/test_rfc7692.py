"""Packed frames as RFC 7692 has them, from an upstream that insists: the app gets them unpacked, the file as well.

The sections 12 and 13 of the Autobahn test suite.
"""

from __future__ import annotations

import asyncio
import zlib

import pytest
from framed import CONTINUED, PING, TEXT, frame
from proxied import app, passed, proxied, upstream

from rtcli.recording import Frame, Note

PACKED = 4
"""The first of the reserved bits, once permessage-deflate is agreed on. Source: RFC 7692, section 6."""

WORKED: dict[str, tuple[list[bytes], list[bytes]]] = {
    "a compressed block": ([frame(TEXT, bytes.fromhex("f248cdc9c90700"), reserved=PACKED)], [b"Hello"]),
    "in two fragments": (
        [frame(TEXT, bytes.fromhex("f248cd"), reserved=PACKED, fin=False), frame(CONTINUED, bytes.fromhex("c9c90700"))],
        [b"Hello"],
    ),
    "with the window of the message before": (
        [
            frame(TEXT, bytes.fromhex("f248cdc9c90700"), reserved=PACKED),
            frame(TEXT, bytes.fromhex("f200110000"), reserved=PACKED),
        ],
        [b"Hello", b"Hello"],
    ),
    "a block that is not compressed": (
        [frame(TEXT, bytes.fromhex("000500faff48656c6c6f00"), reserved=PACKED)],
        [b"Hello"],
    ),
    "a block that says it is the last": ([frame(TEXT, bytes.fromhex("f348cdc9c9070000"), reserved=PACKED)], [b"Hello"]),
    "two blocks": ([frame(TEXT, bytes.fromhex("f248050000 00ffffcac9c90700"), reserved=PACKED)], [b"Hello"]),
    "a message that is not packed among those that are": (
        [frame(TEXT, bytes.fromhex("f248cdc9c90700"), reserved=PACKED), frame(TEXT, b"plain")],
        [b"Hello", b"plain"],
    ),
    "nothing": ([frame(TEXT, b"\x00", reserved=PACKED)], [b""]),
}
"""Source: RFC 7692, section 7.2.3."""


def packed_through(folder, stream, from_app, *, agreed="permessage-deflate"):
    """What the app got of an upstream that packs, and what the upstream got of the app."""
    heard = []

    async def hold():
        async def talk(wire):
            await wire.send(stream)
            heard.append(await wire.rest())

        answer = [f"Sec-WebSocket-Extensions: {agreed}"]
        async with upstream(talk, headers=answer) as origin, proxied(origin, folder) as proxy, app(proxy) as wire:
            await wire.send(from_app)
            wire.end()
            got = await wire.rest()
            await proxy.finish()
        return got

    return asyncio.run(asyncio.wait_for(hold(), 30)), heard[0]


def messages_of(folder, sender):
    """The texts of one side, as bytes."""
    return [one.text.encode() for one in passed(folder) if isinstance(one, Frame) and one.sender == sender]


@pytest.mark.parametrize("name", WORKED)
def test_the_worked_examples_of_packing_reach_the_app_unpacked(tmp_path, name):
    stream, texts = WORKED[name]
    got, _ = packed_through(tmp_path, b"".join(stream), b"")
    assert messages_of(tmp_path, "server") == texts
    if "fragments" in name:
        assert got[0] == TEXT, "it is a fragment still"
        assert len(got) == 2 + 2 + len(texts[0])
    else:
        assert got == b"".join(frame(TEXT, one) for one in texts)


AGREED = [
    "permessage-deflate",
    "permessage-deflate; server_no_context_takeover",
    "permessage-deflate; client_no_context_takeover",
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    "permessage-deflate; server_max_window_bits=9",
    "permessage-deflate; client_max_window_bits=9",
    "permessage-deflate; server_max_window_bits=12; client_max_window_bits=10; client_no_context_takeover",
]


def window_bits(agreed, side):
    found = [word.partition("=")[2] for word in agreed.split("; ") if word.startswith(f"{side}_max_window_bits")]
    return int(found[0]) if found else 15


def packed(texts, agreed):
    """The frames of texts, as a server packs them that agreed on this."""
    frames, packer = [], None
    for one in texts:
        if packer is None or "server_no_context_takeover" in agreed:
            packer = zlib.compressobj(wbits=-window_bits(agreed, "server"))
        data = packer.compress(one) + packer.flush(zlib.Z_SYNC_FLUSH)
        frames.append(frame(TEXT, data.removesuffix(b"\x00\x00\xff\xff"), reserved=PACKED))
    return b"".join(frames)


def unpacked(stream, agreed):
    """What a server makes of packed frames that are masked."""
    texts, unpacker, at = [], None, 0
    while at < len(stream):
        assert stream[at] == 0x80 | PACKED << 4 | TEXT
        size, start = stream[at + 1] & 127, at + 2
        extended = {126: 2, 127: 8}.get(size, 0)
        size = int.from_bytes(stream[start : start + extended], "big") if extended else size
        mask, start = stream[start + extended : start + extended + 4], start + extended + 4
        data = bytes(byte ^ mask[place % 4] for place, byte in enumerate(stream[start : start + size]))
        if unpacker is None or "client_no_context_takeover" in agreed:
            unpacker = zlib.decompressobj(wbits=-window_bits(agreed, "client"))
        texts.append(unpacker.decompress(data + b"\x00\x00\xff\xff"))
        at = start + size
    return texts


@pytest.mark.parametrize("agreed", AGREED)
def test_whatever_was_agreed_on_for_packing_both_sides_get_what_was_said(tmp_path, agreed):
    sizes = [0, 16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131_072]
    texts = [(b'{"audio":"%d"}' % size) + bytes(97 + (at * at) % 23 for at in range(size)) for size in sizes] * 2
    masked = b"".join(frame(TEXT, one, masked=True) for one in texts)
    got, heard = packed_through(tmp_path, packed(texts, agreed), masked, agreed=agreed)
    assert got == b"".join(frame(TEXT, one) for one in texts)
    assert unpacked(heard, agreed) == texts
    assert messages_of(tmp_path, "server") == messages_of(tmp_path, "client") == texts


NOT_PACKED = {
    "no packing at all": frame(TEXT, b"\xff\xff\xff", reserved=PACKED),
    "a reserved bit that nobody agreed on": frame(TEXT, b"\x00", reserved=2),
    "a packed ping": frame(PING, b"\x00", reserved=PACKED),
}


@pytest.mark.parametrize("name", NOT_PACKED)
def test_what_cannot_be_unpacked_ends_the_connection_and_is_noted(tmp_path, name):
    packed_through(tmp_path, NOT_PACKED[name], b"")
    (note,) = [one for one in passed(tmp_path) if isinstance(one, Note)]
    assert note.text.startswith("closed by rtcli with code 1002: what the server sent cannot be unpacked")
