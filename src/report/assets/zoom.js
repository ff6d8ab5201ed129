// A rectangle that is drawn over a map with the pointer: what lies in it is shown.

/** Pixels that the pointer moves before it draws a rectangle; along an edge with less, all of it stays. */
const DRAG = 6;

/** Lets a rectangle on a map's canvas zoom, and two clicks show all. */
function zoomable(map) {
  const { canvas, holder } = map;
  const box = el("div", { class: "u-select", hidden: true });
  holder.append(box);
  let from = null;
  const inside = ([x, y]) => {
    const { left, right, top, bottom } = map.frame;
    return [Math.min(Math.max(x, left), right), Math.min(Math.max(y, top), bottom)];
  };
  const rectangle = (event) => {
    const [a, b] = [from, inside([event.offsetX, event.offsetY])];
    const { left, right, top, bottom } = map.frame;
    const ends = (i, low, high) => (Math.abs(a[i] - b[i]) < DRAG ? [low, high] : [Math.min(a[i], b[i]), Math.max(a[i], b[i])]);
    return { x: ends(0, left, right), y: ends(1, top, bottom), isDrawn: Math.hypot(a[0] - b[0], a[1] - b[1]) >= DRAG };
  };
  const end = () => {
    from = null;
    box.hidden = true;
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    from = inside([event.offsetX, event.offsetY]);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) return;
    const { x, y, isDrawn } = rectangle(event);
    box.hidden = !isDrawn;
    Object.assign(box.style, { left: `${x[0]}px`, top: `${y[0]}px`, width: `${x[1] - x[0]}px`, height: `${y[1] - y[0]}px` });
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!from) return;
    const { x, y, isDrawn } = rectangle(event);
    end();
    if (!isDrawn) return;
    const { left, right, top, bottom } = map.frame;
    map.x.zoom((x[0] - left) / (right - left), (x[1] - left) / (right - left));
    map.y.zoom((bottom - y[1]) / (bottom - top), (bottom - y[0]) / (bottom - top));
    map.draw();
    // The click that follows chooses nothing.
    canvas.addEventListener("click", (click) => click.stopImmediatePropagation(), { capture: true, once: true });
  });
  canvas.addEventListener("pointercancel", end);
  canvas.addEventListener("dblclick", () => map.reset());
}
