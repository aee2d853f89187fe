"""Other people's logs: whatever bytes a form is given, it tells records that can be written, or refuses clearly."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from fuzz.laws import read_as
from fuzz.material import pieces, recordings, traffic
from fuzz.target import Target

from rtcli.events import Listener
from rtcli.formats.forms import FORMS
from rtcli.formats.har_writer import Har
from rtcli.formats.notation import Script, line_for
from rtcli.formats.rtcli import read
from rtcli.recording import Binary, Frame
from tests.formats.spellings import TIMED, UNTIMED, Framed

_FRAMES = [
    Framed(0.0, "server", {"type": "session.created", "event_id": "e", "session": {"type": "realtime", "id": "s"}}),
    Framed(0.5, "client", {"type": "response.create", "response": {"metadata": None, "tools": []}}),
    Framed(1.25, "server", {"type": "vendor.thing", "deep": [[{"é": "\u2028 ' \" \\"}]], "n": 1.5}),
]
_FLOW = b"72:9:websocket;0:~7:version;2:21#4:type;4:http;}"


def _of(*names: str) -> Callable[[bytes], None]:
    def check(data: bytes) -> None:
        for name in names:
            read_as(FORMS[name], data)

    return check


def _spelled(*names: str) -> Callable[[], Iterator[bytes]]:
    def seeds() -> Iterator[bytes]:
        for form, spell in (*TIMED.values(), *UNTIMED.values()):
            if form in names:
                yield spell(_FRAMES)
        yield from pieces(traffic("wrapped"), 1500)

    return seeds


def _written(sink: Callable[[Callable[[bytes], object]], Script | Har]) -> Iterator[bytes]:
    """Recordings as one of our own writers writes them."""
    for piece in pieces(recordings(), 2000):
        out = io.BytesIO()
        into = sink(out.write)
        for entry in read(piece.splitlines(keepends=True), Listener()):
            into.take(entry)
        into.finish()
        yield out.getvalue()


def _script(data: bytes) -> None:
    """What was written as a frame is read back to the byte."""
    for record in read_as(FORMS["script"], data):
        (again,) = read_as(FORMS["script"], line_for(record)) or [None]
        if isinstance(record, Frame):
            assert isinstance(again, Frame | Binary), record
            text = again.text if isinstance(again, Frame) else again.data.decode("utf-8", "surrogateescape")
            assert (text, again.sender) == (record.text, record.sender)


def _har_seeds() -> Iterator[bytes]:
    yield from _written(Har)
    yield (
        b'{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[],"entries":[{'
        b'"startedDateTime":"2026-11-20T19:00:00.123Z","request":{"url":"wss://h/v1?model=m"},"response":{"status":101,'
        b'"headers":[{"name":"x-request-id","value":"r"}]},"_webSocketMessages":[{"type":"send","time":1763665200.5,'
        b'"opcode":1,"data":"{\\"type\\":\\"response.create\\"}"},{"type":"receive","time":1763665201,"opcode":2,'
        b'"data":"AAEC"},{"type":"receive","time":1763665201000,"opcode":8,"data":"bye"}],"_webSocketClose":{"code":1000,'
        b'"reason":"","timestamp":1763665202}}]}}'
    )


def _mitmproxy_seeds() -> Iterator[bytes]:
    yield _FLOW
    try:
        from mitmproxy.io import FlowWriter
        from mitmproxy.test import tflow
    except ImportError:
        return
    flow = tflow.twebsocketflow()
    for close_code in (1000, None):
        flow.websocket.close_code = close_code
        out = io.BytesIO()
        FlowWriter(out).add(flow)
        yield out.getvalue()


_ENVELOPED = ("document", "cassette", "frames", "envelopes", "session-log", "frame-log")
_PRINTED = ("comments", "node", "python", "printed")

HAR = Target(_of("har"), _har_seeds, ("formats", "recording"))
MITMPROXY = Target(_of("mitmproxy"), _mitmproxy_seeds, ("formats", "recording"), mutates_json=False)
YAML = Target(_of("yaml"), _spelled("yaml"), ("formats", "recording"), mutates_json=False)
SCRIPT = Target(_script, lambda: _written(Script), ("formats", "recording"))
ENVELOPED = Target(_of(*_ENVELOPED), _spelled(*_ENVELOPED), ("formats", "recording"))
PRINTED = Target(_of(*_PRINTED), _spelled(*_PRINTED), ("formats", "recording"), max_bytes=4096)
