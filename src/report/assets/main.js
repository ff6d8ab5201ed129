// What each part of the page becomes.

/** Rows of a figure's table, as its CSV file has them. */
function tableOf(figure) {
  const rows = [data.columns];
  const place = (axis, at) => axis.names[at] ?? exact(numberOf(axis.cells[at] ?? null));
  const text = (value) => exact(numberOf(value));
  const columns = Math.max(figure.x.cells.length, 1);
  const frames = (figure.frames?.values ?? []).map(text);
  for (const panel of figure.panels) {
    for (const series of panel.series) {
      const last = series.earlier ? frames.at(-1) : "";
      (series.earlier ?? []).forEach((points, i) => points.forEach(([x, y]) => rows.push([panel.title, series.label, series.mark, text(x), text(y), "", "", "", frames[i]])));
      const add = (x, y, low = "", high = "", value = "", frame = last) => rows.push([panel.title, series.label, series.mark, x, y, low, high, value, frame]);
      const cell = (at, value) => add(place(figure.x, at % columns), place(figure.y, Math.floor(at / columns)), "", "", value);
      const of = {
        line: (all) => all.forEach(([x, y]) => add(text(x), text(y))),
        band: (all) => all.forEach(([x, low, high]) => add(text(x), "", text(low), text(high))),
        level: (y) => add("", text(y)),
        divider: (x) => add(text(x), ""),
        cells: (all) => all.forEach((at) => cell(at)),
        heat: ([all]) => all.forEach((value, at) => value !== null && cell(at, text(value))),
        pieces: (all) => all.flat().forEach(([x, y]) => add(text(x), text(y))),
      };
      (of[{ points: "line", whiskers: "band" }[series.mark] ?? series.mark])(series.data);
    }
  }
  return rows;
}

const isMap = (figure) => figure.x.cells.length > 0;

/** Makes a figure answer: its panels, its legend and its tools. */
function enliven(card) {
  const { name, figure } = data.folders[card.dataset.folder].figures[card.dataset.figure];
  const drawn = card.querySelector(".drawn");
  const log = { x: isLog(figure.x), y: isLog(figure.y) };
  const state = { hidden: new Set(), log };
  const panels = el("div", { class: figure.panels.length > 1 ? "panels several" : "panels" });
  const notes = figure.notes.map((note) => el("p", { class: "note" }, ...rich(note)));
  const tools = el("div", { class: "tools" });
  const live = el("div", { class: "live" }, panels);
  drawn.before(tools);
  drawn.after(live);
  let redraw;
  if (isMap(figure)) {
    const all = maps(figure, state, panels, live);
    redraw = () => all.forEach(({ made, spec }) => made.show(spec()));
    tools.append(button("all", "show all again (0, or two clicks)", () => all.forEach(({ made }) => made.reset())));
  } else {
    const all = figure.panels.map((panel) => new Chart(figure, panel, state));
    panels.append(...all.map((chart) => chart.box));
    const charts = all.filter((chart) => !chart.sentence);
    charts.forEach((chart) => chart.begin());
    redraw = () => charts.forEach((chart) => chart.u.redraw(false));
    const axis = (which) => toggle(`log ${which}`, `a logarithmic ${which} axis, or a linear one`, log[which], (on) => ((log[which] = on), charts.forEach((chart) => chart.make())));
    tools.append(axis("x"), axis("y"), button("all", "show all again (0, or two clicks)", () => charts.forEach((chart) => chart.reset())));
    if (figure.frames?.values.length > 1) live.prepend(slider(figure.frames, (i) => charts.forEach((chart) => chart.frame(i))));
  }
  live.append(legend(figure, state.hidden, () => redraw()), ...notes);
  const asDrawn = (on) => {
    drawn.hidden = !on;
    live.hidden = on;
  };
  asDrawn(false);
  const file = name.replaceAll("/", "-");
  tools.append(
    toggle("as drawn", "the figure as its SVG file has it", false, asDrawn),
    button("SVG", "keep the figure as a file", () => save(`${file}.svg`, "image/svg+xml", new XMLSerializer().serializeToString(drawn.querySelector("svg")))),
    button("CSV", "keep its data as a file", () => save(`${file}.csv`, "text/csv", csv(tableOf(figure)))),
  );
}

/** The panels of a figure that are maps. */
function maps(figure, state, panels, live) {
  const made = figure.panels.map((panel) => (panel.sentence ? null : panelMap(figure, panel, state, onBar)));
  figure.panels.forEach((panel, i) => panels.append(made[i] ? made[i].made.box : el("div", { class: "panel" }, el("h4", {}, ...rich(panel.title)), el("p", { class: "sentence" }, ...rich(panel.sentence)))));
  const heat = figure.panels.flatMap((panel) => panel.series).find((series) => series.mark === "heat");
  if (heat) live.append(colorBar(heat.label, ...heat.data[1].map(numberOf), true));
  return made.filter(Boolean);
}

/** Does it when the element comes near, and only then. */
function whenNear(element, act) {
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    act(element);
  }, { rootMargin: "600px" });
  watch.observe(element);
}

async function fillTable(details) {
  const { folder, table } = details.dataset;
  const unpacked = await unpack(`table-${folder}-${table}`, data.folders[folder].tables[table]);
  details.querySelector(".without-scripts").replaceWith(new TableView(unpacked).box);
}

async function explore(box) {
  const { folder } = box.dataset;
  const table = await unpack(`cells-${folder}`, data.folders[folder].sweep.cells);
  new Explorer(box, data.folders[folder], table);
}

/** Dark, light, or as the system has it. */
function themeButton() {
  const names = { "": "theme: system", dark: "theme: dark", light: "theme: light" };
  const next = { "": "dark", dark: "light", light: "" };
  let now = "";
  const made = button(names[now], "dark, light, or as the system has it", () => {
    now = next[now];
    made.textContent = names[now];
    if (now) document.documentElement.dataset.theme = now;
    else delete document.documentElement.dataset.theme;
    redrawAll();
  });
  made.classList.add("theme");
  return made;
}

document.querySelector("nav").append(themeButton());
document.documentElement.classList.add("scripted");
document.querySelectorAll("figure[data-figure]").forEach((card) => whenNear(card, enliven));
document.querySelectorAll("details.table").forEach((details) => details.addEventListener("toggle", () => fillTable(details), { once: true }));
document.querySelectorAll(".explorer").forEach((box) => whenNear(box, explore));
