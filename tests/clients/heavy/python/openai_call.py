"""The official package, awaiting or blocking: two questions in writing, one with a tool, then a spoken one."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import sys
from pathlib import Path

from openai import AsyncOpenAI, OpenAI

QUESTIONS = ("Hello", "What is the weather in London?")
FOUND = "It is foggy and 12 degrees."
MODEL = "gpt-realtime"
PIECE_BYTES = 4800
TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "Look up the weather for a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


class Heard:
    """What came, and what is to be sent after it."""

    def __init__(self, speech):
        self._audio = hashlib.sha256()
        self._transcripts, self._calls = [], []
        self._turns = [self._asked(question) for question in QUESTIONS] + [self._spoken(speech)]

    def after(self, event):
        """The events to send after this one; None when the call is over."""
        if event.type == "error":
            raise SystemExit(str(event))
        if event.type == "session.created":
            return [{"type": "session.update", "session": {"type": "realtime", "tools": [TOOL]}}]
        if event.type == "session.updated":
            return self._turns.pop(0)
        if event.type == "response.output_audio.delta":
            self._audio.update(base64.b64decode(event.delta))
        elif event.type == "response.output_audio_transcript.done":
            self._transcripts.append(event.transcript)
        elif event.type == "response.done":
            return self._done(event.response)
        return []

    def _done(self, response):
        call = next((item for item in response.output if item.type == "function_call"), None)
        if call is None:
            return self._turns.pop(0) if self._turns else None
        self._calls.append({"name": call.name, "arguments": json.loads(call.arguments)})
        return self._item({"type": "function_call_output", "call_id": call.call_id, "output": FOUND})

    def _asked(self, text):
        return self._item({"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]})

    @staticmethod
    def _item(item):
        return [{"type": "conversation.item.create", "item": item}, {"type": "response.create"}]

    @staticmethod
    def _spoken(speech):
        pieces = [speech[start : start + PIECE_BYTES] for start in range(0, len(speech), PIECE_BYTES)]
        return [{"type": "input_audio_buffer.append", "audio": base64.b64encode(piece).decode()} for piece in pieces]

    @property
    def told(self):
        return {
            "transcripts": self._transcripts,
            "audio_sha256": self._audio.hexdigest(),
            "tool_calls": self._calls,
        }


async def awaiting(base, heard):
    async with AsyncOpenAI(api_key="none", websocket_base_url=base) as client:
        async with client.realtime.connect(model=MODEL) as connection:
            async for event in connection:
                answers = heard.after(event)
                if answers is None:
                    return
                for answer in answers:
                    await connection.send(answer)


def blocking(base, heard):
    with OpenAI(api_key="none", websocket_base_url=base) as client:
        with client.realtime.connect(model=MODEL) as connection:
            for event in connection:
                answers = heard.after(event)
                if answers is None:
                    return
                for answer in answers:
                    connection.send(answer)


manner, base = sys.argv[1:3]
heard = Heard(Path(sys.argv[3]).read_bytes())
if manner == "awaiting":
    asyncio.run(awaiting(base, heard))
else:
    blocking(base, heard)
sys.stdout.write(json.dumps(heard.told) + "\n")
