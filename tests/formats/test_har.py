"""HAR archives: those that others make, and those that are made here."""

from __future__ import annotations

import base64
import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written import RECORDS, read_back, refuse, taken, written

from rtcli.errors import UnreadableRecording
from rtcli.formats.closer import record_of
from rtcli.formats.forms import form_of
from rtcli.formats.har import HAR, knows
from rtcli.formats.har_writer import Har
from rtcli.formats.line import line_of
from rtcli.formats.notation import SCRIPT, Script
from rtcli.recording import Binary, Close, Control, Frame, Header, Note, Open

START = "2026-11-20T19:00:00.250Z"
START_S = 1795201200.25
CREATED = '{"type":"session.created","event_id":"e","session":{"type":"realtime"}}'
CLEAR = '{"type": "input_audio_buffer.clear"}'


def entry(messages, **more):
    return {
        "startedDateTime": START,
        "request": {
            "url": "wss://api.example/v1/realtime?model=m",
            "headers": [{"name": "Authorization", "value": "k"}],
        },
        "response": {"status": 101, "headers": []},
        "_resourceType": "websocket",
        "_webSocketMessages": messages,
        **more,
    }


def message(kind, after_s, data, opcode=1):
    return {"type": kind, "time": START_S + after_s, "opcode": opcode, "data": data}


def har(*entries):
    log = {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "entries": list(entries)}
    return json.dumps({"log": log}).encode()


def read(content, drop=refuse):
    return [record for _, record in HAR.read([content], drop)]


def test_the_messages_of_a_socket_are_frames_in_seconds_since_its_request():
    header, opened, *rest = read(har(entry([message("receive", 0.1, CREATED), message("send", 1.500001, CLEAR)])))
    assert header == Header(
        rtcli=1,
        started_at="2026-11-20T19:00:00.250000Z",
        url="wss://api.example/v1/realtime?model=m",
        by="WebInspector 537.36",
        transport="websocket",
        handshake=True,
        lossless=True,
    )
    assert opened == Open(None, 101, {}, None)
    assert rest == [Frame(0.1, "server", CREATED), Frame(1.500001, "client", CLEAR)]


def test_times_in_milliseconds_are_told_by_their_size():
    one = {"type": "send", "time": START_S * 1000 + 500.5, "opcode": 1, "data": CLEAR}
    assert read(har(entry([one])))[-1] == Frame(0.5005, "client", CLEAR)


def test_other_opcodes_are_what_they_are_on_the_wire():
    data = base64.b64encode(b"\x00\xff").decode()
    told = [message("send", 1, data, 2), message("receive", 1, "", 9), message("send", 1, "", 10)]
    told += [message("error", 2, "net::ERR", -1), message("receive", 3, "bye", 8)]
    assert read(har(entry(told)))[2:] == [
        Binary(1.0, "client", b"\x00\xff"),
        Control(1.0, "server", "ping", b""),
        Control(1.0, "client", "pong", b""),
        Note(2.0, "error: net::ERR"),
        Close(3.0, "server", None, "bye"),
    ]


@pytest.mark.parametrize("scale", [1, 1000])
def test_a_close_beside_the_messages_is_one(scale):
    close = {"code": 1006, "reason": "gone", "timestamp": (START_S + 4) * scale}
    assert read(har(entry([message("send", 1, CLEAR)], _webSocketClose=close)))[-1] == Close(4.0, None, 1006, "gone")
    assert read(har(entry([message("send", 1, CLEAR)], _webSocketClose="aborted")))[-1] == Frame(1.0, "client", CLEAR)


def test_of_a_handshake_only_the_harmless_is_kept():
    headers = [
        ("X-Request-Id", "req_1"),
        ("Set-Cookie", "s=1"),
        ("Sec-WebSocket-Protocol", "openai-insecure-api-key.k"),
    ]
    answer = {"status": 101, "headers": [{"name": name, "value": value} for name, value in headers]}
    request = {"url": "https://user:pw@api.example/v1/realtime?api_key=k&model=m#f"}
    header, opened, _ = read(har(entry([message("send", 1, CLEAR)], response=answer, request=request)))
    assert header.url == "wss://api.example/v1/realtime?model=m"
    assert opened == Open(None, 101, {"x-request-id": "req_1"}, None)


def test_each_socket_is_a_connection_and_what_is_no_socket_is_none():
    page = {
        "startedDateTime": START,
        "request": {"url": "https://x"},
        "response": {"status": 200, "content": {"text": "{}"}},
    }
    records = read(har(page, entry([message("send", 1, CLEAR)]), page, entry([message("send", 2, CLEAR)])))
    assert [type(record) for record in records] == [Header, Open, Frame] * 2


def test_a_socket_of_another_protocol_beside_ours_is_left_out_and_said():
    other = entry(
        [message("receive", 1, '{"type":"connected"}')], request={"url": "ws://localhost:5173/hot?token=secret"}
    )
    dropped = []
    records = read(har(other, entry([message("send", 1, CLEAR)])), lambda *told: dropped.append(told))
    assert [record.text for record in records if isinstance(record, Frame)] == [CLEAR]
    ((line, why),) = dropped
    assert line == 1
    assert why == "a socket to localhost:5173 that speaks something else (1 messages)"


def test_where_no_socket_is_known_to_be_ours_all_are_taken():
    assert read(har(entry([message("receive", 1, "hello")])))[-1] == Frame(1.0, "server", "hello")


def test_what_is_odd_costs_only_itself():
    odd = [message("send", 1, CLEAR), {"data": None}, 7, message("send", 2, "?!", 2), message("send", 3, "x", 5)]
    dropped = []
    records = read(har(entry([*odd, message("send", 4, CLEAR)]), 7), lambda _, why: dropped.append(why))
    assert [record.t for record in records[2:]] == [1.0, 4.0]
    assert len(dropped) == 4


def test_a_record_beside_the_messages_that_is_none_costs_only_itself():
    beside = [{"after": 0, "record": 7}, {"after": 1, "record": {"t": 2, "note": "n"}}]
    dropped = []
    records = read(har(entry([message("send", 1, CLEAR)], _rtcliRecords=beside)), lambda _, why: dropped.append(why))
    assert records == [Frame(1.0, "client", CLEAR), Note(2.0, "n")]
    assert len(dropped) == 1


@pytest.mark.parametrize("started", ["", "yesterday", None, "9999-99-99"])
def test_without_a_beginning_the_first_message_is_one(started):
    header, _, first, second = read(
        har(entry([message("send", 1, CLEAR), message("send", 1.25, CLEAR)], startedDateTime=started))
    )
    assert (header.started_at, header.handshake) == ("2026-11-20T19:00:01.250000Z", False)
    assert (first.t, second.t) == (0.0, 0.25)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"log":{"entries":[', "no whole JSON"),
        (b'{"log":[]}', "no log.entries"),
        (har(), "no socket"),
        (har({"request": {"url": "https://x"}}), "no socket"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(content, why):
    with pytest.raises(UnreadableRecording, match=why) as caught:
        read(content)
    assert "export it" in str(caught.value)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_it_is_known_by_its_beginning(indent, mark):
    content = mark + json.dumps(json.loads(har(entry([]))), indent=indent).encode()
    assert knows(content[:200])
    assert form_of(content).name == "har"
    assert not knows(b'{"type":"log"}\n{"log":{}}')


# --- made here ---------------------------------------------------------------------------------

WHOLE, TEXT, NUMBER = {"type": "integer"}, {"type": "string"}, {"type": "number"}


def shape(required, **fields):
    return {"type": "object", "required": required.split(), "properties": fields}


def many(one):
    return {"type": "array", "items": one}


NAMED = many(shape("name value", name=TEXT, value=TEXT))
SIZES = {
    "httpVersion": TEXT,
    "cookies": many(shape("name value")),
    "headers": NAMED,
    "headersSize": WHOLE,
    "bodySize": WHOLE,
}
SCHEMA = shape(
    "log",
    log=shape(
        "version creator entries",
        version={"const": "1.2"},
        creator=shape("name version", name=TEXT, version=TEXT),
        entries=many(
            shape(
                "startedDateTime time request response cache timings _resourceType _webSocketMessages",
                startedDateTime={"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"},
                time={"type": "number", "minimum": 0},
                request=shape(
                    "method url httpVersion cookies headers queryString headersSize bodySize",
                    method={"const": "GET"}, url=TEXT, queryString=NAMED, **SIZES,
                ),
                response=shape(
                    "status statusText httpVersion cookies headers content redirectURL headersSize bodySize",
                    status=WHOLE, statusText=TEXT, content=shape("size mimeType", size=WHOLE, mimeType=TEXT), redirectURL=TEXT,
                    **SIZES,
                ),
                cache={"type": "object"},
                timings=shape("send wait receive", send=NUMBER, wait=NUMBER, receive=NUMBER),
                _resourceType={"const": "websocket"},
                _webSocketMessages=many(
                    shape(
                        "type time opcode data",
                        type={"enum": ["send", "receive"]}, time=NUMBER, opcode={"enum": [1, 2]}, data=TEXT,
                    )
                ),
            )
        ),
    ),
)  # fmt: skip
"""What the HAR 1.2 specification requires of each object, and Chrome of a socket."""
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


@settings(max_examples=30)
@given(st.lists(RECORDS, min_size=1, max_size=4))
def test_what_is_made_here_has_all_that_the_specification_requires_and_no_field_of_its_own_without_an_underscore(
    records,
):
    document = json.loads(written(Har, records)[0])
    VALIDATOR.validate(document)
    for one in document["log"]["entries"]:
        known = ["startedDateTime", "time", "request", "response", "cache", "timings"]
        assert all(name in known or name.startswith("_") for name in one)


def test_chrome_sees_each_frame_with_its_moment():
    header = Header(rtcli=1, started_at="2026-11-20T19:00:00.250000Z", url="wss://x/v1/realtime?model=m")
    frames = [Frame(0.000001, "client", CLEAR), Binary(3.5, "server", b"\x00"), Close(4.0, "server", 1000)]
    (one,) = json.loads(written(Har, [header, Open(0.1, 101, {"server": "s"}, "realtime"), *frames])[0])["log"][
        "entries"
    ]
    assert one["_webSocketMessages"] == [
        {"type": "send", "time": START_S + 0.000001, "opcode": 1, "data": CLEAR},
        {"type": "receive", "time": START_S + 3.5, "opcode": 2, "data": "AA=="},
    ]
    assert one["request"]["url"] == "wss://x/v1/realtime?model=m"
    assert one["request"]["queryString"] == [{"name": "model", "value": "m"}]
    assert {(field["name"], field["value"]) for field in one["response"]["headers"]} == {
        ("server", "s"), ("sec-websocket-protocol", "realtime")
    }  # fmt: skip
    assert one["time"] == 3500.0


def test_a_time_before_the_epoch_is_kept():
    frames = [Frame(-0.25, "client", CLEAR)]
    assert read_back(HAR, written(Har, frames)[0]) == frames


@pytest.mark.parametrize("t", [1e12, 1e300, -1e300])
def test_a_time_that_no_calendar_has_is_kept(t):
    frames = [Frame(t, "client", CLEAR), Frame(1.0, "server", CLEAR)]
    content, lost = written(Har, frames)
    assert read_back(HAR, content) == frames
    assert not lost
    assert json.loads(content)["log"]["entries"][0]["time"] == 1000.0


FAR = 10**400
"""A number that JSON can tell and no float can hold."""


@pytest.mark.parametrize(
    "told",
    [
        entry([message("send", 1, CLEAR)], _webSocketClose={"code": True, "timestamp": FAR}),
        entry([message("send", 1, CLEAR)], _webSocketClose={"code": None, "timestamp": -1e308}),
        entry([{**message("send", 1, CLEAR), "_rtcli": {"t": FAR}}], _webSocketClose={}),
        entry([message("send", 1, CLEAR), {**message("send", 1, CLEAR), "time": 1e308}], _webSocketClose={}),
    ],
)
def test_numbers_that_are_none_keep_nothing_from_being_read(told):
    records = read(har(told))
    assert [type(record) for record in records[-2:]] == [Frame, Close]
    assert records[-1].code is None
    assert all(record_of(line_of(record)) is not None for record in records)


def test_an_address_that_is_none_has_no_query_in_the_archive():
    header = Header(rtcli=1, started_at=START, url="wss://[::1/?model=m")
    content, _ = written(Har, [header, Open(0.0, 101, {}, None)])
    assert json.loads(content)["log"]["entries"][0]["request"]["queryString"] == []


def test_a_socket_that_was_never_answered_has_no_answer():
    records = read(har(entry([message("send", 0.5, CLEAR)], response={"status": 0, "headers": []})))
    assert [type(record) for record in records] == [Header, Frame]


@pytest.mark.parametrize("sink", [Har, Script])
def test_a_text_that_is_no_utf_8_is_kept_as_its_bytes(sink):
    form = {Har: HAR, Script: SCRIPT}[sink]
    content, lost = taken(sink, b'{"t":1,"from":"server","event":{"type":"a","x":"\xff\xc4"}}\n')
    assert not lost
    assert read_back(form, content)[-1] == Binary(1.0, "server", b'{"type":"a","x":"\xff\xc4"}')
