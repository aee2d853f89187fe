"use strict";
/* What the page holds, and the few things that every part uses. Texts of the recording are hostile: they are
   set as text only, with what is invisible in them made visible. */
const $ = (id) => document.getElementById(id);
const DATA = JSON.parse($("data").textContent);
const PEAK_S = 0.02, WINDOWS_AT_MOST = 2e6;
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
  const total = Math.round(Math.abs(x) * 10 ** fine) / 10 ** fine, minutes = Math.floor(total / 60), hours = Math.floor(minutes / 60);
  const before = hours ? hours + ":" + String(minutes - hours * 60).padStart(2, "0") : String(minutes);
  return sign + before + ":" + (total - minutes * 60).toFixed(fine).padStart(fine ? fine + 3 : 2, "0");
}
function when(x, line) { return here().timed ? clock(x) : "#" + line; }
function moment(x) { return story().timed ? clock(x) : "line " + story().rows.line[rowAt(x)]; }
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
    if (finding.severity === "error") bad.add(finding.row);
  }
  const reach = new Float64Array(count);
  for (let row = 0, most = -Infinity; row < count; row++) reach[row] = most = Math.max(most, rows.x[row]);
  const tracks = {};
  for (const side of ["user", "model"]) tracks[side] = trackOf(told.sound[side], told.begin, Math.max(told.end, told.begin + 0.1));
  return { rows, count, bad, found, marks, reach, tracks, lanes: told.lanes || {}, talk: told.talk, timed: told.timed, begin: told.begin, end: Math.max(told.end, told.begin + 0.1) };
}

/* One side: its clips, what of them is to be played, and how loud it is along the axis. */
function trackOf(track, begin, end) {
  const peaks = bytesOf(track.peaks), heard = envelope(begin, end), lost = envelope(begin, end);
  const clips = track.clips.map((clip) => ({ ...clip, end: clip.x + clip.s })).sort((a, b) => a.x - b.x);
  const pieces = [];
  let loudest = 0;
  clips.forEach((clip, number) => {
    const until = clip.cut === null ? Infinity : clip.cut, next = number + 1 < clips.length ? clips[number + 1].x : Infinity;
    for (let place = 0; place < clip.n; place++) {
      const peak = Math.max(1, peaks[clip.at + place]), at = place * PEAK_S;
      if (at < until) heard.put(clip.x + at, peak);
      else if (clip.x + at < next) lost.put(clip.x + at, peak);
      if (peak > loudest) loudest = peak;
    }
    for (const [key, at, kind, seconds, rate] of clip.pieces) {
      const lasts = Math.min(seconds, Math.min(until, clip.s) - at);
      if (lasts > 0) pieces.push({ key, kind, rate, x: clip.x + at, s: lasts });
    }
  });
  pieces.sort((a, b) => a.x - b.x);
  return { clips, pieces, heard: heard.levels(), lost: lost.levels(), loudest: Math.max(loudest, 24) };
}

/* How loud something is along the axis: the peak and the mean of each window, in several resolutions, each half as
   fine as the one before it. */
function envelope(begin, end) {
  const window = Math.max(PEAK_S, (end - begin) / WINDOWS_AT_MOST), count = Math.ceil((end - begin) / window) + 2;
  let peaks = null;
  return {
    put(x, peak) {
      if (x < begin - window) return;
      peaks = peaks || new Uint8Array(count);
      const place = clamp(Math.floor((x - begin) / window + 1e-6), 0, count - 1);
      if (peak > peaks[place]) peaks[place] = peak;
    },
    levels() {
      if (!peaks) return null;
      const all = [{ peaks, means: peaks }];
      while (all[all.length - 1].peaks.length > 64) {
        const fine = all[all.length - 1], coarse = { peaks: new Uint8Array((fine.peaks.length + 1) >> 1), means: null };
        coarse.means = new Uint8Array(coarse.peaks.length);
        for (let place = 0; place < coarse.peaks.length; place++) {
          coarse.peaks[place] = Math.max(fine.peaks[2 * place], fine.peaks[2 * place + 1] || 0);
          coarse.means[place] = (fine.means[2 * place] + (fine.means[2 * place + 1] || 0)) / 2;
        }
        all.push(coarse);
      }
      return { begin, window, all };
    },
  };
}

/* The peak and the mean from one place to another. */
function loudness(levels, from, to) {
  const level = clamp(Math.floor(Math.log2(Math.max(1, (to - from) / levels.window))), 0, levels.all.length - 1);
  const window = levels.window * 2 ** level, { peaks, means } = levels.all[level];
  const first = Math.max(0, Math.floor((from - levels.begin) / window)), last = Math.min(peaks.length - 1, Math.max(first, Math.ceil((to - levels.begin) / window) - 1));
  let peak = 0, sum = 0;
  if (to <= levels.begin) return [0, 0];
  for (let place = first; place <= last; place++) { peak = Math.max(peak, peaks[place]); sum += means[place]; }
  return [peak, last < first ? 0 : sum / (last - first + 1)];
}

/* The row nearest to a place, the latest of those that begin before it. */
function rowAt(x) {
  const { reach, rows, count } = story();
  let row = lowest(reach, x + 1e-9) - 1;
  if (row < 0) row = 0;
  while (row > 0 && rows.x[row] > x) row--;
  return count ? row : -1;
}
