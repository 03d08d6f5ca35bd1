/** Parts of charts: the plot's scales, lines, markers. */

import { strokePath } from "./draw.js";

/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {import("./draw.js").Point} Point */

/** @typedef {[low: number, high: number]} Range of values */
/**
 * @typedef {object} Margin in pixels around the plot
 * @property {number} left
 * @property {number} right
 * @property {number} top
 * @property {number} bottom
 */

export const CHART_FONT = "11px system-ui, sans-serif";
export const LEGEND_FONT = "12px system-ui, sans-serif";
/** Lines that differ without color, too. */
export const DASHES = [[], [8, 4], [2, 3], [8, 3, 2, 3]];

/** @typedef {ReturnType<typeof makePlot>} Plot */

/**
 * Make the scales of a plot; a range without extent lies in the middle.
 *
 * @param {{ width: number, height: number }} stage
 * @param {Margin} margin
 * @param {Range} [xRange]
 * @param {Range} [yRange]
 */
export function makePlot(stage, margin, xRange = [0, 1], yRange = [0, 1]) {
  const { left, top } = margin;
  const [right, base] = [
    stage.width - margin.right,
    stage.height - margin.bottom,
  ];
  /** @param {number} value */
  const x = (value) => left + shareOf(value, xRange) * (right - left);
  /** @param {number} value */
  const y = (value) => base - shareOf(value, yRange) * (base - top);
  /** @type {(x: number, y: number) => Point} */
  const at = (xValue, yValue) => [x(xValue), y(yValue)];
  /** @param {number} pixel */
  const valueAt = (pixel) =>
    xRange[0] + ((pixel - left) / (right - left)) * (xRange[1] - xRange[0]);
  return { left, right, top, base, x, y, at, valueAt };
}

/**
 * @param {number} value
 * @param {Range} range
 */
function shareOf(value, [low, high]) {
  return high > low ? (value - low) / (high - low) : 0.5;
}

/**
 * A round number not under a value: 1, 2, 3, 4, 5, 6, 8, 10, 20 ...
 *
 * @param {number} value
 */
export function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  const steps = [1, 2, 3, 4, 5, 6, 8];
  return power * (steps.find((step) => step * power >= value) ?? 10);
}

/**
 * Draw a line through values, with a gap where one is no number.
 *
 * @param {Context} context
 * @param {Point[]} points
 * @param {{ color: string, dash?: number[], width?: number }} look
 */
export function drawCurve(context, points, { color, dash = [], width = 2 }) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.beginPath();
  let pen = false;
  for (const [x, y] of points) {
    const known = Number.isFinite(y);
    if (known && pen) context.lineTo(x, y);
    else if (known) context.moveTo(x, y);
    pen = known;
  }
  context.stroke();
  context.setLineDash([]);
}

/**
 * Draw a thin line, of the context's style, on the pixels that it is nearest to.
 *
 * @param {Context} context
 * @param {Point} from
 * @param {Point} to
 */
export function drawRule(context, from, to) {
  const [start, end] = [from, to].map(
    ([x, y]) =>
      /** @type {Point} */ ([Math.round(x) + 0.5, Math.round(y) + 0.5]),
  );
  strokePath(context, [start, end]);
}

/**
 * Draw the levels 0, half and `top` across a plot, with their numbers on the left.
 *
 * @param {Context} context
 * @param {Plot} plot
 * @param {number} top
 * @param {import("./theme.js").Colors} colors
 */
export function drawLevels(context, plot, top, colors) {
  context.font = CHART_FONT;
  context.lineWidth = 1;
  context.strokeStyle = colors.line;
  context.fillStyle = colors.muted;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const value of [0, top / 2, top]) {
    const y = plot.y(value);
    drawRule(context, [plot.left, y], [plot.right, y]);
    const text = String(Number(value.toPrecision(2)));
    context.fillText(text, plot.left - 7, Math.round(y) + 0.5);
  }
}

/** @typedef {"disk" | "square" | "diamond" | "triangle"} MarkerShape */

/**
 * Draw a marker.
 *
 * @param {Context} context
 * @param {MarkerShape} shape
 * @param {Point} center of a triangle: its tip, which points up
 * @param {object} look
 * @param {number} look.radius
 * @param {string} [look.fill]
 * @param {string} look.stroke
 * @param {number} [look.lineWidth]
 */
export function drawMarker(context, shape, center, look) {
  const { radius, fill, stroke, lineWidth = 1.5 } = look;
  context.beginPath();
  TRACES[shape](context, ...center, radius);
  context.strokeStyle = stroke;
  context.lineWidth = lineWidth;
  if (fill) {
    context.fillStyle = fill;
    context.fill();
  }
  context.stroke();
}

/** @type {Record<MarkerShape, (context: Context, x: number, y: number, r: number) => void>} */
const TRACES = {
  disk: (context, x, y, r) => context.arc(x, y, r, 0, 2 * Math.PI),
  square: (context, x, y, r) => context.rect(x - r, y - r, 2 * r, 2 * r),
  diamond: (context, x, y, r) => {
    context.moveTo(x, y - r);
    context.lineTo(x + r, y);
    context.lineTo(x, y + r);
    context.lineTo(x - r, y);
    context.closePath();
  },
  triangle: (context, x, y, r) => {
    context.moveTo(x, y);
    context.lineTo(x + r, y + 1.8 * r);
    context.lineTo(x - r, y + 1.8 * r);
    context.closePath();
  },
};

/**
 * Fill a rectangle with hatching and a border: a part that is told without color.
 *
 * @param {Context} context
 * @param {import("./draw.js").Rect} rect
 */
export function hatchRect(context, [x, y, width, height]) {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.beginPath();
  for (let k = -height; k < width; k += 6) {
    context.moveTo(x + k, y + height);
    context.lineTo(x + k + height, y);
  }
  context.stroke();
  context.restore();
  const [wide, high] = [Math.max(0, width - 1.5), Math.max(0, height - 1.5)];
  context.strokeRect(x + 0.75, y + 0.75, wide, high);
}
