// The agents of @openai/agents-realtime; under the condition "browser" they speak as a page does, with an ephemeral key.
import { setTimeout as sleep } from 'node:timers/promises';
import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession, tool } from '@openai/agents-realtime';
import { BASE, FOUND, Heard, MODEL, QUESTIONS, TOOL, pieces } from './call.mjs';

const heard = new Heard();
const look = tool({
  name: TOOL.name,
  description: TOOL.description,
  parameters: { ...TOOL.parameters, additionalProperties: false },
  strict: true,
  execute: async (given) => {
    heard.toolCalls.push({ name: TOOL.name, arguments: given });
    return FOUND;
  },
});
const agent = new RealtimeAgent({ name: 'assistant', instructions: 'Be brief.', tools: [look] });
const transport = new OpenAIRealtimeWebSocket({ url: `${BASE}/realtime?model=${MODEL}` });
const session = new RealtimeSession(agent, { transport, model: MODEL, tracingDisabled: true });

const questions = [...QUESTIONS];

async function next() {
  if (questions.length) {
    session.sendMessage(questions.shift());
  } else {
    for (const piece of pieces()) {
      session.sendAudio(new Uint8Array(piece).buffer);
      await sleep(5);
    }
  }
}

session.on('error', (error) => {
  throw new Error(JSON.stringify(error));
});
session.on('audio', (event) => heard.hear(Buffer.from(event.data)));
session.on('transport_event', (event) => {
  if (event.type === 'response.output_audio_transcript.done') heard.transcripts.push(event.transcript);
  if (event.type !== 'response.done' || event.response.output.some((item) => item.type === 'function_call')) return;
  if (heard.transcripts.length > QUESTIONS.length) session.close();
  else next();
});
transport.on('connection_change', (status) => {
  if (status === 'disconnected') heard.print();
});
await session.connect({ apiKey: 'ek_none' });
await next();
