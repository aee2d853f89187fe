"use strict";
/* The list of events, of which only what is in view is in the document; and the one that is chosen, whole. */
const ROW_HEIGHT = 24, list = $("events-list"), inner = $("events-inner");
let listed = [], placeOfRow = new Map(), drawnRows = "";

function isRun(row) { return story().rows.count[row] > 0; }
function typeOf(row) { const { rows } = story(); return rows.types[rows.type[row]]; }
function wordsOf(row) {
  const { rows } = story();
  if (!rows.count[row]) return rows.words[row];
  const told = rows.count[row].toLocaleString("en") + "×" + (rows.s[row] > 0 && story().timed ? "  " + ms(rows.s[row] * 1000) : "") + (rows.bytes[row] ? "  " + size(rows.bytes[row]) : "");
  return told + (rows.words[row] ? "  “" + rows.words[row].slice(0, 200) + "”" : "");
}

function list_all() {
  const wanted = $("filter").value.trim().toLowerCase(), runs = $("runs").checked, { count, rows } = story();
  listed = [];
  placeOfRow = new Map();
  const typesFit = rows.types.map((type) => type.toLowerCase().includes(wanted));
  for (let row = 0; row < count; row++) {
    if (!runs && rows.count[row]) continue;
    if (wanted && !typesFit[rows.type[row]] && !rows.words[row].toLowerCase().includes(wanted)) continue;
    placeOfRow.set(row, listed.length);
    listed.push(row);
  }
  inner.style.height = listed.length * ROW_HEIGHT + "px";
  $("events-count").textContent = listed.length === count ? several(DATA.connections.length > 1 ? here().events : DATA.events, "event") : several(listed.length, "row") + " of " + count.toLocaleString("en");
  drawnRows = "";
  drawList();
}

function drawList() {
  const first = Math.max(0, Math.floor(list.scrollTop / ROW_HEIGHT) - 4), last = Math.min(listed.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW_HEIGHT) + 4);
  const key = [state.story, first, last, state.row, nowRow, listed.length].join();
  if (key === drawnRows) return;
  drawnRows = key;
  const nodes = [];
  for (let place = first; place < last; place++) nodes.push(rowNode(place));
  inner.replaceChildren(...nodes);
  const chosen = placeOfRow.get(state.row);
  if (chosen !== undefined && chosen >= first && chosen < last) list.setAttribute("aria-activedescendant", "row-" + state.row);
  else list.removeAttribute("aria-activedescendant");
}

function rowNode(place) {
  const row = listed[place], { rows, bad, marks } = story(), from = rows.from[row];
  const type = el("span", { cls: "type", text: typeOf(row) });
  const node = el("div", { cls: "row " + from + (bad.has(row) ? " bad" : "") + (row === nowRow ? " now" : ""), role: "option", id: "row-" + row, "aria-selected": String(row === state.row), "aria-setsize": listed.length, "aria-posinset": place + 1, "data-line": rows.line[row] },
    el("span", { cls: "at", text: when(rows.x[row], rows.line[row]) }),
    el("span", { cls: "dir", text: { c: "→", s: "←" }[from] || "·", "aria-label": { c: "client", s: "server" }[from] || "record" }),
    type, el("span", { cls: "words", text: wordsOf(row).slice(0, 300) }));
  for (const severity of ["error", "warning", "info"]) if ((marks.get(row) || []).some((finding) => finding.severity === severity)) type.append(sign(severity));
  node.style.top = place * ROW_HEIGHT + "px";
  return node;
}

function scrollToRow(row) {
  const place = placeOfRow.get(row);
  if (place === undefined) return;
  const top = place * ROW_HEIGHT;
  if (top < list.scrollTop + ROW_HEIGHT || top > list.scrollTop + list.clientHeight - 2 * ROW_HEIGHT) list.scrollTop = top - list.clientHeight / 3;
}

/* Chooses an event: it is shown whole, and the list goes to it. */
function choose(row, how) {
  if (row < 0 || row >= story().count) return;
  state.row = row;
  if (!placeOfRow.has(row) && ($("filter").value || !$("runs").checked)) { $("filter").value = ""; $("runs").checked = true; list_all(); }
  scrollToRow(row);
  if (!(how && how.keepPlace)) seek(story().rows.x[row], false);
  showEvent();
  drawList();
  emit("chosen");
}

/* Goes to a place of the call and to its event, whatever connection it is in. */
function goto(x, row, number) {
  if (number !== undefined && number >= 0 && number !== state.story) openStory(number);
  seek(x, false);
  reveal(state.at, true);
  if (row >= 0) choose(row, { keepPlace: true });
  const { top, bottom } = $("events").getBoundingClientRect();
  if (top > window.innerHeight - 160 || bottom < 160) $("time").scrollIntoView({ block: "start" });
}

/* What was found or expected, unless the sentence says it already. */
function tells(name, text, sentence) { return text && !sentence.includes(text) ? name + " " + text : ""; }

/* Findings that say the same, told once and counted. */
function alike(findings) {
  const told = new Map();
  for (const finding of findings) {
    const key = finding.code + finding.message;
    told.set(key, [told.has(key) ? told.get(key)[0] : finding, (told.has(key) ? told.get(key)[1] : 0) + finding.count]);
  }
  return [...told.values()];
}

function showEvent() {
  const { rows, marks } = story(), row = state.row, body = $("event-body"), from = { c: "client", s: "server" }[rows.from[row]] || "";
  const lines = rows.last[row] ? "lines " + rows.line[row] + " to " + (rows.line[row] + rows.last[row]) : "line " + rows.line[row];
  const meta = [story().timed ? clock(rows.x[row], 3) : "", from && "from the " + from, lines, rows.count[row] ? several(rows.count[row], "delta") : ""].filter(Boolean).join(" · ");
  const nodes = [el("h3", { text: typeOf(row) }), el("p", { cls: "meta", text: meta })];
  for (const [finding, count] of alike(marks.get(row) || [])) {
    const told = [finding.code + " " + finding.message + (count > 1 ? " (" + count + " times)" : ""), tells("found", finding.found, finding.message), tells("expected", finding.expected, finding.message), finding.remedy && "→ " + finding.remedy].filter(Boolean).join(" · ");
    const others = finding.places.filter((place) => place.story >= 0 && place.line !== finding.line);
    const links = others.map((place) => el("button", { cls: "link", type: "button", text: "line " + place.line, click: () => goto(place.x, place.row, place.story) }));
    nodes.push(el("p", { cls: "mark-of " + finding.severity }, sign(finding.severity), el("span", { text: told }, ...links.flatMap((link) => [" ", link]))));
  }
  if (rows.count[row] && rows.words[row]) nodes.push(el("p", { text: "“" + rows.words[row] + "”" }));
  if (rows.count[row] > 1) nodes.push(el("p", { cls: "meta", text: "The first of " + rows.count[row].toLocaleString("en") + ":" }));
  nodes.push(pretty(bodyOf(state.story, row)));
  body.replaceChildren(...nodes);
  body.scrollTop = 0;
}

/* JSON, set out line by line without parsing it, so that every number and every key stays as it came. */
const TOKEN = /"(?:[^"\\]|\\.)*"?|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]|\s+|[^\s]/g;
function pretty(text) {
  const pre = el("pre"), parts = [];
  let depth = 0, plainText = "", count = 0;
  const flush = () => { if (plainText) { parts.push(document.createTextNode(plainText)); plainText = ""; } };
  const tokens = (text.startsWith("{") || text.startsWith("[")) ? text.match(TOKEN) || [] : [text];
  for (let place = 0; place < tokens.length; place++) {
    const token = tokens[place], next = tokens[place + 1];
    if (tokens.length > 1 && /^\s+$/.test(token)) continue;
    if (token === "{" || token === "[") {
      if (next === "}" || next === "]") { plainText += token + next; place++; continue; }
      plainText += token + "\n" + "  ".repeat(Math.min(++depth, 40));
    } else if (token === "}" || token === "]") {
      depth = Math.max(0, depth - 1);
      plainText += "\n" + "  ".repeat(Math.min(depth, 40)) + token;
    } else if (token === ",") plainText += ",\n" + "  ".repeat(Math.min(depth, 40));
    else if (token === ":") plainText += ": ";
    else {
      const kind = token[0] === '"' ? (next === ":" ? "k" : "") : /^[-\d]/.test(token) ? "n" : /^(true|false|null)$/.test(token) ? "w" : "";
      if (kind && ++count < 4000) { flush(); parts.push(el("span", { cls: kind, text: token })); } else plainText += plain(token);
    }
  }
  flush();
  pre.append(...parts);
  return pre;
}

function stepRow(by) {
  const place = placeOfRow.get(state.row);
  const next = listed[clamp((place === undefined ? -1 : place) + by, 0, listed.length - 1)];
  if (next === undefined) return;
  choose(next);
  reveal(state.at);
  announce(typeOf(next) + " " + wordsOf(next).slice(0, 120));
}

let nowRow = -1;
on("moved", () => {
  const row = rowAt(state.at);
  if (row === nowRow) return;
  nowRow = row;
  if (state.playing) scrollToRow(row);
  drawList();
});
on("story", () => { state.row = -1; nowRow = -1; list.scrollTop = 0; list_all(); $("event-body").replaceChildren(el("p", { cls: "quiet", text: "Choose an event, a finding or a place on the timeline." })); });
list.addEventListener("scroll", () => drawList());
list.addEventListener("click", (event) => {
  const node = event.target.closest(".row");
  if (node) { choose(Number(node.id.slice(4))); reveal(state.at); }
});
list.addEventListener("keydown", (event) => {
  const page = Math.floor(list.clientHeight / ROW_HEIGHT) - 1;
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -1e9, End: 1e9 }[event.key];
  if (!by) return;
  event.preventDefault();
  event.stopPropagation();
  stepRow(by);
});
$("filter").addEventListener("input", () => { list.scrollTop = 0; list_all(); });
$("runs").addEventListener("change", list_all);
$("before").addEventListener("click", () => stepRow(-1));
$("after").addEventListener("click", () => stepRow(1));
$("copy").addEventListener("click", async () => {
  if (state.row < 0) return;
  try { await navigator.clipboard.writeText(bodyOf(state.story, state.row)); announce("copied"); } catch { announce("the browser does not let a page copy"); }
});
new ResizeObserver(() => { drawnRows = ""; drawList(); }).observe(list);
