"use strict";
/* Opening a connection, the theme, the keys. */
const KEYS = [
  ["Space", "play or pause"], ["Enter", "on the timeline: play from the playhead"], ["← →", "pan; with Shift, move the playhead"], ["+ −", "zoom in and out"], ["0", "show the whole call"],
  ["↑ ↓", "on the timeline: choose a lane"], [", .", "the thing before or behind in the lane; without a lane, a little back or on"],
  ["n p", "next finding, finding before"], ["j k", "next event, event before"], ["t T", "next turn, turn before"], ["Home End", "to the beginning, to the end"],
  ["/", "filter the events"], ["d", "light or dark"], ["Esc", "pause, leave the filter"], ["?", "this list"],
];

function openStory(number) {
  pause();
  state.story = number;
  $("chooser").value = String(number);
  const told = here();
  $("facts").replaceChildren(...told.facts.map(([name, text]) => el("div", {}, el("dt", { text: name }), el("dd", { text }))));
  $("length").textContent = told.timed ? "of " + clock(story().end, 1) : "of " + (told.rows.line.at(-1) || 0);
  state.at = story().begin;
  notes();
  emit("story");
  emit("moved");
  redraw();
}

/* What is to be known of this connection before the timeline is believed. */
function notes() {
  const told = here(), clips = Object.values(story().tracks).some((track) => track.clips.length), all = [];
  if (!told.timed && told.rows.line.length) all.push(["untimed", "This recording has no times: what you see is the order of the events, with audio as long as it lasts. Distances between events mean nothing, and there is no latency to tell."]);
  if (told.late > 0.5) all.push(["late", "Audio was sent faster than it was spoken. The timeline is that of somebody who listens: it runs up to " + told.late.toFixed(1) + " s behind the times of the recording."]);
  if (told.shortened.length) all.push(["shortened", "Whoever wrote this log shortened the audio of the " + told.shortened.join(" and of the ") + ": there is nothing to hear of it."]);
  if (clips && DATA.audio === "none") all.push(["soundless", "The audio is not in this page, only its waveform: the playhead moves without sound."]);
  else if (clips && !hasSound()) all.push(["soundless", "What audio there is in the recording is silence."]);
  $("notes").replaceChildren(...all.map(([id, text]) => el("p", { cls: "note", id, text })));
  for (const side of ["user", "model"]) $("hear-" + side).hidden = !story().tracks[side].pieces.length;
  document.querySelector(".hear").hidden = !hasSound();
}

const THEMES = ["auto", "light", "dark"];
function theme(name) {
  if (name === "auto") delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = name;
  $("theme").lastElementChild.textContent = name;
  $("theme").setAttribute("aria-label", "Colours: " + name);
  emit("theme");
}
function nextTheme() {
  const now = document.documentElement.dataset.theme || "auto";
  theme(THEMES[(THEMES.indexOf(now) + 1) % THEMES.length]);
}

function stepTurn(by) {
  const turns = thingsOf("turns"), x = state.at;
  const place = by > 0 ? lowest(turns, x + 1e-4, (turn) => turn.x) : lowest(turns, x - 1e-4, (turn) => turn.x) - 1;
  if (!turns[place]) return;
  goto(turns[place].x, turns[place].row);
  announce("turn " + turns[place].n);
}

function moveBy(share) { seek(state.at + (state.to - state.from) * share, false); reveal(state.at); choose(rowAt(state.at), { keepPlace: true }); }

const ACTIONS = {
  " ": () => (state.playing ? pause() : play()),
  "+": () => zoom(0.6), "=": () => zoom(0.6), "-": () => zoom(1 / 0.6), "−": () => zoom(1 / 0.6), 0: fit, f: fit,
  ArrowLeft: (event) => (event.shiftKey ? moveBy(-0.05) : pan(-0.15)), ArrowRight: (event) => (event.shiftKey ? moveBy(0.05) : pan(0.15)),
  ",": () => stepInLane(-1), ".": () => stepInLane(1), n: () => stepFinding(1), p: () => stepFinding(-1), j: () => stepRow(1), k: () => stepRow(-1),
  t: () => stepTurn(1), T: () => stepTurn(-1), d: nextTheme,
  Home: () => { seek(story().begin, false); reveal(state.at); choose(rowAt(state.at), { keepPlace: true }); }, End: () => { seek(story().end, false); reveal(state.at); choose(rowAt(state.at), { keepPlace: true }); },
  "/": () => $("filter").focus(), "?": () => $("help").showModal(), Escape: pause,
};
const ON_TIMELINE = { ArrowUp: () => moveLane(-1), ArrowDown: () => moveLane(1), Enter: () => { choose(rowAt(state.at), { keepPlace: true }); play(); } };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("help").open || !DATA.connections.length) return;
  const target = event.target, typing = target.matches?.("input[type=search], select, textarea");
  if (typing) {
    if (event.key === "Escape") { $("filter").value = ""; list_all(); target.blur(); }
    return;
  }
  if (event.key === " " && target.matches?.("button, summary, input")) return;
  if (/^(Home|End|ArrowLeft|ArrowRight)$/.test(event.key) && target.closest?.(".scroll")) return;
  const action = (target === canvas && ON_TIMELINE[event.key]) || ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  action(event);
});

function begin() {
  $("keys").append(...KEYS.flatMap(([keys, what]) => [el("dt", {}, ...keys.split(" ").flatMap((key, place) => [place ? " " : "", el("kbd", { text: key })])), el("dd", { text: what })]));
  $("ask").addEventListener("click", () => $("help").showModal());
  $("theme").addEventListener("click", nextTheme);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => emit("theme"));
  readColours();
  causes();
  findings();
  $("name").textContent = plain(DATA.file);
  if (!DATA.connections.length) { for (const id of ["time", "talk", "events", "event", "latency"]) $(id).hidden = true; document.documentElement.dataset.ready = "true"; return; }
  if (DATA.connections.length > 1) {
    DATA.connections.forEach((told, number) => $("chooser").append(el("option", { value: number, text: (number + 1) + " of " + (DATA.connections.length + DATA.more_connections) + (told.facts[0] ? " · " + told.facts[0][1] : "") })));
    $("chooser").addEventListener("change", () => openStory(Number($("chooser").value)));
    $("chooser").parentElement.hidden = false;
  }
  openStory(0);
  const first = [...DATA.causes, ...DATA.findings].find((one) => one.story === 0);
  choose(first ? first.row : firstToShow(), { keepPlace: true });
  const asked = /^#line=(\d{1,12})$/.exec(location.hash);
  if (asked) gotoLine(Number(asked[1]));
  document.documentElement.dataset.ready = "true";
}

/* Where nothing is wrong, the event that says what the session is. */
function firstToShow() {
  const { types, type } = here().rows, wanted = types.findIndex((name) => /^(session\.(created|started)|transcription_session\.created)$/.test(name));
  return Math.max(0, type.indexOf(wanted));
}

/* A link can name a line of the recording: report.html#line=812. */
function gotoLine(line) {
  DATA.connections.forEach((told, number) => {
    const { line: lines, x } = told.rows;
    const row = lowest(lines, line + 1) - 1;
    if (row >= 0 && (number === DATA.connections.length - 1 || line < DATA.connections[number + 1].rows.line[0])) goto(x[row], row, number);
  });
}

begin();
