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
  const done = new Map();
  let free = -Infinity;
  for (const thing of inView(thingsOf(lane.id), state.from, state.to)) {
    const left = Math.max(-2, pixel(thing.x, width)), right = Math.min(width + 2, pixel(thing.end, width)), wide = Math.max(2, right - left);
    const top = lane.top + (told.level ? 3 + (thing.level || 0) * high : 4), colour = told.colour(thing), key = top;
    if (wide <= 2 && done.get(key) >= Math.floor(left)) continue;
    done.set(key, Math.floor(left));
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

/* The whole call, small; drawn once for each width, theme and connection. */
let overviewKept = null;
function drawOverview() {
  const { pen, width, height } = surface(overview, 44), { begin, end } = story();
  const key = [state.story, width, colours.panel, window.devicePixelRatio].join();
  if (!overviewKept || overviewKept.key !== key) {
    const kept = document.createElement("canvas");
    kept.width = overview.width;
    kept.height = overview.height;
    const own = kept.getContext("2d"), ratio = window.devicePixelRatio || 1;
    own.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintOverview(own, width, height, begin, end);
    overviewKept = { key, kept };
  }
  pen.drawImage(overviewKept.kept, 0, 0, width, height);
  const left = (state.from - begin) / (end - begin) * width, right = (state.to - begin) / (end - begin) * width;
  pen.fillStyle = colours.page;
  pen.globalAlpha = 0.68;
  pen.fillRect(0, 0, left, height);
  pen.fillRect(right, 0, width - right, height);
  pen.globalAlpha = 1;
  pen.strokeStyle = colours.accent;
  pen.lineWidth = 1.5;
  pen.strokeRect(clamp(left, 0, width) + 0.75, 0.75, Math.max(3, Math.min(right, width) - Math.max(0, left) - 1.5), height - 2);
  pen.fillStyle = colours.play;
  pen.fillRect((state.at - begin) / (end - begin) * width - 0.75, 0, 1.5, height);
}

function paintOverview(pen, width, height, begin, end) {
  const scale = width / (end - begin);
  for (const [side, top] of [["user", 0], ["model", 18]]) {
    const track = story().tracks[side], step = (end - begin) / width;
    pen.fillStyle = colours[side];
    for (const levels of [track.lost, track.heard]) {
      if (!levels) continue;
      for (let px = 0; px < width; px++) {
        const [peak, mean] = loudness(levels, begin + px * step, begin + (px + 1) * step);
        if (!peak) continue;
        for (const [value, alpha] of [[peak, 0.3], [mean, 1]]) {
          const high = Math.max(1, (value / track.loudest) ** 0.7 * 16);
          pen.globalAlpha = levels === track.lost ? alpha * 0.3 : alpha;
          pen.fillRect(px, top + 9 - high / 2, 1, high);
        }
      }
    }
  }
  pen.globalAlpha = 1;
  if (!story().tracks.user.clips.length && !story().tracks.model.clips.length) {
    pen.fillStyle = colours.accent;
    for (const thing of thingsOf("responses")) pen.fillRect((thing.x - begin) * scale, 12, Math.max(1, (thing.end - thing.x) * scale), 8);
  }
  let taken = -9;
  for (const severity of ["info", "warning", "error"]) {
    taken = -9;
    for (const thing of thingsOf("found")) {
      const px = (thing.x - begin) * scale;
      if (thing.severity !== severity || px - taken < 2) continue;
      taken = px;
      shape(pen, severity, px, 39, 4);
    }
  }
}

/* Moving about. */
function show(from, to) {
  const { begin, end } = story(), room = (end - begin) * 0.02, span = clamp(to - from, LEAST_VIEW_S, end - begin + 2 * room);
  state.from = clamp(from, begin - room, end + room - span);
  state.to = state.from + span;
  redraw();
}
function fit() { const { begin, end } = story(), room = (end - begin) * 0.01; show(begin - room, end + room); }
function zoom(factor, around) {
  const middle = around === undefined ? (state.at >= state.from && state.at <= state.to ? state.at : (state.from + state.to) / 2) : around;
  show(middle - (middle - state.from) * factor, middle + (state.to - middle) * factor);
}
function pan(share) { const by = (state.to - state.from) * share; show(state.from + by, state.to + by); }
function reveal(x, closely) {
  const span = state.to - state.from;
  if (closely && span > CLOSE_S * 3) { show(x - CLOSE_S / 3, x + CLOSE_S * 2 / 3); return; }
  if (x < state.from + span * 0.02 || x > state.to - span * 0.02) show(x - span / 2, x + span / 2);
}

function thingAt(lane, x, tolerance) {
  let best = null;
  for (const thing of inView(thingsOf(lane.id), x - tolerance, x + tolerance)) {
    if (!best || Math.abs(thing.x - x) < Math.abs(best.x - x) || thing.severity === "error") best = thing;
  }
  return best;
}

function laneAt(y) { return LANES.find((lane) => y >= lane.top && y < lane.top + lane.height) || LANES[0]; }

function clickAt(px, y) {
  const width = canvas.clientWidth, x = placeOf(px, width), lane = laneAt(y);
  const isTrack = lane.id === "user" || lane.id === "model";
  const thing = lane.id === "axis" || isTrack ? null : thingAt(lane, x, (state.to - state.from) / width * 5);
  state.lane = LANES.indexOf(lane) || -1;
  choose(thing ? thing.row : rowAt(x), { keepPlace: true });
  if (lane.id === "found") { seek(thing ? thing.x : x, false); return; }
  seek(x, $("click-plays").checked);
}

const pointers = new Map();
let dragged = 0;
canvas.addEventListener("pointerdown", (event) => {
  pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
  canvas.setPointerCapture(event.pointerId);
  dragged = pointers.size > 1 ? 99 : 0;
});
canvas.addEventListener("pointermove", (event) => {
  const before = pointers.get(event.pointerId);
  if (!before) { tipAt(event); return; }
  hideTip();
  const width = canvas.clientWidth;
  if (pointers.size === 2) {
    const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
    const wide = Math.max(8, Math.abs(before[0] - other[0])), now = Math.max(8, Math.abs(event.offsetX - other[0]));
    zoom(wide / now, placeOf((other[0] + event.offsetX) / 2, width));
  } else {
    dragged += Math.abs(event.offsetX - before[0]);
    if (dragged > 4) { canvas.classList.add("moving"); pan((before[0] - event.offsetX) / width); }
  }
  if (dragged > 4 || pointers.size === 2) pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
});
for (const name of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(name, (event) => {
    const known = pointers.delete(event.pointerId);
    canvas.classList.remove("moving");
    if (known && name === "pointerup" && dragged <= 4 && !pointers.size) clickAt(event.offsetX, event.offsetY);
  });
}
canvas.addEventListener("pointerleave", () => hideTip());
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  const unit = event.deltaMode ? 30 : 1, width = canvas.clientWidth;
  if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan((event.deltaX || event.deltaY) * unit / width);
  else zoom(Math.exp(clamp(event.deltaY * unit, -240, 240) * 0.0022), placeOf(event.offsetX, width));
}, { passive: false });

function tipAt(event) {
  const width = canvas.clientWidth, x = placeOf(event.offsetX, width), lane = laneAt(event.offsetY);
  const thing = lane.id === "axis" ? null : thingAt(lane, x, (state.to - state.from) / width * 5);
  const tip = $("tip");
  if (!thing) { hideTip(); return; }
  tip.textContent = plain(tipOf(lane.id, thing));
  tip.hidden = false;
  const left = clamp(event.offsetX + 12, 0, Math.max(0, width - tip.offsetWidth - 4));
  tip.style.left = left + "px";
  tip.style.top = clamp(event.offsetY + 16, 0, LANES.total - tip.offsetHeight) + "px";
}
function hideTip() { $("tip").hidden = true; }
function tipOf(id, thing) {
  const where = when(thing.x, thing.line) + (thing.end > thing.x && story().timed ? " to " + clock(thing.end) + " (" + ms((thing.end - thing.x) * 1000) + ")" : "");
  const head = {
    turns: () => "turn " + thing.n + ", begun by " + thing.began + (thing.interrupted ? ", interrupted" : ""),
    user: () => "user's audio",
    model: () => "model's audio " + short(thing.item) + (thing.cut !== null && thing.cut < thing.s ? ", cut after " + ms(thing.cut * 1000) + ": the rest was not heard" : ""),
    speech: () => "speech " + short(thing.item) + (thing.ms ? ", " + ms(thing.ms) : ""),
    responses: () => "response " + short(thing.id) + " " + (thing.status || "open") + (thing.reason ? " (" + thing.reason + ")" : "") + (thing.first && story().timed ? ", first output after " + ms((thing.first - thing.x) * 1000) : ""),
    items: () => itemLabel(thing) + " " + short(thing.id),
    calls: () => thing.name + " " + short(thing.id) + (thing.open ? ", not answered" : ""),
    found: () => thing.text,
    events: () => typeOf(thing.row) + " " + wordsOf(thing.row).slice(0, 160),
  }[id];
  return (head ? head() + "\n" : "") + where + ", line " + thing.line;
}

/* The overview is a slider, whose value is the playhead; dragging it moves what is in view. */
function overviewTo(event) {
  const { begin, end } = story(), x = begin + event.offsetX / overview.clientWidth * (end - begin), span = state.to - state.from;
  if (span >= (end - begin) * 0.98) { seek(x, false); choose(rowAt(x), { keepPlace: true }); }
  else show(x - span / 2, x + span / 2);
}
overview.addEventListener("pointerdown", (event) => { overview.setPointerCapture(event.pointerId); overviewTo(event); });
overview.addEventListener("pointermove", (event) => { if (event.buttons) overviewTo(event); });
overview.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const x = state.at + step * Math.max(0.1, (story().end - story().begin) / 200);
  seek(x, false);
  reveal(state.at);
  choose(rowAt(state.at), { keepPlace: true });
});

function labels() {
  $("labels").replaceChildren(...LANES.map((lane) => {
    const count = lane.id === "axis" ? 0 : thingsOf(lane.id).length;
    const item = el("li", { text: lane.name });
    item.style.height = lane.height + "px";
    if (lane.name) { item.append(el("span", { cls: "unseen", text: ": " + count })); item.title = lane.name + ": " + count; }
    return item;
  }));
  markLane();
}
function markLane() {
  [...$("labels").children].forEach((item, place) => (place === state.lane ? item.setAttribute("aria-current", "true") : item.removeAttribute("aria-current")));
}

function moveLane(by) {
  state.lane = clamp((state.lane < 1 ? (by > 0 ? 0 : LANES.length) : state.lane) + by, 1, LANES.length - 1);
  announce(LANES[state.lane].name + ", " + thingsOf(LANES[state.lane].id).length);
  markLane();
  redraw();
}

/* From thing to thing in the chosen lane; without one, a little on or back. */
function stepInLane(by) {
  if (state.lane < 1) { seek(state.at + by * (state.to - state.from) / 50, false); choose(rowAt(state.at), { keepPlace: true }); reveal(state.at); return; }
  const lane = LANES[state.lane], things = thingsOf(lane.id), tiny = 1e-4;
  const place = by > 0 ? lowest(things, state.at + tiny, (thing) => thing.x) : lowest(things, state.at - tiny, (thing) => thing.x) - 1;
  const thing = things[place];
  if (!thing) { announce("no more in " + lane.name); return; }
  goto(thing.x, thing.row);
  announce(tipOf(lane.id, thing).replace("\n", ", "));
}

on("draw", draw);
on("moved", () => {
  if (state.playing && (state.at > state.from + (state.to - state.from) * 0.97 || state.at < state.from)) {
    const span = state.to - state.from;
    show(state.at - span * 0.1, state.at + span * 0.9);
  }
  const { begin, end } = story(), text = moment(state.at);
  $("clock").textContent = text;
  overview.setAttribute("aria-valuemax", String(Math.round((end - begin) * 100) / 100));
  overview.setAttribute("aria-valuenow", String(Math.round((state.at - begin) * 100) / 100));
  overview.setAttribute("aria-valuetext", text);
  redraw();
});
on("theme", () => { readColours(); overviewKept = null; redraw(); });
on("story", () => { layLanes(); labels(); fit(); });
on("chosen", () => { markLane(); redraw(); });
$("in").addEventListener("click", () => zoom(0.6));
$("out").addEventListener("click", () => zoom(1 / 0.6));
$("fit").addEventListener("click", fit);
new ResizeObserver(() => { redraw(); }).observe(canvas);
