"""openai-agents against the built-in server: it holds every event against strict models."""

from __future__ import annotations

import asyncio

from recorded import serving_recorded

from rtcli.standin import voice

asked: list[str] = []


def get_weather(city: str) -> str:
    """Look up the weather for a city."""
    asked.append(city)
    return "It is foggy and 12 degrees."


def hold(act, *, modalities, tools=(), turns=1):
    """Run a session; gives back its events when as many answers are complete."""
    from agents import function_tool
    from agents.realtime import RealtimeAgent, RealtimeRunner

    async def session():
        agent = RealtimeAgent(name="assistant", instructions="Be brief.", tools=list(map(function_tool, tools)))
        settings = {"model_name": "gpt-realtime", "modalities": modalities}
        async with serving_recorded() as url:
            runner = RealtimeRunner(agent, config={"model_settings": settings, "tracing_disabled": True})
            config = {"url": url, "api_key": "none", "initial_model_settings": settings}
            async with await runner.run(model_config=config) as call:
                await act(call)
                return [event async for event in until(call, turns)]

    async def until(call, left):
        async for event in call:
            yield event
            raw = getattr(event, "data", None)
            if event.type == "raw_model_event" and raw.type == "turn_ended":
                left -= 1
                if not left:
                    return

    events = asyncio.run(asyncio.wait_for(session(), 20))
    assert [event for event in events if event.type == "error"] == []
    return events


def raw_server_events(events, name):
    data = [
        event.data.data for event in events if event.type == "raw_model_event" and event.data.type == "raw_server_event"
    ]
    return [event for event in data if event["type"] == name]


def test_a_text_turn_without_a_session_error():
    events = hold(lambda call: call.send_message("Hello"), modalities=["text"])
    (done,) = raw_server_events(events, "response.output_text.done")
    assert done["text"] == voice.model("greeting").text


def test_a_tool_turn_without_a_session_error():
    asked.clear()
    events = hold(
        lambda call: call.send_message("What is the weather in London?"),
        modalities=["text"],
        tools=[get_weather],
        turns=2,
    )
    assert asked == ["London"]
    assert "foggy" in raw_server_events(events, "response.output_text.done")[-1]["text"]


def test_a_spoken_turn_without_a_session_error():
    async def speak(call):
        speech = bytes(48 * 300) + voice.user("hello").pcm16 + bytes(48 * 1200)
        for start in range(0, len(speech), 9600):
            await call.send_audio(speech[start : start + 9600])

    events = hold(speak, modalities=["audio"])
    heard = b"".join(event.audio.data for event in events if event.type == "audio")
    assert heard == voice.model("hear").pcm16
