"""What is said of an item that it is not: told once, and not where the item's beginning was not seen."""

from __future__ import annotations

from notation import entries_of

from rtcli.rules import Check
from rtcli.rules.mismatches import RULES

WHOLE = '- {"rtcli": 1, "lossless": true}'
CREATED = '< response.created {"response": {"id": "r", "conversation_id": "c"}}'
CALL = '"item": {"type": "function_call", "id": "i", "call_id": "%s", "name": "f", "arguments": ""}'
MESSAGE = '"item": {"type": "message", %s"role": "assistant", "content": []}'
TRUNCATE = '> conversation.item.truncate {"item_id": "i", "content_index": 0, "audio_end_ms": 0}'


def item(step, body, index=0):
    return '< response.output_item.%s {"response_id": "r", "output_index": %d, %s}' % (step, index, body)


def call(step, call_id="c", index=0):
    return item(step, CALL % call_id, index)


def message(step, item_id='"id": "i", ', index=0):
    return item(step, MESSAGE % item_id, index)


def arguments(call_id):
    place = '"response_id": "r", "item_id": "i", "output_index": 0'
    return '< response.function_call_arguments.delta {%s, "call_id": "%s", "delta": "{}"}' % (place, call_id)


def text(index):
    place = '"response_id": "r", "item_id": "i", "output_index": %d, "content_index": 0' % index
    return '< response.output_text.delta {%s, "delta": "x"}' % place


def part(index):
    place = '"response_id": "r", "item_id": "i", "output_index": %d, "content_index": 0' % index
    return '< response.content_part.done {%s, "part": {"type": "text"}}' % place


def said(*lines):
    check = Check(RULES)
    return [one for one in check.run(entries_of("\n".join(lines))) if not one.code.startswith("SCH")]


def found(*lines):
    return [(one.code, one.line) for one in said(*lines)]


def test_an_item_that_is_no_message_is_called_by_its_type():
    (one,) = said(WHOLE, CREATED, call("added"), TRUNCATE)
    assert (one.code, one.message) == ("REF06", "the item i is a function_call")


def test_an_item_that_was_heard_can_be_truncated_whatever_its_parts_say():
    place = '"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0'
    heard = '< response.output_audio.delta {%s, "delta": "AAAA"}' % place
    end = message("done").replace('"content"', '"status": "completed", "content"')
    assert found(WHOLE, CREATED, message("added"), heard, end, TRUNCATE) == []
    assert found(WHOLE, CREATED, message("added"), end, TRUNCATE) == [("REF06", 5)]
    assert found(WHOLE, TRUNCATE) == [], "nobody knows it"


def test_another_call_is_told_once_in_the_arguments_of_an_item():
    lines = [WHOLE, CREATED, call("added")]
    assert found(*lines, arguments("d"), arguments("d")) == [("REF09", 4)]
    other = [line.replace('"i"', '"j"') for line in (call("added", "e"), arguments("e"))]
    assert found(*lines, other[0], arguments("d"), other[1], arguments("d")) == [("REF09", 5)]
    assert found(*lines, arguments("c"), arguments("c")) == []


def test_another_call_is_told_at_the_end_of_the_arguments_too():
    end = arguments("d").replace("delta", "done", 1).replace('"delta": "{}"', '"name": "f", "arguments": "{}"')
    assert found(WHOLE, CREATED, call("added"), arguments("c"), end) == [("REF09", 5)]


def test_a_call_is_another_only_where_both_are_named():
    assert found(WHOLE, CREATED, arguments("d")) == []
    assert found(WHOLE, CREATED, call("done"), arguments("d")) == [], "it was not seen to be announced"
    assert found(WHOLE, CREATED, message("added"), arguments("d")) == []
    assert found(WHOLE, CREATED, call("added", ""), arguments("d")) == []
    assert found(WHOLE, CREATED, call("added"), arguments("")) == []


def test_a_place_is_another_only_where_the_first_was_seen_to_be_announced():
    assert found(WHOLE, CREATED, message("added"), part(1)) == [("REF10", 4)]
    assert found(WHOLE, CREATED, text(0), part(1)) == []
    assert found(WHOLE, CREATED, message("done"), part(1)) == []


def test_items_without_an_id_have_places_of_their_own():
    for item_id in ("", '"id": "", '):
        begun = [message("added", item_id), message("done", item_id)]
        assert found(WHOLE, CREATED, *begun, message("added", item_id, 1), message("done", item_id, 1)) == []
