"""What is answered to what."""

from __future__ import annotations

import json

import pytest

from rtcli.events.configuration import FunctionTool, McpServer, ToolChoiceFunction
from rtcli.standin import voice
from rtcli.standin.script import Call, reply

WEATHER = FunctionTool(name="get_weather", description="Look up the weather for a city.", parameters={})
TIMER = FunctionTool(name="set_timer", description="Ring after some minutes.", parameters={})
TOOLS = [McpServer(server_label="docs"), WEATHER, TIMER]


def answer(said, output=None, tools=(), choice="auto", *, spoken=True):
    return reply(said, output, tools, choice, spoken=spoken)


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        ("Hello!", "greeting"),
        ("Hello, can you hear me?", "hear"),
        ("What is the weather in London?", "weather"),
        ("Please tell me a story.", "story"),
        ("Thank you", "plain"),
        ("(speech, 2.4 s)", "plain"),
        ("", "greeting"),
    ],
)
def test_a_keyword_chooses_the_sentence(said, phrase):
    made = answer(said)
    assert (made.text, made.pcm16) == (voice.model(phrase).text, voice.model(phrase).pcm16)


@pytest.mark.parametrize(
    ("said", "name"),
    [("What is the weather?", "get_weather"), ("Ring me in ten minutes", "set_timer"), ("Set a TIMER", "set_timer")],
)
def test_a_word_shared_with_a_tool_calls_it(said, name):
    assert answer(said, tools=TOOLS).name == name


def test_common_and_short_words_call_nothing():
    assert not isinstance(answer("What is that for, and what for a?", tools=TOOLS), Call)


@pytest.mark.parametrize(
    ("choice", "name"),
    [("required", "get_weather"), (ToolChoiceFunction(name="set_timer"), "set_timer"), ("none", None), ("auto", None)],
)
def test_the_tool_choice_is_obeyed(choice, name):
    assert getattr(answer("Good evening", tools=TOOLS, choice=choice), "name", None) == name


def test_none_means_none_though_the_words_match():
    assert not isinstance(answer("the weather", tools=TOOLS, choice="none"), Call)


def test_a_tools_output_is_told_and_no_tool_is_called_again():
    made = answer("What is the weather?", "sunny and 30", TOOLS, "required", spoken=False)
    assert "sunny and 30" in made.text
    spoken = answer("What is the weather?", "sunny and 30", TOOLS, "required", spoken=True)
    assert spoken.pcm16 == voice.model("tool").pcm16


def test_the_arguments_are_an_object():
    tool = FunctionTool(name="alarm", parameters={"properties": {"minutes": {"type": "integer"}}})
    assert json.loads(answer("alarm in 5", tools=[tool]).arguments) == {"minutes": 5}
    assert json.loads(answer("alarm", tools=[FunctionTool(name="alarm")]).arguments) == {}
