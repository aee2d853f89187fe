// What every driver here does: the words of the call, the speech, and the one line that is printed at the end.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export const [, , BASE, SPEECH] = process.argv;
export const MODEL = 'gpt-realtime';
export const QUESTIONS = ['Hello', 'What is the weather in London?'];
export const FOUND = 'It is foggy and 12 degrees.';
export const TOOL = {
  type: 'function',
  name: 'get_weather',
  description: 'Look up the weather for a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

const PIECE_BYTES = 4800;

export function* pieces() {
  const speech = readFileSync(SPEECH);
  for (let start = 0; start < speech.length; start += PIECE_BYTES) yield speech.subarray(start, start + PIECE_BYTES);
}

export class Heard {
  #audio = createHash('sha256');
  transcripts = [];
  toolCalls = [];

  hear(bytes) {
    this.#audio.update(bytes);
  }

  print() {
    const told = { transcripts: this.transcripts, audio_sha256: this.#audio.digest('hex'), tool_calls: this.toolCalls };
    process.stdout.write(`${JSON.stringify(told)}\n`);
  }
}

export function message(text) {
  const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
  return { type: 'conversation.item.create', item };
}

// The call over plain events: `send` takes one, the function that is given back is told each one that comes.
// A turn is asked for when the one before is complete; `leave` is called when the last one is.
export function converse(send, heard, leave) {
  const questions = [...QUESTIONS];

  function next() {
    if (questions.length) {
      send(message(questions.shift()));
      send({ type: 'response.create' });
    } else {
      for (const piece of pieces()) send({ type: 'input_audio_buffer.append', audio: piece.toString('base64') });
    }
  }

  function done(response) {
    const call = response.output.find((item) => item.type === 'function_call');
    if (call) {
      heard.toolCalls.push({ name: call.name, arguments: JSON.parse(call.arguments) });
      const item = { type: 'function_call_output', call_id: call.call_id, output: FOUND };
      send({ type: 'conversation.item.create', item });
      send({ type: 'response.create' });
    } else if (heard.transcripts.length > QUESTIONS.length) {
      leave();
    } else {
      next();
    }
  }

  return (event) => {
    if (event.type === 'error') throw new Error(JSON.stringify(event));
    if (event.type === 'session.created') send({ type: 'session.update', session: { type: 'realtime', tools: [TOOL] } });
    if (event.type === 'session.updated') next();
    if (event.type === 'response.output_audio.delta') heard.hear(Buffer.from(event.delta, 'base64'));
    if (event.type === 'response.output_audio_transcript.done') heard.transcripts.push(event.transcript);
    if (event.type === 'response.done') done(event.response);
  };
}
