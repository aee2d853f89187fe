// The official package with ws under it.
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { BASE, Heard, MODEL, converse } from './call.mjs';

const heard = new Heard();
const client = new OpenAI({ apiKey: 'none', baseURL: BASE.replace(/^ws/, 'http') });
const call = new OpenAIRealtimeWS({ model: MODEL }, client);
const receive = converse(
  (event) => call.send(event),
  heard,
  () => call.close(),
);
call.on('event', receive);
call.on('error', (error) => {
  throw error;
});
call.socket.on('close', () => heard.print());
