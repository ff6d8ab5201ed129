// What all parts share: data, elements, numbers and labels as text, colours of the theme, files to keep.

const data = JSON.parse(document.getElementById("data").textContent);

/** An element with attributes and children; strings are text, whatever is in them. */
function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const raised = (whole) => String(whole).replace("-", "⁻").replace(/\d/g, (digit) => RAISED[digit]);

/** A number with as many digits, in powers of ten where that is shorter to read. */
function shown(x, digits = 6) {
  if (x === null || x === undefined || Number.isNaN(x)) return "–";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  const size = Math.abs(x);
  if (size === 0 || (size >= 0.999e-3 && size < 1e5)) return String(Number(x.toPrecision(digits))).replace("-", "−");
  const [factor, power] = x.toExponential(digits - 1).split("e");
  const of = String(Number(factor)).replace("-", "−");
  const ten = "10" + raised(Number(power));
  return of === "1" ? ten : of === "−1" ? "−" + ten : of + "·" + ten;
}

/** As the CSV file has it, to the last digit; empty where there is none. */
const exact = (x) => (typeof x === "number" && Number.isFinite(x) ? String(x) : "");

/** Sub- and superscripts of a label: W_u, η^{0.5}; names like max_steps stay as they are. */
function rich(label) {
  const parts = [];
  const script = /[_^]\{([^}]*)\}|(?<=(?:^|[^\p{L}\p{N}_])[\p{L}\p{N}])([_^])([\p{L}\p{N}])(?![\p{L}\p{N}_])/gu;
  let end = 0;
  for (const found of label.matchAll(script)) {
    parts.push(label.slice(end, found.index));
    const below = (found[2] ?? found[0][0]) === "_";
    parts.push(el(below ? "sub" : "sup", {}, found[1] ?? found[3]));
    end = found.index + found[0].length;
  }
  parts.push(label.slice(end));
  return parts;
}

/** A number of a figure, which JSON has as null or text where it is not finite. */
const numberOf = (value) => (value === null ? NaN : value === "inf" ? Infinity : value === "-inf" ? -Infinity : value);

const prefersDark = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : prefersDark.matches;
}

/** Whatever is drawn on a canvas is drawn again with the theme. */
const themed = new Set();
const redrawAll = () => themed.forEach((redraw) => redraw());
prefersDark.addEventListener("change", redrawAll);

/** Colours of texts and lines that belong to no series. */
const ink = () => (isDark() ? "#d6d9de" : "#1c1e21");
const ground = () => (isDark() ? "#14161a" : "#fff");
const faint = () => (isDark() ? "#30343b" : "#e2e2e2");

/** A colour of a look on the theme's ground: grey turns over, dark colours get lighter. */
function onGround(color) {
  if (!isDark()) return color;
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
  const [most, least] = [Math.max(r, g, b), Math.min(r, g, b)];
  if (most - least < 0.06) return `hsl(0 0% ${(18 + 76 * (1 - most)).toFixed(0)}%)`;
  const light = (most + least) / 2;
  const share = Math.max(0, 0.6 - light) / Math.max(1 - light, 0.1);
  return `rgb(${[r, g, b].map((part) => Math.round(255 * (part + share * (1 - part)))).join(" ")})`;
}

/** Viridis at a part of its bar, from a few of its colours. */
const VIRIDIS = ["440154", "482878", "3e4989", "31688e", "26828e", "1f9e89", "35b779", "6ece58", "b5de2b", "fde725"];
function viridis(part) {
  const place = Math.min(Math.max(part, 0), 1) * (VIRIDIS.length - 1);
  const [low, high] = [VIRIDIS[Math.floor(place)], VIRIDIS[Math.ceil(place)]];
  const mix = (at) => {
    const [a, b] = [low, high].map((code) => parseInt(code.slice(at, at + 2), 16));
    return Math.round(a + (place % 1) * (b - a));
  };
  return `rgb(${mix(0)} ${mix(2)} ${mix(4)})`;
}

/** Hands a text to the browser as a file to keep. */
function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Rows as CSV. */
function csv(rows) {
  const field = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map(field).join(",") + "\n").join("");
}

/** A button. */
const button = (text, title, onclick) => el("button", { type: "button", title, onclick }, text);

/** A button that stays pressed. */
function toggle(text, title, pressed, onchange) {
  const made = el("button", { type: "button", title, "aria-pressed": String(pressed) }, text);
  made.addEventListener("click", () => {
    const now = made.getAttribute("aria-pressed") !== "true";
    made.setAttribute("aria-pressed", String(now));
    onchange(now);
  });
  return made;
}

/** A slider over values, of which the last comes first; `onchange` hears of their numbers. */
function slider({ label, values }, onchange) {
  const last = values.length - 1;
  const text = (i) => shown(numberOf(values[i]));
  const now = el("output", {}, text(last));
  const bar = el("input", { type: "range", min: 0, max: last, value: last, "aria-valuetext": text(last) });
  bar.addEventListener("input", () => {
    now.value = text(bar.value);
    bar.setAttribute("aria-valuetext", now.value);
    onchange(Number(bar.value));
  });
  return el("label", { class: "slider" }, label + " ", bar, now);
}

/** A list to choose from, with its name: [value, text] each. */
function choice(name, options, chosen, onchange) {
  const list = el("select", { onchange: () => onchange(list.value) });
  list.append(...options.map(([value, text]) => el("option", { value, selected: value === chosen }, text)));
  return el("label", { class: "choice" }, name + " ", list);
}
