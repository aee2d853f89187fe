// The official package with the WebSocket of the runtime under it, as a browser has one.
import OpenAI from 'openai';
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket';
import { BASE, Heard, MODEL, converse } from './call.mjs';

const heard = new Heard();
const client = new OpenAI({ apiKey: 'none', baseURL: BASE.replace(/^ws/, 'http') });
const call = new OpenAIRealtimeWebSocket({ model: MODEL }, client);
const receive = converse(
  (event) => call.send(event),
  heard,
  () => call.close(),
);
call.on('event', receive);
call.on('error', (error) => {
  throw error;
});
call.socket.addEventListener('close', () => heard.print());
