// Along an axis: its ends, its ticks and their labels.

const isLog = (axis) => axis.scale === "log";
const warp = (log, x) => (log ? Math.log10(x) : x);
const unwarp = (log, part) => (log ? 10 ** part : part);

/** Ends that show all values, with some room; `range` where it is given. */
function ends(values, log, range) {
  if (range && range.every((end) => Number.isFinite(end) && (!log || end > 0)) && range[0] < range[1]) return range;
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value) || (log && value <= 0)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return log ? [0.1, 10] : [0, 1];
  let [from, to] = [warp(log, low), warp(log, high)];
  const room = to > from ? 0.03 * (to - from) : log ? 0.3 : 0.1 * Math.abs(to) || 1;
  return [unwarp(log, from - room), unwarp(log, to + room)];
}

/** Round numbers between two: 1, 2 or 5 times a power of ten apart. */
function roundTicks(low, high, count) {
  const rough = (high - low) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((of) => of * power).find((step) => step >= 0.999 * rough);
  const ticks = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + 1e-9 * step; at += 1) {
    ticks.push(Number((at * step).toPrecision(12)));
  }
  return ticks;
}

/** Powers of ten, with 2 and 5 times them where there are few. */
function logTicks(low, high, count) {
  const [from, to] = [Math.log10(low), Math.log10(high)];
  if (to - from < 0.7) return roundTicks(low, high, count);
  const powers = Math.floor(to + 1e-9) - Math.ceil(from - 1e-9) + 1;
  const ticks = [];
  if (powers >= 3) {
    const stride = Math.max(1, Math.ceil(powers / Math.max(count, 2)));
    const first = Math.ceil(Math.ceil(from - 1e-9) / stride) * stride;
    for (let power = first; power <= to + 1e-9; power += stride) ticks.push(Number(`1e${power}`));
    return ticks;
  }
  for (let power = Math.floor(from); power <= Math.ceil(to); power += 1) {
    ticks.push(...[1, 2, 5].map((of) => Number(`${of}e${power}`)).filter((x) => x >= low * 0.999 && x <= high * 1.001));
  }
  return ticks.length < 3 ? roundTicks(low, high, count) : ticks;
}

/** Labels in one style: plain numbers with equally many decimals, or powers of ten. */
function labelsOf(log, ticks) {
  const largest = Math.max(...ticks.map(Math.abs));
  if (log || !(largest >= 0.999e-3 && largest < 1e5)) return ticks.map((x) => shown(x, 4));
  const decimals = Math.max(...ticks.map((x) => (String(Number(x.toPrecision(8))).split(".")[1] ?? "").length));
  return ticks.map((x) => (decimals > 7 ? shown(x, 4) : x.toFixed(decimals).replace("-", "−")));
}

/** As many as there is room for; whole ones where only these mean something. */
function ticksOf(log, low, high, count, whole = false) {
  const ticks = log ? logTicks(low, high, count) : roundTicks(low, high, count);
  return whole ? ticks.filter(Number.isInteger) : ticks;
}
