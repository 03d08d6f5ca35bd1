/** Curves over the scenes trained: a run's, the gray one's, a dashed level, marks. */

import {
  drawCurve,
  drawLevels,
  drawRule,
  makePlot,
  niceTop,
} from "../lib/chart.js";

/** @typedef {import("../lib/canvas.js").Stage} Stage */
/** @typedef {import("../lib/chart.js").Context} Context */
/** @typedef {import("../lib/chart.js").Plot} Plot */
/** @typedef {import("../lib/theme.js").Colors} Colors */
/** @typedef {[count: number, value: number][]} Points */

/**
 * @typedef {object} Curves
 * @property {Points} points
 * @property {Points} gray of the run that is compared
 * @property {string} color
 * @property {number} length scenes of a run
 * @property {string} [unit] in place of scenes
 * @property {number} [top] of the axis; else what the points need
 * @property {number} [level] a dashed line
 * @property {string} [levelText]
 * @property {{ count: number, text: string }[]} marks
 */

const MARGIN = { left: 30, right: 10, top: 8, bottom: 18 };
const GRAY = "#8a949e";

/**
 * @param {Stage} stage
 * @param {Curves} curves
 * @param {Colors} colors
 */
export function drawCurves(stage, curves, colors) {
  const { points, gray, color, level, marks } = curves;
  const context = stage.begin();
  const last = [points, gray].map((all) => all[all.length - 1]?.[0] ?? 0);
  const right = Math.max(curves.length, ...last);
  const top = curves.top ?? topOf([...points, ...gray], level ?? 0);
  const plot = makePlot(stage, MARGIN, [0, right], [0, top]);
  const end = `${right.toLocaleString("en-US")} ${curves.unit ?? "scenes"}`;
  drawAxes(context, plot, top, end, colors);
  if (level) drawLevel(context, plot, level, curves.levelText ?? "", colors);
  for (const mark of marks) drawMark(context, plot, mark, colors);
  context.save();
  context.beginPath();
  context.rect(0, plot.top - 3, stage.width, plot.base - plot.top + 4);
  context.clip();
  drawCurve(context, place(gray, plot), { color: GRAY, width: 1.5 });
  drawCurve(context, place(points, plot), { color });
  context.restore();
}

/**
 * The top of a loss's axis: one spike must not flatten the rest.
 *
 * @param {Points} points
 * @param {number} level
 */
export function topOf(points, level) {
  const values = points.map(([, value]) => value).sort((a, b) => a - b);
  const high = values[Math.floor(0.97 * values.length)] ?? 0;
  return niceTop(Math.max(1, level * 1.15, high * 1.05));
}

/**
 * @param {Points} points
 * @param {Plot} plot
 */
function place(points, plot) {
  return points.map(([count, value]) => plot.at(count, value));
}

/**
 * @param {Context} context
 * @param {Plot} plot
 * @param {number} top
 * @param {string} end of the lower axis
 * @param {Colors} colors
 */
function drawAxes(context, plot, top, end, colors) {
  drawLevels(context, plot, top, colors);
  context.textBaseline = "alphabetic";
  const y = plot.base + 14;
  context.textAlign = "left";
  context.fillText("0", plot.left, y);
  context.textAlign = "right";
  context.fillText(end, plot.right, y);
}

/**
 * @param {Context} context
 * @param {Plot} plot
 * @param {number} level
 * @param {string} text
 * @param {Colors} colors
 */
function drawLevel(context, plot, level, text, colors) {
  const y = plot.y(level);
  context.setLineDash([6, 4]);
  context.strokeStyle = colors.text;
  drawRule(context, [plot.left, y], [plot.right, y]);
  context.setLineDash([]);
  context.textAlign = "right";
  context.fillStyle = colors.text;
  context.fillText(text, plot.right, y - 4);
}

/**
 * @param {Context} context
 * @param {Plot} plot
 * @param {{ count: number, text: string }} mark
 * @param {Colors} colors
 */
function drawMark(context, plot, { count, text }, colors) {
  const x = plot.x(count);
  context.setLineDash([2, 3]);
  context.strokeStyle = colors.text;
  drawRule(context, [x, plot.top], [x, plot.base]);
  context.setLineDash([]);
  const wide = context.measureText(text).width;
  const left = x + 4 + wide > plot.right;
  context.textAlign = left ? "right" : "left";
  context.fillStyle = colors.text;
  context.fillText(text, left ? x - 4 : x + 4, plot.base - 5);
}
