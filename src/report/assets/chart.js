// Curves, bands and points: uPlot has the axes, the pointer and the zoom; the marks are drawn here.

/** A series with its numbers as typed arrays. */
function numbers(series) {
  const { mark, data: raw, earlier } = series;
  const level = mark === "level" || mark === "divider";
  const rows = level ? [[numberOf(raw)]] : raw;
  const column = (at) => Float64Array.from(rows, (row) => numberOf(row[at]));
  const of = { ...series };
  if (mark === "level") of.y = column(0);
  else if (mark === "divider") of.x = column(0);
  else if (mark === "band" || mark === "whiskers") [of.x, of.low, of.high] = [column(0), column(1), column(2)];
  else [of.x, of.y] = [column(0), column(1)];
  if (earlier) of.frames = [...earlier, raw].map((points) => ({ x: Float64Array.from(points, ([x]) => numberOf(x)), y: Float64Array.from(points, ([, y]) => numberOf(y)) }));
  return of;
}

/** Ends of both axes when nothing is zoomed. */
function home(figure, all, log) {
  const reach = (axis, arrays) => {
    const range = axis.range && axis.range.map(numberOf);
    const values = function* () {
      for (const array of arrays) if (array) yield* array;
      yield* axis.include.map(numberOf);
    };
    return (isLog) => ends(values(), isLog, range);
  };
  // Where points move, those of all frames.
  const frames = all.flatMap((series) => series.frames ?? [series]);
  const y = frames.flatMap((series) => [series.y, series.low, series.high]);
  return { x: reach(figure.x, frames.map((series) => series.x))(log.x), y: reach(figure.y, y)(log.y) };
}

const SPARSE = 24;

/** Draws one series of a panel. */
function drawSeries(u, series) {
  const to = u.ctx;
  const ratio = uPlot.pxRatio;
  const { look, mark } = series;
  const color = onGround(look.color);
  const at = (x, y) => [u.valToPos(x, "x", true), u.valToPos(y, "y", true)];
  to.strokeStyle = to.fillStyle = color;
  to.lineWidth = look.width * ratio;
  to.lineJoin = "round";
  to.setLineDash(look.dash ? look.dash.map((part) => part * ratio) : []);
  to.beginPath();
  if (mark === "line") {
    trace(to, series.x, series.y, at);
    to.stroke();
    to.setLineDash([]);
    if (look.marker && series.x.length <= SPARSE) points(to, series, at, ratio, 1);
  } else if (mark === "points") {
    to.setLineDash([]);
    to.lineWidth = 1.5 * ratio;
    points(to, series, at, ratio, Math.min(Math.max(Math.sqrt(100 / series.x.length), 0.5), 1));
  } else if (mark === "band") {
    area(to, series, at);
  } else if (mark === "whiskers") {
    series.x.forEach((x, i) => (to.moveTo(...at(x, series.low[i])), to.lineTo(...at(x, series.high[i]))));
    to.stroke();
  } else if (mark === "level" || mark === "divider") {
    const [a, b] = mark === "level" ? [at(u.scales.x.min, series.y[0]), at(u.scales.x.max, series.y[0])] : [at(series.x[0], u.scales.y.min), at(series.x[0], u.scales.y.max)];
    to.moveTo(...a);
    to.lineTo(...b);
    to.stroke();
  }
  to.setLineDash([]);
}

/** A path through points, with gaps where there is no place for one. */
function trace(to, xs, ys, at) {
  let pen = "moveTo";
  for (let i = 0; i < xs.length; i += 1) {
    const [x, y] = at(xs[i], ys[i]);
    if (Number.isFinite(x) && Number.isFinite(y)) {
      to[pen](x, y);
      pen = "lineTo";
    } else pen = "moveTo";
  }
}

function points(to, series, at, ratio, scale) {
  const { look } = series;
  if (series.x.length > 100) to.globalAlpha = 0.7;
  for (let i = 0; i < series.x.length; i += 1) {
    const [x, y] = at(series.x[i], series.y[i]);
    if (Number.isFinite(x) && Number.isFinite(y)) glyph(to, look.marker ?? "disc", x, y, scale * look.radius * ratio, onGround(look.color));
  }
  to.globalAlpha = 1;
}

function area(to, series, at) {
  const upper = [], lower = [];
  series.x.forEach((x, i) => {
    const [high, low] = [at(x, series.high[i]), at(x, series.low[i])];
    // A band that begins at zero begins, on a log axis, at its edge.
    if (!Number.isFinite(low[1])) low[1] = to.canvas.height;
    if ([...high, low[0]].every(Number.isFinite)) (upper.push(high), lower.push(low));
  });
  [...upper, ...lower.reverse()].forEach((point, i) => to[i ? "lineTo" : "moveTo"](...point));
  to.globalAlpha = 0.22;
  to.fill();
  to.globalAlpha = 1;
}

/** What of a series is nearest to the pointer: its place in pixels, and its values. */
function nearest(u, series, left, top) {
  const px = (x, y) => [u.valToPos(x, "x"), u.valToPos(y, "y")];
  if (series.mark === "level") return { series, at: [left, px(0, series.y[0])[1]], values: [series.y[0]] };
  if (series.mark === "divider") return null;
  const free = series.mark === "points";
  const ys = series.y ?? series.high;
  let [best, least] = [-1, free ? 24 : Infinity];
  for (let i = 0; i < series.x.length; i += 1) {
    const [x, y] = px(series.x[i], ys[i]);
    const off = free ? Math.hypot(x - left, y - top) : Math.abs(x - left);
    if (off < least && (Number.isFinite(y) || !free)) [best, least] = [i, off];
  }
  if (best < 0 || least > 60) return null;
  const values = series.y ? [series.y[best]] : [series.low[best], series.high[best]];
  return { series, x: series.x[best], at: px(series.x[best], ys[best]), values };
}

/** One panel of a figure; `state` is what all of its panels share. */
class Chart {
  constructor(figure, panel, state) {
    Object.assign(this, { figure, state, title: panel.title });
    this.all = panel.series.map(numbers);
    this.tip = el("div", { class: "tip", role: "status" });
    this.plot = el("div", { class: "plot", tabindex: "0", role: "group", "aria-label": `${panel.title || figure.title}: arrows move along the curves, + and − zoom, 0 shows all` });
    this.box = el("div", { class: "panel" });
    if (panel.title) this.box.append(el("h4", {}, ...rich(panel.title)));
    this.box.append(el("p", { class: "axis-name" }, "↑ ", ...rich(figure.y.label)), this.plot, el("p", { class: "axis-name below" }, ...rich(figure.x.label), " →"));
    this.sentence = panel.sentence;
    if (panel.sentence) this.plot.replaceChildren(el("p", { class: "sentence" }, ...rich(panel.sentence)));
  }

  /** Draws for the first time, where it is to stay. */
  begin() {
    this.make();
    themed.add(() => this.make());
    let wide = this.plot.clientWidth;
    new ResizeObserver(() => {
      if (Math.abs(this.plot.clientWidth - wide) < 2) return;
      wide = this.plot.clientWidth;
      this.u.setSize(this.size());
    }).observe(this.plot);
    this.plot.addEventListener("keydown", (event) => this.key(event));
  }

  /** Shows where points are in frame number i. */
  frame(i) {
    for (const series of this.all) if (series.frames) Object.assign(series, series.frames[i]);
    this.u.redraw(false);
    this.hover();
  }

  size() {
    const width = Math.max(this.plot.clientWidth, 200);
    return { width, height: Math.round(Math.min(Math.max(0.56 * width, 240), 420)) };
  }

  visible() {
    return this.all.filter((series) => !this.state.hidden.has(series.label));
  }

  /** Makes the plot, again where the theme or an axis has changed. */
  make() {
    this.u?.destroy();
    const { log } = this.state;
    const all = home(this.figure, this.all, log);
    const axis = (which) => ({
      scale: which,
      stroke: ink(),
      grid: { stroke: faint(), width: 1 },
      ticks: { stroke: faint(), width: 1, size: 5 },
      font: "12px system-ui, sans-serif",
      splits: (u, _, low, high) => ticksOf(log[which], low, high, which === "x" ? u.width / 90 : u.height / 45, this.figure[which].whole),
      filter: (_, splits) => splits,
      values: (_, splits) => labelsOf(log[which], splits),
    });
    const wide = (_, labels) => 22 + 7 * Math.max(2, ...(labels ?? []).map((label) => label.length));
    const hooks = { draw: [() => this.draw()], setCursor: [() => this.hover()] };
    const options = {
      ...this.size(),
      padding: [10, 18, 0, 0],
      scales: { x: { time: false, distr: log.x ? 3 : 1, range: (_, low, high) => [low, high] }, y: { distr: log.y ? 3 : 1, range: () => all.y } },
      series: [{}, { points: { show: false } }],
      axes: [{ ...axis("x"), size: 32 }, { ...axis("y"), size: wide }],
      cursor: { drag: { x: true, y: true, uni: 16 }, points: { show: false } },
      legend: { show: false },
      hooks,
    };
    const { x } = all;
    this.u = new uPlot(options, [x, [null, null]], this.plot);
    // Where there is no room beside the pointer, below all.
    const narrow = this.plot.clientWidth < 520;
    this.tip.classList.toggle("docked", narrow);
    (narrow ? this.plot : this.u.over).append(this.tip);
    this.all0 = all;
  }

  draw() {
    const { ctx, bbox } = this.u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const series of this.visible()) drawSeries(this.u, series);
    ctx.restore();
  }

  /** Shows the values under the pointer. */
  hover() {
    const { left, top } = this.u.cursor;
    const found = left < 0 ? [] : this.visible().map((series) => nearest(this.u, series, left, top)).filter(Boolean);
    this.u.over.querySelectorAll(".dot").forEach((dot) => dot.remove());
    this.tip.hidden = !found.length;
    if (!found.length) return;
    const inside = (at) => at.every(Number.isFinite) && at[1] >= -2 && at[1] <= this.u.over.clientHeight + 2;
    const placed = found.filter((one) => one.x !== undefined);
    const least = (off) => placed.reduce((best, one) => (best && off(best) <= off(one) ? best : one), undefined);
    const lead = least((one) => Math.hypot(one.at[0] - left, one.at[1] - top));
    const beside = least((one) => Math.abs(one.at[0] - left));
    const rows = found.map((one) => {
      const values = one.values.map((x) => el("data", { value: exact(x) }, shown(x)));
      const text = values.length > 1 ? [values[0], " to ", values[1]] : values;
      return el("tr", { class: one === lead ? "lead" : "" }, el("td", {}, swatchOf(one.series)), el("td", {}, ...rich(one.series.label)), el("td", { class: "number" }, ...text));
    });
    const head = beside ? [el("p", {}, ...rich(this.figure.x.label), ": ", el("data", { value: exact(beside.x) }, shown(beside.x)))] : [];
    this.tip.replaceChildren(...head, el("table", {}, ...rows.slice(0, 16)));
    for (const one of placed.filter((one) => inside(one.at))) {
      const dot = el("div", { class: "dot" });
      Object.assign(dot.style, { left: `${one.at[0]}px`, top: `${one.at[1]}px`, background: onGround(one.series.look.color) });
      this.u.over.append(dot);
    }
    if (!this.tip.classList.contains("docked")) placeTip(this.tip, this.u.over, left, top);
  }

  key(event) {
    const { u } = this;
    const zoom = (factor) => ["x", "y"].forEach((which) => u.setScale(which, zoomed(u.scales[which], this.state.log[which], factor)));
    const acts = {
      ArrowLeft: () => this.step(-1),
      ArrowRight: () => this.step(1),
      "+": () => zoom(0.7),
      "-": () => zoom(1 / 0.7),
      0: () => this.reset(),
      Escape: () => u.setCursor({ left: -10, top: -10 }),
    };
    if (!acts[event.key] || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    acts[event.key]();
  }

  /** Moves the pointer to the next value of x that some curve has. */
  step(way) {
    const { u } = this;
    const now = u.cursor.left < 0 ? (way > 0 ? -1 : u.over.clientWidth + 1) : u.cursor.left;
    const places = this.visible().flatMap((series) => (series.x ? [...series.x] : [])).map((x) => u.valToPos(x, "x"));
    const next = places.filter((at) => way * (at - now) > 0.5 && at >= 0 && at <= u.over.clientWidth);
    if (next.length) u.setCursor({ left: way > 0 ? Math.min(...next) : Math.max(...next), top: u.cursor.top < 0 ? u.over.clientHeight / 2 : u.cursor.top });
  }

  reset() {
    for (const which of ["x", "y"]) this.u.setScale(which, { min: this.all0[which][0], max: this.all0[which][1] });
  }
}

const zoomed = ({ min, max }, log, factor) => {
  const [low, high] = [warp(log, min), warp(log, max)];
  const [middle, half] = [(low + high) / 2, ((high - low) / 2) * factor];
  return { min: unwarp(log, middle - half), max: unwarp(log, middle + half) };
};

/** A patch of a series' colour, cheap enough for every move of the pointer. */
function swatchOf(series) {
  const patch = el("span", { class: "patch" });
  patch.style.background = onGround(series.look.color);
  return patch;
}

/** Beside the pointer, inside what holds it. */
function placeTip(tip, holder, left, top) {
  const right = left + 18 + tip.offsetWidth <= holder.clientWidth;
  const x = right ? left + 18 : Math.max(left - 18 - tip.offsetWidth, Math.min(0, holder.clientWidth - tip.offsetWidth));
  const y = Math.min(Math.max(top - tip.offsetHeight / 2, 0), Math.max(holder.clientHeight - tip.offsetHeight, 0));
  Object.assign(tip.style, { left: `${x}px`, top: `${y}px` });
}
