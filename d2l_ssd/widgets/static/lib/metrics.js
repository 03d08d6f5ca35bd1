/** Precision, recall and average precision, as `d2l_ssd.evaluation` has them. */

import { argsortDescending } from "./nms.js";

/**
 * @typedef {object} Curve
 * @property {Float64Array} precision
 * @property {Float64Array} recall NaN where there is nothing to find
 * @property {number[]} scores from high to low
 */

/**
 * Compute precision and recall as detections come in by score.
 *
 * @param {ArrayLike<number>} scores
 * @param {ArrayLike<boolean | number>} hits true where a detection is right
 * @param {number} numTruths
 * @returns {Curve}
 */
export function precisionRecall(scores, hits, numTruths) {
  const order = argsortDescending(scores);
  const precision = new Float64Array(order.length);
  const recall = new Float64Array(order.length);
  let found = 0;
  order.forEach((row, i) => {
    if (hits[row]) found++;
    precision[i] = found / (i + 1);
    recall[i] = numTruths ? found / numTruths : NaN;
  });
  return { precision, recall, scores: order.map((row) => scores[row]) };
}

/**
 * Compute average precision: the area under the curve made monotone ("area"),
 * its mean at 11 recalls ("voc07") or at 101 ("coco").
 *
 * @param {ArrayLike<number>} precision
 * @param {ArrayLike<number>} recall
 * @param {string} [method]
 */
export function averagePrecision(precision, recall, method = "area") {
  if (recall.length && Number.isNaN(recall[0])) return NaN;
  const envelope = monotone(precision);
  if (method === "area") return areaUnder(envelope, recall);
  const points = RECALL_POINTS.get(method);
  if (!points) {
    throw new Error(`method must be area, voc07 or coco, got ${method}`);
  }
  return meanAt(points, envelope, recall);
}

// Rounded as in Python: a recall may fall on a point
const RECALL_POINTS = new Map([
  ["voc07", Array.from({ length: 11 }, (_, i) => i / 10)],
  ["coco", Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01))],
]);

/** @param {ArrayLike<number>} precision */
function monotone(precision) {
  const envelope = Float64Array.from(precision);
  for (let i = envelope.length - 2; i >= 0; i--) {
    envelope[i] = Math.max(envelope[i], envelope[i + 1]);
  }
  return envelope;
}

/**
 * @param {Float64Array} envelope
 * @param {ArrayLike<number>} recall
 */
function areaUnder(envelope, recall) {
  let area = 0;
  envelope.forEach((precision, i) => {
    area += (recall[i] - (i ? recall[i - 1] : 0)) * precision;
  });
  return area;
}

/**
 * @param {number[]} points
 * @param {Float64Array} envelope
 * @param {ArrayLike<number>} recall
 */
function meanAt(points, envelope, recall) {
  let [sum, i] = [0, 0];
  for (const wanted of points) {
    while (i < envelope.length && recall[i] < wanted) i++;
    if (i < envelope.length) sum += envelope[i];
  }
  return sum / points.length;
}
