"""An example of an event type is an event of that type, here and for the official models."""

from __future__ import annotations

import base64
import json

import pytest
from official import models

from rtcli.events import DIALECTS, REALTIME, Event, decode
from rtcli.events.event import type_name
from rtcli.events.example import example

EVENTS = [(dialect, event) for dialect in DIALECTS.values() for event in dialect.types.values()]
NAMES = [f"{dialect.name}-{type_name(event)}" for dialect, event in EVENTS]
SMALLER_THAN_OFFICIAL = {"transcription_session.created", "transcription_session.updated", "decision.event"}


@pytest.mark.parametrize(("dialect", "event"), EVENTS, ids=NAMES)
def test_an_example_is_an_event_small_and_without_unknown_fields(dialect, event):
    made = example(event)
    result = decode(json.dumps(made), dialect)
    assert isinstance(result, Event), result
    assert result.extra == ()
    assert result.implied == ()
    assert result.type == type_name(event)
    assert len(json.dumps(made)) < 600


@pytest.mark.parametrize(("dialect", "event"), EVENTS, ids=NAMES)
def test_the_official_models_take_an_example_too(dialect, event):
    made = example(event)
    if made["type"] in SMALLER_THAN_OFFICIAL:
        pytest.skip("our class asks for less than the official one")
    problems = []
    for model in models(dialect.name)[made["type"]]:
        try:
            model.model_validate(made)
        except ValueError as error:
            problems.append(error)
        else:
            return
    raise AssertionError(problems)


def test_an_example_of_what_the_model_says_is_the_assistants():
    for dialect in ("realtime", "beta"):
        (item,) = example(DIALECTS[dialect].types["response.done"])["response"]["output"]
        assert item["role"] == "assistant"
        assert item["content"][0]["type"] in {"output_text", "text"}
        assert example(DIALECTS[dialect].types["response.output_item.added"])["item"]["status"] == "in_progress"
        assert example(DIALECTS[dialect].types["conversation.item.create"])["item"]["role"] == "user"


def test_a_response_that_begins_has_no_output_and_no_usage():
    response = example(REALTIME.types["response.created"])["response"]
    assert response["status"] == "in_progress"
    assert response["output"] == []
    assert "usage" not in response


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("response.output_audio.delta", "realtime"),
        ("response.audio.delta", "beta"),
        ("session.output_audio.delta", "live"),
    ],
)
def test_an_example_of_audio_is_whole_samples(name, dialect):
    sound = base64.b64decode(example(DIALECTS[dialect].types[name])["delta"], validate=True)
    assert sound
    assert len(sound) % 2 == 0
