// A sweep's cells: a map over axes to choose, one run in full, and the table of all.

/** From the worst on: what a cell of several runs is drawn as. */
const WORST = ["violated", "holds", "undecided", "vacuous", "not applicable", "untested"];
const lookOf = new Map(data.verdicts.map((verdict) => [verdict.name, verdict.look]));
const FAILED = { color: "#3c3c3c", hatched: false };

/** As a shell takes it. */
const quoted = (word) => (/^[\p{L}\p{N}_./=:,+@%-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

const median = (values) => {
  const known = values.filter(Number.isFinite).sort((a, b) => a - b);
  return known.length ? (known[(known.length - 1) >> 1] + known[known.length >> 1]) / 2 : NaN;
};

class Explorer {
  constructor(box, folder, table) {
    Object.assign(this, { sweep: folder.sweep, table, folder });
    this.column = new Map(table.columns.map((column) => [column.name, column]));
    this.error = this.column.get("error");
    this.axes = this.sweep.axes.map((axis) => ({ ...axis, column: this.column.get(axis.key) }));
    for (const axis of this.axes) axis.values = this.distinct(axis.column);
    this.fixed = new Map();
    this.controls = el("div", { class: "tools" });
    this.key = el("div", { class: "map-key" });
    this.map = el("div", { class: "map" });
    this.detail = el("div", { class: "detail", "aria-live": "polite" }, el("p", { class: "hint" }, "A click on the map or on a row of the table shows a run in full, and the command that runs it alone."));
    const violated = table.columns.filter((column) => column.kind === "verdict" && column.words.includes("violated"));
    const quick = [["all", ""], ...(violated.length ? [["violations", "violated"]] : [])];
    this.rows = new TableView(table, { onpick: (row) => this.pick([row]), quick });
    box.replaceChildren(this.controls, el("div", { class: "split" }, el("div", {}, this.map, this.key), this.detail), this.rows.box);
    this.start();
  }

  /** Values that occur, in order, as rows have them. */
  distinct(column) {
    const known = new Set(column.values);
    return column.words ? [...known] : [...known].filter((x) => !Number.isNaN(x)).sort((a, b) => a - b);
  }

  /** Some of the values, in order: enough to see how they are spaced. */
  sample(column) {
    const stride = Math.ceil(column.values.length / 500);
    const some = column.values.filter((_, i) => i % stride === 0);
    return this.distinct({ ...column, values: some });
  }

  start() {
    const numbers = this.table.columns.filter((column) => !column.words && !["index", "seed"].includes(column.name));
    const wide = this.axes.filter((axis) => axis.values.length > 1);
    const varies = ({ values }) => values.some((x) => x !== values[0] && !Number.isNaN(x));
    const first = (wide[0] ?? this.axes[0]).key;
    const others = numbers.filter((column) => column.name !== first && varies(column));
    const color = this.firstColor(others);
    // Over one axis, what its verdict rests on.
    const measured = others.find((column) => column.name === color.replace(/_verdict$/, "_simulated"));
    this.state = { x: first, y: wide[1]?.key ?? (measured ?? others.at(-1))?.name ?? first, color };
    const axes = this.axes.map((axis) => [axis.key, axis.key]);
    const known = new Set(this.axes.map((axis) => axis.key));
    const more = numbers.filter((column) => !known.has(column.name)).map((column) => [column.name, column.name]);
    const verdicts = this.table.columns.filter((column) => column.kind === "verdict").map((column) => [column.name, column.name]);
    const pick = (name, options) => choice(name, options, this.state[name], (value) => ((this.state[name] = value), this.draw()));
    this.controls.replaceChildren(pick("x", [...axes, ...more]), pick("y", [...axes, ...more]), pick("color", [...verdicts, ...more]));
    this.filters = el("span", { class: "filters" });
    this.controls.append(this.filters, button("all", "show all of the map again (0, or two clicks)", () => this.view.reset()));
    this.draw();
  }

  /** The verdict that says most: one with violations, else any, else a number. */
  firstColor(numbers) {
    const verdicts = this.table.columns.filter((column) => column.kind === "verdict");
    const has = (word) => verdicts.filter((column) => column.words.includes(word));
    return (has("violated").at(-1) ?? has("holds")[0] ?? verdicts[0] ?? numbers[0] ?? this.table.columns[0]).name;
  }

  /** Lists to choose a value of each axis that is not drawn. */
  drawFilters() {
    const { x, y } = this.state;
    const rest = this.axes.filter((axis) => axis.values.length > 1 && axis.key !== x && axis.key !== y);
    for (const key of this.fixed.keys()) if (!rest.some((axis) => axis.key === key)) this.fixed.delete(key);
    const text = (axis, value) => (axis.column.words ? axis.column.words[value] : shown(value));
    const list = (axis) => {
      const options = [["", "all"], ...axis.values.map((value, i) => [String(i), text(axis, value)])];
      const set = (i) => (i === "" ? this.fixed.delete(axis.key) : this.fixed.set(axis.key, axis.values[i]));
      return choice(axis.key, options, String(axis.values.indexOf(this.fixed.get(axis.key))), (i) => (set(i), this.draw()));
    };
    this.filters.replaceChildren(...rest.map(list));
  }

  draw() {
    this.drawFilters();
    const kept = [...this.fixed].map(([key, value]) => [this.column.get(key).values, value]);
    const rows = [];
    for (let row = 0; row < this.table.rows; row += 1) {
      if (kept.every(([values, value]) => values[row] === value)) rows.push(row);
    }
    const spec = this.grid(rows) ?? this.dots(rows);
    if (this.view) {
      this.view.chosen = -1;
      this.view.show(spec);
    } else {
      this.view = new MapView(spec);
      this.map.append(this.view.box);
    }
  }

  axisOf(key) {
    const axis = this.axes.find((axis) => axis.key === key);
    const column = this.column.get(key);
    return { column, label: axis ? axis.label : `${key}: ${column.meaning}${column.unit ? ` (${column.unit})` : ""}`, values: axis?.values ?? this.sample(column) };
  }

  /** Over axes whose values make a grid; null where they make none. */
  grid(rows) {
    const [x, y] = [this.axisOf(this.state.x), this.axisOf(this.state.y)];
    const count = x.values.length * y.values.length;
    const isOrdered = isMonotonic(this.axes[0].column.values);
    const isFull = count <= 3 * rows.length;
    if (this.state.x === this.state.y || !(isFull || isOrdered) || [this.state.x, this.state.y].some((key) => !this.axes.some((axis) => axis.key === key))) return null;
    const places = [x, y].map(({ values }) => new Map(values.map((value, i) => [value, i])));
    const groups = Array.from({ length: count }, () => []);
    for (const row of rows) {
      const [column, line] = [places[0].get(x.column.values[row]), places[1].get(y.column.values[row])];
      if (column !== undefined && line !== undefined) groups[line * x.values.length + column].push(row);
    }
    const edge = ({ column, label, values }) => ({ label, scale: scaleOf(column, values), cells: column.words ? values.map((_, i) => i) : values, names: column.words ? values.map((value) => column.words[value]) : [] });
    const sources = isOrdered && isRefined(groups, y.values.length) ? nearestRuns(groups, x.values.length) : null;
    return this.spec({ x: edge(x), y: edge(y) }, groups, sources);
  }

  dots(rows) {
    const [x, y] = [this.axisOf(this.state.x), this.axisOf(this.state.y)];
    const edge = ({ column, label, values }) => ({ label, scale: scaleOf(column, values) });
    const dots = { x: rows.map((row) => x.column.values[row]), y: rows.map((row) => y.column.values[row]) };
    return this.spec({ x: edge(x), y: edge(y), dots }, rows.map((row) => [row]));
  }

  /** `sources` are the groups that are shown in place of those of which nothing was run. */
  spec(axes, groups, sources) {
    const shownAt = (i) => (groups[i].length || !sources ? i : sources[i]);
    const column = this.column.get(this.state.color);
    const fills = column.words ? this.byWord(column, groups) : this.byNumber(column, groups);
    if (sources) this.key.append(el("p", { class: "note" }, swatch({ mark: "cells", look: { color: "#ffffff", width: 0, hatched: false } }), " not run: as the nearest cell that was"));
    const value = (key, row) => [key, ": ", brief(this.column.get(key), row)];
    const describe = (i) => {
      const rows = groups[shownAt(i)];
      if (!rows.length) return [];
      const isLent = shownAt(i) !== i ? ["Nothing was run here; the nearest that was:"] : [];
      const lines = [...new Set([this.state.x, this.state.y])].map((key) => value(key, rows[0]));
      const said = column.words ? count(rows.map((row) => field(column, row) || "none")) : shown(median(rows.map((row) => column.values[row])));
      return [...isLent, ...lines, [column.name, ": ", said], ...(rows.length > 1 ? [`${rows.length} runs`] : [])];
    };
    return { title: `${column.name} over ${this.state.x} and ${this.state.y}`, ...axes, fill: (i) => fills[shownAt(i)] && { ...fills[shownAt(i)], pale: shownAt(i) !== i }, describe, onpick: (i) => groups[shownAt(i)].length && this.pick(groups[shownAt(i)]) };
  }

  hasFailed(rows) {
    return this.error && rows.every((row) => field(this.error, row) !== "");
  }

  /** Colours of verdicts, the worst of a cell; of other words, one each. */
  byWord(column, groups) {
    const fills = (look) => ({ color: onGround(look.color), hatched: look.hatched });
    const worst = (rows) => {
      const words = new Set(rows.map((row) => field(column, row)));
      return WORST.find((word) => words.has(word));
    };
    const found = groups.map((rows) => (rows.length ? (worst(rows) ?? (this.hasFailed(rows) ? "failed" : "")) : null));
    const entries = data.verdicts.filter((verdict) => found.includes(verdict.name)).map((verdict) => el("li", {}, swatch({ mark: "cells", look: verdict.look }), ` ${verdict.name}: ${verdict.meaning}`));
    if (found.includes("failed")) entries.push(el("li", {}, swatch({ mark: "cells", look: { ...FAILED, width: 1 } }), " the run failed"));
    this.key.replaceChildren(el("ul", { class: "legend" }, ...entries));
    return found.map((word) => (lookOf.has(word) ? fills(lookOf.get(word)) : word === "failed" ? fills(FAILED) : null));
  }

  /** Colours of numbers, the median of a cell. */
  byNumber(column, groups) {
    const values = groups.map((rows) => median(rows.map((row) => column.values[row])));
    const known = values.filter(Number.isFinite).sort((a, b) => a - b);
    if (!known.length) {
      this.key.replaceChildren(el("p", {}, "No run has a number there."));
      return values.map(() => null);
    }
    const log = known[0] > 0 && known.at(-1) > 30 * known[0];
    const [low, high] = known[0] < known.at(-1) ? [known[0], known.at(-1)] : [known[0] - 0.5, known[0] + 0.5];
    this.key.replaceChildren(colorBar(`${column.name}: ${column.meaning}${column.unit ? ` (${column.unit})` : ""}`, low, high, log));
    return values.map((x) => (Number.isFinite(x) ? { color: viridis((warp(log, x) - warp(log, low)) / (warp(log, high) - warp(log, low))), hatched: false } : null));
  }

  /** Shows a run in full; of several the first, with a list to choose another. */
  pick(rows, row = rows[0]) {
    this.rows.choose(row);
    const seed = this.column.get("seed");
    const runs = rows.length > 1 ? [choice("run", rows.map((one) => [String(one), `${brief(this.column.get("index"), one)}, seed ${brief(seed, one)}`]), String(row), (chosen) => this.pick(rows, Number(chosen)))] : [];
    const command = this.command(row);
    const copy = button("copy", "copy the command", () => navigator.clipboard?.writeText(command));
    this.detail.replaceChildren(
      el("h4", {}, `Run ${brief(this.column.get("index"), row)}`, ...runs),
      this.list(row, [...this.axes.map((axis) => axis.column), seed]),
      this.claims(row),
      el("p", {}, "It runs alone by"),
      el("p", { class: "command" }, el("code", {}, command), copy),
      el("details", {}, el("summary", {}, "All columns"), this.list(row, this.table.columns)),
    );
  }

  list(row, columns) {
    const line = (column) => el("tr", { title: column.meaning }, el("th", { scope: "row" }, column.name), el("td", {}, field(column, row) || "–", column.unit ? ` ${column.unit}` : ""));
    return el("table", { class: "list" }, el("tbody", {}, ...columns.map(line)));
  }

  /** Claimed and simulated, with verdicts. */
  claims(row) {
    const judged = this.table.columns.filter((column) => column.kind === "verdict" && field(column, row));
    if (!judged.length) return "";
    const line = (column) => {
      const name = column.name.replace(/_verdict$/, "");
      const number = (of) => (this.column.has(of) ? el("td", { class: "number", title: field(this.column.get(of), row) }, shown(this.column.get(of).values[row])) : el("td", {}));
      const word = field(column, row);
      return el("tr", {}, el("th", { scope: "row" }, name), number(name), number(`${name}_simulated`), el("td", {}, el("span", { class: `chip ${word.replaceAll(" ", "-")}` }, word)));
    };
    const heads = ["claim", "claimed", "simulated", "verdict"].map((name) => el("th", { scope: "col" }, name));
    return el("table", {}, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...judged.map(line)));
  }

  command(row) {
    const { words, out } = this.sweep.command;
    const sets = [...this.axes.map((axis) => [axis.key, field(axis.column, row)]), ["seed", field(this.column.get("seed"), row)]];
    const index = field(this.column.get("index"), row);
    return [...words, ...sets.flatMap(([key, value]) => ["--set", `${key}=${value}`]), "--out", `${out}-${index}`].map(quoted).join(" ");
  }
}

/** Whether values go one way: those of a grid's first axis do, and those of random points do not. */
function isMonotonic(values) {
  const goes = (way) => values.every((x, i) => i === 0 || way * (x - values[i - 1]) >= 0);
  return goes(1) || goes(-1);
}

/** Whether more cells are missing than of a sweep that was broken off, which lacks less than a column. */
const isRefined = (groups, rows) => groups.filter((group) => !group.length).length >= rows;

/** For each cell the nearest one with runs, in steps to any of its eight neighbours. */
function nearestRuns(groups, columns) {
  const source = groups.map((group, i) => (group.length ? i : -1));
  const queue = source.filter((i) => i >= 0);
  const rows = groups.length / columns;
  for (let at = 0; at < queue.length; at += 1) {
    const [row, column] = [Math.floor(queue[at] / columns), queue[at] % columns];
    for (let y = Math.max(row - 1, 0); y <= Math.min(row + 1, rows - 1); y += 1) {
      for (let x = Math.max(column - 1, 0); x <= Math.min(column + 1, columns - 1); x += 1) {
        if (source[y * columns + x] >= 0) continue;
        source[y * columns + x] = source[queue[at]];
        queue.push(y * columns + x);
      }
    }
  }
  return source;
}

/** "holds 3, violated 2" */
function count(words) {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts.size === 1 && words.length === 1 ? words[0] : [...counts].map(([word, many]) => `${word} ${many}`).join(", ");
}

/** Logarithmic where ratios are more even than differences. */
function scaleOf(column, values) {
  if (column.words || values.length < 3 || !(values[0] > 0)) return "linear";
  const uneven = (to) => {
    const gaps = values.slice(1).map((x, i) => to(x) - to(values[i]));
    const mean = gaps.reduce((a, b) => a + b) / gaps.length;
    return gaps.reduce((sum, gap) => sum + (gap / mean - 1) ** 2, 0);
  };
  return uneven(Math.log) < uneven((x) => x) ? "log" : "linear";
}
