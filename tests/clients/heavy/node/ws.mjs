// The package ws, with nothing on top; it leaves without a close code.
import WebSocket from 'ws';
import { BASE, Heard, MODEL, converse } from './call.mjs';

const heard = new Heard();
const socket = new WebSocket(`${BASE}/realtime?model=${MODEL}`, { headers: { Authorization: 'Bearer none' } });
const receive = converse(
  (event) => socket.send(JSON.stringify(event)),
  heard,
  () => socket.close(),
);
socket.on('message', (data) => receive(JSON.parse(data)));
socket.on('close', () => heard.print());
