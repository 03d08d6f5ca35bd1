/** The chart of the target's score by the share of it that is hidden. */

import {
  CHART_FONT,
  drawCurve,
  drawLevels,
  drawMarker,
  drawRule,
  makePlot,
} from "../lib/chart.js";
import { COLORS } from "../lib/colors.js";

/** @typedef {import("../lib/canvas.js").Stage} Stage */
/** @typedef {import("../lib/theme.js").Colors} Colors */
/** @typedef {{ share: number, score: number }} Measured */

export const CHART_HEIGHT = 150;
const MARGIN = { left: 30, right: 22, top: 10, bottom: 34 };
const TICKS = [0, 0.25, 0.5, 0.75, 1];
export const FALLEN = 0.5; // the score that the question asks for

/**
 * @param {Stage} stage
 * @param {object} shown
 * @param {Measured[]} shown.curve as recorded; empty before the guess
 * @param {Measured[]} shown.live what was measured here
 * @param {Measured | null} shown.now
 * @param {number} shown.guess
 * @param {Colors} shown.colors
 */
export function drawChart(stage, { curve, live, now, guess, colors }) {
  const context = stage.begin();
  const plot = makePlot(stage, MARGIN);
  drawLevels(context, plot, 1, colors);
  context.textAlign = "center";
  context.font = CHART_FONT;
  for (const share of TICKS) {
    const text = `${100 * share} %`;
    context.fillText(text, plot.x(share), plot.base + 12);
  }
  context.fillText("hidden share", plot.x(0.5), plot.base + 26);
  context.strokeStyle = COLORS.miss;
  context.setLineDash([4, 3]);
  drawRule(context, plot.at(0, FALLEN), plot.at(1, FALLEN));
  context.setLineDash([]);
  const points = curve.map(({ share, score }) => plot.at(share, score));
  drawCurve(context, points, { color: COLORS.neutral });
  for (const { share, score } of live) {
    const look = { radius: 2, stroke: COLORS.positive, fill: COLORS.positive };
    drawMarker(context, "disk", plot.at(share, score), look);
  }
  const tip = plot.at(guess, 0);
  drawMarker(context, "triangle", [tip[0], tip[1] - 1], {
    ...{ radius: 7, fill: COLORS.missed, stroke: colors.text },
  });
  if (!now) return;
  const at = plot.at(now.share, now.score);
  drawMarker(context, "diamond", at, {
    ...{ radius: 6, fill: COLORS.positive, stroke: colors.text },
  });
}

/**
 * Between which recorded shares the score falls for good.
 *
 * @param {Measured[]} curve
 */
export function fallOf(curve) {
  let last = -1;
  curve.forEach(({ score }, step) => {
    if (score >= FALLEN) last = step;
  });
  const after = curve[last + 1];
  return { before: curve[last] ?? curve[0], after: after ?? curve[last] };
}
