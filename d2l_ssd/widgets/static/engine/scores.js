/** How good a detector is: AP at several thresholds, and for objects by their size. */

import { boxSize } from "../lib/boxes.js";
import { bestTruths } from "../lib/judging.js";
import { COCO_THRESHOLDS, meanPrecisions, take } from "./detect.js";
import { CLASSES, SIZE } from "./scenes.js";

/** @typedef {import("../lib/labels.js").Labels} Labels */
/** @typedef {import("./detect.js").Detections} Detections */

/**
 * @typedef {object} Scores
 * @property {number} ap50
 * @property {number} ap75
 * @property {number} ap COCO's: the mean over IoU thresholds from 0.5 to 0.95
 * @property {number[]} bySize AP50 of small, medium and large objects
 * @property {number} boxes per scene, of the score that is shown
 */

/** Sizes (side of a square of the same area) in pixels: small is under the first. */
export const SIZE_LIMITS = [11, 22];

/**
 * Score the detections of scenes.
 *
 * @param {Detections[]} found
 * @param {Labels[]} labels that they are judged by
 * @param {number} show the least score of boxes that count as shown
 * @returns {Scores}
 */
export function scoreDetections(found, labels, show) {
  const aps = meanPrecisions(found, labels, COCO_THRESHOLDS, CLASSES.length);
  const shown = found.flatMap(({ scores }) => scores.filter((s) => s >= show));
  return {
    ap50: aps[0],
    ap75: aps[5],
    ap: aps.reduce((sum, ap) => sum + ap, 0) / aps.length,
    bySize: precisionBySize(found, labels),
    boxes: shown.length / found.length,
  };
}

/**
 * AP50 of small, medium and large objects. As in COCO, objects of other sizes do not
 * count, nor do boxes of other sizes that find none of these.
 *
 * @param {Detections[]} found
 * @param {Labels[]} labels
 */
export function precisionBySize(found, labels) {
  const limits = [0, ...SIZE_LIMITS, Infinity].map((limit) => limit / SIZE);
  return [0, 1, 2].map((k) => {
    /** @type {(boxes: Float32Array, i: number) => boolean} */
    const isOf = (boxes, i) => {
      const size = boxSize(boxes, i);
      return size >= limits[k] && size < limits[k + 1];
    };
    const own = labels.map((one) => ({
      ...one,
      difficult: one.classes.map((_, t) => !isOf(one.boxes, t)),
    }));
    const boxes = found.map((one, i) => keepOfSize(one, own[i], isOf));
    return meanPrecisions(boxes, own, [0.5], CLASSES.length)[0];
  });
}

/**
 * @param {Detections} found
 * @param {Labels} labels
 * @param {(boxes: Float32Array, i: number) => boolean} isOf
 */
function keepOfSize(found, labels, isOf) {
  const best = bestTruths(found, labels);
  const kept = best.flatMap(({ truth, own }, d) => {
    const finds = own >= 0.5 && !labels.difficult[truth];
    return finds || isOf(found.boxes, d) ? [d] : [];
  });
  return take(found, kept);
}
