"use strict";
/* How long each answer took, a bar a turn, a colour a stage. */
const STAGES = ["turn detection", "request", "response", "first output", "first audio"];
const STAGE_MEANS = { "turn detection": "from the end of the speech until it was told", request: "until the answer was asked for", response: "until the response began", "first output": "until its first text or audio", "first audio": "until its first audio" };
const chart = $("chart");
let turnsTold = [], turnChosen = -1;
const SINCE = { speech: "the end of speech", turn: "the end of the user's turn" };

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
  const open = turnsTold.filter((turn) => !isAnswered(turn)).length;
  $("latency-told").replaceChildren(...(story().lanes.waits || []).map(waitNode), ...(open ? [el("li", { text: several(open, "turn") + " without text or audio" })] : []));
  $("latency-axis").textContent = axisWords();
  chart.setAttribute("aria-valuemin", String(turnsTold[0].n));
  chart.setAttribute("aria-valuemax", String(turnsTold[turnsTold.length - 1].n));
  chartTo(0, true);
  $("latency-table").open = false;
}

/* One of the waits by its name, as `rtcli turns` has it; fewer than five values make no percentile. */
function waitNode(wait) {
  const spread = wait.p50 === null ? "" : "p50 " + ms(wait.p50) + " · p95 " + ms(wait.p95) + " · ";
  const turn = turnsTold.find((one) => one.n === wait.turn), where = "turn " + wait.turn;
  return el("li", { title: several(wait.n, "turn") + " of " + story().lanes.turns.length.toLocaleString("en") }, el("b", { text: wait.name }), " " + spread + "worst " + ms(wait.worst) + " (",
    turn ? el("button", { cls: "link", type: "button", text: where, click: () => gotoTurn(turn) }) : where, "), " + wait.since);
}

/* What the bars count from, which is not the same for all where the end of speech is not known of each. */
function axisWords() {
  const spoken = turnsTold.filter((turn) => turn.from === "speech").length, others = turnsTold.length - spoken;
  const since = !others ? "at " + SINCE.speech : !spoken ? "at " + SINCE.turn : "at " + SINCE.speech + " (in " + several(others, "turn") + " without a known one at " + SINCE.turn + ")";
  return "A bar begins " + since + " and ends at the first audio, or without any at the first text.";
}

function turnWords(turn) {
  const [audio, voice] = turn.waits, named = [...(audio === null ? [] : ["TTFA " + ms(audio)]), ...(voice === null ? [] : ["voice to voice " + ms(voice)])];
  const all = named.length ? named.join(", ") : isAnswered(turn) ? ms(stagesOf(turn)) + " to the answer" : "no text or audio answers it";
  return "turn " + turn.n + ": " + all + "\nfrom " + SINCE[turn.from] + ": " + turn.stages.map((stage) => stage[0] + " " + ms(stage[1])).join(", ");
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
    const cells = [...turn.waits.map((wait) => (wait === null ? "" : ms(wait))), SINCE[turn.from], ...STAGES.map((name) => (name in values ? ms(values[name]) : "")), ...turn.tokens.slice(0, 3).map((count) => (count === null ? "" : count.toLocaleString("en")))];
    return el("tr", {}, el("td", {}, el("button", { cls: "link", type: "button", text: "turn " + turn.n, click: () => gotoTurn(turn) })), ...cells.map((text) => el("td", { text })));
  });
  const head = ["turn", "TTFA", "voice to voice", "counted from", ...STAGES, "tokens in", "cached", "out"].map((text) => el("th", { text, scope: "col" }));
  box.replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body)));
});
on("story", latency);
on("theme", redrawChart);
new ResizeObserver(redrawChart).observe(chart);
