// One edge of a map: where its values lie, and which part of it is seen.

/** Along one edge of a map: where values lie, as parts of what is seen of it. */
class Edge {
  /** @param axis label, scale, cells (ascending) and names in place of numbers; without cells, the ends of `values`. */
  constructor(axis, values) {
    this.names = axis.names ?? [];
    this.log = isLog(axis);
    this.cells = axis.cells ?? [];
    this.borders = this.cells.length ? this.between() : ends(values, this.log).map((end) => warp(this.log, end));
    this.reset();
  }

  /** Borders of the cells: in the middle of two, and as far beyond the first and the last. */
  between() {
    const at = this.cells.map((x) => warp(this.log, x));
    const last = at.length - 1;
    if (!last) return [at[0] - 0.5, at[0] + 0.5];
    const middles = at.slice(1).map((x, i) => (x + at[i]) / 2);
    return [1.5 * at[0] - 0.5 * at[1], ...middles, 1.5 * at[last] - 0.5 * at[last - 1]];
  }

  /** Shows all of it. */
  reset() {
    [this.low, this.high] = this.all();
  }

  all() {
    return [this.borders[0], this.borders.at(-1)];
  }

  isWhole() {
    const [low, high] = this.all();
    return this.low === low && this.high === high;
  }

  /** Whether another one has the same values in the same places. */
  isLike(other) {
    return this.log === other.log && this.borders.length === other.borders.length && this.borders.every((border, i) => border === other.borders[i]);
  }

  /** Shows what lies between two parts of what is seen now; never beyond its ends, never less than nothing to speak of. */
  zoom(from, to) {
    const [first, last] = this.all();
    const size = Math.min(Math.max((to - from) * (this.high - this.low), 1e-6 * (last - first)), last - first);
    const low = Math.min(Math.max(this.low + from * (this.high - this.low), first), last - size);
    [this.low, this.high] = [low, low + size];
  }

  part(x) {
    return (warp(this.log, x) - this.low) / (this.high - this.low);
  }

  /** Of border number i. */
  border(i) {
    return (this.borders[i] - this.low) / (this.high - this.low);
  }

  /** Number of the cell that a part of what is seen lies in. */
  cell(part) {
    const at = this.low + part * (this.high - this.low);
    const beyond = this.borders.findIndex((border) => border > at);
    const last = this.borders.length - 2;
    return beyond < 0 ? last : Math.min(Math.max(beyond - 1, 0), last);
  }

  /** [part, text] of each label. */
  ticks(count) {
    const isSeen = ([part]) => part >= -1e-9 && part <= 1 + 1e-9;
    if (this.names.length) {
      const seen = this.names.map((name, i) => [this.part(this.cells[i]), name]).filter(isSeen);
      const stride = Math.ceil(seen.length / count);
      return seen.filter((_, i) => i % stride === 0);
    }
    const [low, high] = [this.low, this.high].map((end) => unwarp(this.log, end));
    // Cells reach beyond their values; there is nothing there to have a label.
    const [first, last] = [this.cells[0] ?? low, this.cells.at(-1) ?? high];
    const ticks = ticksOf(this.log, low, high, count).filter((x) => x >= first - 1e-9 * Math.abs(first) && x <= last + 1e-9 * Math.abs(last));
    const labels = labelsOf(this.log, ticks);
    return ticks.map((x, i) => [this.part(x), labels[i]]);
  }
}
