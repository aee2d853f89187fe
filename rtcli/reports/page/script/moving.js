"use strict";
/* Moving about in the timeline: by wheel, by hand, by keys; and what a click does. */
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
    model: () => "model's audio " + short(thing.item) + (thing.cut !== null && thing.cut < thing.s ? ", interrupted after " + thing.cut.toFixed(1) + " s: the rest was not heard" : ""),
    speech: () => "speech " + short(thing.item) + (thing.ms ? ", " + ms(thing.ms) : ""),
    responses: () => "response " + short(thing.id) + " " + (thing.status || "open") + (thing.reason ? " (" + thing.reason + ")" : "") + (thing.first && story().timed ? ", first output after " + ms((thing.first - thing.x) * 1000) : ""),
    items: () => itemLabel(thing) + " " + short(thing.id),
    calls: () => thing.name + " " + short(thing.id) + (thing.open ? ", not answered" : ""),
    found: () => thing.text,
    events: () => typeOf(thing.row) + " " + wordsOf(thing.row).slice(0, 160),
  }[id];
  return (head ? head() + "\n" : "") + where + ", line " + thing.line;
}

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
