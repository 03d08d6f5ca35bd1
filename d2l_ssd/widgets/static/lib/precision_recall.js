/** A chart of precision over recall, one curve per class, and a point on each. */

import {
  CHART_FONT,
  DASHES,
  drawCurve,
  drawMarker,
  drawRule,
  LEGEND_FONT,
  makePlot,
} from "./chart.js";
import { CLASS_COLORS } from "./colors.js";
import { formatShare } from "./format.js";

/** @typedef {import("./canvas.js").Stage} Stage */
/** @typedef {import("./chart.js").Context} Context */
/** @typedef {import("./chart.js").Plot} Plot */
/** @typedef {import("./chart.js").Point} Point */
/** @typedef {import("./metrics.js").Curve & { ap: number }} Curve */
/** @typedef {import("./theme.js").Colors} Colors */

/**
 * @typedef {object} Options
 * @property {string[]} names of the classes
 * @property {boolean[]} on the classes that are shown
 * @property {number} least the score of the points shown
 * @property {Colors} colors
 */

const MARGIN = { left: 44, right: 10, top: 12, bottom: 34 };

/**
 * Draw the curves.
 *
 * @param {Stage} stage
 * @param {Curve[]} curves per class
 * @param {Options} options
 */
export function drawPrecisionRecall(stage, curves, options) {
  const { on, least, colors } = options;
  const context = stage.begin();
  const plot = makePlot(stage, MARGIN);
  drawGrid(context, plot, colors);
  drawAxisNames(context, plot, stage.height, colors);
  curves.forEach((curve, label) => {
    if (on[label]) drawCurve(context, pointsOf(curve, plot), lineOf(label));
  });
  drawLegend(context, plot, curves, options);
  curves.forEach((curve, label) => {
    if (!on[label]) return;
    const shown = curve.scores.filter((score) => score >= least).length;
    if (!shown) return;
    const point = pointsOf(curve, plot)[shown - 1];
    drawClassMarker(context, point, label, colors, 6.5);
  });
}

/**
 * Find the score of the curves' point that is nearest to a place.
 *
 * @param {Stage} stage
 * @param {Curve[]} curves
 * @param {boolean[]} on
 * @param {Point} place
 * @returns {number | undefined}
 */
export function nearestScore(stage, curves, on, [x, y]) {
  const plot = makePlot(stage, MARGIN);
  /** @type {number | undefined} */
  let best;
  let nearest = Infinity;
  curves.forEach((curve, label) => {
    if (!on[label]) return;
    pointsOf(curve, plot).forEach((point, i) => {
      const distance = Math.hypot(point[0] - x, point[1] - y);
      if (distance < nearest) [best, nearest] = [curve.scores[i], distance];
    });
  });
  return best;
}

/**
 * @param {Curve} curve
 * @param {Plot} plot
 */
function pointsOf({ precision, recall }, plot) {
  return Array.from(recall, (value, i) => plot.at(value, precision[i]));
}

/** @param {number} label */
function lineOf(label) {
  return { color: CLASS_COLORS[label], dash: DASHES[label % DASHES.length] };
}

/**
 * @param {Context} context
 * @param {Plot} plot
 * @param {Colors} colors
 */
function drawGrid(context, { at }, colors) {
  context.font = CHART_FONT;
  context.lineWidth = 1;
  context.strokeStyle = colors.line;
  context.fillStyle = colors.muted;
  context.textBaseline = "middle";
  for (const part of [0, 0.25, 0.5, 0.75, 1]) {
    drawRule(context, at(0, part), at(1, part));
    drawRule(context, at(part, 0), at(part, 1));
    if (part % 0.5) continue;
    context.textAlign = "right";
    context.fillText(String(part), at(0, part)[0] - 7, at(0, part)[1]);
    context.textAlign = "center";
    context.fillText(String(part), at(part, 0)[0], at(part, 0)[1] + 12);
  }
}

/**
 * @param {Context} context
 * @param {Plot} plot
 * @param {number} height
 * @param {Colors} colors
 */
function drawAxisNames(context, plot, height, colors) {
  context.fillStyle = colors.muted;
  context.textAlign = "center";
  context.fillText("recall", plot.x(0.5), height - 7);
  context.save();
  context.translate(9, plot.y(0.5));
  context.rotate(-Math.PI / 2);
  context.fillText("precision", 0, 0);
  context.restore();
}

/**
 * Name the curves in the lower left corner, the last one lowest.
 *
 * @param {Context} context
 * @param {Plot} plot
 * @param {Curve[]} curves
 * @param {Options} options
 */
function drawLegend(context, plot, curves, { names, on, colors }) {
  const x = plot.left + 10;
  let y = plot.base - 12;
  context.textAlign = "left";
  context.font = `600 ${LEGEND_FONT}`;
  for (let label = names.length - 1; label >= 0; label--) {
    if (!on[label]) continue;
    drawCurve(
      context,
      [
        [x, y],
        [x + 26, y],
      ],
      lineOf(label),
    );
    drawClassMarker(context, [x + 13, y], label, colors, 4.5);
    context.fillStyle = colors.text;
    const text = `${names[label]}: AP ${formatShare(curves[label].ap)}`;
    context.fillText(text, x + 34, y + 0.5);
    y -= 19;
  }
}

/**
 * A disk for the first class, a square for the second, and so on in turn.
 *
 * @param {Context} context
 * @param {Point} center
 * @param {number} label
 * @param {Colors} colors
 * @param {number} radius
 */
function drawClassMarker(context, center, label, colors, radius) {
  const look = { radius, fill: CLASS_COLORS[label], stroke: colors.text };
  drawMarker(context, label % 2 ? "square" : "disk", center, look);
}
