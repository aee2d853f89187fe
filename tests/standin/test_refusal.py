"""Errors as the real API words them."""

from __future__ import annotations

import json

import pytest

from rtcli.events import REALTIME, decode
from rtcli.standin.refusal import event_id_of, refusal_of

CREATE = '{"type":"response.create","event_id":"mine"%s}'


@pytest.mark.parametrize("name", sorted(name for name, event in REALTIME.types.items() if event.sender == "server"))
def test_an_event_of_the_server_is_none_of_the_client(name):
    refused = refusal_of(decode(json.dumps({"type": name})))
    assert (refused.code, refused.param) == ("invalid_value", "type")
    assert name in refused.message
    assert "'session.update'" in refused.message, "it says what is supported"


@pytest.mark.parametrize(
    ("text", "code", "param"),
    [
        ("{", "invalid_json", None),
        ("[]", "invalid_json", None),
        ("{}", "missing_required_parameter", "type"),
        ('{"type":""}', "invalid_value", "type"),
        (CREATE % ',"response":{"conversation":7}', "invalid_type", "response.conversation"),
        (CREATE % ',"response":{"max_output_tokens":0}', "integer_below_min_value", "response.max_output_tokens"),
        (
            CREATE % ',"response":{"metadata":{"k":"%s"}}' % ("v" * 513),
            "string_above_max_length",
            "response.metadata.k",
        ),
        (CREATE % ',"response":{"tempo":1}', "unknown_parameter", "response.tempo"),
        (CREATE % ',"response":{"tools":[{"type":"fn"}]}', "invalid_value", "response.tools[0].type"),
        (
            '{"type":"session.update","session":{"type":"realtime","audio":{"output":{"speed":0.1}}}}',
            "decimal_below_min_value",
            "session.audio.output.speed",
        ),
    ],
)
def test_a_fault_of_the_schema_becomes_the_apis_code_and_parameter(text, code, param):
    refused = refusal_of(decode(text))
    assert (refused.code, refused.param) == (code, param)


def test_an_event_in_order_is_not_refused():
    assert refusal_of(decode(CREATE % "")) is None


@pytest.mark.parametrize(
    ("text", "event_id"),
    [
        (CREATE % "", "mine"),
        (CREATE % ',"respond":1', "mine"),
        (CREATE % ',"response":1', "mine"),
        ('{"type":"nothing","event_id":"mine"}', "mine"),
        ('{"type":"response.create","event_id":7}', None),
        ('{"type":"response.create"}', None),
        ("{", None),
    ],
)
def test_the_clients_id_is_found_whatever_is_wrong_with_the_rest(text, event_id):
    assert event_id_of(decode(text)) == event_id


def test_a_long_type_is_not_repeated_whole():
    refused = refusal_of(decode(json.dumps({"type": "x" * 100_000})))
    assert len(refused.message) < 2000
