"""The official client against the built-in server: text, tool and speech, over a real socket."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import threading
from functools import cache

import pytest
from recorded import serving_recorded

from rtcli.standin import voice

TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "Look up the weather for a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def said(text):
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


@cache
def strict():
    """The official model of all that a server says."""
    from openai.types.realtime import RealtimeServerEvent
    from pydantic import TypeAdapter

    return TypeAdapter(RealtimeServerEvent)


async def answer(connection, last="response.done"):
    """The events up to and including the one that ends the answer, each held against the official model."""
    events = []
    async for event in connection:
        strict().validate_python(event.to_dict(), strict=False)
        assert event.type != "error", event
        events.append(event)
        if event.type == last:
            return events
    raise AssertionError("the connection ended before the answer")


def run(conversation, **options):
    from openai import AsyncOpenAI

    async def hold():
        async with (
            serving_recorded(**options) as url,
            AsyncOpenAI(api_key="none", websocket_base_url=url.removesuffix("/realtime")) as client,
        ):
            async with client.realtime.connect(model="gpt-realtime") as connection:
                return await asyncio.wait_for(conversation(connection), 20)

    return asyncio.run(hold())


def test_a_text_turn():
    async def conversation(connection):
        await connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        await connection.conversation.item.create(item=said("Hello"))
        await connection.response.create()
        return await answer(connection)

    events = run(conversation)
    assert "".join(e.delta for e in events if e.type == "response.output_text.delta") == voice.model("greeting").text
    assert events[-1].response.status == "completed"


def test_a_tool_turn():
    async def conversation(connection):
        await connection.session.update(session={"type": "realtime", "output_modalities": ["text"], "tools": [TOOL]})
        await connection.conversation.item.create(item=said("What is the weather in London?"))
        await connection.response.create()
        first = await answer(connection)
        call = next(e for e in first if e.type == "response.function_call_arguments.done")
        output = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
        await connection.conversation.item.create(item=output)
        await connection.response.create()
        return call, await answer(connection)

    call, after = run(conversation)
    assert (call.name, call.arguments) == ("get_weather", '{"city": "London"}')
    assert after[-1].response.output[0].content[0].text == "Here is what I found: sunny"


def test_a_spoken_turn_brings_back_the_voice_to_the_byte():
    async def conversation(connection):
        speech = bytes(48 * 300) + voice.user("weather").pcm16 + bytes(48 * 800)
        for start in range(0, len(speech), 4800):
            await connection.input_audio_buffer.append(audio=base64.b64encode(speech[start : start + 4800]).decode())
        return await answer(connection)

    events = run(conversation)
    audio = b"".join(base64.b64decode(e.delta) for e in events if e.type == "response.output_audio.delta")
    assert hashlib.sha256(audio).digest() == hashlib.sha256(voice.model("weather").pcm16).digest()
    transcript = "".join(e.delta for e in events if e.type == "response.output_audio_transcript.delta")
    assert transcript == voice.model("weather").text


def test_an_interruption_ends_the_answer_and_what_was_not_heard_can_be_cut():
    async def conversation(connection):
        await connection.conversation.item.create(item=said("Tell me a story"))
        await connection.response.create()
        before = await answer(connection, "response.output_audio.delta")
        speech = base64.b64encode(voice.user("stop").pcm16).decode()
        await connection.input_audio_buffer.append(audio=speech)
        after = await answer(connection)
        item = after[-1].response.output[0]
        await connection.conversation.item.truncate(item_id=item.id, content_index=0, audio_end_ms=100)
        return before, after, await answer(connection, "conversation.item.truncated")

    _, after, cut = run(conversation, pace=4.0)
    response = after[-1].response
    assert (response.status, response.status_details.reason) == ("cancelled", "turn_detected")
    assert response.output[0].status == "incomplete"
    assert voice.model("story").text.startswith(response.output[0].content[0].transcript)
    assert cut[-1].item_id == response.output[0].id


@pytest.fixture
def served():
    """The URL of a server in a thread of its own, for clients that block."""
    ready, urls, stop = threading.Event(), [], []

    async def serve():
        async with serving_recorded() as url:
            urls.append(url)
            done = asyncio.Event()
            stop.append((asyncio.get_running_loop(), done))
            ready.set()
            await done.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    yield urls[0]
    loop, done = stop[0]
    loop.call_soon_threadsafe(done.set)
    thread.join()


def test_the_blocking_client(served):
    from openai import OpenAI

    with OpenAI(api_key="none", websocket_base_url=served.removesuffix("/realtime")) as client:
        with client.realtime.connect(model="gpt-realtime") as connection:
            connection.conversation.item.create(item=said("Can you hear me?"))
            connection.response.create()
            for event in connection:
                assert event.type != "error", event
                if event.type == "response.done":
                    break
    assert event.response.output[0].content[0].transcript == voice.model("hear").text
