"""What the rules about times say, and what they pass over; see also those about turns."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.rules import Check
from rtcli.rules.timing import RULES

WHOLE = '0.0 - {"rtcli": 1, "transport": "websocket", "lossless": true}'
LIMITS = '< rate_limits.updated {"rate_limits": []}'
CREATED = '< response.created {"response": {"id": "r"}}'
ADDED = '< response.output_item.added {"response_id": "r", "output_index": %d, "item": {"type": "%s", "role": "assistant", "id": "i%d", "content": []}}'
DONE = '< response.done {"response": {"id": "r"}}'


def item(step="added", index=0, kind="message"):
    return (ADDED % (index, kind, index)).replace("added", step)


def said(*lines):
    return [one for one in Check(RULES).run(entries_of("\n".join([WHOLE, *lines]))) if one.code.startswith("TIM")]


def test_how_far_a_clock_went_back_is_told_with_the_line_before():
    (one,) = said(f"5.0 {LIMITS}", f"4.0 {LIMITS}", f"4.0 {LIMITS}")
    assert (one.code, one.line, one.lines) == ("TIM01", 3, (2,))
    assert one.message == "4.0 s lies before 5.0 s of line 2"


@pytest.mark.parametrize(("t", "codes"), [(11.0, []), (11.5, ["TIM02"])])
def test_a_response_is_slow_to_begin_after_ten_seconds(t, codes):
    found = said(f"1.0 {CREATED}", f"{t} {item()}", f"{t} {item('done')}", f"{t} {DONE}")
    assert [one.code for one in found] == codes
    assert all("10.5 s" in one.message and one.lines == (2,) for one in found)


def test_a_response_is_slow_to_begin_though_nothing_but_its_end_comes():
    assert [one.code for one in said(f"1.0 {CREATED}", f"12.0 {DONE}")] == ["TIM02"]


@pytest.mark.parametrize(("t", "codes"), [(6.0, []), (6.5, ["TIM03"])])
def test_a_response_stalls_after_five_seconds_within_an_item(t, codes):
    found = said(f"0.9 {CREATED}", f"1.0 {item()}", f"{t} {item('done')}", f"{t} {DONE}")
    assert [one.code for one in found] == codes
    assert all("5.5 s" in one.message and one.lines == (2,) for one in found)


def test_a_response_that_waits_for_a_tool_or_thinks_between_items_does_not_stall():
    tool = [
        f"1.0 {item(kind='mcp_call')}".replace('"content": []', '"server_label": "s", "name": "n", "arguments": ""')
    ]
    assert said(f"0.9 {CREATED}", *tool, f"9.0 {DONE}") == []
    between = [f"1.0 {item()}", f"1.1 {item('done')}", f"9.0 {item(index=1)}", f"9.1 {item('done', 1)}"]
    assert said(f"0.9 {CREATED}", *between, f"9.2 {DONE}") == []


@pytest.mark.parametrize(
    ("end_s", "words"),
    [
        (3300.0, None),
        (3301.0, "55 minutes, 5 short"),
        (3326.0, "55 minutes, 5 short"),
        (3540.0, "59 minutes, 1 short"),
        (3700.0, "62 minutes, 0 short"),
    ],
)
def test_a_session_comes_close_to_its_end_in_its_last_five_minutes(end_s, words):
    """Sessions end after 60 minutes."""
    found = said('0.0 < session.created {"session": {"type": "realtime"}}', f"{end_s} {LIMITS}")
    assert [words in one.message for one in found] == ([True] if words else [])


UNTIMED = '- {"from": "server", "event": %s}'


def untimed(line):
    kind, fields = line.removeprefix("< ").split(" ", 1)
    return UNTIMED % ('{"type": "%s", "event_id": "e", %s' % (kind, fields[1:]))


def test_a_record_without_a_time_has_neither_waited_nor_kept_anybody_waiting():
    assert said(untimed(CREATED), f"20.0 {item()}", f"20.1 {item('done')}", f"20.1 {DONE}") == []
    assert said(f"1.0 {CREATED}", untimed(item()), untimed(item("done")), f"20.1 {DONE}") == []
    assert said(untimed(CREATED), untimed(item()), f"20.0 {item('done')}", f"20.1 {DONE}") == []
    assert said(f"1.0 {CREATED}", f"1.1 {item()}", untimed(item("done")), untimed(DONE), f"20.0 {LIMITS}") == []


def test_a_tool_that_runs_beside_a_message_may_be_what_is_waited_for():
    tool = f"1.0 {item(index=1, kind='mcp_call')}".replace(
        '"content": []', '"server_label": "s", "name": "n", "arguments": ""'
    )
    assert said(f"0.9 {CREATED}", f"1.0 {item()}", tool, f"9.0 {item('done')}", f"9.1 {DONE}") == []


def test_what_comes_long_after_the_end_of_a_response_did_not_stall_it():
    assert said(f"0.9 {CREATED}", f"1.0 {item()}", f"1.1 {DONE}", f"9.0 {item('done')}") == []


def test_a_clock_may_go_back_behind_its_beginning():
    (one,) = said(f"0.0 {LIMITS}", f"-2.0 {LIMITS}")
    assert one.message == "-2.0 s lies before 0.0 s of line 2"


PCM = '0.0 < session.created {"session": {"type": "realtime", "audio": {"output": {"format": {"type": "audio/pcm"}}}}}'
SOUND = '< response.output_audio.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "%s"}'
SHORT = SOUND % ("AAAA" * 4000)
"""A quarter of a second."""


def test_a_player_starves_when_it_has_had_nothing_for_more_than_a_quarter_of_a_second():
    begun = [PCM, f"0.5 {CREATED}", f"1.0 {SHORT}"]
    assert said(*begun, f"1.5 {SHORT}") == []
    (one,) = said(*begun, f"1.625 {SHORT}")
    assert (one.code, one.line, one.side) == ("TIM04", 5, "network")
    assert "375 ms" in one.message


def test_a_player_of_which_nobody_knows_what_it_had_or_when_does_not_starve():
    late = f"1.625 {SHORT}"
    assert said(PCM, f"1.0 {SHORT}", late) == [], "the response was not seen to begin"
    assert said(PCM, f"0.5 {CREATED}", f"1.0 {SHORT}", untimed(SHORT)) == []


def test_how_long_a_session_has_lasted_is_counted_from_its_first_record_to_its_last_time():
    (one,) = said('100.0 < session.created {"session": {"type": "realtime"}}', f"3640.0 {LIMITS}")
    assert "59 minutes, 1 short" in one.message
    assert said('100.0 < session.created {"session": {"type": "realtime"}}', untimed(LIMITS)) == []


@pytest.mark.parametrize("name", ["", '"id": ""', '"id": null'])
def test_of_a_response_without_an_id_nobody_knows_what_comes_of_it(name):
    created, done = (line.replace('"id": "r"', name) for line in (CREATED, DONE))
    assert said(f"1.0 {created}", f"2.0 {item()}", f"2.1 {item('done')}", f"12.0 {done}") == []
    assert said(f"1.0 {created}", f"12.0 {done}") == []
