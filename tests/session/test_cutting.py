"""What is found in a part of a recording is found in the whole, at the same events."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from incidents.catalogue import INCIDENTS, NEAR_MISSES
from notation import lines_of
from sweeping import by_turns, examples

from rtcli.causes.case import Case
from rtcli.commands.cut import _pieces as pieces
from rtcli.events import Listener
from rtcli.formats import read_lines
from rtcli.formats.rtcli import read
from rtcli.rules import RULES, Check
from rtcli.session.cutting import Cutting
from rtcli.session.selection import Named, TurnsOf, Window

RECORDINGS = Path(__file__).parents[2] / "recordings"
HEADER = (
    b'{"rtcli":1,"handshake":true,"lossless":true,"transport":"websocket","url":"wss://api.openai.com/v1/realtime"}\n'
)


class Lines:
    """From one line to another."""

    heard_from = 0

    def __init__(self, first, last):
        self.first, self.last = first, last

    def begins(self):
        pass

    def takes(self, entry):
        return self.first <= entry.line <= self.last


def part_of(lines, selection):
    cutting = Cutting(selection)
    for entry in read(lines, Listener()):
        cutting.feed(entry)
    return list(pieces(cutting, iter(lines))) if cutting.parts() else []


def judged(lines):
    """Codes with the words of the line they are about, and the names of causes."""
    listener = Listener()
    check = Check(RULES, listener)
    found = [one for one in check.run(read(lines, listener)) if one.severity != "info"]
    listener = Listener()
    case = Case(listener)
    for entry in read(lines, listener):
        case.feed(entry)
    case.finish()
    return {(one.code, lines[one.line - 1].strip()) for one in found}, {cause.name for cause in case.causes}


def assert_true_to_the_whole(lines, windows, *, tries, seed=1):
    found, causes = judged(lines)
    codes = {code for code, _ in found}
    chance = random.Random(seed)
    for _ in range(tries):
        first = chance.randint(1, len(lines))
        last = chance.randint(first, len(lines)) if windows is None else min(len(lines), first + windows)
        part = part_of(lines, Lines(first, last))
        if part:
            found_here, causes_here = judged(part)
            assert found_here <= found, (first, last)
            assert causes_here <= causes | codes, (first, last)


@pytest.mark.parametrize("folder", ["", "clean", "broken"])
def test_a_part_of_a_recording_shows_nothing_that_the_whole_does_not_show(folder):
    for path in by_turns(sorted((RECORDINGS / folder).glob("*.jsonl")), 0, 6 if folder == "broken" else 2):
        lines = list(read_lines(path))
        if sum(map(len, lines)) < 100_000:
            assert_true_to_the_whole(lines, None, tries=1, seed=len(lines))


@pytest.mark.parametrize("number", by_turns(range(0, len(INCIDENTS), 4), 0, 2))
def test_a_part_of_an_incident_shows_nothing_that_the_whole_does_not_show(number):
    lines = [f"{line}\n".encode() for line in INCIDENTS[number][2]()]
    assert_true_to_the_whole(lines, None, tries=3, seed=number)


def test_a_part_of_a_call_in_order_is_in_order():
    for call in NEAR_MISSES[:2]:
        lines = [f"{line}\n".encode() for line in call()]
        assert_true_to_the_whole(lines, 60, tries=4)


def test_a_part_of_captured_traffic_shows_nothing_that_the_whole_does_not_show(shared):
    for path in sorted((shared / "traffic").glob("[!w]*/*.jsonl"))[::3]:
        lines = list(read_lines(path))
        if sum(map(len, lines)) < 200_000:
            assert_true_to_the_whole(lines, None, tries=2)


CALL = [
    HEADER,
    *lines_of("""
0.05 - {"open": {"status": 101, "headers": {}}}
0.1 < session.created {"session": {"type": "realtime", "id": "sess_1", "model": "gpt-realtime"}}
0.2 > session.update {"session": {"type": "realtime", "instructions": "Be kind."}}
0.3 < session.updated {"session": {"type": "realtime", "id": "sess_1", "model": "gpt-realtime", "instructions": "Be kind."}}
1.0 > conversation.item.create {"item": {"type": "message", "id": "user_1", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}}
1.1 < conversation.item.added {"previous_item_id": null, "item": {"type": "message", "id": "user_1", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}}
1.2 < conversation.item.done {"previous_item_id": null, "item": {"type": "message", "id": "user_1", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}}
1.3 > response.create
1.4 < response.created {"response": {"object": "realtime.response", "id": "resp_1", "status": "in_progress", "conversation_id": "conv_1", "output": []}}
1.5 < response.output_item.added {"response_id": "resp_1", "output_index": 0, "item": {"type": "message", "id": "said_1", "role": "assistant", "status": "in_progress", "content": []}}
1.6 < conversation.item.added {"previous_item_id": "user_1", "item": {"type": "message", "id": "said_1", "role": "assistant", "status": "in_progress", "content": []}}
1.7 < response.done {"response": {"object": "realtime.response", "id": "resp_1", "status": "cancelled", "status_details": {"type": "cancelled", "reason": "client_cancelled"}, "conversation_id": "conv_1", "output": []}}
2.0 > conversation.item.create {"item": {"type": "message", "id": "user_2", "role": "user", "content": [{"type": "input_text", "text": "Again"}]}}
2.1 < conversation.item.added {"previous_item_id": "said_1", "item": {"type": "message", "id": "user_2", "role": "user", "content": [{"type": "input_text", "text": "Again"}]}}
2.2 > response.create
2.3 < response.created {"response": {"object": "realtime.response", "id": "resp_2", "status": "in_progress", "conversation_id": "conv_1", "output": []}}
2.9 < response.done {"response": {"object": "realtime.response", "id": "resp_2", "status": "cancelled", "status_details": {"type": "cancelled", "reason": "client_cancelled"}, "conversation_id": "conv_1", "output": []}}
3.0 - {"from": "client", "close": {"code": 1000, "reason": ""}}
"""),
]
CREATED, UPDATE, UPDATED = CALL[2], CALL[3], CALL[4]


def test_everything_is_the_recording_itself():
    assert part_of(CALL, Lines(1, len(CALL))) == CALL
    assert part_of(CALL, Window(0.0, None)) == CALL


def test_the_configuration_in_force_goes_with_a_part_and_what_is_over_does_not():
    part = part_of(CALL, Window(2.0, 2.25))
    assert [CALL[1], CREATED, UPDATED] == part[1:4]
    assert part[-3:] == CALL[13:16]
    assert UPDATE not in part
    assert CALL[9] not in part


def test_a_request_without_an_answer_goes_with_a_part():
    assert UPDATE in part_of(CALL, Lines(5, 6))
    assert UPDATE not in part_of(CALL, Lines(6, 7))


def test_a_response_that_runs_goes_with_a_part_from_its_beginning():
    part = part_of(CALL, Lines(12, 13))
    assert part[-2:] == CALL[11:13]
    assert set(CALL[8:11]) <= set(part)


def test_an_item_that_is_spoken_of_goes_with_a_part():
    part = part_of(CALL, Lines(15, 15))
    assert CALL[11] in part
    assert CALL[6] not in part


def test_the_header_says_which_ends_are_cut_off():
    assert b'"cut":["start"]' in part_of(CALL, Lines(10, len(CALL)))[0]
    assert b'"cut":["end"]' in part_of(CALL, Lines(1, 10))[0]
    middle = part_of(CALL, Lines(8, 10))[0]
    assert b'"cut":["start","end"]' in middle
    assert b'"handshake":false' in middle


def test_a_note_stands_where_the_part_itself_begins():
    part = part_of(CALL, Lines(13, 15))
    (note,) = [number for number, line in enumerate(part) if b'"note":"rtcli cut: ' in line]
    assert part[note + 1] == CALL[12]
    assert set(part[1:note]) <= set(CALL[:12])


def test_turns_are_those_that_are_shown_with_the_end_of_their_responses():
    assert part_of(CALL, TurnsOf(2, 2))[-6:] == CALL[13:]
    first = part_of(CALL, TurnsOf(1, 1))
    assert first[-8:] == CALL[5:13]


def test_with_a_turn_goes_the_audio_in_which_its_speech_began():
    lines = list(read_lines(RECORDINGS / "interruption.jsonl"))
    speech = [line for line in lines if b'"input_audio_buffer.speech_started"' in line]
    began_ms = json.loads(speech[1])["event"]["audio_start_ms"]
    part = part_of(lines, TurnsOf(2, 2))
    heard = [line for line in part[: part.index(speech[1])] if b'"input_audio_buffer.append"' in line]
    sent = [line for line in lines[: lines.index(speech[1])] if b'"input_audio_buffer.append"' in line]
    before_ms = sum(len(base64.b64decode(json.loads(line)["event"]["audio"])) / 48 for line in sent[: -len(heard)])
    assert heard == sent[-len(heard) :]
    assert before_ms <= began_ms <= before_ms + len(base64.b64decode(json.loads(heard[0])["event"]["audio"])) / 48
    assert judged(part) == (set(), set())


def test_with_a_turn_that_the_client_commits_goes_the_audio_since_the_last():
    lines = list(read_lines(RECORDINGS / "clean" / "push_to_talk.jsonl"))
    commits = [number for number, line in enumerate(lines) if b'"input_audio_buffer.commit"' in line]
    part = part_of(lines, TurnsOf(1, 1))
    assert {line for line in lines[: commits[0]] if b'"input_audio_buffer.append"' in line} <= set(part)
    assert judged(part) == (set(), set())


def test_what_is_missing_at_the_end_of_a_part_is_not_waited_for():
    listener = Listener()
    case = Case(listener)
    part = part_of(CALL, Lines(1, 10))
    for entry in read(part, listener):
        case.feed(entry)
    case.finish()
    assert case.connections[0].waits == []
    assert not case.by_code
    listener = Listener()
    stopped = Case(listener)
    for entry in read(CALL[:10], listener):
        stopped.feed(entry)
    stopped.finish()
    assert stopped.connections[0].waits
    assert stopped.by_code["SEQ21"] == 1


def test_a_response_and_an_item_are_taken_from_their_first_event_to_their_last():
    assert part_of(CALL, Named("response", "resp_2"))[-2:] == CALL[16:18]
    assert part_of(CALL, Named("item", "said_1"))[-2:] == CALL[10:12]
    assert part_of(CALL, Named("item", "er_2"))[-2:] == CALL[13:15]


def test_of_several_connections_those_are_taken_that_are_touched():
    other = [line.replace(b"sess_1", b"sess_2").replace(b"resp_", b"answer_") for line in CALL]
    part = part_of(CALL + other, Named("response", "answer_2"))
    assert sum(b'"rtcli":1' in line for line in part) == 1
    assert part[-2:] == other[16:18]
    assert CREATED not in part
    assert part_of(CALL + other, Window(0.0, None)) == CALL + other
    both = part_of(CALL + other, Window(2.0, 2.1))
    assert sum(b'"rtcli":1' in line for line in both) == 2


def test_a_part_of_a_part_is_cut_off_where_the_first_was():
    part = part_of(CALL, Lines(10, 16))
    header = json.loads(part[0])
    assert (header["cut"], header["begins_s"]) == (["start", "end"], 1.4)
    for first, last in ((1, len(part) - 2), (len(part) - 3, len(part)), (2, len(part) - 2)):
        again = json.loads(part_of(part, Lines(first, last))[0])
        assert again["cut"] == ["start", "end"]
        assert again["begins_s"] >= header["begins_s"]


def test_a_part_of_a_part_shows_nothing_that_the_whole_does_not_show():
    for path in sorted((RECORDINGS / "clean").glob("*.jsonl")):
        lines = list(read_lines(path))
        chance = random.Random(len(lines))
        first = chance.randint(2, len(lines) - 10)
        part = part_of(lines, Lines(first, first + 9))
        begins = chance.randint(1, len(part))
        again = part_of(part, Lines(begins, len(part) - 2 * (begins == 1)))
        assert judged(again) == (set(), set()), (path, first, begins)


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(1, len(CALL)), st.integers(0, len(CALL)))
def test_every_line_of_a_stretch_is_in_its_part_once_and_in_order(first, length):
    part = part_of(CALL, Lines(first, first + length))
    wanted = [line for line in CALL[first - 1 : first + length] if b'"rtcli"' not in line]
    if wanted:
        assert [line for line in part if line in wanted] == wanted
        assert part[-1] == wanted[-1]


def test_another_session_in_lines_without_a_header_is_another_connection():
    bare = CALL[2:-1]
    other = [one.replace(b"sess_1", b"sess_2").replace(b"resp_", b"answer_") for one in bare]
    part = part_of(bare + other, Named("response", "answer_2"))
    assert other[0] in part
    assert bare[0] not in part
    assert bare[0] in part_of(bare + bare, Named("response", "resp_2"))
