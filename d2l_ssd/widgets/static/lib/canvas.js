/** A canvas that is sharp on every screen. */

import { element } from "./dom.js";

/**
 * @typedef {object} Stage a canvas in CSS pixels
 * @property {HTMLCanvasElement} canvas
 * @property {number} width
 * @property {number} height
 * @property {() => CanvasRenderingContext2D} begin clears it and returns its context
 * @property {() => void} observe starts to follow the parent's size
 * @property {() => void} disconnect ends it
 */

/**
 * Make a canvas that fills its parent's width.
 *
 * @param {object} options
 * @param {number | ((width: number) => number)} options.height
 * @param {() => void} options.redraw runs after its size has changed
 * @returns {Stage}
 */
export function makeCanvas({ height, redraw }) {
  const heightOf = typeof height === "number" ? () => height : height;
  const canvas = element("canvas", { role: "img" });
  const context = /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext("2d")
  );
  const observer = new ResizeObserver(([{ contentRect }]) => {
    const width = Math.round(contentRect.width);
    const high = heightOf(width);
    if (!width || (width === stage.width && high === stage.height)) return;
    Object.assign(stage, { width, height: high });
    redraw();
  });
  const stage = {
    canvas,
    width: 0,
    height: 0,
    begin: () => clearCanvas(context, stage),
    observe: () =>
      observer.observe(/** @type {Element} */ (canvas.parentElement)),
    disconnect: () => observer.disconnect(),
  };
  return stage;
}

/**
 * The height of a canvas that keeps its shape: `ratio` times its width.
 *
 * @param {number} ratio
 * @returns {(width: number) => number}
 */
export function byRatio(ratio) {
  return (width) => Math.round(width * ratio);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ width: number, height: number }} size
 */
function clearCanvas(context, { width, height }) {
  const { canvas } = context;
  const scale = window.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.height = `${height}px`;
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
