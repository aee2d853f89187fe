"""Every fault of a text, at its place, in plain words."""

from __future__ import annotations

import json

import pytest

from rtcli.events import BETA, LIVE, TRANSLATION, Event, Malformed, Unknown, decode, encode
from rtcli.events.faults import nearest_field
from rtcli.events.wording import describe


def faults(body):
    result = decode(body if isinstance(body, str | bytes) else json.dumps(body))
    assert isinstance(result, Malformed), result
    return result.faults


def update(**session):
    return {"type": "session.update", "session": {"type": "realtime", **session}}


def test_all_faults_of_an_event_are_told_at_once():
    found = faults({"type": "conversation.item.truncate", "item_id": 7, "content_index": -1})
    assert [(fault.code, fault.path) for fault in found] == [
        ("SCH05", "$.audio_end_ms"),
        ("SCH08", "$.content_index"),
        ("SCH06", "$.item_id"),
    ]


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        (
            update(audio={"input": {"turn_detection": {"type": "server_vd"}}}),
            "SCH07",
            "$.session.audio.input.turn_detection.type",
        ),
        (
            update(audio={"input": {"turn_detection": {"type": "server_vad", "threshold": 2}}}),
            "SCH08",
            "$.session.audio.input.turn_detection.threshold",
        ),
        (
            update(audio={"input": {"format": {"type": "audio/pcm", "rate": 16000}}}),
            "SCH07",
            "$.session.audio.input.format.rate",
        ),
        (
            update(tools=[{"type": "function", "name": "a"}, {"type": "mpc", "server_label": "x"}]),
            "SCH07",
            "$.session.tools[1].type",
        ),
        (update(tools=[{"type": "mcp"}]), "SCH05", "$.session.tools[0].server_label"),
        (update(tool_choice={"type": "function"}), "SCH05", "$.session.tool_choice.name"),
        (update(max_output_tokens="all"), "SCH07", "$.session.max_output_tokens"),
        (update(max_output_tokens=0), "SCH08", "$.session.max_output_tokens"),
        (update(output_modalities=["audio", "smell"]), "SCH07", "$.session.output_modalities[1]"),
        ({"type": "session.update", "session": {"type": "real"}}, "SCH07", "$.session.type"),
        (
            {
                "type": "conversation.item.create",
                "item": {"type": "message", "role": "user", "content": [{"type": "input_txt"}]},
            },
            "SCH07",
            "$.item.content[0].type",
        ),
        (
            {"type": "conversation.item.create", "item": {"type": "message", "role": "owner", "content": []}},
            "SCH07",
            "$.item.role",
        ),
        ({"type": "conversation.item.create", "item": {"role": "user", "content": []}}, "SCH05", "$.item.type"),
        ({"type": "conversation.item.create", "item": None}, "SCH06", "$.item"),
        ({"type": "response.create", "response": {"metadata": {"k": "v" * 513}}}, "SCH08", "$.response.metadata.k"),
        (
            {"type": "response.create", "response": {"metadata": {"k" * 65: "v"}}},
            "SCH08",
            "$.response.metadata." + "k" * 65,
        ),
        (
            {"type": "response.create", "response": {"metadata": {str(n): "" for n in range(17)}}},
            "SCH08",
            "$.response.metadata",
        ),
        ({"type": "response.create", "event_id": "x" * 513}, "SCH08", "$.event_id"),
    ],
)
def test_a_fault_deep_inside_is_named_where_it_is(body, code, path):
    assert [(fault.code, fault.path) for fault in faults(body)] == [(code, path)]


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ({"type": "session.update", "sesion": {}}, '"session"'),
        (update(tool_choice="atuo"), '"auto"'),
        (update(audio={"input": {"turn_detection": {"type": "servervad"}}}), '"server_vad"'),
        ({"tpye": "response.create"}, '"type"'),
        ({"event": "response.create"}, '"type"'),
    ],
)
def test_what_was_probably_meant_is_suggested(body, hint):
    assert hint in faults(body)[0].hint


def test_a_misspelt_type_is_unknown_and_its_neighbour_is_named():
    assert decode('{"type":"respones.create","x":1}') == Unknown(
        "respones.create", {"type": "respones.create", "x": 1}, "response.create"
    )
    assert decode('{"type":"weather.changed"}') == Unknown("weather.changed", {"type": "weather.changed"}, "")


def test_a_name_that_no_server_sends_is_told_what_tells_it_if_the_dialect_has_that():
    """Guides name both; a server of the conversation sends neither, and one of translation has not what is like them."""
    assert decode('{"type":"response.cancelled"}').nearest == "response.done"
    assert decode('{"type":"conversation.item.updated"}', BETA).nearest == ""
    assert decode('{"type":"response.cancelled"}', TRANSLATION).nearest == ""


def test_an_event_of_another_dialect_is_an_event_and_says_whose():
    delta = {"event_id": "e", "response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "x"}
    text = json.dumps({"type": "response.text.delta", **delta})
    heard = decode(text)
    assert isinstance(heard, Event)
    assert (heard.foreign, decode(text, BETA).foreign) == ("beta", "")
    assert json.loads(encode(heard)) == json.loads(text)
    (fault,) = faults({"type": "response.text.delta", **delta, "delta": 5})
    assert fault.path == "$.delta"


def test_a_type_that_may_be_left_out_is_left_out_again_when_the_event_is_written():
    item = {"role": "user", "content": "hello"}
    body = {"type": "decision.item.create", "item": item}
    event = decode(json.dumps(body), LIVE)
    assert isinstance(event, Event), event
    assert event.implied == (("item", "type"),)
    assert json.loads(encode(event)) == body


def test_an_event_without_a_type_and_without_anything_like_one_gets_no_hint():
    assert faults({"colour": "red"})[0].hint == ""


def test_what_is_wrong_with_a_text_is_not_put_down_to_a_number_that_is_in_order():
    (fault,) = faults('{"type":"response.create","n":1.5')
    assert "large" not in fault.message
    assert "expecting" in fault.message


FUNCTION = {"type": "function", "name": "f"}


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ({"type": "response.create", "reponse": {}}, ["response"]),
        ({"type": "response.create", "mood": {}}, [""]),
        (update(tools=[{**FUNCTION, "descripton": "x"}]), ["description"]),
        (update(tools=[FUNCTION, {**FUNCTION, "descripton": "x"}]), ["description"]),
        (update(audio={"input": {"turn_detecton": None}}), ["turn_detection"]),
        (update(audio={"output": {"turn_detecton": None}}), [""]),
        (update(even_id="e"), [""]),
        ({"type": "response.cancel", "response_id": 5, "even_id": "e"}, ["event_id"]),
    ],
)
def test_a_field_that_the_schema_does_not_have_is_told_the_one_it_has_in_that_place(body, meant):
    result = decode(json.dumps(body))
    assert [nearest_field(result, extra.path) for extra in result.extra] == meant


def test_a_field_that_is_there_already_is_not_what_another_was_meant_to_be():
    result = decode('{"type":"response.create","response":{},"reponse":{}}')
    assert nearest_field(result, ("reponse",)) == ""
    inside = decode(json.dumps(update(tools=[{**FUNCTION, "descripton": "x", "description": "y"}])))
    (extra,) = inside.extra
    assert nearest_field(inside, extra.path) == ""
    of_mcp = decode(json.dumps(update(tools=[{**FUNCTION, "connector_id": "x"}])))
    assert nearest_field(of_mcp, of_mcp.extra[0].path) == "", (
        "a field of another kind of tool is not meant to be itself"
    )


def test_the_field_that_was_meant_is_one_of_the_dialect_that_is_spoken():
    text = '{"type":"session.update","session":{"input_audio_formt":"pcm16"}}'
    beta = decode(text, BETA)
    assert nearest_field(beta, ("session", "input_audio_formt")) == "input_audio_format"


def test_of_what_is_no_event_or_is_not_there_no_field_is_told():
    assert nearest_field(Malformed(()), ("reponse",)) == ""
    event = decode('{"type":"response.create"}')
    assert nearest_field(event, ("response", "instuctions")) == "instructions", "what is not there has no fields yet"
    assert nearest_field(event, ("response", 0, "instuctions")) == "instructions"
    word = decode('{"type":"response.create","response":{"tool_choice":"name"}}')
    assert nearest_field(word, ("response", "tool_choice", "nam")) == "name", "a word has no fields that are there"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "SCH01", "empty"),
        ("   ", "SCH01", "empty"),
        ("hello", "SCH01", "not JSON"),
        ('{"type":"error"', "SCH01", "not JSON"),
        ('{"type":"error"} {}', "SCH01", "not JSON"),
        (b'{"type":"\xff"}', "SCH01", "not UTF-8"),
        ("\ufeff{}", "SCH01", "byte order mark"),
        ('{"type":"error","n":NaN}', "SCH01", "NaN"),
        ('{"type":"error","n":-Infinity}', "SCH01", "-Infinity"),
        ('{"type":"response.create","n":1e999}', "SCH01", "1e999"),
        ('{"type":"response.create","n":-1%s.5}' % ("0" * 999), "SCH01", "too large"),
        ("\x00", "SCH01", "not JSON"),
        (b"\xed\xa0\x80", "SCH01", "not UTF-8"),
        ("\ud800", "SCH01", "not JSON"),
        ('{"type":"error","event_id":"\ud800"}', "SCH01", "surrogate"),
        ('{"type":"response.create","x":["\\udc00"]}', "SCH01", "surrogate"),
        ('{"type":"response.create","x":%s}' % ("[" * 5000 + "]" * 5000), "SCH01", "too deep"),
        ("[" * 100_000, "SCH01", "too deep"),
        ('{"type":"error","event_id":"\\ud800"}', "SCH01", "surrogate"),
        ('{"a":' + "9" * 5000 + "}", "SCH01", "digits"),
        ("[]", "SCH02", "no object"),
        ('"text"', "SCH02", "no object"),
        ("null", "SCH02", "no object"),
        ("{}", "SCH03", "no type"),
        ('{"type":5}', "SCH03", "not a string"),
    ],
)
def test_a_text_that_is_no_event_gets_its_own_plain_message(text, code, words):
    (fault,) = faults(text)
    assert fault.code == code
    assert words in fault.message


def test_an_integer_written_as_a_float_is_an_integer():
    event = decode('{"type":"conversation.item.truncate","item_id":"i","content_index":0.0,"audio_end_ms":1e3}')
    assert isinstance(event, Event)
    assert (event.content_index, event.audio_end_ms) == (0, 1000)
    assert type(event.audio_end_ms) is int


def test_a_fraction_is_no_integer():
    body = {"type": "conversation.item.truncate", "item_id": "i", "content_index": 0.5, "audio_end_ms": 1}
    assert [fault.path for fault in faults(body)] == ["$.content_index"]


def test_a_number_that_no_float_can_hold_is_out_of_range_where_it_stands():
    body = '{"type":"conversation.item.input_audio_transcription.segment","event_id":"e","item_id":"i",'
    body += '"content_index":0,"id":"1","speaker":"A","start":1%s,"end":2,"text":"x"}' % ("0" * 400)
    assert [(fault.code, fault.path) for fault in faults(body)] == [("SCH08", "$.start")]


TRUNCATE = '{"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":%s}'


@pytest.mark.parametrize("number", ["9007199254740991", "-0", "1E2"])
def test_an_integer_survives_however_it_is_written(number):
    event = decode(TRUNCATE % number)
    assert isinstance(event, Event)
    assert json.loads(encode(event)) == json.loads(TRUNCATE % number)


@pytest.mark.parametrize("number", ["9007199254740992", "18446744073709551616", "1" + "0" * 400])
def test_an_integer_that_not_every_reader_takes_in_exactly_is_out_of_range(number):
    event = decode(TRUNCATE % number)
    assert [(fault.code, fault.path) for fault in event.faults] == [("SCH08", "$.audio_end_ms")]
    assert event.source == json.loads(TRUNCATE % number)


def test_the_fault_of_one_entry_does_not_hide_those_of_the_others():
    parts = [{"type": "input_text", "text": 1}, {"type": "input_text"}, {"text": "x"}, {"type": None}, "text"]
    item = {"type": "message", "role": "user", "content": parts}
    found = faults({"type": "conversation.item.create", "item": item})
    assert [(fault.code, fault.path) for fault in found] == [
        ("SCH06", "$.item.content[0].text"),
        ("SCH05", "$.item.content[2].type"),
        ("SCH06", "$.item.content[3].type"),
        ("SCH06", "$.item.content[4]"),
    ]


def test_a_faulty_event_still_tells_its_unknown_fields_and_keeps_its_body():
    body = {"type": "response.cancel", "response_id": 5, "mood": "good"}
    result = decode(json.dumps(body))
    assert isinstance(result, Malformed)
    assert [extra.path for extra in result.extra] == [("mood",)]
    assert result.body == body
    assert result.type == "response.cancel"


def test_a_fault_quotes_no_more_of_a_peers_text_than_a_line_can_hold():
    flood = "\x1b[2J" + "x" * 100_000
    for body in (
        {"type": "response.cancel", "response_id": [flood]},
        update(tool_choice=flood),
        update(output_modalities=[flood]),
        {"type": flood.encode().hex(), "x": flood},
        {"type": "response.create", "response": {"metadata": {flood: 5}}},
    ):
        result = decode(json.dumps(body))
        for fault in getattr(result, "faults", ()):
            said = fault.message + fault.found + fault.hint + fault.expected
            assert len(said) < 600
            assert "\x1b" not in said
            assert len(fault.path) < 200


def test_unknown_fields_are_kept_at_any_depth_and_encoded_where_they_were():
    body = update(
        tempo=3,
        tools=[{"type": "function", "name": "f", "strict": True}],
        audio={"input": {"format": {"type": "audio/pcm", "bits": 16}}},
    )
    event = decode(json.dumps(body))
    assert isinstance(event, Event)
    assert {extra.path for extra in event.extra} == {
        ("session", "tempo"),
        ("session", "tools", 0, "strict"),
        ("session", "audio", "input", "format", "bits"),
    }
    assert json.loads(encode(event)) == body


def test_explicit_nulls_absent_fields_and_the_place_of_the_type_are_kept_apart_from_meaning():
    text = '{"session":{"audio":null,"type":"realtime"},"event_id":null,"type":"session.update"}'
    event = decode(text)
    assert json.loads(encode(event)) == json.loads(text)
    assert json.loads(encode(decode('{"type":"response.create"}'))) == {"type": "response.create"}


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ('{"type":"response.cancel","response_id":"a","response_id":"b"}', {"response_id": "b"}),
        ('{"type":"response.cancel","response_id":5,"response_id":"b"}', {"response_id": "b"}),
        ('{"type":"error","type":"response.cancel"}', {}),
        ('{"type":"response.cancel","response_id":"b","x":1,"x":2}', {"response_id": "b", "x": 2}),
    ],
)
def test_of_a_repeated_key_the_last_counts(text, last):
    event = decode(text)
    assert isinstance(event, Event), event
    assert json.loads(encode(event)) == {"type": "response.cancel", **last}


def test_a_session_that_says_its_type_twice_is_read():
    event = decode('{"type":"session.update","session":{"type":"realtime","model":"m","type":"realtime"}}')
    assert isinstance(event, Event)
    assert event.session.model == "m"


def test_a_path_says_keys_that_are_no_plain_words_in_brackets():
    assert describe(("item", "content", 0, "a b")) == '$.item.content[0]["a b"]'


@pytest.mark.parametrize("more", [{}, {"a_field_of_tomorrow": 1}])
def test_an_object_that_must_say_its_type_is_judged_the_same_with_and_without_an_unknown_field(more):
    found = faults(update(truncation={"retention_ratio": 0.5, **more}))
    assert [(fault.code, fault.path) for fault in found] == [("SCH05", "$.session.truncation.type")]
    good = decode(json.dumps(update(truncation={"type": "retention_ratio", "retention_ratio": 0.5, **more})))
    assert isinstance(good, Event)
