/** RecipeExplorer's chart of APs: a dot for each seed. */

import {
  CHART_FONT,
  drawMarker,
  drawRule,
  LEGEND_FONT,
  makePlot,
} from "../lib/chart.js";
import { COLORS } from "../lib/colors.js";
import { setLabel } from "../lib/dom.js";
import { formatShare } from "../lib/format.js";
import { mean } from "./data.js";

/** @typedef {import("../lib/chart.js").Context} Context */
/** @typedef {import("../lib/chart.js").Plot} Plot */
/** @typedef {import("../lib/theme.js").Colors} Colors */
/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").State} State */
/** @typedef {import("./parts.js").Parts} Parts */

const MARGIN = { left: 62, right: 44, top: 6, bottom: 20 };
const BAND = 72; // pixels per metric
const [OURS, THEIRS, GUESS] = [-14, 8, 20]; // pixels from the middle of a band
/** @type {{ metric: "ap50" | "ap75" | "ap", text: string }[]} */
const METRICS = [
  { metric: "ap50", text: "AP50" },
  { metric: "ap75", text: "AP75" },
  { metric: "ap", text: "COCO AP" },
];
export const DOTS_HEIGHT = METRICS.length * BAND + MARGIN.top + MARGIN.bottom;

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {State} state
 * @param {number} guess of the slider
 */
export function drawDots({ dots, colors }, { full }, state, guess) {
  const { row, shown } = state;
  const context = dots.begin();
  const plot = makePlot(dots, MARGIN);
  drawAxis(context, plot, colors);
  METRICS.forEach(({ metric, text }, band) => {
    const y = MARGIN.top + (band + 0.5) * BAND;
    context.fillStyle = colors.text;
    context.font = LEGEND_FONT;
    context.textAlign = "left";
    context.fillText(text, 0, y);
    drawSeeds(context, plot, y + THEIRS, full[metric], hollow(colors));
    if (row && shown) drawSeeds(context, plot, y + OURS, row[metric], FILLED);
  });
  if (row && row !== full) {
    const tip = plot.x(state.guess ?? (shown ? NaN : guess));
    if (Number.isFinite(tip)) drawGuess(context, tip, colors);
  }
  setLabel(dots.canvas, describe(full, shown ? row : undefined));
}

const FILLED = { radius: 5, fill: COLORS.miss, stroke: COLORS.miss };

/** @param {Colors} colors */
function hollow(colors) {
  return { radius: 5, stroke: colors.muted };
}

/**
 * @param {Context} context
 * @param {Plot} plot
 * @param {Colors} colors
 */
function drawAxis(context, plot, colors) {
  context.font = CHART_FONT;
  context.lineWidth = 1;
  context.strokeStyle = colors.line;
  context.fillStyle = colors.muted;
  context.textBaseline = "middle";
  context.textAlign = "center";
  for (const value of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
    const x = plot.x(value);
    drawRule(context, [x, plot.top], [x, plot.base]);
    context.fillText(String(value), x, plot.base + 11);
  }
}

/**
 * Draw a dot for each seed, and their mean as a number on the right.
 *
 * @param {Context} context
 * @param {Plot} plot
 * @param {number} y
 * @param {number[]} values
 * @param {{ radius: number, fill?: string, stroke: string }} look
 */
function drawSeeds(context, plot, y, values, look) {
  for (const value of values) {
    drawMarker(context, "disk", [plot.x(value), y], look);
  }
  context.font = LEGEND_FONT;
  context.fillStyle = look.stroke;
  context.textAlign = "right";
  context.fillText(formatShare(mean(values)), plot.right + MARGIN.right, y);
}

/**
 * @param {Context} context
 * @param {number} x
 * @param {Colors} colors
 */
function drawGuess(context, x, colors) {
  const tip = MARGIN.top + 0.5 * BAND + GUESS;
  const look = { radius: 5, fill: colors.text, stroke: colors.text };
  drawMarker(context, "triangle", [x, tip], look);
}

/**
 * @param {import("./data.js").Row} full
 * @param {import("./data.js").Row | undefined} row
 */
function describe(full, row) {
  /** @param {import("./data.js").Row} one */
  const said = (one) =>
    METRICS.map(({ metric, text }) => {
      const values = one[metric].map(formatShare);
      return `${text} ${values.join(", ")}`;
    }).join("; ");
  const ours = row && row !== full ? `This row, by seed: ${said(row)}. ` : "";
  return `${ours}The full recipe, by seed: ${said(full)}.`;
}
