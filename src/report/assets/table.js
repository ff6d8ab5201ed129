// Tables of any size: only the fields that are seen are made. They sort by a click on a head, and filter by words.

const ROW = 26;
const CHARACTER = 7.8;

/** Columns of a packed table as typed arrays. */
async function unpack(id, packed) {
  const text = document.getElementById(id).textContent.trim();
  const bytes = Uint8Array.fromBase64?.(text) ?? bytesOf(atob(text));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const buffer = await new Response(stream).arrayBuffer();
  let at = 0;
  const columns = packed.columns.map((column) => {
    const size = column.words ? 4 : 8;
    const values = new (column.words ? Uint32Array : Float64Array)(buffer, at, packed.rows);
    at += Math.ceil((size * packed.rows) / 8) * 8;
    return { ...column, values };
  });
  return { rows: packed.rows, columns, name: packed.name };
}

function bytesOf(text) {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** What stands in a field, as text. */
function field(column, row) {
  if (column.words) return column.words[column.values[row]];
  return exact(column.values[row]);
}

/** The same, short. */
function brief(column, row) {
  if (column.words) return column.words[column.values[row]];
  const x = column.values[row];
  if (Number.isNaN(x)) return "";
  const size = Math.abs(x);
  return column.kind === "count" || size === 0 || (size >= 1e-3 && size < 1e6) ? String(Number(x.toPrecision(7))) : x.toExponential(4).replace(/\.?0+e/, "e");
}

const COMPARE = {
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

/** What a filter asks of a row, or the reason why it asks nothing. */
function conditions(text, columns) {
  const tests = [];
  for (const term of text.split(",").map((term) => term.trim()).filter(Boolean)) {
    const found = term.match(/^([^<>=!]+?)\s*(<=|>=|!=|=|<|>)\s*(.*)$/);
    if (!found) {
      const words = columns.filter((column) => column.words).map((column) => [column, column.words.map((word) => word.includes(term))]);
      tests.push((row) => words.some(([column, has]) => has[column.values[row]]));
      continue;
    }
    const column = columns.find((column) => column.name === found[1].trim());
    if (!column) return { problem: `no column is called “${found[1].trim()}”` };
    const compare = COMPARE[found[2]];
    if (column.words) {
      const has = column.words.map((word) => compare(word, found[3]));
      tests.push((row) => has[column.values[row]]);
    } else {
      const wanted = Number(found[3]);
      if (found[3] === "" || Number.isNaN(wanted)) return { problem: `“${found[3]}” is no number` };
      tests.push((row) => compare(column.values[row], wanted));
    }
  }
  return { tests };
}

/** A table with its filter; `onpick(row)` hears of clicks. */
class TableView {
  constructor(table, { onpick, quick = [] } = {}) {
    Object.assign(this, { table, onpick, sorted: null, way: 1, chosen: -1, order: Uint32Array.from({ length: table.rows }, (_, i) => i) });
    this.all = this.order;
    this.filter = el("input", { type: "search", placeholder: "filter: a word, or column < 0.1, column = word", "aria-label": "Filter rows: words, or comparisons with columns, separated by commas", spellcheck: "false" });
    this.filter.addEventListener("input", () => this.refilter());
    this.status = el("output", { class: "status", "aria-live": "polite" });
    const buttons = quick.map(([name, text]) => button(name, `filter: ${text}`, () => ((this.filter.value = text), this.refilter())));
    const keep = button("CSV", "keep these rows as a file", () => this.save());
    this.body = el("tbody");
    this.heads = table.columns.map((column, place) => this.head(column, place));
    this.edges = [0];
    const widths = el("colgroup", {}, ...table.columns.map((column) => {
      const col = el("col");
      const width = Math.round(this.width(column) * CHARACTER);
      col.style.width = `${width}px`;
      this.edges.push(this.edges.at(-1) + width);
      return col;
    }));
    const grid = el("table", { class: "virtual", "aria-rowcount": String(table.rows + 1) }, widths, el("thead", {}, el("tr", {}, ...this.heads)), this.body);
    this.scroller = el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": table.name }, grid);
    this.scroller.addEventListener("scroll", () => this.draw());
    new ResizeObserver(() => this.draw(true)).observe(this.scroller);
    this.box = el("div", { class: "table-view" }, el("div", { class: "tools" }, this.filter, ...buttons, keep, this.status), this.scroller);
    this.refilter();
  }

  /** Characters that a column needs. */
  width(column) {
    const longest = column.words ? Math.max(4, ...column.words.slice(0, 200).map((word) => word.length)) : 12;
    return Math.min(Math.max(column.name.length + 4, longest + 2), 34);
  }

  head(column, place) {
    const about = [column.meaning, column.unit && `(${column.unit})`].filter(Boolean).join(" ");
    const sort = el("button", { type: "button", title: `${about}; sort` }, column.name);
    sort.addEventListener("click", () => this.sort(place));
    return el("th", { scope: "col", "aria-sort": "none", class: column.words ? "" : "number" }, sort);
  }

  refilter() {
    const { tests, problem } = conditions(this.filter.value, this.table.columns);
    this.filter.setAttribute("aria-invalid", String(Boolean(problem)));
    this.order = tests?.length ? this.all.filter((row) => tests.every((test) => test(row))) : this.all;
    const of = `${this.order.length} of ${this.table.rows} rows`;
    this.status.value = problem ? `${problem}; ${of}` : of;
    this.scroller.scrollTop = 0;
    this.draw(true);
  }

  sort(place) {
    this.way = this.sorted === place ? -this.way : 1;
    this.sorted = place;
    this.heads.forEach((head, i) => head.setAttribute("aria-sort", i !== place ? "none" : this.way > 0 ? "ascending" : "descending"));
    const { values, words } = this.table.columns[place];
    let key = values;
    if (words) {
      const rank = new Uint32Array(words.length);
      words.map((_, i) => i).sort((a, b) => (words[a] < words[b] ? -1 : 1)).forEach((word, at) => (rank[word] = at));
      key = values.map((code) => rank[code]);
    }
    const { way } = this;
    // What is no number comes last; equal ones stay in the order of the file.
    this.all = Uint32Array.from({ length: this.table.rows }, (_, i) => i).sort((a, b) => {
      const [x, y] = [key[a], key[b]];
      if (x === y) return a - b;
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y) || a - b;
      return x < y ? -way : way;
    });
    this.refilter();
  }

  /** Makes the rows that are seen, and room for the others. */
  draw(anew = false) {
    const { clientHeight, clientWidth, scrollTop, scrollLeft } = this.scroller;
    const rows = Math.ceil(clientHeight / ROW) + 4;
    const first = Math.max(0, Math.min(Math.floor(scrollTop / ROW) - 2, this.order.length - rows));
    const left = Math.max(0, this.edges.findIndex((edge) => edge > scrollLeft) - 2);
    const beyond = this.edges.findIndex((edge) => edge > scrollLeft + clientWidth);
    const right = beyond < 0 ? this.table.columns.length : Math.min(beyond + 1, this.table.columns.length);
    const seen = `${first} ${left} ${right}`;
    if (!anew && seen === this.seen) return;
    Object.assign(this, { seen, left, right });
    const last = Math.min(first + rows, this.order.length);
    const room = (count) => {
      const row = el("tr", { class: "room", "aria-hidden": "true" });
      row.style.height = `${count * ROW}px`;
      return row;
    };
    const made = Array.from(this.order.subarray(first, last), (row, i) => this.row(row, first + i));
    this.body.replaceChildren(room(first), ...made, room(this.order.length - last));
  }

  row(row, place) {
    const { columns } = this.table;
    const gap = (count) => (count > 0 ? [el("td", { colspan: count })] : []);
    const cells = columns.slice(this.left, this.right).map((column) => {
      const text = brief(column, row);
      const isVerdict = column.kind === "verdict" && text;
      const inside = isVerdict ? el("span", { class: `chip ${text.replaceAll(" ", "-")}` }, text) : text;
      return el("td", { class: column.words ? "" : "number", title: field(column, row), "data-column": column.name }, inside);
    });
    const all = [...gap(this.left), ...cells, ...gap(columns.length - this.right)];
    const made = el("tr", { class: row === this.chosen ? "chosen" : "", "aria-rowindex": String(place + 2) }, ...all);
    if (this.onpick) made.addEventListener("click", () => this.onpick(row));
    return made;
  }

  /** Brings a row into sight; a filter that hides it goes. */
  choose(row) {
    this.chosen = row;
    let place = this.order.indexOf(row);
    if (place < 0) {
      this.filter.value = "";
      this.refilter();
      place = this.order.indexOf(row);
    }
    this.scroller.scrollTop = Math.max(0, (place - 4) * ROW);
    this.draw(true);
  }

  save() {
    const { columns, name } = this.table;
    const rows = Array.from(this.order, (row) => columns.map((column) => field(column, row)));
    save(name, "text/csv", csv([columns.map((column) => column.name), ...rows]));
  }
}
