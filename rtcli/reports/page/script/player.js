"use strict";
/* Plays both sides from the pieces of audio in the page, and moves the playhead, with or without sound. */
const AHEAD_S = 3, KEPT_BUFFERS = 16;
const player = { context: null, gains: {}, began: 0, from: 0, anchor: 0, next: {}, sources: new Set(), timer: 0, run: 0 };
const LAWS = { u: lawTable(ulaw), a: lawTable(alaw) };
const buffers = new Map();

function lawTable(law) { return Float32Array.from({ length: 256 }, (_, code) => law(code) / 32768); }
function ulaw(code) {
  code = ~code & 255;
  const level = (((code & 15) << 3) + 132 << (code >> 4 & 7)) - 132;
  return code & 128 ? -level : level;
}
function alaw(code) {
  code ^= 85;
  const part = code >> 4 & 7, level = part ? (((code & 15) << 4) + 264) << (part - 1) : ((code & 15) << 4) + 8;
  return code & 128 ? level : -level;
}

function hasSound() { return Object.values(story().tracks).some((track) => track.pieces.length); }

function bufferOf(piece) {
  let buffer = buffers.get(piece.key);
  if (buffer) return buffer;
  const bytes = bytesOf($(piece.key).textContent);
  const law = LAWS[piece.kind], length = law ? bytes.length : bytes.length >> 1;
  buffer = player.context.createBuffer(1, Math.max(1, length), piece.rate);
  const samples = buffer.getChannelData(0);
  if (law) for (let place = 0; place < length; place++) samples[place] = law[bytes[place]];
  else for (let place = 0; place < length; place++) samples[place] = ((bytes[2 * place] | bytes[2 * place + 1] << 8) << 16 >> 16) / 32768;
  buffers.set(piece.key, buffer);
  if (buffers.size > KEPT_BUFFERS) buffers.delete(buffers.keys().next().value);
  return buffer;
}

async function openContext() {
  if (!player.context) {
    player.context = new AudioContext();
    for (const side of ["user", "model"]) {
      player.gains[side] = player.context.createGain();
      player.gains[side].connect(player.context.destination);
      hear(side);
    }
  }
  if (player.context.state !== "running") await Promise.race([player.context.resume(), new Promise((done) => setTimeout(done, 400))]);
}

function hear(side) {
  const wanted = $("hear-" + side).getAttribute("aria-pressed") === "true";
  if (player.gains[side]) player.gains[side].gain.value = wanted ? 1 : 0;
}

async function play() {
  if (state.at >= story().end - 0.01) state.at = story().begin;
  const run = ++player.run;
  silence();
  state.playing = true;
  player.from = state.at;
  player.began = performance.now();
  emit("playing");
  requestAnimationFrame(tick);
  if (!hasSound()) return;
  try { await openContext(); } catch { return; }
  if (run !== player.run) return;
  player.from = state.at;
  player.began = performance.now();
  player.anchor = player.context.currentTime + 0.03;
  for (const side of ["user", "model"]) player.next[side] = 0;
  schedule();
  player.timer = setInterval(schedule, 400);
}

function schedule() {
  const now = position();
  for (const side of ["user", "model"]) {
    const { pieces } = story().tracks[side];
    while (player.next[side] < pieces.length && pieces[player.next[side]].x < now + AHEAD_S) {
      const piece = pieces[player.next[side]++], skip = Math.max(0, player.from - piece.x);
      if (skip < piece.s) start(side, piece, skip);
    }
  }
}

function start(side, piece, skip) {
  const source = player.context.createBufferSource();
  const due = player.anchor + piece.x + skip - player.from, late = Math.max(0, player.context.currentTime - due);
  if (late >= piece.s - skip) return;
  source.buffer = bufferOf(piece);
  source.connect(player.gains[side]);
  source.onended = () => player.sources.delete(source);
  source.start(Math.max(due, player.context.currentTime), skip + late, piece.s - skip - late);
  player.sources.add(source);
}

function silence() {
  clearInterval(player.timer);
  for (const source of player.sources) { source.onended = null; source.stop(); }
  player.sources.clear();
}

function pause() {
  if (!state.playing) return;
  state.at = position();
  player.run++;
  state.playing = false;
  silence();
  emit("playing");
  emit("moved");
}

function position() {
  if (!state.playing) return state.at;
  return Math.min(player.from + (performance.now() - player.began) / 1000, story().end);
}

function tick() {
  if (!state.playing) return;
  state.at = position();
  if (state.at >= story().end) { pause(); return; }
  emit("moved");
  requestAnimationFrame(tick);
}

/* Puts the playhead somewhere; what plays goes on from there. */
function seek(x, thenPlay) {
  const going = state.playing || thenPlay;
  if (state.playing) { player.run++; state.playing = false; silence(); }
  state.at = clamp(x, story().begin, story().end);
  emit("moved");
  if (going) play(); else emit("playing");
}

for (const side of ["user", "model"]) {
  $("hear-" + side).addEventListener("click", (event) => {
    const button = event.currentTarget;
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    hear(side);
  });
}
$("play").addEventListener("click", () => (state.playing ? pause() : play()));
on("playing", () => {
  $("play").setAttribute("aria-pressed", String(state.playing));
  $("play").firstElementChild.textContent = state.playing ? "❚❚" : "▶";
  $("play").querySelector(".word").textContent = state.playing ? "Pause" : "Play";
});
