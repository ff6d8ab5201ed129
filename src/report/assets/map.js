// Maps on a canvas: cells of a grid, or dots where there is none.

const MARGIN = { top: 12, right: 16, bottom: 30 };

/**
 * A map: `x` and `y` are axes; `fill(i)` is { color, hatched, dotted, pale } or null of cell or dot i; `describe(i)` is what is said of
 * it, a list of lines; `onpick(i)` hears of clicks. A grid's cells count row by row from below; `dots` has x and y of each
 * dot. `pieces` are lines over all.
 */
class MapView {
  constructor(spec) {
    this.canvas = el("canvas", { tabindex: "0", role: "img", "aria-label": `${spec.title}: arrows go from cell to cell, Enter chooses, + and − zoom, 0 shows all` });
    this.tip = el("div", { class: "tip", role: "status", hidden: true });
    this.holder = el("div", { class: "canvas-holder" }, this.canvas, this.tip);
    this.xName = el("p", { class: "axis-name below" });
    this.yName = el("p", { class: "axis-name" });
    this.box = el("div", { class: "panel" }, ...(spec.heading ? [el("h4", {}, ...rich(spec.heading))] : []), this.yName, this.holder, this.xName);
    this.chosen = -1;
    // First, so that the click that ends a rectangle is none.
    zoomable(this);
    this.canvas.addEventListener("pointermove", (event) => this.point(this.under(event)));
    this.canvas.addEventListener("pointerleave", () => (this.tip.hidden = true));
    this.canvas.addEventListener("click", (event) => this.pick(this.under(event)));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.draw()).observe(this.holder);
    themed.add(() => this.draw());
    this.show(spec);
  }

  /** Shows something else in the same place, the same part of it where the edges are the same. */
  show(spec) {
    this.spec = spec;
    for (const which of ["x", "y"]) {
      const [before, now] = [this[which], new Edge(spec[which], spec.dots?.[which])];
      if (before?.isLike(now)) Object.assign(now, { low: before.low, high: before.high });
      this[which] = now;
    }
    this.yName.replaceChildren("↑ ", ...rich(spec.y.label));
    this.xName.replaceChildren(...rich(spec.x.label), " →");
    this.draw();
  }

  draw() {
    const width = this.holder.clientWidth;
    if (!width) return;
    const height = Math.round(Math.min(Math.max(0.6 * width, 220), 440));
    const ratio = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
      Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    }
    const to = this.canvas.getContext("2d");
    to.setTransform(ratio, 0, 0, ratio, 0, 0);
    to.clearRect(0, 0, width, height);
    to.font = "12px system-ui, sans-serif";
    const labels = this.y.ticks(height / 36);
    const left = 14 + Math.max(20, ...labels.map(([, text]) => to.measureText(text).width));
    this.frame = { left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
    to.save();
    to.beginPath();
    to.rect(left, this.frame.top, this.frame.right - left, this.frame.bottom - this.frame.top);
    to.clip();
    if (this.spec.dots) this.drawDots(to);
    else this.drawCells(to);
    this.drawPieces(to);
    this.drawChosen(to);
    to.restore();
    this.drawAxes(to, labels);
    this.canvas.dataset.zoomed = String(!this.x.isWhole() || !this.y.isWhole());
  }

  /** Shows all of it. */
  reset() {
    this.x.reset();
    this.y.reset();
    this.draw();
  }

  across(part) {
    return this.frame.left + part * (this.frame.right - this.frame.left);
  }

  up(part) {
    return this.frame.bottom - part * (this.frame.bottom - this.frame.top);
  }

  /** [x, y, width, height] of a cell. */
  rect(i) {
    const columns = this.x.cells.length;
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const [x0, x1] = [column, column + 1].map((at) => this.across(this.x.border(at)));
    const [y0, y1] = [row + 1, row].map((at) => this.up(this.y.border(at)));
    return [x0, y0, x1 - x0, y1 - y0];
  }

  /** Numbers of the cells that are seen. */
  *seen() {
    const [x0, x1, y0, y1] = [this.x.cell(0), this.x.cell(1), this.y.cell(0), this.y.cell(1)];
    for (let row = y0; row <= y1; row += 1) {
      for (let column = x0; column <= x1; column += 1) yield row * this.x.cells.length + column;
    }
  }

  drawCells(to) {
    const [hatched, dotted, pale] = [new Path2D(), new Path2D(), new Path2D()];
    for (const i of this.seen()) {
      const fill = this.spec.fill(i);
      if (!fill) continue;
      const [x, y, width, height] = this.rect(i);
      to.fillStyle = fill.color;
      // Without seams.
      const whole = [Math.floor(x), Math.floor(y), Math.ceil(x + width) - Math.floor(x), Math.ceil(y + height) - Math.floor(y)];
      to.fillRect(...whole);
      if (fill.hatched) hatched.rect(x, y, width, height);
      if (fill.dotted) dotted.rect(x, y, width, height);
      if (fill.pale) pale.rect(x, y, width, height);
    }
    const { left, right, top, bottom } = this.frame;
    const inside = [left, top, right - left, bottom - top];
    hatch(to, hatched, inside, 7);
    dot(to, dotted, inside, 7);
    veil(to, pale);
  }

  drawDots(to) {
    const { x, y } = this.spec.dots;
    const radius = Math.min(Math.max(40 / Math.sqrt(x.length), 1.2), 4.5);
    for (let i = 0; i < x.length; i += 1) {
      const fill = this.spec.fill(i);
      const [px, py] = [this.across(this.x.part(x[i])), this.up(this.y.part(y[i]))];
      if (!fill || !Number.isFinite(px) || !Number.isFinite(py)) continue;
      to.fillStyle = fill.color;
      to.beginPath();
      to.arc(px, py, radius, 0, 2 * Math.PI);
      to.fill();
    }
  }

  drawPieces(to) {
    to.strokeStyle = ink();
    to.lineWidth = 2;
    to.beginPath();
    for (const [[x0, y0], [x1, y1]] of this.spec.pieces ?? []) {
      to.moveTo(this.across(this.x.part(x0)), this.up(this.y.part(y0)));
      to.lineTo(this.across(this.x.part(x1)), this.up(this.y.part(y1)));
    }
    to.stroke();
  }

  drawAxes(to, yLabels) {
    const { left, right, top, bottom } = this.frame;
    to.strokeStyle = to.fillStyle = ink();
    to.lineWidth = 1;
    to.strokeRect(Math.round(left) - 0.5, Math.round(top) - 0.5, Math.round(right - left) + 1, Math.round(bottom - top) + 1);
    to.textAlign = "center";
    to.textBaseline = "top";
    const longest = Math.max(40, ...this.x.names.map((name) => to.measureText(name).width + 12));
    for (const [part, text] of this.x.ticks((right - left) / longest)) {
      to.fillRect(this.across(part), bottom, 1, 5);
      to.fillText(text, this.across(part), bottom + 8);
    }
    to.textAlign = "right";
    to.textBaseline = "middle";
    for (const [part, text] of yLabels) {
      to.fillRect(left - 5, this.up(part), 5, 1);
      to.fillText(text, left - 8, this.up(part));
    }
  }

  drawChosen(to) {
    if (this.chosen < 0) return;
    to.strokeStyle = ink();
    to.lineWidth = 2.5;
    if (this.spec.dots) {
      const { x, y } = this.spec.dots;
      to.beginPath();
      to.arc(this.across(this.x.part(x[this.chosen])), this.up(this.y.part(y[this.chosen])), 7, 0, 2 * Math.PI);
      return to.stroke();
    }
    const [x, y, width, height] = this.rect(this.chosen);
    to.strokeRect(x, y, width, height);
  }

  /** Number of what is under the pointer; −1 for nothing. */
  under(event) {
    const [px, py] = [event.offsetX, event.offsetY];
    const { left, right, top, bottom } = this.frame;
    if (this.spec.dots) return this.nearestDot(px, py);
    if (px < left || px > right || py < top || py > bottom) return -1;
    const column = this.x.cell((px - left) / (right - left));
    const row = this.y.cell((bottom - py) / (bottom - top));
    return row * this.x.cells.length + column;
  }

  nearestDot(px, py) {
    const { x, y } = this.spec.dots;
    let [best, least] = [-1, 15];
    for (let i = 0; i < x.length; i += 1) {
      if (!this.spec.fill(i)) continue;
      const off = Math.hypot(this.across(this.x.part(x[i])) - px, this.up(this.y.part(y[i])) - py);
      if (off < least) [best, least] = [i, off];
    }
    return best;
  }

  center(i) {
    if (this.spec.dots) return [this.across(this.x.part(this.spec.dots.x[i])), this.up(this.y.part(this.spec.dots.y[i]))];
    const [x, y, width, height] = this.rect(i);
    return [x + width / 2, y + height / 2];
  }

  point(i) {
    const lines = i < 0 ? [] : this.spec.describe(i);
    this.tip.hidden = !lines.length;
    if (!lines.length) return;
    this.tip.replaceChildren(...lines.map((line) => el("p", {}, ...[line].flat())));
    placeTip(this.tip, this.holder, ...this.center(i));
  }

  pick(i) {
    if (i < 0) return;
    this.chosen = i;
    this.draw();
    this.spec.onpick?.(i);
  }

  key(event) {
    const columns = this.x.cells.length || 1;
    const acts = {
      ArrowLeft: () => this.step(-1),
      ArrowRight: () => this.step(1),
      ArrowUp: () => this.step(columns),
      ArrowDown: () => this.step(-columns),
      Enter: () => this.pick(this.chosen),
      Escape: () => (this.tip.hidden = true),
      "+": () => this.zoomBy(0.7),
      "-": () => this.zoomBy(1 / 0.7),
      0: () => this.reset(),
    };
    if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    acts[event.key]();
  }

  /** Chooses the cell that lies so many further, the first of those that are seen where none was. */
  step(way) {
    const count = this.spec.dots ? this.spec.dots.x.length : this.x.cells.length * this.y.cells.length;
    const first = this.spec.dots ? 0 : this.seen().next().value;
    const next = this.chosen < 0 ? first : this.chosen + way;
    if (next < 0 || next >= count) return;
    this.chosen = next;
    this.follow();
    this.draw();
    this.point(next);
  }

  /** Where what is chosen lies, in parts of what is seen. */
  place() {
    const [x, y] = this.center(this.chosen);
    const { left, right, top, bottom } = this.frame;
    return [(x - left) / (right - left), (bottom - y) / (bottom - top)];
  }

  /** Moves what is seen so that what is chosen is in it. */
  follow() {
    const parts = this.place();
    [this.x, this.y].forEach((edge, i) => {
      const off = parts[i] < 0 || parts[i] > 1 ? parts[i] - 0.5 : 0;
      if (off) edge.zoom(off, 1 + off);
    });
  }

  /** Zooms about what is chosen, or the middle. */
  zoomBy(factor) {
    const parts = this.chosen < 0 ? [0.5, 0.5] : this.place();
    [this.x, this.y].forEach((edge, i) => edge.zoom(parts[i] * (1 - factor), parts[i] * (1 - factor) + factor));
    this.draw();
  }
}

/** A panel of a figure that is a map. */
function panelMap(figure, panel, state, log) {
  const axis = (of) => ({ label: of.label, scale: of.scale, cells: of.cells.map(numberOf), names: of.names });
  const visible = () => panel.series.filter((series) => !state.hidden.has(series.label));
  const cells = new Map(panel.series.filter((series) => series.mark === "cells").map((series) => [series, new Set(series.data)]));
  const heatOf = (series, i) => numberOf(series.data[0][i] ?? null);
  const layers = (i) => visible().filter((series) => (series.mark === "cells" ? cells.get(series).has(i) : series.mark === "heat" && !Number.isNaN(heatOf(series, i))));
  const fill = (i) => {
    const found = { color: null, hatched: false, dotted: false, pale: false };
    for (const series of layers(i)) {
      if (series.mark === "heat") found.color = viridis(log(series.data[1].map(numberOf), heatOf(series, i)));
      else if (series.look.width > 0) found.color = onGround(series.look.color);
      found.hatched ||= series.look.hatched;
      found.dotted ||= series.look.dotted;
      found.pale ||= isVeil(series);
    }
    return found.color ? found : null;
  };
  const columns = figure.x.cells.length;
  const place = (of, at) => of.names[at] ?? shown(numberOf(of.cells[at]));
  const describe = (i) => [
    [...rich(figure.x.label), ": ", place(figure.x, i % columns)],
    [...rich(figure.y.label), ": ", place(figure.y, Math.floor(i / columns))],
    ...layers(i).map((series) => (series.mark === "heat" ? [...rich(series.label), ": ", el("data", { value: exact(heatOf(series, i)) }, shown(heatOf(series, i)))] : rich(series.label))),
  ];
  const spec = () => ({
    title: figure.title, heading: panel.title, x: axis(figure.x), y: axis(figure.y), fill, describe, onpick: state.onpick && ((i) => state.onpick(i, figure)),
    pieces: visible().filter((series) => series.mark === "pieces").flatMap((series) => series.data),
  });
  return { made: new MapView(spec()), spec };
}

/** Where a value lies between the ends of a logarithmic bar. */
const onBar = ([low, high], value) => Math.log(Math.max(value, Number.MIN_VALUE) / low) / Math.log(high / low);

/** A colour bar with its ends and what is between them. */
function colorBar(label, low, high, log) {
  const stops = Array.from({ length: 13 }, (_, i) => viridis(i / 12)).join(", ");
  const bar = el("div", { class: "bar" });
  bar.style.background = `linear-gradient(to right, ${stops})`;
  const marks = ticksOf(log, low, high, 4).filter((x) => x >= low && x <= high);
  const part = (x) => (warp(log, x) - warp(log, low)) / (warp(log, high) - warp(log, low));
  const labels = marks.map((x) => {
    const text = el("span", {}, shown(x, 3));
    text.style.left = `${100 * part(x)}%`;
    return text;
  });
  return el("div", { class: "color-bar" }, el("p", {}, ...rich(label)), bar, el("div", { class: "bar-labels" }, ...labels));
}
