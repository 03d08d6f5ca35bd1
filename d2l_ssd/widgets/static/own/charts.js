/** Curves over the seconds of training: AP50 and the losses, and those of the run before. */

import { makeCanvas } from "../lib/canvas.js";
import { CLASS_COLORS, COLORS } from "../lib/colors.js";
import { element, heading, note, setLabel, setText } from "../lib/dom.js";
import { formatShare } from "../lib/format.js";
import { drawCurves } from "../playground/curves.js";
import { lastScores } from "../playground/runs.js";
import { makePart } from "./rows.js";

/** @typedef {import("./state.js").State} State */

/**
 * @type {[key: "ap50" | "classLoss" | "boxLoss", title: string, color: string,
 *   top?: number][]}
 */
const CHARTS = [
  ["ap50", "AP50 on pictures kept back", COLORS.positive, 1],
  ["classLoss", "Confidence loss", CLASS_COLORS[0]],
  ["boxLoss", "Localization loss", CLASS_COLORS[2]],
];

/** @param {() => void} redraw */
export function makeCharts(redraw) {
  const stages = CHARTS.map(([, title]) => {
    const height = () => stage.canvas.clientHeight;
    const stage = makeCanvas({ height, redraw });
    setLabel(stage.canvas, title);
    return stage;
  });
  const gray = note("", "d2l-own-gray");
  const node = makePart(
    "charts",
    ...CHARTS.map(([, title], k) =>
      element("div", {}, heading(title), element("div", {}, stages[k].canvas)),
    ),
    gray,
  );
  /**
   * @param {State} state
   * @param {import("../lib/theme.js").Colors} colors
   */
  const show = ({ runs: { now, compared } }, colors) => {
    const common = { length: now.until, unit: "s", marks: now.marks };
    CHARTS.forEach(([key, , color, top], k) => {
      if (!stages[k].width) return;
      const [points, old] = [now, compared].map((run) => pointsOf(run, key));
      drawCurves(
        stages[k],
        { ...common, points, gray: old, color, top },
        colors,
      );
    });
    const before = compared ? lastScores(compared)?.ap50 : NaN;
    setText(
      gray,
      compared
        ? `Gray: the run before (${compared.name}), AP50 ${formatShare(before ?? NaN)}`
        : "",
    );
  };
  return { node, stages, show };
}

/**
 * @param {import("../playground/runs.js").Run | null} run
 * @param {"ap50" | "classLoss" | "boxLoss"} key
 * @returns {import("../playground/curves.js").Points}
 */
function pointsOf(run, key) {
  const isAp = key === "ap50";
  const rows = /** @type {any[]} */ (isAp ? run?.scores : run?.losses) ?? [];
  /** @type {import("../playground/curves.js").Points} */
  const points = rows.map((row) => [row.seconds, row[key]]);
  return isAp && points.length ? [[0, 0], ...points] : points;
}
