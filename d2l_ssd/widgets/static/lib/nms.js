/** Non-maximum suppression, as `d2l_ssd.inference` does it. */

import { iou } from "./boxes.js";

/**
 * Indices that sort scores from high to low; equal scores keep their order.
 *
 * @param {ArrayLike<number>} scores
 * @param {Iterable<number>} [indices] all of them if not given
 */
export function argsortDescending(scores, indices) {
  const order = Array.from(indices ?? Array(scores.length).keys());
  return order.sort((i, j) => scores[j] - scores[i]);
}

/**
 * Indices of the boxes that non-maximum suppression keeps, best first.
 * A tie keeps the lower index; an IoU over the threshold suppresses.
 *
 * @param {ArrayLike<number>} boxes
 * @param {ArrayLike<number>} scores
 * @param {number} iouThreshold
 * @param {Iterable<number>} [indices] of the boxes that take part
 */
export function nms(boxes, scores, iouThreshold, indices) {
  const threshold = Math.fround(iouThreshold);
  /** @type {number[]} */
  const keep = [];
  for (const i of argsortDescending(scores, indices)) {
    if (keep.every((j) => iou(boxes, j, boxes, i) <= threshold)) keep.push(i);
  }
  return keep;
}

/**
 * Suppress in each class; kept indices, best first.
 *
 * @param {ArrayLike<number>} boxes
 * @param {ArrayLike<number>} scores
 * @param {number[]} classes
 * @param {number} iouThreshold
 */
export function batchedNms(boxes, scores, classes, iouThreshold) {
  /** @type {Map<number, number[]>} */
  const rowsOf = new Map();
  classes.forEach((label, row) => {
    const rows = rowsOf.get(label);
    if (rows) rows.push(row);
    else rowsOf.set(label, [row]);
  });
  const kept = [...rowsOf.values()].flatMap((rows) =>
    nms(boxes, scores, iouThreshold, rows),
  );
  return argsortDescending(
    scores,
    kept.sort((i, j) => i - j),
  );
}

/**
 * The IoU of each of boxes `from` to `to` with those of them before it, one
 * after another: 1 with 0, 2 with 0, 2 with 1, 3 with 0 ...
 *
 * @param {ArrayLike<number>} boxes
 * @param {number} from
 * @param {number} to
 */
export function overlapsBefore(boxes, from, to) {
  const out = new Float32Array(((to - from) * (to - from - 1)) / 2);
  for (let i = from + 1, k = 0; i < to; i++) {
    for (let j = from; j < i; j++) out[k++] = iou(boxes, j, boxes, i);
  }
  return out;
}

/**
 * The same as `nms` of `count` boxes that come best first, from overlapsBefore:
 * moving the threshold needs no new IoUs.
 *
 * @param {Float32Array} overlaps
 * @param {number} count
 * @param {number} iouThreshold
 * @param {number} [most] how many are kept at most
 */
export function nmsByIou(overlaps, count, iouThreshold, most = Infinity) {
  const threshold = Math.fround(iouThreshold);
  /** @type {number[]} */
  const keep = [];
  for (let i = 0; i < count && keep.length < most; i++) {
    const row = (i * (i - 1)) / 2;
    if (keep.every((j) => overlaps[row + j] <= threshold)) keep.push(i);
  }
  return keep;
}

/**
 * @typedef {object} NmsStep a box is kept, or tested against a kept one
 * @property {number} kept the box that is kept
 * @property {number} tested the box that it is compared with; -1 where it is chosen
 * @property {number} iou of the two
 * @property {boolean} removed whether that is over the threshold
 */

/**
 * List what `nmsByIou` does, one step after another.
 *
 * @param {Float32Array} overlaps
 * @param {number} count
 * @param {number} iouThreshold
 * @returns {NmsStep[]}
 */
export function nmsSteps(overlaps, count, iouThreshold) {
  const threshold = Math.fround(iouThreshold);
  const gone = new Set();
  /** @type {NmsStep[]} */
  const steps = [];
  for (const kept of nmsByIou(overlaps, count, iouThreshold)) {
    steps.push({ kept, tested: -1, iou: 0, removed: false });
    for (let tested = kept + 1; tested < count; tested++) {
      if (gone.has(tested)) continue;
      const iou = overlaps[(tested * (tested - 1)) / 2 + kept];
      const removed = iou > threshold;
      if (removed) gone.add(tested);
      steps.push({ kept, tested, iou, removed });
    }
  }
  return steps;
}
