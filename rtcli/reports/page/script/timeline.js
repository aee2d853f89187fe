"use strict";
/* The lanes, drawn on one canvas: only what is in view, and nothing twice on one pixel. */
const LANES = [
  { id: "axis", name: "", full: 22 },
  { id: "turns", name: "Turns", full: 20 },
  { id: "user", name: "User", full: 58 },
  { id: "speech", name: "Speech", full: 20 },
  { id: "responses", name: "Responses", full: 24 },
  { id: "items", name: "Items", full: 34 },
  { id: "calls", name: "Tools", full: 22 },
  { id: "model", name: "Model", full: 58 },
  { id: "events", name: "Events", full: 20 },
  { id: "found", name: "Findings", full: 24 },
];
const EMPTY_HEIGHT = 18;
const canvas = $("canvas"), overview = $("overview"), LEAST_VIEW_S = 0.02, CLOSE_S = 30;
let colours = {};

function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["page", "panel", "ink", "quiet", "line", "soft", "accent", "accent-soft", "error", "warning", "info", "user", "model", "play", "stage-0", "stage-1", "stage-2", "stage-3", "stage-4"]) {
    colours[name] = style.getPropertyValue("--" + name).trim();
  }
}

function surface(node, height) {
  const ratio = window.devicePixelRatio || 1, width = node.clientWidth;
  if (node.width !== Math.round(width * ratio) || node.height !== Math.round(height * ratio)) {
    node.width = Math.round(width * ratio);
    node.height = Math.round(height * ratio);
    node.style.height = height + "px";
  }
  const pen = node.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = "11px system-ui, sans-serif";
  pen.textBaseline = "middle";
  return { pen, width, height };
}

/* How high each lane is: one that holds nothing in this connection takes little room. */
function layLanes() {
  let top = 0;
  for (const lane of LANES) {
    lane.top = top;
    lane.height = lane.id === "axis" || thingsOf(lane.id).length ? lane.full : EMPTY_HEIGHT;
    top += lane.height;
  }
  LANES.total = top;
}

/* What a lane holds, sorted by where it begins; `reach` lets the first in view be found although they overlap. */
const laneThings = new Map();
function thingsOf(id) {
  const key = state.story + id;
  if (laneThings.has(key)) return laneThings.get(key);
  const { lanes, found, tracks, end } = story();
  let things = [];
  if (id === "found") things = found.map((finding) => ({ x: finding.x, end: finding.x, row: finding.row, line: finding.line, severity: finding.severity, text: finding.code + ": " + finding.message }));
  else if (id === "user" || id === "model") things = tracks[id].clips;
  else if (id === "events") things = rowThings();
  else things = (lanes[id] || []).map((thing) => ({ ...thing, open: thing.end === null, end: Math.max(thing.x, thing.end === null ? end : thing.end) }));
  things = [...things].sort((a, b) => a.x - b.x);
  if (id === "items") things = levelled(things, 2);
  things.reach = new Float64Array(things.length);
  for (let place = 0, most = -Infinity; place < things.length; place++) things.reach[place] = most = Math.max(most, things[place].end);
  laneThings.set(key, things);
  return things;
}

function rowThings() {
  const { rows, count } = story();
  return Array.from({ length: count }, (_, row) => ({ x: rows.x[row], end: rows.x[row] + Math.max(0, rows.s[row]), row, line: rows.line[row] }));
}

/* What overlaps stands on different levels, as far as there are any. */
function levelled(things, levels) {
  const until = new Array(levels).fill(-Infinity);
  for (const thing of things) {
    let level = until.findIndex((end) => end <= thing.x);
    if (level < 0) level = until.indexOf(Math.min(...until));
    until[level] = thing.end;
    thing.level = level;
  }
  return things;
}

function inView(things, from, to) {
  const first = lowest(things.reach, from);
  let last = first;
  while (last < things.length && things[last].x <= to) last++;
  return things.slice(first, last);
}

function pixel(x, width) { return (x - state.from) / (state.to - state.from) * width; }
function placeOf(px, width) { return state.from + px / width * (state.to - state.from); }

function draw() {
  if (!DATA.connections.length) return;
  const { pen, width, height } = surface(canvas, LANES.total);
  for (const lane of LANES) {
    if (lane.id === LANES[state.lane]?.id) { pen.fillStyle = colours["accent-soft"]; pen.globalAlpha = 0.45; pen.fillRect(0, lane.top, width, lane.height); pen.globalAlpha = 1; }
    pen.fillStyle = colours.soft;
    pen.fillRect(0, lane.top + lane.height - 1, width, 1);
  }
  drawAxis(pen, width, height);
  drawTurns(pen, width, height);
  drawTrack(pen, width, laneOf("user"), "user");
  drawTrack(pen, width, laneOf("model"), "model");
  drawSpans(pen, width, laneOf("speech"), { colour: () => colours.user, label: (thing) => (thing.ms ? ms(thing.ms) : "") });
  drawSpans(pen, width, laneOf("responses"), { colour: responseColour, label: (thing) => (thing.status || "open") + (thing.reason ? " (" + plain(thing.reason) + ")" : ""), hatch: (thing) => thing.status !== "completed", tick: (thing) => thing.first });
  drawSpans(pen, width, laneOf("items"), { colour: itemColour, label: itemLabel, level: true });
  drawSpans(pen, width, laneOf("calls"), { colour: (thing) => (thing.failed ? colours.error : colours.warning), label: (thing) => plain(thing.name), beside: true });
  drawEvents(pen, width);
  drawFound(pen, width);
  drawChosen(pen, width);
  drawPlayhead(pen, width, height);
  drawOverview();
}

const laneOf = (id) => LANES.find((lane) => lane.id === id);
const responseColour = (thing) => ({ failed: colours.error, incomplete: colours.warning, cancelled: colours.quiet })[thing.status] || colours.accent;
const itemColour = (thing) => (thing.kind === "function_call" || thing.kind === "function_call_output" || thing.kind.startsWith("mcp") ? colours.warning : thing.who === "assistant" ? colours.accent : colours.user);
const itemLabel = (thing) => (thing.kind === "message" ? thing.who : plain(thing.name || thing.kind.replaceAll("_", " ")));

function stepOf(span, width) {
  const least = span / Math.max(1, width / 90);
  for (let power = -3; power < 7; power++) for (const step of [1, 2, 5]) if (step * 10 ** power >= least && 10 ** power < 10) return step * 10 ** power;
  for (const step of [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400]) if (step >= least) return step;
  return Math.ceil(least / 3600) * 3600;
}

function drawAxis(pen, width, height) {
  const span = state.to - state.from, step = stepOf(span, width), digits = step < 1 ? Math.min(3, Math.ceil(-Math.log10(step))) : 0;
  let told = "";
  pen.textAlign = "left";
  for (let x = Math.ceil(state.from / step) * step; x <= state.to; x += step) {
    const px = Math.round(pixel(x, width));
    pen.fillStyle = colours.soft;
    pen.fillRect(px, LANES[0].height, 1, height);
    pen.fillStyle = colours.line;
    pen.fillRect(px, 14, 1, 8);
    pen.fillStyle = colours.quiet;
    const text = story().timed ? clock(x, digits) : "#" + story().rows.line[rowAt(x)];
    if (px + 40 < width && text !== told) pen.fillText(text, px + 4, 10);
    told = text;
  }
}

function drawTurns(pen, width, height) {
  const lane = laneOf("turns");
  let free = -Infinity, lined = -Infinity;
  for (const turn of inView(thingsOf("turns"), state.from, state.to)) {
    const px = Math.round(pixel(turn.x, width));
    pen.fillStyle = colours.line;
    if (px - lined >= 24) { pen.fillRect(px, lane.top, 1, height - lane.top); lined = px; } else if (px < free) continue;
    const label = String(turn.n) + (turn.interrupted ? " ⤫" : "");
    if (px >= free) {
      pen.fillStyle = colours.ink;
      pen.textAlign = "left";
      pen.fillText(label, Math.max(px, 0) + 4, lane.top + 10);
      free = Math.max(px, 0) + pen.measureText(label).width + 12;
    }
  }
}

function drawTrack(pen, width, lane, side) {
  const track = story().tracks[side], middle = lane.top + lane.height / 2, half = lane.height / 2 - 5;
  pen.fillStyle = colours.line;
  pen.fillRect(0, Math.round(middle), width, 1);
  pen.fillStyle = colours[side];
  if (track.lost) wave(pen, track.lost, track.loudest, width, middle, half, 0.12, 0.28);
  if (track.heard) wave(pen, track.heard, track.loudest, width, middle, half, 0.4, 1);
  pen.globalAlpha = 1;
  for (const clip of inView(thingsOf(side), state.from, state.to)) {
    if (clip.cut === null || clip.cut >= clip.s) continue;
    const px = Math.round(pixel(clip.x + clip.cut, width));
    pen.fillStyle = colours.warning;
    pen.fillRect(px, lane.top + 3, 1, lane.height - 6);
    if (pixel(clip.end, width) - px > 46) { pen.textAlign = "left"; pen.fillText("not heard", px + 4, lane.top + 9); }
  }
}

/* A waveform, a column a pixel: faintly how loud it gets, and plainly how loud it is. */
function wave(pen, levels, loudest, width, middle, half, faint, plainly) {
  const step = (state.to - state.from) / width, high = [[], []];
  for (let px = 0; px < width; px++) {
    const [peak, mean] = loudness(levels, state.from + px * step, state.from + (px + 1) * step);
    if (!peak) continue;
    high[0].push(px, Math.max(0.5, (peak / loudest) ** 0.7 * half));
    high[1].push(px, Math.max(0.5, (mean / loudest) ** 0.7 * half));
  }
  for (const [place, alpha] of [[0, faint], [1, plainly]]) {
    pen.globalAlpha = alpha;
    pen.beginPath();
    for (let at = 0; at < high[place].length; at += 2) pen.rect(high[place][at], middle - high[place][at + 1], 1, 2 * high[place][at + 1]);
    pen.fill();
  }
}

function drawSpans(pen, width, lane, told) {
  const high = told.level ? (lane.height - 6) / 2 : lane.height - 8;
  const covered = new Map(), step = (state.to - state.from) / width;
  const seen = inView(thingsOf(lane.id), state.from, state.to), isDense = seen.length > width / 4;
  let free = -Infinity;
  for (const thing of seen) {
    const left = Math.max(-2, pixel(thing.x, width)), right = Math.min(width + 2, pixel(thing.end, width)), wide = Math.max(2, right - left);
    const top = lane.top + (told.level ? 3 + (thing.level || 0) * high : 4), colour = told.colour(thing);
    if (isDense && right - left < 2) { cover(covered, top, Math.floor(left), (thing.end - thing.x) / step, colour); continue; }
    pen.fillStyle = colour;
    pen.globalAlpha = 0.22;
    pen.fillRect(left, top, wide, high - 1);
    pen.globalAlpha = 1;
    pen.fillRect(left, top, Math.min(2, wide), high - 1);
    if (told.hatch && told.hatch(thing)) hatch(pen, left, top, wide, high - 1, colour);
    const tick = told.tick && told.tick(thing);
    if (tick !== null && tick !== undefined && tick !== false) pen.fillRect(pixel(tick, width), top, 2, high - 1);
    const label = told.label(thing);
    if (told.beside && label && wide <= 34 && left >= 0 && left > free) {
      pen.fillStyle = colours.ink;
      pen.textAlign = "left";
      pen.fillText(label.slice(0, 40), left + wide + 4, top + high / 2);
      free = left + wide + 12 + pen.measureText(label.slice(0, 40)).width;
    } else if (label && wide > 34 && high > 9) {
      pen.save();
      pen.beginPath();
      pen.rect(left, top, wide - 2, high);
      pen.clip();
      pen.fillStyle = colours.ink;
      pen.textAlign = "left";
      pen.fillText(label.slice(0, 60), Math.max(left, 0) + 6, top + high / 2);
      pen.restore();
    }
  }
  drawCovered(pen, covered, high - 1);
}

function hatch(pen, left, top, wide, high, colour) {
  pen.save();
  pen.beginPath();
  pen.rect(left, top, wide, high);
  pen.clip();
  pen.strokeStyle = colour;
  pen.globalAlpha = 0.35;
  pen.beginPath();
  for (let px = Math.max(left, -20) - high; px < Math.min(left + wide, 5000); px += 6) { pen.moveTo(px, top + high); pen.lineTo(px + high, top); }
  pen.stroke();
  pen.restore();
}

function shape(pen, severity, px, middle, radius) {
  pen.fillStyle = colours[severity] || colours.info;
  pen.beginPath();
  if (severity === "error") { pen.moveTo(px, middle - radius); pen.lineTo(px + radius, middle); pen.lineTo(px, middle + radius); pen.lineTo(px - radius, middle); }
  else if (severity === "warning") { pen.moveTo(px, middle - radius); pen.lineTo(px + radius, middle + radius * 0.8); pen.lineTo(px - radius, middle + radius * 0.8); }
  else pen.arc(px, middle, radius * 0.65, 0, 7);
  pen.fill();
}

/* Things too short to be seen one by one: how much of each pixel they fill, in the colour of the one that is least usual. */
function cover(covered, top, px, share, colour) {
  if (!covered.has(top)) covered.set(top, new Map());
  const known = covered.get(top).get(px) || [0, colour];
  covered.get(top).set(px, [known[0] + share, colour === colours.accent || colour === colours.user ? known[1] : colour]);
}

function drawCovered(pen, covered, high) {
  for (const [top, pixels] of covered) {
    for (const [px, [share, colour]] of pixels) {
      pen.globalAlpha = clamp(0.25 + 0.75 * share, 0.25, 1);
      pen.fillStyle = colour;
      pen.fillRect(px, top, 1, high);
    }
  }
  pen.globalAlpha = 1;
}

/* A tick an event, above those of the client and below those of the server; one for all that fall on a pixel. */
function drawEvents(pen, width) {
  const lane = laneOf("events"), { rows, reach, bad } = story(), taken = { c: -1, s: -1, "-": -1 }, half = lane.height / 2;
  for (let row = lowest(reach, state.from - 5); row < reach.length && reach[row] <= state.to + 5; row++) {
    const from = rows.from[row], px = Math.floor(pixel(rows.x[row], width)), wrong = bad.has(row);
    if (px < -1 || px > width || (px === taken[from] && !wrong)) continue;
    taken[from] = px;
    pen.fillStyle = wrong ? colours.error : from === "c" ? colours.user : from === "s" ? colours.model : colours.quiet;
    pen.fillRect(px, lane.top + (from === "s" ? half : from === "c" ? 3 : half - 3), 1, wrong ? half - 2 : from === "-" ? 6 : half - 4);
  }
}

function drawFound(pen, width) {
  const lane = laneOf("found"), taken = { error: -9, warning: -9, info: -9 };
  const seen = inView(thingsOf("found"), state.from, state.to);
  for (const severity of ["info", "warning", "error"]) {
    for (const thing of seen) {
      const px = pixel(thing.x, width);
      if (thing.severity !== severity || px - taken[severity] < 3) continue;
      taken[severity] = px;
      shape(pen, severity, px, lane.top + lane.height / 2, 6);
    }
  }
}

function drawChosen(pen, width) {
  if (state.row < 0) return;
  const { rows } = story(), left = pixel(rows.x[state.row], width), wide = Math.max(2, pixel(rows.x[state.row] + rows.s[state.row], width) - left);
  pen.fillStyle = colours.accent;
  pen.globalAlpha = 0.12;
  pen.fillRect(left - 1, 22, wide + 2, LANES.total - 22);
  pen.globalAlpha = 1;
  pen.fillRect(left - 1, 18, wide + 1, 3);
}

function drawPlayhead(pen, width, height) {
  const px = pixel(state.at, width);
  if (px < -5 || px > width + 5) return;
  pen.fillStyle = colours.play;
  pen.fillRect(px - 0.75, 0, 1.5, height);
  pen.beginPath();
  pen.moveTo(px - 5, 0);
  pen.lineTo(px + 5, 0);
  pen.lineTo(px, 7);
  pen.fill();
}
