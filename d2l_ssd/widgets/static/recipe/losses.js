/** RecipeExplorer's curves: the losses of a row beside the full recipe's. */

import {
  CHART_FONT,
  drawCurve,
  drawLevels,
  makePlot,
  niceTop,
} from "../lib/chart.js";
import { COLORS } from "../lib/colors.js";
import { setLabel } from "../lib/dom.js";
import { formatCount, formatShare } from "../lib/format.js";

/** @typedef {import("../lib/canvas.js").Stage} Stage */
/** @typedef {import("../lib/chart.js").Context} Context */
/** @typedef {import("../lib/chart.js").Plot} Plot */
/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Row} Row */
/** @typedef {import("./data.js").State} State */
/** @typedef {import("./parts.js").Parts} Parts */
/** @typedef {"class_loss" | "localization_loss"} Loss */

const MARGIN = { left: 34, right: 12, top: 8, bottom: 20 };
const HIGHEST = 3; // times the full recipe's: what diverges leaves the chart

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {State} state
 */
export function drawLosses(parts, { full }, { row, shown }) {
  const rows = row && shown && row !== full ? [full, row] : [full];
  /** @type {[Stage, Loss, string][]} */
  const charts = [
    [parts.classLoss, "class_loss", "Classification loss"],
    [parts.localizationLoss, "localization_loss", "Localization loss"],
  ];
  for (const [stage, loss, text] of charts) {
    drawChart(stage, rows, loss, parts.colors);
    setLabel(stage.canvas, describe(rows, loss, text));
  }
}

/**
 * @param {Stage} stage
 * @param {Row[]} rows the full recipe first
 * @param {Loss} loss
 * @param {import("../lib/theme.js").Colors} colors
 */
function drawChart(stage, rows, loss, colors) {
  const context = stage.begin();
  const last = Math.max(...rows.map(({ images }) => images[images.length - 1]));
  const top = topOf(rows, loss);
  const plot = makePlot(stage, MARGIN, [0, last], [0, top]);
  drawLevels(context, plot, top, colors);
  context.font = CHART_FONT;
  context.textAlign = "right";
  const text = `${formatCount(last)} images`;
  context.fillText(text, plot.right, plot.base + 11);
  context.save();
  context.beginPath();
  context.rect(plot.left, 0, plot.right - plot.left, plot.base);
  context.clip();
  rows.forEach((row, k) => {
    const look = k
      ? { color: COLORS.miss, width: 1.5 }
      : { color: colors.muted, width: 1.5, dash: [5, 3] };
    drawRow(context, plot, row, loss, look);
  });
  context.restore();
}

/**
 * Draw a line for each seed.
 *
 * @param {Context} context
 * @param {Plot} plot
 * @param {Row} row
 * @param {Loss} loss
 * @param {{ color: string, dash?: number[], width?: number }} look
 */
function drawRow(context, plot, row, loss, look) {
  for (const values of row[loss]) {
    const points = values.map((value, i) =>
      plot.at(row.images[i], value ?? NaN),
    );
    drawCurve(context, points, look);
  }
}

/**
 * The top of the axis: of all curves, if none is far over the full recipe's.
 *
 * @param {Row[]} rows the full recipe first
 * @param {Loss} loss
 */
export function topOf(rows, loss) {
  const [full, ...others] = rows.map((row) =>
    Math.max(...row[loss].flat().map((value) => value ?? 0)),
  );
  return niceTop(Math.min(Math.max(full, ...others), HIGHEST * full));
}

/**
 * @param {Row[]} rows the full recipe first
 * @param {Loss} loss
 * @param {string} text its name
 */
function describe(rows, loss, text) {
  /** @param {Row} row */
  const atEnd = (row) =>
    row[loss].map((values) => formatShare(values[values.length - 1] ?? NaN));
  const [full, ours] = rows.map((row) => atEnd(row).join(", "));
  const row = ours ? `this row ${ours}; ` : "";
  return `${text} in the end, by seed: ${row}the full recipe ${full}.`;
}
