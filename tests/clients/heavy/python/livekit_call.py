"""An agent of livekit without a room: two questions in writing, one of which a tool answers, then a spoken one."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import sys
from pathlib import Path

import aiohttp
from livekit import rtc
from livekit.agents import Agent, AgentSession, function_tool
from livekit.agents.voice.io import AudioInput, AudioOutput, AudioOutputCapabilities
from livekit.plugins.openai.realtime import RealtimeModel

QUESTIONS = ("Hello", "What is the weather in London?")
FOUND = "It is foggy and 12 degrees."
PIECE_BYTES = 4800
BYTES_PER_S = 48_000


class Mouth(AudioInput):
    """What stands where a microphone would; before the speech and after it there is nothing."""

    def __init__(self):
        super().__init__(label="mouth")
        self._pieces = asyncio.Queue()

    def say(self, speech):
        for start in range(0, len(speech), PIECE_BYTES):
            piece = speech[start : start + PIECE_BYTES]
            self._pieces.put_nowait(rtc.AudioFrame(piece, 24000, 1, len(piece) // 2))

    async def __anext__(self):
        await asyncio.sleep(0.005)
        return await self._pieces.get()


class Ear(AudioOutput):
    """What stands where a loudspeaker would: it has played as soon as it has all."""

    def __init__(self):
        super().__init__(label="ear", capabilities=AudioOutputCapabilities(pause=False), sample_rate=24000)
        self.audio = hashlib.sha256()
        self._bytes = 0

    async def capture_frame(self, frame):
        await super().capture_frame(frame)
        self.audio.update(bytes(frame.data))
        self._bytes += len(frame.data) * 2

    def flush(self):
        super().flush()
        if self._bytes:
            self.on_playback_finished(playback_position=self._bytes / BYTES_PER_S, interrupted=False)
            self._bytes = 0

    def clear_buffer(self):
        self._bytes = 0


async def call(base: str, speech: bytes) -> dict:
    calls, failures, said = [], [], asyncio.Queue()

    @function_tool
    async def get_weather(city: str) -> str:
        """Look up the weather for a city."""
        calls.append({"name": "get_weather", "arguments": {"city": city}})
        return FOUND

    mouth, ear, transcripts = Mouth(), Ear(), []
    async with aiohttp.ClientSession() as http:
        model = RealtimeModel(model="gpt-realtime", base_url=base, api_key="none", http_session=http)
        session = AgentSession(llm=model, vad=None, turn_detection="realtime_llm", aec_warmup_duration=None)
        session.input.audio, session.output.audio = mouth, ear
        session.on("conversation_item_added", lambda event: said.put_nowait(event.item))
        session.on("error", lambda event: failures.append(str(event.error)))
        session.on("close", lambda _: said.put_nowait(None))

        async def answer():
            while item := await said.get():
                if item.type == "message" and item.role == "assistant" and item.text_content:
                    transcripts.append(item.text_content)
                    return
            raise SystemExit("\n".join(failures) or "the session is closed")

        await session.start(Agent(instructions="Be brief.", tools=[get_weather]), record=False)
        for question in QUESTIONS:
            session.generate_reply(user_input=question)
            await answer()
        mouth.say(speech)
        await answer()
        await session.aclose()
        await model.aclose()
    if failures:
        raise SystemExit("\n".join(failures))
    return {"transcripts": transcripts, "audio_sha256": ear.audio.hexdigest(), "tool_calls": calls}


logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
sys.stdout.write(json.dumps(asyncio.run(call(sys.argv[1], Path(sys.argv[2]).read_bytes()))) + "\n")
