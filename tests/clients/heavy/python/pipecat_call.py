"""A pipeline of pipecat: a question in writing that a tool answers, then a spoken one."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from pathlib import Path

from loguru import logger
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    BotStoppedSpeakingFrame,
    ErrorFrame,
    InputAudioRawFrame,
    LLMRunFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.openai.realtime.events import SessionProperties
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.workers.runner import WorkerRunner

QUESTION = "What is the weather in London?"
FOUND = "It is foggy and 12 degrees."
PIECE_BYTES = 4800
TOOL = FunctionSchema("get_weather", "Look up the weather for a city.", {"city": {"type": "string"}}, ["city"])


class Ear(FrameProcessor):
    """What stands where a loudspeaker would: it has played all at once."""

    def __init__(self):
        super().__init__()
        self.turn = asyncio.Queue()
        self.audio = hashlib.sha256()
        self.transcripts = []
        self._words = []

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame):
            self.audio.update(frame.audio)
        elif isinstance(frame, TTSTextFrame):
            self._words.append(frame.text)
        elif isinstance(frame, TTSStoppedFrame):
            self.transcripts.append("".join(self._words))
            self._words.clear()
            await self.push_frame(BotStoppedSpeakingFrame(), FrameDirection.UPSTREAM)
            self.turn.put_nowait(None)
        await self.push_frame(frame, direction)


async def call(base: str, speech: bytes) -> dict:
    calls, failures = [], []

    async def get_weather(params):
        calls.append({"name": params.function_name, "arguments": dict(params.arguments)})
        await params.result_callback(FOUND)

    # Tools of the context are in the first session.update or not, depending on what comes first: it, or session.created.
    properties = SessionProperties(tools=ToolsSchema(standard_tools=[TOOL]))
    settings = OpenAIRealtimeLLMService.Settings(model="gpt-realtime", session_properties=properties)
    service = OpenAIRealtimeLLMService(api_key="none", base_url=f"{base}/realtime", settings=settings)
    service.register_function("get_weather", get_weather)
    context = LLMContext([{"role": "user", "content": QUESTION}])
    aggregators = LLMContextAggregatorPair(context)
    ear = Ear()
    worker = PipelineWorker(Pipeline([aggregators.user(), service, ear, aggregators.assistant()]))

    @worker.event_handler("on_pipeline_error")
    async def failed(_worker, frame: ErrorFrame):
        failures.append(str(frame))
        await worker.cancel()

    async def talk():
        await worker.queue_frame(LLMRunFrame())
        await ear.turn.get()
        for start in range(0, len(speech), PIECE_BYTES):
            await worker.queue_frame(InputAudioRawFrame(speech[start : start + PIECE_BYTES], 24000, 1))
            await asyncio.sleep(0.005)
        await ear.turn.get()
        await worker.stop_when_done()

    runner = WorkerRunner(handle_sigint=False)
    talking = asyncio.create_task(talk())
    await runner.add_workers(worker)
    await runner.run()
    talking.cancel()
    if failures:
        raise SystemExit("\n".join(failures))
    return {"transcripts": ear.transcripts, "audio_sha256": ear.audio.hexdigest(), "tool_calls": calls}


logger.remove()
logger.add(sys.stderr, level="WARNING")
sys.stdout.write(json.dumps(asyncio.run(call(sys.argv[1], Path(sys.argv[2]).read_bytes()))) + "\n")
