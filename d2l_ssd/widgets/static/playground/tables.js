/** Tables that say what the pictures show. */

import { CLASSES } from "../engine/scenes.js";
import { judgedLook } from "../lib/colors.js";
import { setLabel } from "../lib/dom.js";
import { formatShare } from "../lib/format.js";
import { setRows } from "../lib/table.js";
import { judge, missedOf } from "./pictures.js";
import { lastScores } from "./runs.js";

/** @typedef {import("./layout.js").Parts} Parts */
/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Derived} Derived */

/**
 * Fill the tables and name the charts; not while it trains.
 *
 * @param {Parts} parts
 * @param {State} state
 * @param {Derived} derived
 */
export function showTables(parts, state, derived) {
  const { now } = state.runs;
  const { ap, classLoss, boxLoss } = parts.charts;
  parts.curveTable.show(now);
  const score = formatShare(lastScores(now)?.ap50 ?? NaN);
  nameChart(ap, `AP50 over scenes trained: ${score} after ${now.count}`);
  nameChart(
    classLoss,
    `Confidence loss over scenes trained; knowing nothing costs ${derived.level().toFixed(2)}`,
  );
  nameChart(boxLoss, "Localization loss over scenes trained");
  const rows = derived.scenes().flatMap((_, k) => {
    const { found } = listFound(state, derived, k);
    return found.map((cells) => ({ cells: [String(k + 1), ...cells] }));
  });
  setRows(parts.foundTable, rows);
}

/**
 * @param {import("../lib/canvas.js").Stage} stage
 * @param {string} text
 */
function nameChart({ canvas }, text) {
  setLabel(canvas, `${text}. The table has the numbers.`);
}

/**
 * List what is found on a scene: class, score and judgment; and what is missed.
 *
 * @param {State} state
 * @param {Derived} derived
 * @param {number} k the scene's number
 */
export function listFound({ found, settings }, derived, k) {
  const detections = found[k];
  if (!detections) return { found: [], missed: [] };
  const { labels } = derived.scenes()[k];
  const judged = judge(detections, labels);
  const scores = detections.scores.filter((score) => score >= settings.show);
  const missed = missedOf(detections, judged, labels, scores.length);
  return {
    found: scores.map((score, d) => [
      CLASSES[detections.classes[d]],
      score.toFixed(2),
      `${judgedLook(judged[d].kind).mark} ${judged[d].kind}`,
    ]),
    missed: missed.map((t) => CLASSES[labels.classes[t]]),
  };
}
