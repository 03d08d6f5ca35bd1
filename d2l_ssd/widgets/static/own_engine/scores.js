/** How good a detector is on pictures: AP50, and a curve of precision and recall. */

import { bestTruths, curveOf, judgeDetections } from "../lib/judging.js";

/** @typedef {import("../engine/detect.js").Detections} Detections */
/** @typedef {import("../lib/judging.js").Found} Found */
/** @typedef {import("../lib/labels.js").Labels} Labels */

/**
 * @param {Detections[]} found per picture
 * @param {Labels[]} labels per picture
 * @param {number} classes
 * @returns what is NaN without any thing to find
 */
export function scorePictures(found, labels, classes) {
  const judged = found.map((one, i) => judge(one, labels[i]));
  const curves = Array.from({ length: classes }, (_, label) =>
    curveOf(label, judged, labels),
  ).filter(({ objects }) => objects > 0);
  const ap50 = curves.reduce((sum, { ap }) => sum + ap, 0) / curves.length;
  const [one, all] = [judged, labels].map((rows) => rows.map(withoutClass));
  const { scores, precision, recall } = curveOf(
    0,
    /** @type {Found[]} */ (one),
    /** @type {Labels[]} */ (all),
  );
  return { ap50, curve: { scores, precision, recall } };
}

/**
 * @param {Detections} found
 * @param {Labels} labels
 * @returns {Found}
 */
function judge(found, labels) {
  const judged = judgeDetections(bestTruths(found, labels), labels.difficult);
  return { ...found, judged };
}

/**
 * The same with one class: they have been judged.
 *
 * @template {{ classes: number[] }} Rows
 * @param {Rows} rows
 */
function withoutClass(rows) {
  return { ...rows, classes: rows.classes.map(() => 0) };
}
