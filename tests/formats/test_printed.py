"""Events that stand among other text, as consoles, loggers and containers leave them."""

from __future__ import annotations

import json

from rtcli.formats import Reading
from rtcli.formats.objects import Text
from rtcli.recording import Note

CREATED = '{"type":"session.created","event_id":"e","session":{"id":"s","type":"realtime"}}'


def read(tmp_path, text):
    path = tmp_path / "app.log"
    path.write_text(text)
    reading = Reading(path)
    entries = [entry for entry in reading if not isinstance(entry.event, Note)]
    return [(entry.line, entry.sender, entry.event.type) for entry in entries], reading


def test_a_browsers_console_gives_its_events_and_nothing_else(tmp_path):
    pretty = json.dumps(json.loads(CREATED), indent=2)
    told, reading = read(
        tmp_path,
        "hook.ts:176 Remote track received: MediaStreamTrack {kind: 'audio', id: '1', muted: true, …}\n"
        f"hook.ts:465 Raw server event received. Type: session.created Data: {pretty}\n"
        "hook.ts:444 Sending client event: response.create (trigger) {type: 'response.create'}\n",
    )
    assert told == [(2, "server", "session.created"), (2 + len(pretty.splitlines()), "client", "response.create")]
    assert (reading.form, reading.dropped) == ("printed", 0)


def test_an_object_that_another_line_breaks_into_is_left_out_and_the_next_is_read(tmp_path):
    told, reading = read(
        tmp_path,
        f'2026-11-20T19:00:00Z got {CREATED}\n2026-11-20T19:00:01Z got {{\n2026-11-20T19:00:01Z   "type": "response.done",\n'
        '2026-11-20T19:00:02Z sent {"type":"response.create"}\n',
    )
    assert [line for line, _, _ in told] == [1, 4]
    assert [drop.line for drop in reading.drops] == [2]


def test_what_a_container_puts_before_each_line_is_in_no_ones_way(tmp_path):
    told, reading = read(
        tmp_path,
        'app-1  | 19:00:00.5 Received event: {\napp-1  |   "type": "response.created",\napp-1  |   "response": {}\napp-1  | }\n',
    )
    assert told == [(1, "server", "response.created")]
    assert reading.dropped == 0


def test_websockets_own_log_is_read_where_it_is_whole(tmp_path):
    text = r"""{"type":"error","error":{"message":"it\'s \\"bad\\""}}"""
    told, _ = read(
        tmp_path,
        f"2026-11-20 19:00:00,523 DEBUG < TEXT '{CREATED}' [80 bytes]\n2026-11-20 19:00:01,000 DEBUG < TEXT '{text}' [50 bytes]\n",
    )
    assert told == [(1, "server", "session.created"), (2, "server", "error")]
    told, reading = read(tmp_path, f"DEBUG > TEXT '{CREATED}' [9000 bytes]\nDEBUG < TEXT '{CREATED}' [80 bytes]\n")
    assert [line for line, _, _ in told] == [2]
    assert "of its 9000 bytes" in reading.drops[0].why


def test_bytes_that_node_printed_are_read_if_all_are_there(tmp_path):
    whole = b'{"type":"response.create"}'.hex(" ")
    told, reading = read(tmp_path, f"sent <Buffer {whole}>\ngot <Buffer 7b 22 74 ... 90 more bytes>\nsent {CREATED}\n")
    assert told == [(1, "client", "response.create"), (3, "server", "session.created")]
    assert [drop.line for drop in reading.drops] == [2]


def test_a_servers_own_log_received_what_the_client_sent(tmp_path):
    path = tmp_path / "server.jsonl"
    lines = [
        {"direction": "received", "event": {"type": "response.create"}},
        {"direction": "sent", "event": {"type": "response.created", "response": {}}},
        {"direction": "received", "event": {"type": "vendor.thing"}},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert [entry.sender for entry in Reading(path)] == ["client", "server", "client"]


def test_a_logs_own_first_line_does_not_make_it_a_recording(tmp_path):
    path = tmp_path / "call.jsonl"
    lines = [
        {"type": "log.started", "model": "m"},
        {"timestamp": 1763665200.5, "direction": "out", "payload": {"type": "response.create"}},
        {"timestamp": 1763665201.5, "direction": "in", "payload": {"type": "response.created", "response": {}}},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    reading = Reading(path)
    assert [entry.event.type for entry in reading][-2:] == ["response.create", "response.created"]
    assert reading.form == "envelopes"


def test_times_of_day_go_on_past_midnight(tmp_path):
    path = tmp_path / "night.log"
    path.write_text('23:59:59.500 sent {"type":"response.create"}\n00:00:00.750 sent {"type":"response.cancel"}\n')
    assert [entry.t for entry in Reading(path)] == [0.0, 1.25]


def test_an_object_that_whoever_printed_it_cut_short_is_read_and_told(tmp_path):
    told, reading = read(tmp_path, "sent {type: 'response.create', event_id: 'e', list: [1, 2, ... 97 more items]}\n")
    assert told == [(1, "client", "response.create")]
    assert [drop.why for drop in reading.drops] == ["whoever printed it left out the rest of a text or of a list"]


def test_what_stands_long_before_an_event_does_not_keep_it_from_being_read(tmp_path):
    told, _ = read(tmp_path, f"sent {'x' * 2000} {CREATED}\n")
    assert told == [(1, "server", "session.created")]


def test_an_object_that_takes_no_end_is_given_up_and_what_comes_behind_it_is_read():
    told = []
    endless = [b'got {"type":"session.created",\n', b' "a":\n', b" " * (1 << 26)]
    values = list(Text(lambda line, why: told.append((line, why))).values([*endless, b"sent " + CREATED.encode()]))
    assert [(value.line, value.prefix) for value in values] == [(4, "sent")]
    assert told == [(1, "an object that cannot be read: it does not end")]
