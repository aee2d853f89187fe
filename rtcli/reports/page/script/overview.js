"use strict";
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
