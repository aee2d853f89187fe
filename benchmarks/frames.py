"""Prepared bytes: frames and handshakes, so that the ends cost next to nothing beside what is measured."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from websockets.frames import Frame, Opcode
from websockets.utils import accept_key

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
"""Source: RFC 6455, section 1.3."""
END = b"\r\n\r\n"


def event(size_bytes: int, *, mask: bool) -> bytes:
    """A frame that holds an event of audio of about that size; from a client, masked."""
    if mask:
        text = '{"type":"input_audio_buffer.append","event_id":"event_1","audio":"'
    else:
        text = '{"type":"response.output_audio.delta","event_id":"event_1","response_id":"resp_1","item_id":"item_1",'
        text += '"output_index":0,"content_index":0,"delta":"'
    text += "A" * ((size_bytes - len(text) - 2) // 4 * 4) + '"}'
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=mask)


def close(*, mask: bool) -> bytes:
    """A frame that ends the connection in order."""
    return Frame(Opcode.CLOSE, (1000).to_bytes(2)).serialize(mask=mask)


def asking(path: str) -> bytes:
    """The client's handshake."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def answering(head: bytes) -> bytes:
    """The server's handshake, to that of a client."""
    lines = head.decode().split("\r\n")
    key = next(line.partition(": ")[2] for line in lines if line.lower().startswith("sec-websocket-key:"))
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n"
    ).encode()


def path_of(head: bytes) -> str:
    """What a client's handshake asks for."""
    return head.split(b" ", 2)[1].decode()


def head_from(sock: socket.socket) -> bytes:
    """Read a handshake, and nothing behind it."""
    head = b""
    while not head.endswith(END):
        byte = sock.recv(1)
        if not byte:
            raise ConnectionError("hung up in the handshake")
        head += byte
    return head


def opened(url: str, path: str) -> socket.socket:
    """A client's connection, its handshake done."""
    parts = urlsplit(url)
    sock = socket.create_connection((parts.hostname, parts.port), timeout=30)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.sendall(asking(path))
    head = head_from(sock)
    if b" 101 " not in head.split(b"\r\n", 1)[0]:
        raise ConnectionError(head.decode())
    return sock
