"""The session's configuration, and how an update changes it."""

from __future__ import annotations

import json

import msgspec
import pytest

from rtcli.events import decode
from rtcli.events.configuration import RealtimeConfig, TranscriptionConfig
from rtcli.standin.refusal import Refused
from rtcli.standin.settings import Settings, defaults


def settings(kind="realtime"):
    return Settings(defaults(kind, "sess_1", "gpt-realtime", 3600))


def update(config, *, spoke=False, answering=False, **asked):
    config.update(
        msgspec.convert({"type": config.kind, **asked}, RealtimeConfig | TranscriptionConfig),
        spoke=spoke,
        answering=answering,
    )


def keys(value, path=""):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{path}.{name}"
            yield from keys(inner, f"{path}.{name}")


def test_the_defaults_have_the_fields_of_a_real_session(shared):
    line = (shared / "traffic/realtime/tool_call_round.jsonl").read_text().splitlines()[0]
    real = json.loads(line)
    assert real["type"] == "session.created"
    assert set(keys(settings().body)) == set(keys(real["session"]))


@pytest.mark.parametrize("kind", ["realtime", "transcription"])
def test_the_defaults_are_legal(kind):
    body = {"type": "session.created", "event_id": "event_1", "session": settings(kind).body}
    event = decode(json.dumps(body))
    assert event.type == "session.created"
    assert not event.extra


def test_what_is_not_asked_for_stays():
    config = settings()
    before = dict(config.body)
    update(config, instructions="Be brief.", audio={"output": {"voice": "ash"}})
    assert config.body["instructions"] == "Be brief."
    assert config.body["audio"]["output"] == before["audio"]["output"] | {"voice": "ash"}
    assert config.body["audio"]["input"] == before["audio"]["input"]


def test_turn_detection_is_replaced_with_its_defaults_or_turned_off():
    config = settings()
    update(config, audio={"input": {"turn_detection": {"type": "server_vad", "silence_duration_ms": 200}}})
    detection = config.body["audio"]["input"]["turn_detection"]
    assert (detection["silence_duration_ms"], detection["prefix_padding_ms"]) == (200, 300)
    update(config, audio={"input": {"turn_detection": None}})
    assert config.body["audio"]["input"]["turn_detection"] is None


def test_null_changes_nothing_where_it_turns_nothing_off():
    config = settings()
    before = dict(config.body)
    update(config, tools=None, output_modalities=None, audio={"input": {"format": None}, "output": None})
    assert config.body == before


@pytest.mark.parametrize(
    ("asked", "state", "code", "param"),
    [
        ({"model": "another"}, {}, "invalid_value", "session.model"),
        ({"output_modalities": ["text", "audio"]}, {}, "invalid_value", "session.output_modalities"),
        ({"output_modalities": []}, {}, "invalid_value", "session.output_modalities"),
        ({"audio": {"output": {"voice": "ash"}}}, {"spoke": True}, "cannot_update_voice", "session.audio.output.voice"),
        ({"audio": {"output": {"speed": 1.2}}}, {"answering": True}, "invalid_value", "session.audio.output.speed"),
        ({"tools": [{"type": "function"}]}, {}, "missing_required_parameter", "session.tools[0].name"),
        (
            {"tools": [{"type": "function", "name": "a"}], "tool_choice": {"type": "function", "name": "b"}},
            {},
            "invalid_value",
            "session.tool_choice",
        ),
    ],
)
def test_an_update_that_cannot_be_is_refused_whole(asked, state, code, param):
    config = settings()
    before = json.dumps(config.body)
    with pytest.raises(Refused) as refusal:
        update(config, instructions="Be brief.", **asked, **state)
    assert (refusal.value.code, refusal.value.param) == (code, param)
    assert json.dumps(config.body) == before


def test_the_same_voice_may_be_asked_for_again():
    config = settings()
    voice = config.body["audio"]["output"]["voice"]
    update(config, audio={"output": {"voice": voice}}, instructions="Be kind.", spoke=True)
    assert config.body["audio"]["output"]["voice"] == voice
    assert config.body["instructions"] == "Be kind."


def test_a_session_keeps_its_type():
    with pytest.raises(Refused) as refusal:
        settings().update(TranscriptionConfig(), spoke=False, answering=False)
    assert refusal.value.param == "session.type"


def test_what_opens_an_mcp_server_is_not_told_back():
    config = settings()
    tool = {"type": "mcp", "server_label": "docs", "authorization": "sk-secret", "headers": {"x": "sk-secret"}}
    update(config, tools=[tool])
    assert "sk-secret" not in json.dumps(config.body)
    assert config.body["tools"] == [{"type": "mcp", "server_label": "docs"}]
