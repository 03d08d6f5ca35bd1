/** IoU, GIoU and the guess on one axis. */

import { CHART_FONT, drawMarker, drawRule, makePlot } from "../lib/chart.js";
import { COLORS } from "../lib/colors.js";
import { setLabel } from "../lib/dom.js";
import { formatShare } from "../lib/format.js";
import { FOUND } from "./data.js";
import { formatSigned } from "./texts.js";

/** @typedef {import("./data.js").State} State */
/** @typedef {import("./parts.js").Parts} Parts */

const MARGIN = { left: 14, right: 14, top: 8, bottom: 38 };
export const SCALE_HEIGHT = 70;
const TICKS = [-1, -0.5, 0, 0.5, 1];

/**
 * @param {Parts} parts
 * @param {State} state
 */
export function drawScale({ scale, colors }, state) {
  const { shown, guess, measures } = state;
  const context = scale.begin();
  const plot = makePlot(scale, MARGIN, [-1, 1]);
  const middle = (plot.top + plot.base) / 2;
  drawAxis(context, plot, colors);
  context.strokeStyle = colors.text;
  context.setLineDash([4, 3]);
  drawRule(context, [plot.x(FOUND), 0], [plot.x(FOUND), plot.base]);
  context.setLineDash([]);
  const ink = { fill: colors.text, stroke: colors.text };
  const tip = plot.base + 2;
  drawMarker(context, "triangle", [plot.x(guess), tip], { ...ink, radius: 5 });
  if (shown) {
    const iou = { fill: COLORS.positive, stroke: colors.text, radius: 6 };
    const giou = { fill: COLORS.neutral, stroke: colors.text, radius: 7 };
    drawMarker(context, "diamond", [plot.x(measures.giou), middle], giou);
    drawMarker(context, "disk", [plot.x(measures.iou), middle], iou);
  }
  setLabel(scale.canvas, describe(state));
}

/**
 * @param {import("../lib/chart.js").Context} context
 * @param {import("../lib/chart.js").Plot} plot
 * @param {import("../lib/theme.js").Colors} colors
 */
function drawAxis(context, plot, colors) {
  context.font = CHART_FONT;
  context.lineWidth = 1;
  context.strokeStyle = colors.line;
  context.fillStyle = colors.muted;
  context.textBaseline = "middle";
  context.textAlign = "center";
  drawRule(context, [plot.left, plot.base], [plot.right, plot.base]);
  for (const value of TICKS) {
    const x = plot.x(value);
    drawRule(context, [x, plot.top], [x, plot.base]);
    context.fillText(String(value).replace("-", "−"), x, plot.base + 24);
  }
}

/** @param {State} state */
function describe({ shown, guess, measures: { iou, giou } }) {
  const values = shown
    ? `IoU ${formatShare(iou)}, GIoU ${formatSigned(giou)}, `
    : "";
  return `On a scale from −1 to 1: ${values}your guess ${formatShare(guess)}.`;
}
