"""What is told of two recordings, and what of two runs of the same call."""

from __future__ import annotations

import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from notation import lines_of as written
from rerun import CALLS, changed, leaves, lines_of, records_of, recut, renamed, retimed, whole_events
from sweeping import examples

from rtcli.formats.rtcli import read
from rtcli.script.account import account
from rtcli.script.difference import compare

calls = st.sampled_from(CALLS)
few = settings(max_examples=examples(60), deadline=None)
MIRRORED = {"missing": "additional", "additional": "missing", "changed": "changed"}


@cache
def original(path):
    return told(records_of(path))


def told(records):
    return account(read(lines_of(records)))


def compared(before: str, after: str, **options):
    return compare(account(read(written(before))), account(read(written(after))), **options)


def changes(comparison):
    return [(one.what, one.type, one.path, one.a, one.b) for one in comparison.differences]


@few
@given(calls, st.text("abc", min_size=1), st.floats(0, 100), st.floats(0.1, 10), st.randoms(use_true_random=False))
def test_another_run_of_the_same_call_is_the_same(path, salt, shift, scale, chance):
    again = recut(retimed(renamed(records_of(path), salt), shift, scale), chance)
    comparison = compare(original(path), told(again))
    assert comparison.same
    assert comparison.differences == []


@pytest.mark.parametrize("path", CALLS)
def test_a_log_that_knows_nothing_of_the_connection_lacks_nothing_of_it(path):
    events = [{name: one[name] for name in ("t", "from", "event")} for one in records_of(path) if "event" in one]
    whole = told([one for one in records_of(path) if not one.keys() & {"binary", "text"}])
    for comparison in (compare(told(events), whole), compare(whole, told(events))):
        assert {one.type for one in comparison.differences} == set()


def test_a_connection_that_is_there_once_only_is_told_with_its_beginning_and_its_end():
    path = CALLS[0]
    twice = [*records_of(path), {"rtcli": 1, "transport": "websocket"}, {"t": 0, "open": {"status": 101}}]
    assert changes(compare(original(path), told(twice))) == [("additional", "open", "$", UNSET, UNSET)]


@few
@given(calls, st.data())
def test_an_event_that_was_dropped_is_told(path, data):
    records = records_of(path)
    dropped = records.pop(data.draw(st.sampled_from(whole_events(records))))
    comparison = compare(original(path), told(records))
    assert not comparison.same
    assert ("missing", dropped["event"]["type"]) in {(one.what, one.type) for one in comparison.differences}


@few
@given(calls, st.data())
def test_an_event_that_was_changed_is_told(path, data):
    records = records_of(path)
    index = data.draw(st.sampled_from([one for one in whole_events(records) if list(leaves(records[one]["event"]))]))
    event = records[index]["event"]
    spot = data.draw(st.sampled_from(list(leaves(event))))
    records[index] = {**records[index], "event": changed(event, spot)}
    comparison = compare(original(path), told(records))
    assert not comparison.same
    assert event["type"] in {one.type for one in comparison.differences}


@few
@given(calls, calls)
def test_exchanging_the_recordings_exchanges_the_sides_of_what_is_told(one, other):
    there = {repr(line) for line in _lines(compare(original(one), original(other)))}
    back = {repr(line) for line in _lines(compare(original(other), original(one)), mirrored=True)}
    assert there == back


def _lines(comparison, *, mirrored=False):
    for one in comparison.differences:
        places = [(one.turn_a, one.line_a, one.a), (one.turn_b, one.line_b, one.b)]
        what = MIRRORED[one.what] if mirrored else one.what
        yield what, one.section, one.type, one.path, places[::-1] if mirrored else places


@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(
                    st.sampled_from(["id", "item", "type", "message", "response", "delta", "usage", "x"]), inner
                )
            ),
            max_leaves=12,
        )
    )
)
def test_whatever_a_recording_holds_it_is_the_same_as_itself(values):
    lines = [json.dumps(value).encode() + b"\n" for value in values]
    one, other = (account(read(lines)) for _ in range(2))
    assert compare(one, other).same


ODD = (
    b'{"t":1,"from":"server","event":{"type":"x","a":"\xff\xfe"}}\n',
    b'{"t":1,"from":"server","event":{"type":"x","a":"\xff\xfd"}}\n',
    b'{"t":1,"from":"server","event":{"type":"response.done","response":{"id":"\\ud800"}}}\n',
    b'{"t":1,"from":"server","event":{"type":"x","n":123456789012345678901234567890}}\n',
    b'{"t":1,"from":"server","text":"[1,2]"}\n',
    b'{"t":1,"from":"server","binary":"AAEC"}\n',
    b'{"t":1,"from":"server","binary":"AAED"}\n',
    b'{"t":1,"from":"server","close":{"code":null,"reason":""}}\n',
    b'{"t":1,"from":"client","close":{"code":null,"reason":""}}\n',
    b'{"t":1,"from":"server","event":{"type":"x","a":' + b"[" * 2000 + b"]" * 2000 + b"}}\n",
    b"\xff\xfe\n",
)


@pytest.mark.parametrize("line", ODD)
def test_what_is_no_event_is_compared_by_what_it_says(line):
    verdicts = [compare(account(read([line])), account(read([other]))).same for other in ODD]
    assert verdicts == [other == line for other in ODD]


SETUP = """
0.1 < session.created {"session":{"type":"realtime","id":"sess_1","model":"demo"}}
"""
ASKS = """
{t}1 > conversation.item.create {{"item":{{"type":"message","role":"user","content":[{{"type":"input_text","text":"{words}"}}]}}}}
{t}2 > response.create
{t}3 < conversation.item.added {{"previous_item_id":{after},"item":{{"id":"user_{n}","type":"message","role":"user","status":"completed","content":[{{"type":"input_text","text":"{words}"}}]}}}}
{t}4 < response.created {{"response":{{"id":"resp_{n}","status":"in_progress","conversation_id":"conv_1"}}}}
{t}5 < response.output_text.delta {{"response_id":"resp_{n}","item_id":"item_{n}","output_index":0,"content_index":0,"delta":"{answer}"}}
{t}6 < response.output_text.done {{"response_id":"resp_{n}","item_id":"item_{n}","output_index":0,"content_index":0,"text":"{answer}"}}
{t}9 < response.done {{"response":{{"id":"resp_{n}","status":"completed","conversation_id":"conv_1","usage":{{"input_tokens":4,"output_tokens":{tokens}}}}}}}
"""


def turn(n, words, answer="Yes.", after="null", tokens=2):
    return ASKS.format(t=f"{n}.", n=n, words=words, answer=answer, after=after, tokens=tokens)


def test_a_turn_in_between_is_told_and_moves_nothing_else():
    before = SETUP + turn(1, "Hello?") + turn(3, "Who is it?", after='"user_1"')
    after = SETUP + turn(1, "Hello?") + turn(2, "Again?", after='"user_1"') + turn(3, "Who is it?", after='"user_1"')
    comparison = compared(before, after)
    assert [(one.a, one.b) for one in comparison.calls[0].turns] == [(0, 0), (1, 1), (None, 2), (2, 3)]
    assert {(one.what, one.turn_b) for one in comparison.differences} == {("additional", 2)}


def test_a_reference_to_another_item_is_told_by_the_order_in_which_they_appeared():
    begins = SETUP + turn(1, "Hello?") + turn(2, "Again?", after='"user_1"')
    comparison = compared(begins + turn(3, "What?", after='"user_2"'), begins + turn(3, "What?", after='"user_1"'))
    assert changes(comparison) == [("changed", "conversation.item.added", "$.previous_item_id", "item 3", "item 1")]


def test_words_are_told_once_with_the_transcripts():
    comparison = compared(SETUP + turn(1, "Hello?", "It is foggy."), SETUP + turn(1, "Hello?", "It is sunny."))
    assert {one.section for one in comparison.differences} == {"transcripts"}
    pair = comparison.calls[0].turns[1]
    assert (pair.words_a.assistant, pair.words_b.assistant) == (("It is foggy.",), ("It is sunny.",))


def test_tokens_are_told_with_the_turn_that_used_them():
    comparison = compared(SETUP + turn(1, "Hello?"), SETUP + turn(1, "Hello?", tokens=5))
    assert [(one.section, one.path, one.a, one.b) for one in comparison.differences] == [
        ("tokens", "$.response.usage.output_tokens", 2, 5)
    ]
    pair = comparison.calls[0].turns[1]
    assert (pair.used_a.output_tokens, pair.used_b.output_tokens) == (2, 5)


def test_a_setting_is_told_as_configuration():
    comparison = compared(SETUP, SETUP.replace('"demo"', '"other"'))
    assert [(one.section, one.path, one.a, one.b) for one in comparison.differences] == [
        ("configuration", "$.session.model", "demo", "other")
    ]


def test_latency_decides_only_where_that_is_asked_for():
    quick, slow = SETUP + turn(1, "Hello?"), SETUP + turn(1, "Hello?").replace("1.5 <", "1.55 <")
    (latency,) = [one for one in compared(quick, slow).calls[0].turns[1].latencies if one.name == "first_output_ms"]
    assert (latency.a_ms, latency.b_ms) == (300, 350)
    assert compared(quick, slow).same
    assert compared(quick, slow, tolerance_ms=60).same
    assert not compared(quick, slow, tolerance_ms=40).same


LIMITS = '{t} < rate_limits.updated {{"rate_limits":[{{"name":"tokens","limit":100,"remaining":{left},"reset_seconds":{left}}}]}}\n'
QUESTIONS = SETUP + turn(1, "Hello?"), turn(2, "Again?", after='"user_1"')


def test_it_does_not_matter_which_of_two_independent_events_comes_first():
    begin, end = QUESTIONS
    asked, *rest = end.strip().splitlines()
    early = begin + LIMITS.format(t=1.95, left=90) + end
    late = begin + asked + "\n" + LIMITS.format(t=2.15, left=70) + "\n".join(rest)
    assert compared(early, late).differences == []


def test_the_order_of_events_that_follow_from_each_other_matters():
    before = SETUP + turn(1, "Hello?")
    lines = before.splitlines()
    lines[-1], lines[-2] = lines[-2].replace("1.6", "1.9"), lines[-1].replace("1.9", "1.6")
    assert not compared(before, "\n".join(lines)).same


def test_an_id_in_the_words_of_an_error_is_not_compared_by_name():
    error = (
        '9.0 < error {{"error":{{"type":"invalid_request_error","message":"The response resp_{n} is still active."}}}}'
    )
    first = SETUP + turn(1, "Hello?") + error.format(n=1)
    assert compared(first, first.replace("resp_1", "resp_another")).same
    assert not compared(first, first.replace("still active", "over")).same


def test_audio_that_is_streamed_counts_by_its_length():
    append = '1.0 > input_audio_buffer.append {{"audio":"{audio}"}}\n2.0 > input_audio_buffer.commit'
    same = compared(SETUP + append.format(audio="AAAA"), SETUP + append.format(audio="////"))
    assert same.same
    longer = compared(SETUP + append.format(audio="AAAA"), SETUP + append.format(audio="AAAAAAAA"))
    assert changes(longer) == [("changed", "input_audio_buffer.append", "$.audio_bytes", 3, 6)]


def test_events_of_a_type_that_is_left_out_are_not_compared():
    first = SETUP + LIMITS.format(t=1.0, left=90)
    one, other = (
        account(read(written(script)), leaves_out=lambda kind: kind.startswith("rate_limits."))
        for script in (first, SETUP)
    )
    assert compare(one, other).same
    assert not compared(first, SETUP).same
