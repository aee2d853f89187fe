"use strict";
/* How long each answer took, a bar a turn, a colour a stage. */
const STAGES = ["turn detection", "request", "response", "first output", "first audio"];
const STAGE_MEANS = { "turn detection": "from the end of the speech until it was told", request: "until the answer was asked for", response: "until the response began", "first output": "until its first text or audio", "first audio": "until its first audio" };
const chart = $("chart");
let turnsTold = [], turnChosen = -1;

/* Whether the turn has an answer that can be read or heard: without one there is no latency, only the beginning of one. */
function isAnswered(turn) { return turn.stages.some(([name]) => name.startsWith("first")); }
function stagesOf(turn) { return turn.stages.reduce((sum, stage) => sum + stage[1], 0); }

function latency() {
  turnsTold = (story().lanes.turns || []).filter((turn) => turn.stages.length);
  $("latency").hidden = !turnsTold.length;
  turnChosen = -1;
  if (!turnsTold.length) return;
  const used = new Set(turnsTold.flatMap((turn) => turn.stages.map((stage) => stage[0])));
  $("legend").replaceChildren(...STAGES.filter((name) => used.has(name)).map((name) => {
    const box = el("i");
    box.style.background = "var(--stage-" + STAGES.indexOf(name) + ")";
    return el("li", { title: STAGE_MEANS[name] }, box, el("span", { text: name }));
  }));
  const answered = turnsTold.filter(isAnswered), sums = answered.map(stagesOf).sort((a, b) => a - b), open = turnsTold.length - answered.length;
  const rank = (share) => sums[Math.ceil(sums.length * share / 100) - 1];
  const told = sums.length >= 5 ? "p50 " + ms(rank(50)) + " · p95 " + ms(rank(95)) + " · " : "";
  const worst = answered.length ? answered.reduce((a, b) => (stagesOf(b) > stagesOf(a) ? b : a)) : null;
  $("latency-told").replaceChildren(...(worst ? ["from the end of the input: " + told + "worst " + ms(stagesOf(worst)) + " in ", el("button", { cls: "link", type: "button", text: "turn " + worst.n, click: () => gotoTurn(worst) })] : []),
    open ? (worst ? " · " : "") + several(open, "turn") + " without text or audio" : "");
  chart.setAttribute("aria-valuemin", String(turnsTold[0].n));
  chart.setAttribute("aria-valuemax", String(turnsTold[turnsTold.length - 1].n));
  chartTo(0, true);
  $("latency-table").open = false;
}

function turnWords(turn) {
  return "turn " + turn.n + ": " + (isAnswered(turn) ? ms(stagesOf(turn)) + " from the end of the input to the answer" : "no text or audio answers it") + "\n" + turn.stages.map((stage) => stage[0] + " " + ms(stage[1])).join(", ");
}

function barsOf(width) {
  const left = 48, room = width - left - 8, step = Math.min(64, room / turnsTold.length), bar = Math.max(1, Math.min(44, step * 0.72));
  return { left, step, bar };
}

function drawChart() {
  if ($("latency").hidden) return;
  const { pen, width, height } = surface(chart, 150), floor = height - 20, top = 8;
  const most = Math.max(...turnsTold.map(stagesOf), 100), step = stepOf(most / 1000, 360) * 1000, scale = (floor - top) / most;
  pen.textAlign = "right";
  for (let value = 0; value <= most; value += step) {
    const y = Math.round(floor - value * scale);
    pen.fillStyle = colours.soft;
    pen.fillRect(48, y, width - 56, 1);
    pen.fillStyle = colours.quiet;
    pen.fillText(ms(value), 42, y);
  }
  const { left, step: wide, bar } = barsOf(width);
  let free = -Infinity;
  turnsTold.forEach((turn, place) => {
    const px = left + place * wide + (wide - bar) / 2;
    let y = floor;
    for (const [name, value] of turn.stages) {
      const tall = value * scale;
      pen.fillStyle = colours["stage-" + STAGES.indexOf(name)];
      pen.fillRect(px, y - tall, bar, tall);
      y -= tall;
    }
    if (!isAnswered(turn)) {
      hatch(pen, px, y, bar, floor - y, colours.warning);
      if (bar >= 8) shape(pen, "warning", px + bar / 2, Math.max(8, y - 9), 5);
    }
    if (place === turnChosen) { pen.strokeStyle = colours.play; pen.lineWidth = 1.5; pen.strokeRect(px - 1.5, y - 1.5, bar + 3, floor - y + 2); }
    if (px + bar / 2 > free) {
      pen.fillStyle = colours.quiet;
      pen.textAlign = "center";
      pen.fillText(String(turn.n), px + bar / 2, floor + 11);
      free = px + bar / 2 + 30;
    }
  });
}

function gotoTurn(turn) {
  goto(turn.x, turn.row);
}

function chartTo(place, quietly) {
  turnChosen = quietly ? -1 : clamp(place, 0, turnsTold.length - 1);
  const turn = turnsTold[Math.max(0, turnChosen)];
  chart.setAttribute("aria-valuenow", String(turn.n));
  chart.setAttribute("aria-valuetext", turnWords(turn));
  redrawChart();
}

let drawingChart = 0;
function redrawChart() {
  if (!drawingChart) drawingChart = requestAnimationFrame(() => { drawingChart = 0; drawChart(); });
}

function chartTip(place, px) {
  const tip = $("chart-tip");
  tip.textContent = turnWords(turnsTold[place]);
  tip.hidden = false;
  tip.style.left = clamp(px + 10, 0, Math.max(0, chart.clientWidth - tip.offsetWidth - 4)) + "px";
  tip.style.top = "10px";
}

function turnUnder(event) {
  const { left, step } = barsOf(chart.clientWidth), place = Math.floor((event.offsetX - left) / step);
  return place >= 0 && place < turnsTold.length ? place : -1;
}
chart.addEventListener("pointermove", (event) => {
  const place = turnUnder(event);
  if (place < 0) { $("chart-tip").hidden = true; return; }
  chartTip(place, event.offsetX);
});
for (const name of ["pointerleave", "blur"]) chart.addEventListener(name, () => { $("chart-tip").hidden = true; });
chart.addEventListener("click", (event) => { const place = turnUnder(event); if (place >= 0) { chartTo(place); gotoTurn(turnsTold[place]); } });
chart.addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -1e9, End: 1e9 }[event.key];
  if (event.key === "Enter" && turnChosen >= 0) { event.preventDefault(); event.stopPropagation(); gotoTurn(turnsTold[turnChosen]); return; }
  if (!by) return;
  event.preventDefault();
  event.stopPropagation();
  chartTo(turnChosen + by);
  const { left, step } = barsOf(chart.clientWidth);
  chartTip(turnChosen, left + turnChosen * step);
});
$("latency-table").addEventListener("toggle", () => {
  const box = $("latency-table").querySelector("div");
  if (!$("latency-table").open || box.dataset.story === String(state.story)) return;
  box.dataset.story = String(state.story);
  const body = turnsTold.map((turn) => {
    const values = Object.fromEntries(turn.stages.map((stage) => [stage[0], stage[1]]));
    const cells = [isAnswered(turn) ? ms(stagesOf(turn)) : "no answer", ...STAGES.map((name) => (name in values ? ms(values[name]) : "")), ...turn.tokens.slice(0, 3).map((count) => (count === null ? "" : count.toLocaleString("en")))];
    return el("tr", {}, el("td", {}, el("button", { cls: "link", type: "button", text: "turn " + turn.n, click: () => gotoTurn(turn) })), ...cells.map((text) => el("td", { text })));
  });
  const head = ["turn", "all", ...STAGES, "tokens in", "cached", "out"].map((text) => el("th", { text, scope: "col" }));
  box.replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body)));
});
on("story", latency);
on("theme", redrawChart);
new ResizeObserver(redrawChart).observe(chart);
