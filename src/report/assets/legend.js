// Legends: what a series looks like, its name, and a button that takes it away.

/** Draws a marker. */
function glyph(to, marker, x, y, r, color) {
  const s = 0.85 * r;
  const lines = {
    square: [[-s, -s], [s, -s], [s, s], [-s, s]],
    triangle: [[0, -r], [s, 0.7 * r], [-s, 0.7 * r]],
    wedge: [[0, r], [s, -0.7 * r], [-s, -0.7 * r]],
    diamond: [[0, -r], [r, 0], [0, r], [-r, 0]],
  }[marker];
  const strokes = { plus: [[-r, 0, r, 0], [0, -r, 0, r]], cross: [[-s, -s, s, s], [s, -s, -s, s]] }[marker];
  to.beginPath();
  if (lines) lines.forEach(([dx, dy], i) => to[i ? "lineTo" : "moveTo"](x + dx, y + dy));
  else if (strokes) strokes.forEach(([a, b, c, d]) => (to.moveTo(x + a, y + b), to.lineTo(x + c, y + d)));
  else to.arc(x, y, r, 0, 2 * Math.PI);
  to.closePath();
  to.fillStyle = to.strokeStyle = color;
  if (strokes || marker === "circle") to.stroke();
  else to.fill();
}

/** Hatches of a violated bound, over what of an area lies in a rectangle. */
function hatch(to, area, [x, y, width, height], gap) {
  to.save();
  to.clip(area);
  to.beginPath();
  for (let sum = x + y; sum < x + y + width + height; sum += gap) {
    to.moveTo(sum - y, y);
    to.lineTo(sum - y - height, y + height);
  }
  to.strokeStyle = "#000";
  to.lineWidth = Math.max(1, gap / 7);
  to.stroke();
  to.restore();
}

/** Dots over what of an area lies in a rectangle. */
function dot(to, area, [x, y, width, height], gap) {
  to.save();
  to.clip(area);
  to.fillStyle = "#000";
  const size = Math.max(1, gap / 4);
  for (let left = x + gap / 2; left < x + width; left += gap) {
    for (let top = y + gap / 2; top < y + height; top += gap) to.fillRect(left - size / 2, top - size / 2, size, size);
  }
  to.restore();
}

/** Whether a series only makes paler what it lies over: cells that were not run. */
const isVeil = ({ mark, look }) => mark === "cells" && look.width === 0 && !look.hatched && !look.dotted;

/** Makes an area paler. */
function veil(to, area) {
  to.globalAlpha = 0.6;
  to.fillStyle = ground();
  to.fill(area);
  to.globalAlpha = 1;
}

/** A small drawing of a series, in its theme's colours. */
function swatch(series) {
  const [width, height] = [36, 16];
  const ratio = window.devicePixelRatio || 1;
  const canvas = el("canvas", { width: width * ratio, height: height * ratio, class: "swatch", "aria-hidden": "true" });
  const draw = () => {
    const to = canvas.getContext("2d");
    to.setTransform(ratio, 0, 0, ratio, 0, 0);
    to.clearRect(0, 0, width, height);
    sample(to, series, width, height);
  };
  draw();
  themed.add(draw);
  return canvas;
}

function sample(to, { mark, look }, width, height) {
  const color = onGround(look.color);
  const isArea = ["band", "cells", "heat"].includes(mark);
  if (isArea) {
    to.globalAlpha = mark === "band" ? 0.3 : 1;
    // Hatches alone lie over other colours.
    to.fillStyle = look.width > 0 ? color : "#d8d8d8";
    if (mark === "heat") rainbow(to, 4, 1, width - 8, height - 2);
    else to.fillRect(4, 1, width - 8, height - 2);
    to.globalAlpha = 1;
    const rect = [4, 1, width - 8, height - 2];
    const area = new Path2D();
    area.rect(...rect);
    if (isVeil({ mark, look })) {
      // Seen over something.
      to.fillStyle = "#888";
      to.fill(area);
      veil(to, area);
    }
    if (look.hatched) hatch(to, area, rect, 5);
    if (look.dotted) dot(to, area, rect, 5);
    to.strokeStyle = ink();
    if (mark === "cells") to.strokeRect(4.5, 1.5, width - 9, height - 3);
    return;
  }
  if (mark !== "points") {
    to.strokeStyle = color;
    to.lineWidth = Math.min(look.width, 3.5) || 1;
    to.setLineDash(look.dash ? look.dash.map((part) => Math.max(0.6 * part, 2)) : []);
    to.beginPath();
    to.moveTo(0, height / 2);
    to.lineTo(width, height / 2);
    to.stroke();
    to.setLineDash([]);
  }
  if (look.marker && ["points", "line"].includes(mark)) glyph(to, look.marker, width / 2, height / 2, Math.min(look.radius, 5), color);
}

/** The colours of a bar, in short. */
function rainbow(to, x, y, width, height) {
  for (let i = 0; i < width; i += 1) {
    to.fillStyle = viridis(i / width);
    to.fillRect(x + i, y, 1, height);
  }
}

/** A button for each label that a figure has; `hidden` has those that are taken away. */
function legend(figure, hidden, onchange) {
  const known = new Map();
  for (const panel of figure.panels) {
    for (const series of panel.series) {
      // Of several with one label the line says most: a band alone is pale.
      const now = known.get(series.label);
      if (series.label && (!now || (now.mark === "band" && series.mark === "line"))) known.set(series.label, series);
    }
  }
  const entry = ([label, series]) => {
    const made = el("button", { type: "button", "aria-pressed": "true", title: "show or hide" }, swatch(series), el("span", {}, ...rich(label)));
    made.addEventListener("click", () => {
      const shows = !hidden.delete(label);
      if (shows) hidden.add(label);
      made.setAttribute("aria-pressed", String(!shows));
      onchange();
    });
    return el("li", {}, made);
  };
  return el("ul", { class: "legend" }, ...[...known].map(entry));
}
