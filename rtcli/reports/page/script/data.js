"use strict";
/* What the page holds, and the few things that every part uses. Texts of the recording are hostile: they are
   set as text only, with what is invisible in them made visible. */
const $ = (id) => document.getElementById(id);
const DATA = JSON.parse($("data").textContent);
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

function plain(text) {
  return String(text).replace(INVISIBLE, (sign) => "\\u" + sign.charCodeAt(0).toString(16).padStart(4, "0"));
}

function el(tag, settings, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(settings || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") node.textContent = plain(value);
    else if (name === "click") node.addEventListener("click", value);
    else node.setAttribute(name === "cls" ? "class" : name, value === true ? "" : plain(value));
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

const SIGNS = { error: "M6 0 12 6 6 12 0 6Z", warning: "M6 1 12 11H0Z", info: "M6 2a4 4 0 1 0 .01 0Z", good: "M1 6 5 10 11 2 5 7Z" };
function sign(severity) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("class", "sign " + (SIGNS[severity] ? severity : "info"));
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", severity === "good" ? "good" : severity);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", SIGNS[severity] || SIGNS.info);
  svg.append(path);
  return svg;
}

/* The state: which connection, what part of it is in view, where the playhead is, which event is chosen. */
const state = { story: 0, from: 0, to: 1, at: 0, row: -1, lane: -1, playing: false };
const listeners = {};
function on(name, listener) { (listeners[name] = listeners[name] || []).push(listener); }
function emit(name, ...values) { for (const listener of listeners[name] || []) listener(...values); }
const here = () => DATA.connections[state.story];

let drawing = 0;
function redraw() {
  if (!drawing) drawing = requestAnimationFrame(() => { drawing = 0; emit("draw"); });
}

function clock(x, digits) {
  const sign = x < 0 ? "−" : "", fine = digits === undefined ? 2 : digits;
  const total = Math.round(Math.abs(x) * 10 ** fine) / 10 ** fine, minutes = Math.floor(total / 60);
  return sign + minutes + ":" + (total - minutes * 60).toFixed(fine).padStart(fine ? fine + 3 : 2, "0");
}
function when(x, line) { return here().timed ? clock(x) : "#" + line; }
function ms(value) { return value < 999.5 ? Math.round(value) + " ms" : (value / 1000).toFixed(2) + " s"; }
function size(bytes) { return bytes < 1000 ? bytes + " B" : bytes < 1e6 ? (bytes / 1e3).toFixed(bytes < 1e4 ? 1 : 0) + " KB" : (bytes / 1e6).toFixed(1) + " MB"; }
function several(count, noun) { return count.toLocaleString("en") + " " + noun + (count === 1 ? "" : "s"); }
function short(text) { const all = plain(text || ""); return all.length <= 18 ? all : all.slice(0, 9) + "…" + all.slice(-5); }
function clamp(value, least, most) { return Math.min(Math.max(value, least), most); }

/* The first place in sorted values where `value` could be put in without breaking their order. */
function lowest(values, value, read) {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((read ? read(values[middle]) : values[middle]) < value) low = middle + 1; else high = middle;
  }
  return low;
}

function bytesOf(base64) {
  const text = atob(base64), bytes = new Uint8Array(text.length);
  for (let place = 0; place < text.length; place++) bytes[place] = text.charCodeAt(place);
  return bytes;
}

function announce(text) { $("live").textContent = plain(text); }

/* The text of one event; so many of them are parsed at once, and only when one is asked for. */
const bodies = new Map();
function bodyOf(story, row) {
  const together = DATA.connections[story].rows.together, name = "b" + story + "-" + Math.floor(row / together);
  if (!bodies.has(name)) bodies.set(name, JSON.parse($(name).textContent));
  return bodies.get(name)[row % together] || "";
}

/* What is made of a connection when it is first looked at. */
const prepared = new Map();
function story() {
  if (!prepared.has(state.story)) prepared.set(state.story, prepare(here(), state.story));
  return prepared.get(state.story);
}

function prepare(told, number) {
  const rows = told.rows, count = rows.line.length, bad = new Set(rows.bad);
  const found = DATA.findings.filter((finding) => finding.story === number);
  const marks = new Map();
  for (const finding of found) {
    if (!marks.has(finding.row)) marks.set(finding.row, []);
    marks.get(finding.row).push(finding);
  }
  const reach = new Float64Array(count);
  for (let row = 0, most = -Infinity; row < count; row++) reach[row] = most = Math.max(most, rows.x[row]);
  const tracks = {};
  for (const side of ["user", "model"]) tracks[side] = trackOf(told.sound[side]);
  return { rows, count, bad, found, marks, reach, tracks, lanes: told.lanes || {}, talk: told.talk, timed: told.timed, begin: told.begin, end: Math.max(told.end, told.begin + 0.1) };
}

/* A waveform in several resolutions, each half as fine as the one before it. */
function trackOf(track) {
  const levels = [bytesOf(track.peaks)];
  while (levels[levels.length - 1].length > 64) {
    const fine = levels[levels.length - 1], coarse = new Uint8Array((fine.length + 1) >> 1);
    for (let place = 0; place < coarse.length; place++) coarse[place] = Math.max(fine[2 * place], fine[2 * place + 1] || 0);
    levels.push(coarse);
  }
  let loudest = 0;
  for (const peak of levels[levels.length - 1]) loudest = Math.max(loudest, peak);
  const clips = track.clips.map((clip) => ({ ...clip, end: clip.x + clip.s })).sort((a, b) => a.x - b.x);
  const pieces = [];
  for (const clip of clips) {
    const heard = clip.cut === null ? clip.s : Math.min(clip.cut, clip.s);
    for (const [key, at, kind, seconds] of clip.pieces) {
      const lasts = Math.min(seconds, heard - at);
      if (lasts > 0) pieces.push({ key, kind, x: clip.x + at, s: lasts });
    }
  }
  pieces.sort((a, b) => a.x - b.x);
  return { clips, pieces, levels, loudest: Math.max(loudest, 24) };
}

/* The row nearest to a place, the latest of those that begin before it. */
function rowAt(x) {
  const { reach, rows, count } = story();
  let row = lowest(reach, x + 1e-9) - 1;
  if (row < 0) row = 0;
  while (row > 0 && rows.x[row] > x) row--;
  return count ? row : -1;
}
