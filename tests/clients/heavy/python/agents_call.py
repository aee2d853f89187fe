"""openai-agents: two questions in writing, one of which a tool answers, then a spoken one."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from pathlib import Path

from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner

QUESTIONS = ["Hello", "What is the weather in London?"]
FOUND = "It is foggy and 12 degrees."
PIECE_BYTES = 4800


async def call(base: str, speech: bytes) -> dict:
    transcripts, calls, audio, questions = [], [], hashlib.sha256(), list(QUESTIONS)

    @function_tool
    def get_weather(city: str) -> str:
        """Look up the weather for a city."""
        calls.append({"name": "get_weather", "arguments": {"city": city}})
        return FOUND

    async def ask(session):
        if questions:
            await session.send_message(questions.pop(0))
            return
        for start in range(0, len(speech), PIECE_BYTES):
            await session.send_audio(speech[start : start + PIECE_BYTES])

    settings = {"model_name": "gpt-realtime"}
    agent = RealtimeAgent(name="assistant", instructions="Be brief.", tools=[get_weather])
    runner = RealtimeRunner(agent, config={"model_settings": settings, "tracing_disabled": True})
    config = {"url": f"{base}/realtime?model=gpt-realtime", "api_key": "none", "initial_model_settings": settings}
    async with await runner.run(model_config=config) as session:
        await ask(session)
        async for event in session:
            if event.type == "error":
                raise SystemExit(str(event))
            if event.type == "audio":
                audio.update(event.audio.data)
            raw = event.data if event.type == "raw_model_event" else None
            if raw is None or raw.type != "raw_server_event":
                continue
            if raw.data["type"] == "response.output_audio_transcript.done":
                transcripts.append(raw.data["transcript"])
            if raw.data["type"] != "response.done" or raw.data["response"]["output"][0]["type"] == "function_call":
                continue
            if len(transcripts) > len(QUESTIONS):
                break
            await ask(session)
    return {"transcripts": transcripts, "audio_sha256": audio.hexdigest(), "tool_calls": calls}


sys.stdout.write(json.dumps(asyncio.run(call(sys.argv[1], Path(sys.argv[2]).read_bytes()))) + "\n")
