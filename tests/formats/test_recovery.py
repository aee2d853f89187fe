"""What comes back out of a damaged recording: all that is whole, in order, and nothing else."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notation import lines_of
from sweeping import ALL, examples

from rtcli.errors import UnreadableRecording
from rtcli.formats.recovery import Recovery
from rtcli.formats.stream import read_lines

RECORDINGS = Path(__file__).parents[2] / "recordings"
HEADER = b'{"rtcli":1,"started_at":"2026-11-20T19:00:00.000000Z","handshake":true,"lossless":true}\n'
CALL = [
    HEADER,
    *lines_of("""
0.1 < session.created {"session": {"type": "realtime", "id": "sess_1"}}
0.2 > conversation.item.create {"item": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "a {b} \\"c\\" é"}]}}
0.3 > response.create
0.4 < response.created {"response": {"id": "resp_1", "status": "in_progress", "output": []}}
0.5 < response.output_audio.delta {"response_id": "resp_1", "item_id": "item_1", "output_index": 0, "content_index": 0, "delta": "AAECAwQFBgcICQoL"}
0.6 < response.output_audio.delta {"response_id": "resp_1", "item_id": "item_1", "output_index": 0, "content_index": 0, "delta": "DA0ODxAREhMUFRYX"}
0.7 < response.done {"response": {"id": "resp_1", "status": "completed", "output": [{"type": "message", "role": "assistant", "content": []}]}}
0.8 - {"note": "a click"}
0.9 - {"from": "client", "close": {"code": 1000, "reason": ""}}
"""),
]


def recovered(data: bytes):
    *whole, last = data.split(b"\n")
    recovery = Recovery([line + b"\n" for line in whole] + ([last] if last else []))
    return list(recovery), recovery


def remarks(told):
    return [(one.line, one.what) for one in told.told]


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.jsonl")), ids=lambda path: path.name)
def test_a_whole_recording_comes_back_to_the_byte_and_nothing_is_said(path):
    data = path.read_bytes()
    lines, recovery = recovered(data)
    assert b"".join(lines) == data
    assert recovery.mended.count == recovery.lost.count == 0


def test_blank_lines_and_records_of_a_later_version_stay_where_they_are():
    data = HEADER + b'\n{"t":1.0,"weather":"fine"}\n  \n' + CALL[1]
    assert b"".join(recovered(data)[0]) == data


@pytest.mark.parametrize(("line", "left"), [(b" \x00\x00\n", [b" \n"]), (b"\r\x00\x00\r\n", [])])
def test_of_a_line_of_blanks_and_zeros_only_the_blanks_stay(line, left):
    lines, recovery = recovered(HEADER + line + CALL[1])
    assert lines == [HEADER, *left, CALL[1]]
    assert recovery.mended.count


def test_a_torn_last_line_is_lost_and_told():
    lines, recovery = recovered(b"".join(CALL)[:-20])
    assert lines == CALL[:-1]
    ((line, what),) = remarks(recovery.lost)
    assert line == len(CALL)
    assert "end is missing" in what


def test_a_last_line_without_its_newline_is_mended():
    lines, recovery = recovered(b"".join(CALL)[:-1])
    assert lines == CALL
    assert (recovery.mended.count, recovery.lost.count) == (1, 0)


def test_of_two_writers_in_one_line_both_records_come_back():
    mixed = CALL[5][:150] + CALL[6] + CALL[5][150:]
    lines, recovery = recovered(b"".join(CALL[:5]) + mixed + b"".join(CALL[7:]))
    assert lines == [*CALL[:5], CALL[6], CALL[5], *CALL[7:]]
    assert recovery.lost.count == 0


def test_the_half_of_a_record_waits_while_the_other_writer_goes_on():
    mixed = CALL[5][:150] + CALL[6] + CALL[7] + CALL[8] + CALL[5][150:]
    lines, recovery = recovered(b"".join(CALL[:5]) + mixed + CALL[9])
    assert sorted(lines) == sorted(CALL)
    assert recovery.lost.count == 0


def test_pretty_printed_and_concatenated_records_get_a_line_each():
    printed = json.dumps(json.loads(CALL[2]), indent=2).encode() + b"\n"
    run_together = CALL[3][:-1] + CALL[4][:-1] + b" , " + CALL[5]
    lines, recovery = recovered(CALL[0] + CALL[1] + printed + run_together + CALL[6])
    assert [json.loads(line) for line in lines] == [json.loads(line) for line in CALL[:7]]
    assert lines[3:] == CALL[3:7]
    assert recovery.lost.count == 0


def test_bare_events_that_are_printed_over_many_lines_come_back_whole():
    events = [json.loads(line)["event"] for line in CALL[1:8]]
    lines, recovery = recovered("\n".join(json.dumps(event, indent=4) for event in events).encode())
    assert [json.loads(line) for line in lines] == events
    assert recovery.lost.count == 0


def test_a_part_of_a_record_is_not_taken_for_a_record():
    tail = CALL[7][CALL[7].index(b'{"type": "message"') :]
    whole_event = CALL[7][CALL[7].index(b'{"event_id"') :]
    for lost in (tail, whole_event):
        lines, recovery = recovered(CALL[0] + CALL[1] + lost + CALL[8])
        assert lines == [CALL[0], CALL[1], CALL[8]]
        assert recovery.lost.count == 1


def test_a_record_that_lacks_only_its_last_brace_gets_it():
    lines, recovery = recovered(CALL[0] + CALL[4][:-2] + b"\n" + CALL[8])
    assert lines == [CALL[0], CALL[4], CALL[8]]
    assert remarks(recovery.mended) == [(2, "a record lacked its last brace")]


def test_what_stands_on_both_sides_of_zeros_is_not_put_together():
    torn = CALL[5][:150] + b"\0" * 4 + CALL[5][154:]
    lines, recovery = recovered(CALL[0] + torn + CALL[8])
    assert lines == [CALL[0], CALL[8]]
    assert recovery.lost.count == 2


def test_bytes_that_are_no_text_are_replaced_and_told():
    spoilt = CALL[8].replace(b"click", b"cl\xff\xfeck")
    lines, recovery = recovered(CALL[0] + spoilt + CALL[9])
    assert json.loads(lines[1])["note"] == "a cl\ufffd\ufffdck"
    assert recovery.lost.count == 1


UNTIMED = [
    HEADER,
    *(
        json.dumps({name: value for name, value in json.loads(line).items() if name != "t"}).encode() + b"\n"
        for line in CALL[1:]
        if b'"note"' not in line  # which without a time may as well be a part of another record
    ),
]
BARE = [json.dumps(json.loads(line)["event"]).encode() + b"\n" for line in CALL if b'"event"' in line]


def split(records, number, place):
    """A newline inside of a record."""
    record = records[number]
    at = 1 + place % (len(record) - 3)
    records[number] = record[:at] + b"\n" + record[at:]
    return {number}


def run_together(records, number, _place):
    records[number] = records[number].removesuffix(b"\n")
    return set()


def carriage_return(records, number, _place):
    records[number] = records[number].removesuffix(b"\n") + b"\r\n"
    return set()


def zeros_before(records, number, place):
    records[number] = b"\0" * (1 + place % 9) + records[number]
    return set()


def zeros_inside(records, number, place):
    record = records[number]
    at = 1 + place % (len(record) - 3)
    records[number] = record[:at] + b"\0" * 3 + record[at + 3 :]
    return {number}


def begun_before(records, number, place):
    """Somebody began to write the record, was interrupted, and wrote it whole."""
    begun = records[number][: 1 + place % (len(records[number]) - 3)]
    records[number] = begun + records[number]
    return set()


def torn(records, number, place):
    """Somebody began to write the record, and another began a line of his own."""
    records[number] = records[number][: 12 + place % (len(records[number]) - 14)] + b"\n"
    return {number}


def something_else_before(records, number, place):
    others = (b"INFO: connected\n", b"}\n", b"{\n", b"  ", b"\xff\xfe\n", b"\xef\xbb\xbf", b'"\n')
    records[number] = others[place % len(others)] + records[number]
    return set()


DAMAGES = (
    split,
    run_together,
    carriage_return,
    zeros_before,
    zeros_inside,
    begun_before,
    torn,
    something_else_before,
)


def test_a_torn_record_without_a_time_costs_none_of_those_behind_it():
    alone = [b'{"note":"a click"}\n', b'{"text":"hello"}\n', b'{"event":{"type":"mystery"}}\n']
    data = [*UNTIMED[:3], UNTIMED[3][:30] + b"\n", *UNTIMED[4:], *alone]
    lines, recovery = recovered(b"".join(data))
    assert lines == [*UNTIMED[:3], *UNTIMED[4:], *alone]
    assert [line for line, _ in remarks(recovery.lost)] == [4]


def test_what_many_records_begin_with_is_not_taken_for_one_that_was_written_again():
    data = [UNTIMED[0], UNTIMED[1][:12] + b"\n", *UNTIMED[2:]]
    lines, recovery = recovered(b"".join(data))
    assert lines == [UNTIMED[0], *UNTIMED[2:]]
    assert recovery.lost.count == 1


@settings(max_examples=examples(300), deadline=None)
@given(
    st.sampled_from((CALL, UNTIMED, BARE)),
    st.dictionaries(st.integers(0, 100), st.tuples(st.sampled_from(DAMAGES), st.integers(0, 500)), max_size=4),
    st.integers(0, 400),
    st.booleans(),
)
def test_whatever_happened_all_that_is_whole_comes_back_in_order_and_nothing_is_made_up(call, damages, cut, marked):
    records, spoilt = list(call), set()
    for number, (damage, place) in {number % len(call): one for number, one in damages.items()}.items():
        spoilt |= damage(records, number, place)
    data = b"".join(records)
    cut = min(cut, len(data))
    left = len(data) - cut
    ends, size = [], 0
    for record in records:
        size += len(record)
        ends.append(size)
    whole = [
        call[number]
        for number, end in enumerate(ends)
        if number not in spoilt and end - records_end(records[number]) <= left
    ]
    data = (b"\xef\xbb\xbf" if marked else b"") + data[:left]
    lines, recovery = recovered(data)
    lines = [line.lstrip(b" ") for line in lines]
    assert set(lines) <= set(call), "made up"
    assert [line for line in lines if line in whole] == whole, "not all that is whole, or out of order"
    assert recovery.lost.count or set(lines) == set(call[: len(set(lines))]) or cut


def records_end(record: bytes) -> int:
    """How many bytes of the record's end may go without harm."""
    return len(record) - len(record.rstrip(b"\r\n"))


def test_a_record_of_a_later_version_beside_a_torn_one_comes_back():
    data = [*CALL[:3], CALL[3][:30] + b"\n", b'{"t":0.35,"weather":"fine"}\n', *CALL[4:]]
    assert recovered(b"".join(data))[0] == [*CALL[:3], data[4], *CALL[4:]]


MANY = 10_000 if ALL else 1_500
LONG = {
    "lines of another log": b"INFO it is {so}\n" * 3 * MANY,
    "the same behind a torn record": CALL[2][:50] + b"\n" + b"INFO it is {so}\n" * 3 * MANY,
    "beginnings only": b'{"t":1 {so}\n' * 2 * MANY,
    "ends only": b"}\n" * 3 * MANY,
    "a list that never ends": b'{"t":1,"a":[{}\n' + b",{}\n" * MANY,
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_file_with_nothing_in_it_takes_no_longer_than_there_is_of_it(name):
    """Where looking takes the square of the size, this takes minutes."""
    assert recovered(LONG[name])[0] == []


def test_a_long_file_that_is_broken_into_short_lines_comes_back():
    data = (b"".join(CALL[1:]) * 200).replace(b"\n", b"")
    lines, _ = recovered(CALL[0] + b"".join(data[start : start + 77] + b"\n" for start in range(0, len(data), 77)))
    assert lines == [CALL[0], *CALL[1:] * 200]


@pytest.mark.parametrize("t", [b".4", b"1e", b"--1", b"01"])
def test_a_record_whose_time_is_no_number_is_none_when_its_last_brace_is_put_back(t):
    torn = b'{"t":%s,"from":"client","event":{"type":"response.create"}\n' % t
    assert recovered(CALL[0] + torn + CALL[2])[0] == [CALL[0], CALL[2]]


def packed(tmp_path, data):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(data)
    return Recovery(read_lines(path))


def test_what_can_be_unpacked_of_a_damaged_file_comes_back_and_the_rest_is_told(tmp_path):
    whole = gzip.compress(b"".join(CALL)) + gzip.compress(b"".join(CALL))
    half = len(whole) // 2
    recovery = packed(tmp_path, whole[: half + 40] + b"\xff" * 60 + whole[half + 100 :])
    lines = list(recovery)
    assert lines[: len(CALL)] == CALL
    assert any("cannot be unpacked" in what for _, what in remarks(recovery.lost))


def test_a_file_of_which_nothing_can_be_unpacked_is_refused(tmp_path):
    with pytest.raises(UnreadableRecording):
        list(packed(tmp_path, b"no gzip at all" * 10))


def test_a_line_of_nuls_between_records_is_left_out():
    lines, recovery = recovered(b"".join([*CALL[:3], b"\0" * 50 + b"\n", *CALL[3:]]))
    assert lines == CALL
    assert remarks(recovery.mended) == [(4, "there were NULs between records")]


def test_an_empty_line_inside_a_broken_record_is_no_record():
    broken = CALL[2].replace(b', "event"', b',\n\n "event"')
    assert broken.count(b"\n") == 3
    lines, _ = recovered(b"".join([*CALL[:2], broken, *CALL[3:]]))
    assert [json.loads(line) for line in lines] == [json.loads(line) for line in CALL]


def test_a_beginning_whose_end_does_not_come_among_many_records_is_given_up():
    many = [b'{"t":%d.0,"note":"n"}\n' % number for number in range(1, 101)]
    lines, recovery = recovered(b"".join([HEADER, b'{"t":0.5,"from":"server","event":{"type":"resp\n', *many]))
    assert lines == [HEADER, *many]
    ((line, what),) = remarks(recovery.lost)
    assert line == 2
    assert what.startswith("a record whose end is missing")


def test_a_record_behind_a_piece_of_another_comes_back_below_what_was_looked_through_in_vain():
    above, before = b'"no": "record"}', b'"a": 1}'
    lines, recovery = recovered(b"".join([*CALL[:3], above + b"\n", before + b" " + CALL[3], *CALL[4:]]))
    assert lines == CALL
    assert remarks(recovery.lost) == [(4, f"{len(above) + len(before)} bytes that belong to no record")]
