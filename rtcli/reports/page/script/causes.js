"use strict";
/* What went wrong, the worst first, and every finding; each leads to its place. */
const CAUSES_OPEN = 6;

function causeNode(cause) {
  const at = DATA.connections[cause.story]?.timed ? clock(cause.x, 1) + ", " : "";
  const head = el("button", { cls: "jump", type: "button", click: () => goto(cause.x, cause.row, cause.story), "data-line": cause.line },
    sign(cause.severity), el("span", { text: cause.title + (cause.count > 1 ? " (" + cause.count + " times)" : "") }),
    el("span", { cls: "where", text: at + "line " + cause.line }));
  const facts = el("dl");
  if (cause.places.length > 1) {
    const links = cause.places.filter((place) => place.story >= 0).map((place) => el("button", { cls: "link", type: "button", text: String(place.line), click: () => goto(place.x, place.row, place.story) }));
    facts.append(el("dt", { text: "where" }), el("dd", { cls: "links" }, "lines ", ...links, ...(cause.more ? ["and " + cause.more + " more"] : [])));
  }
  const rows = [["shown by", cause.evidence], ["effect", cause.effect], ["side", cause.side === "unknown" ? "" : "the " + cause.side + "'s"], ["fix", cause.remedy], ["also", cause.also]];
  for (const [name, text] of rows) if (text) facts.append(el("dt", { text: name }), el("dd", { text: text.length > 600 ? text.slice(0, 600) + "…" : text }));
  return el("li", { cls: "cause " + cause.severity }, head, facts);
}

function cards(causes) { return el("ol", { cls: "cards" }, ...causes.map(causeNode)); }

function causes() {
  const box = $("causes-list"), { causes: all } = DATA;
  if (all.length) {
    box.append(cards(all.slice(0, CAUSES_OPEN)));
    if (all.length > CAUSES_OPEN) box.append(el("details", {}, el("summary", { text: several(all.length - CAUSES_OPEN, "more cause") }), cards(all.slice(CAUSES_OPEN))));
  } else if (DATA.events) {
    $("causes-title").textContent = "Nothing went wrong";
    $("causes-title").prepend(sign("good"), " ");
    if (DATA.found) box.append(el("p", { cls: "quiet", text: several(DATA.found, "remark") + " beside the transcript." }));
    else box.remove();
  } else { $("causes-title").textContent = "There are no events in this recording"; box.remove(); }
  const aside = [...DATA.slow.map((one) => ["slow", one]), ...DATA.waits.map((one) => ["waiting", one])];
  if (aside.length) {
    $("causes").append(el("ul", { cls: "aside" }, ...aside.map(([name, one]) => el("li", {}, el("b", { text: name }),
      el("button", { cls: "link", type: "button", text: one.text + (name === "waiting" && one.line ? ", since line " + one.line : ""), click: () => one.story >= 0 && goto(one.x, one.row, one.story) })))));
  }
}

function findings() {
  const all = DATA.findings;
  $("tab-found").hidden = !all.length;
  $("found-count").textContent = DATA.found.toLocaleString("en");
  $("found-more").hidden = DATA.found <= all.length;
  $("found-more").textContent = all.length.toLocaleString("en") + " of " + several(DATA.found, "finding") + "; the others are like these.";
  $("found-list").replaceChildren(...all.map((finding, place) => {
    const words = finding.message + (finding.count > 1 ? " (" + finding.count + " times)" : "");
    const button = el("button", { cls: "finding", type: "button", title: finding.title, "data-place": place, "data-line": finding.line, click: () => gotoFinding(place) },
      sign(finding.severity), el("span", { cls: "code", text: finding.code }), el("span", { cls: "at", text: DATA.connections[finding.story]?.timed ? clock(finding.x, 1) : "#" + finding.line }),
      el("span", { cls: "words", text: words.slice(0, 600) }));
    return el("li", {}, button);
  }));
}

let findingNow = -1;
function gotoFinding(place) {
  const all = $("found-list").querySelectorAll(".finding"), finding = DATA.findings[place];
  if (!finding) return;
  all[findingNow]?.removeAttribute("aria-current");
  findingNow = place;
  all[place].setAttribute("aria-current", "true");
  const box = $("found-panel"), top = all[place].offsetTop - box.offsetTop;
  if (top < box.scrollTop || top + all[place].offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight / 3;
  goto(finding.x, finding.row, finding.story);
  announce(finding.severity + " " + finding.code + ": " + finding.message);
}
function stepFinding(by) {
  const { length } = DATA.findings;
  if (length) gotoFinding(((findingNow < 0 && by < 0 ? 0 : findingNow) + by + length) % length);
}
