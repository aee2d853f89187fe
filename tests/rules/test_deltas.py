"""What the rules about deltas compare, tell once, and cannot judge."""

from __future__ import annotations

import json

import pytest
from notation import lines_of

from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.rules import Check
from rtcli.rules.deltas import RULES
from rtcli.session.written import ITEMS_AT_MOST, JOINED_AT

CREATED = '< response.created {"response": {"id": "r"}}'
VOICE_LIVE = (
    '- {"rtcli":1,"transport":"websocket","lossless":true,"url":"wss://x.services.ai.azure.com/voice-live/realtime"}'
)
FAULTY = '< response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}'
TRUNCATED = '> conversation.item.truncate {"item_id": "i", "content_index": 0, "audio_end_ms": 0}'


def served(kind, **fields):
    return f"< {kind} {json.dumps(fields)}"


def place(item="i", index=0):
    return {"response_id": "r", "item_id": item, "output_index": index}


def message(*contents, item="i", **more):
    return {"type": "message", "id": item, "role": "assistant", "content": list(contents), **more}


def said(text):
    return {"type": "output_text", "text": text}


def voiced(transcript):
    return {"type": "output_audio", "transcript": transcript}


def call(arguments="{}", **more):
    return {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": arguments, **more}


def opened(item, index=0):
    return served("response.output_item.added", response_id="r", output_index=index, item=item)


def closed(item, index=0):
    return served("response.output_item.done", response_id="r", output_index=index, item=item)


def done(*output, **more):
    return served("response.done", response={"id": "r", "status": "completed", "output": list(output), **more})


def text(pieces, whole, part=None, item=None, kind="output_text", name="text"):
    """A message whose deltas, end, part and item tell these texts; None is what they say as well."""
    spot = place() | {"content_index": 0}
    content = said if name == "text" else voiced
    type_ = {"text": "text", "transcript": "audio"}[name]
    return [
        CREATED,
        opened(message()),
        served("response.content_part.added", **spot, part={"type": type_}),
        *(served(f"response.{kind}.delta", **spot, delta=piece) for piece in pieces),
        served(f"response.{kind}.done", **spot, **{name: whole}),
        served("response.content_part.done", **spot, part={"type": type_, name: whole if part is None else part}),
        closed(message(content(whole if item is None else item))),
    ]


def transcript(*told, **more):
    return text(*told, **more, kind="output_audio_transcript", name="transcript")


def arguments(pieces, whole, item=None):
    return [
        CREATED,
        opened(call("")),
        *(served("response.function_call_arguments.delta", **place(), call_id="c", delta=piece) for piece in pieces),
        served("response.function_call_arguments.done", **place(), call_id="c", name="f", arguments=whole),
        closed(call(whole if item is None else item)),
    ]


def found(*lines):
    listener = Listener()
    entries = read(lines_of("\n".join(lines)), listener)
    return [one for one in Check(RULES, listener).run(entries) if not one.code.startswith("SCH")]


def codes(*lines):
    return [(one.code, one.line) for one in found(*lines)]


@pytest.mark.parametrize(("streamed", "code"), [(text, "DLT01"), (transcript, "DLT02"), (arguments, "DLT03")])
def test_deltas_add_up_to_the_end_and_an_end_needs_no_deltas(streamed, code):
    assert codes(*streamed(["He", "llo"], "Hello")) == []
    assert codes(*streamed([], "Hello")) == []
    assert [one for one, _ in codes(*streamed(["He", "lo"], "Hello"))] == [code]
    assert [one for one, _ in codes(*streamed([""], "Hello"))] == [code]
    assert [one for one, _ in codes(*streamed(["Hello", "o"], "Hello"))] == [code]


@pytest.mark.parametrize("streamed", [text, transcript, arguments])
def test_deltas_are_compared_however_many_there_are(streamed):
    pieces = [chr(97 + number % 26) for number in range(1000)]
    assert codes(*streamed(pieces, "".join(pieces))) == []
    (lost,) = found(*streamed(pieces[:500] + pieces[501:], "".join(pieces)))
    assert "999 characters, the whole has 1000" in lost.message
    assert "behind character 500" in lost.message


@pytest.mark.parametrize(("streamed", "code"), [(text, "DLT01"), (transcript, "DLT02")])
def test_a_part_and_an_item_tell_what_their_stream_told(streamed, code):
    assert codes(*streamed(["Hello"], "Hello", part="Hell")) == [(code, 6)]
    assert codes(*streamed(["Hello"], "Hello", item="Hell")) == [(code, 7)]
    assert codes(*streamed(["Hello"], "Hello", part="", item="Hell")) == [(code, 6), (code, 7)]


@pytest.mark.parametrize(("streamed", "code"), [(text, "DLT01"), (transcript, "DLT02")])
def test_an_item_that_repeats_what_its_part_told_is_not_told_again(streamed, code):
    assert codes(*streamed(["Hello"], "Hello", part="Hell", item="Hell")) == [(code, 6)]


def test_the_arguments_of_an_item_are_those_of_their_end():
    assert codes(*arguments(['{"a":', "1}"], '{"a":1}', item='{"a": 1}')) == [("DLT03", 6)]


@pytest.mark.parametrize("streamed", [text, transcript, arguments])
def test_a_second_end_is_another_rules(streamed):
    lines = streamed(["Hello"], "Hello")
    again = lines[-1].replace("Hello", "Bye") if streamed is arguments else lines[4].replace("Hello", "Bye")
    assert codes(*lines, again) == []


@pytest.mark.parametrize("streamed", [text, transcript, arguments])
def test_a_stream_whose_beginning_was_not_seen_is_not_added_up(streamed):
    lines = streamed(["He", "llo"], "Hello")
    deltas = [number for number, line in enumerate(lines) if ".delta" in line]
    assert codes(*lines[deltas[1] :]) == []


def test_a_delta_that_was_written_down_twice_in_a_row_is_added_up_once():
    lines = text(["He", "llo"], "Hello")
    twice = lines[3].replace("{", '{"event_id": "e", ', 1)
    assert codes(*lines[:3], twice, twice, *lines[4:]) == []
    other = twice.replace('"e"', '"f"')
    assert codes(*lines[:3], twice, other, *lines[4:]) == [("DLT01", 7)]


def test_an_unreadable_delta_is_not_missed():
    lines = text(["He", "llo"], "Hello!")
    assert [code for code, _ in codes(*lines)] == ["DLT01"]
    assert codes(*lines[:4], FAULTY, *lines[4:]) == []


def test_an_item_that_was_truncated_has_lost_its_transcript():
    lines = transcript(["Hello"], "Hello", item="")
    assert codes(*lines) == [("DLT02", 7)]
    assert codes(*lines[:-1], TRUNCATED, lines[-1], done(message(voiced("He")))) == []
    assert codes(*lines[:-1], TRUNCATED, lines[-1], done(message(said("He")))) == [("DLT05", 9)]


def test_what_a_logger_does_not_print_is_not_compared():
    assert codes(*text(["Hello"], "[Object]")) == []
    assert codes(*text(["Hello"], "Hello", part="[Object]", item="[Array]"), done(message(said("[Object]")))) == []


def mcp(delta, **more):
    item = {"type": "mcp_call", "id": "i", "server_label": "s", "name": "f", "arguments": ""}
    return [
        CREATED,
        opened(item),
        served("response.mcp_call_arguments.delta", **place(), delta=delta, **more),
        served("response.mcp_call_arguments.delta", **place(), delta="}"),
        served("response.mcp_call_arguments.done", **place(), arguments="{}"),
        closed(item | {"arguments": "other"}),
    ]


def test_arguments_of_mcp_calls_are_compared_unless_they_are_obfuscated():
    assert codes(*mcp("{")) == []
    assert codes(*mcp("?")) == [("DLT04", 5)]
    assert codes(*mcp("?", obfuscation="x")) == []
    created, _, _, _, end, _ = mcp("{")
    assert codes(created, end) == [], "an end needs no deltas"


TWO = [CREATED, opened(message(item="i")), opened(message(item="j"), 1)]
CLOSED = [closed(message(said("x"), item="i")), closed(message(said("y"), item="j"), 1)]


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ([("i", "x"), ("j", "y")], ""),
        ([("j", "y"), ("i", "x")], "another order"),
        ([("i", "x")], "the item j was announced"),
        ([("i", "x"), ("j", "y"), ("k", "z")], "the item k is in the output"),
        ([], "the item i was announced"),
        ([("i", "x"), ("j", "z")], "another content[0].text"),
        ([("i", "z"), ("j", "z")], "the item i was done with another content[0].text"),
    ],
)
def test_a_response_holds_the_items_that_it_has_streamed(output, words):
    hits = found(*TWO, *CLOSED, done(*(message(said(words), item=item) for item, words in output)))
    assert [one.code for one in hits] == ["DLT05"] * bool(words)
    assert all(words in one.message for one in hits)


def test_items_may_be_announced_out_of_order():
    assert codes(CREATED, TWO[2], TWO[1], done(message(item="i"), message(item="j"))) == []


@pytest.mark.parametrize(
    "other",
    [
        call(name="g"),
        call(call_id="d"),
        call("{ }"),
        call(status="incomplete"),
        {"type": "message", "id": "i", "role": "assistant", "content": []},
    ],
)
def test_an_item_is_the_same_when_it_is_done_and_in_the_response(other):
    begun = [CREATED, opened(call("")), closed(call(status="completed"))]
    assert codes(*begun, done(call(status="completed"))) == []
    assert codes(*begun, done(call())) == []
    assert codes(*begun, done(other)) == [("DLT05", 4)]


def test_an_item_with_other_parts_is_another():
    begun = [CREATED, opened(message()), closed(message(said("x")))]
    assert codes(*begun, done(message())) == [("DLT05", 4)]
    assert codes(*begun, done(message(said("x"), voiced("y")))) == [("DLT05", 4)]
    assert codes(*begun, done(message(voiced("x")))) == [("DLT05", 4)]


def test_fields_that_the_rule_does_not_name_may_differ():
    begun = [CREATED, opened(message()), closed(message(said("x"), phase="commentary"))]
    assert codes(*begun, done(message(said("x"), phase="final_answer"))) == []


def test_an_item_that_was_not_done_is_not_compared():
    assert codes(CREATED, opened(call("")), done(call())) == []


def test_output_is_not_judged_where_it_is_not_told_or_has_failed():
    assert codes(*TWO, served("response.done", response={"id": "r"})) == []
    assert codes(*TWO, served("response.done", response={"id": "r", "output": None})) == []
    assert codes(*TWO, done(status="failed")) == []
    assert codes(*TWO, done(status="cancelled")) == []
    assert codes(*TWO, done(message(item="i"), status="cancelled")) == [("DLT05", 4)]


def test_output_that_other_servers_leave_empty_is_not_missed():
    assert codes(*TWO, done()) == [("DLT05", 4)]
    assert codes(VOICE_LIVE, *TWO, done()) == []


def test_output_is_judged_only_where_the_response_was_seen_whole():
    assert codes(*TWO[1:], done()) == []
    assert codes(CREATED, closed(message(said("x"))), done()) == []


def test_output_is_judged_once():
    assert codes(*TWO, done(), done()) == [("DLT05", 4)]


@pytest.mark.parametrize(
    ("piece", "words"),
    [("Hullo", "behind character 1"), ("hello", "from the first character on"), ("Hell", "behind character 4")],
)
def test_it_is_told_where_two_texts_part(piece, words):
    (one,) = found(*text([piece], "Hello"))
    assert words in one.message


def test_a_part_that_ends_twice_is_compared_once():
    lines = text(["Hello"], "Hello", part="Hell")
    assert codes(*lines[:6], lines[5], lines[6]) == [("DLT01", 6)]


def test_a_text_of_an_item_that_was_truncated_is_compared_and_its_transcript_is_not():
    ended, shorter = message(said("Hello"), status="completed"), message(said("Hell"), status="completed")
    lines = [CREATED, opened(message()), closed(ended), TRUNCATED]
    assert codes(*lines, done(shorter)) == [("DLT05", 5)]
    streamed = text(["Hello"], "Hello", item="Hell")
    assert codes(*streamed[:-1], TRUNCATED, streamed[-1]) == [("DLT01", 8)]


def test_what_an_item_did_not_say_when_it_was_done_is_not_compared():
    assert (
        codes(
            CREATED, opened(message()), closed(message(said("Hello"))), done(message(said("Hello"), status="completed"))
        )
        == []
    )


def test_ids_that_a_logger_has_shortened_are_not_compared():
    short = message(said("Hello"), item="item_1...")
    assert codes(CREATED, opened(short), closed(short), done(message(said("Hello"), item="item_12"))) == []
    whole = message(said("Hello"), item="item_12")
    assert codes(CREATED, opened(whole), closed(whole), done(short)) == []


def test_a_response_that_was_not_seen_to_begin_holds_what_it_holds():
    assert codes(done(message(said("Hello")))) == []
    assert codes(closed(message(said("Hello")))) == []
    assert codes(text([], "Hello")[5]) == []


def test_of_a_response_with_more_items_than_are_kept_the_output_is_not_judged():
    items = [message(item=f"i{number}") for number in range(ITEMS_AT_MOST + 1)]
    announced = [opened(item, index) for index, item in enumerate(items)]
    assert codes(CREATED, *announced, done(*items)) == []
    assert codes(CREATED, *announced, done(*items[1:])) == []
    assert [code for code, _ in codes(CREATED, *announced[:-1], done(*items[1:-1]))] == ["DLT05"]


@pytest.mark.parametrize("item_id", [None, ""])
def test_an_item_without_an_id_may_be_any_of_those_that_were_announced(item_id):
    nameless = message(said("x"), item=item_id)
    assert codes(CREATED, opened(message()), closed(message(said("x"))), done(nameless)) == []
    del nameless["id"]
    assert codes(CREATED, opened(message()), closed(message(said("x"))), done(nameless)) == []


@pytest.mark.parametrize("name", ["", '"id": "", ', '"id": null, '])
def test_of_a_response_without_an_id_nobody_knows_which_items_are_its(name):
    created = CREATED.replace('"id": "r"', name.removesuffix(", "))
    output = done(message(item="j")).replace('"id": "r", ', name)
    assert codes(created, *TWO[1:], output) == []
    assert codes(*TWO, done(message(item="j"))) == [("DLT05", 4)]


def test_an_item_without_an_id_is_compared_with_its_stream():
    streamed = text(["Hello"], "Hello", item="Hell")
    streamed = [line.replace('"id": "i", ', "").replace('"item_id": "i"', '"item_id": ""') for line in streamed]
    assert codes(*streamed) == [("DLT01", 7)]


def test_a_text_that_is_too_long_to_be_kept_is_not_compared():
    """Four million characters."""
    chunk = "x" * ((4 << 20) // JOINED_AT + 1)
    assert codes(*text([chunk] * JOINED_AT, "x")) == []
    assert codes(*text(["x"] * JOINED_AT, "x")) == [("DLT01", JOINED_AT + 4)]


def test_a_stream_is_whole_where_its_item_or_its_part_was_seen_to_begin():
    created, item, part, delta, end, over, _ = text(["Hell"], "Hello")
    assert codes(created, item, delta, end) == [("DLT01", 4)]
    assert codes(created, part, delta, end) == [("DLT01", 4)]
    assert codes(created, over, delta, end) == []


def test_a_part_or_an_item_that_does_not_tell_its_text_contradicts_nothing():
    lines = text(["Hello"], "Hello")
    silent = served("response.content_part.done", **place(), content_index=0, part={"type": "text"})
    assert codes(*lines[:5], silent, lines[6]) == []


def test_a_transcript_of_an_item_that_was_not_truncated_is_compared():
    lines = [CREATED, opened(message()), closed(message(voiced("Hello")))]
    assert codes(*lines, done(message(voiced("Hell")))) == [("DLT05", 4)]
    assert codes(*lines, done(message(voiced("Hello")))) == []


def test_items_that_were_announced_without_an_id_may_be_any_in_the_output():
    nameless = [line.replace('"id": "i", ', "").replace('"id": "j", ', "") for line in TWO]
    assert codes(*nameless, done(message(item="i"), message(item="j"))) == []
