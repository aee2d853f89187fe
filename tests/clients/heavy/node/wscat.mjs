// wscat, as one who types the events and reads the answers would use it; at the end of the typing it just leaves.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { BASE, Heard, MODEL, converse } from './call.mjs';

const PROMPTS = /^(> )*/;

const heard = new Heard();
const program = fileURLToPath(new URL('node_modules/wscat/bin/wscat', import.meta.url));
const wscat = spawn(process.execPath, [program, '--connect', `${BASE}/realtime?model=${MODEL}`], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const receive = converse(
  (event) => wscat.stdin.write(`${JSON.stringify(event)}\n`),
  heard,
  () => wscat.stdin.end(),
);
createInterface({ input: wscat.stdout }).on('line', (line) => {
  const answer = line.replace(PROMPTS, '');
  if (answer) receive(JSON.parse(answer));
});
wscat.on('close', () => heard.print());
