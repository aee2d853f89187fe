"use strict";
/* The transcript, which follows the playhead; a line leads to where it was said. */
let talkNodes = [], talkNow = -1, talkTouched = 0;

function talkLines() {
  const { talk, timed } = story();
  talkNodes = talk.map((line, place) => {
    const words = el("span", { cls: "words", text: line.text });
    if (line.unheard) words.append(el("span", { cls: "unheard", text: line.unheard }));
    if (line.note) words.append(el("span", { cls: "cutnote", text: (line.text || line.unheard ? "  " : "") + line.note }));
    const button = el("button", { cls: "said " + line.who, type: "button", click: () => goto(line.x, line.row) },
      el("span", { cls: "at", text: timed ? clock(line.x, 1) : "#" + line.line }), el("span", { cls: "who", text: line.who }), words);
    return button;
  });
  $("talk-list").replaceChildren(...talkNodes.map((node) => el("li", {}, node)));
  if (!talk.length) $("talk-list").replaceChildren(el("li", { cls: "said" }, el("span"), el("span"), el("span", { cls: "quiet", text: "Nothing that was said is in the recording as text." })));
  talkNow = -1;
}

/* The line that is being said, or was last. */
function talkAt(x) {
  const { talk } = story();
  let best = -1;
  for (let place = 0; place < talk.length; place++) {
    if (talk[place].x > x + 0.001) continue;
    if (best < 0 || talk[place].x >= talk[best].x) best = place;
  }
  return best;
}

on("moved", () => {
  const place = talkAt(state.at);
  if (place === talkNow) return;
  if (talkNodes[talkNow]) talkNodes[talkNow].removeAttribute("aria-current");
  talkNow = place;
  const node = talkNodes[place];
  if (!node) return;
  node.setAttribute("aria-current", "true");
  if (performance.now() - talkTouched < 4000 && state.playing) return;
  const box = $("talk-panel"), top = node.offsetTop - box.offsetTop;
  if (top < box.scrollTop || top + node.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight / 3;
});
for (const name of ["wheel", "pointerdown", "touchmove"]) $("talk-panel").addEventListener(name, () => { talkTouched = performance.now(); }, { passive: true });
on("story", talkLines);

/* The panel shows what was said, or what was found. */
function openTab(name) {
  for (const one of ["talk", "found"]) {
    $("tab-" + one).setAttribute("aria-selected", String(one === name));
    $(one + "-panel").hidden = one !== name;
  }
}
for (const [name, other] of [["talk", "found"], ["found", "talk"]]) {
  $("tab-" + name).addEventListener("click", () => openTab(name));
  $("tab-" + name).addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    event.stopPropagation();
    openTab(other);
    $("tab-" + other).focus();
  });
}
