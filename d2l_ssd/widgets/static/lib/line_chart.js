/** A chart of numbers over epochs, with a cursor at one of them. */

import {
  drawCurve,
  drawLevels,
  drawMarker,
  LEGEND_FONT,
  makePlot,
} from "./chart.js";
import { COLORS } from "./colors.js";
import { clamp } from "./grid.js";

/** @typedef {import("./canvas.js").Stage} Stage */
/** @typedef {import("./chart.js").Context} Context */
/** @typedef {import("./chart.js").Plot} Plot */
/** @typedef {import("./theme.js").Colors} Colors */

/**
 * @typedef {object} Series
 * @property {(number | null)[]} values one per epoch; a gap where there is none
 * @property {string} text its name
 * @property {string} color
 * @property {number[]} [dash] of its line; without one it is single points
 */

const MARGIN = { left: 34, right: 12, top: 24, bottom: 22 };
const SWATCH = 22; // pixels of line in the legend

/**
 * Draw series over the epochs.
 *
 * @param {Stage} stage
 * @param {Series[]} series
 * @param {object} options
 * @param {number} options.epoch where the cursor is, counted from 1
 * @param {number} options.top the highest value of the axis
 * @param {Colors} options.colors
 */
export function drawEpochs(stage, series, { epoch, top, colors }) {
  const context = stage.begin();
  const count = series[0].values.length;
  const plot = plotOf(stage, count, top);
  drawAxes(context, plot, count, top, colors);
  drawCursor(context, plot, epoch);
  for (const one of series) {
    if (one.dash) drawLine(context, plot, one, epoch, colors);
    else drawPoints(context, plot, one, colors);
  }
  drawLegend(context, series, colors);
}

/**
 * The epoch, counted from 1, that lies under a pixel of the chart's width.
 *
 * @param {Stage} stage
 * @param {number} count of the epochs
 * @param {number} x
 */
export function epochAt(stage, count, x) {
  const epoch = Math.round(plotOf(stage, count, 1).valueAt(x)) + 1;
  return clamp(epoch, 1, count);
}

/**
 * @param {Stage} stage
 * @param {number} count
 * @param {number} top
 */
function plotOf(stage, count, top) {
  return makePlot(stage, MARGIN, [0, count - 1], [0, top]);
}

/**
 * @param {Context} context
 * @param {Plot} plot
 * @param {number} count
 * @param {number} top
 * @param {Colors} colors
 */
function drawAxes(context, plot, count, top, colors) {
  drawLevels(context, plot, top, colors);
  context.textAlign = "center";
  for (const i of new Set([0, Math.floor((count - 1) / 2), count - 1])) {
    const text = i ? String(i + 1) : "epoch 1";
    context.fillText(text, Math.max(plot.x(i), 22), plot.base + 13);
  }
}

/**
 * @param {Context} context
 * @param {Plot} plot
 * @param {number} epoch
 */
function drawCursor(context, plot, epoch) {
  context.fillStyle = COLORS.neutral;
  context.globalAlpha = 0.5;
  context.fillRect(plot.x(epoch - 1) - 1.5, plot.top, 3, plot.base - plot.top);
  context.globalAlpha = 1;
}

/**
 * Draw a line, and a disk where it meets the cursor.
 *
 * @param {Context} context
 * @param {Plot} plot
 * @param {Series} series
 * @param {number} epoch
 * @param {Colors} colors
 */
function drawLine(context, plot, { values, color, dash }, epoch, colors) {
  const points = values.map((value, i) => plot.at(i, value ?? NaN));
  drawCurve(context, points, { color, dash });
  const point = points[epoch - 1];
  if (!Number.isFinite(point[1])) return;
  const look = { radius: 5, fill: color, stroke: colors.panel };
  drawMarker(context, "disk", point, look);
}

/**
 * @param {Context} context
 * @param {Plot} plot
 * @param {Series} series
 * @param {Colors} colors
 */
function drawPoints(context, plot, { values, color }, colors) {
  values.forEach((value, i) => {
    if (value === null) return;
    drawMarker(context, "diamond", plot.at(i, value), diamond(color, colors));
  });
}

/**
 * @param {string} color
 * @param {Colors} colors
 */
function diamond(color, colors) {
  return { radius: 6, fill: color, stroke: colors.text, lineWidth: 1 };
}

/**
 * @param {Context} context
 * @param {Series[]} series
 * @param {Colors} colors
 */
function drawLegend(context, series, colors) {
  let left = MARGIN.left;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.font = LEGEND_FONT;
  for (const { text, color, dash } of series) {
    if (dash) {
      drawCurve(
        context,
        [
          [left, 10],
          [left + SWATCH, 10],
        ],
        { color, dash },
      );
    } else {
      drawMarker(context, "diamond", [left + 14, 10], diamond(color, colors));
    }
    context.fillStyle = colors.text;
    context.fillText(text, left + SWATCH + 6, 10.5);
    left += SWATCH + 6 + context.measureText(text).width + 16;
  }
}
