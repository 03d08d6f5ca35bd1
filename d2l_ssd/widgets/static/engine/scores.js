/** How good a detector is: AP at several thresholds, and for objects by their size. */

import { cocoScores } from "./detect.js";
import { precisionsBySize } from "./measures.js";

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

/**
 * Score the detections of scenes.
 *
 * @param {Detections[]} found
 * @param {Labels[]} labels that they are judged by
 * @param {number} show the least score of boxes that count as shown
 * @returns {Scores}
 */
export function scoreDetections(found, labels, show) {
  const shown = found.flatMap(({ scores }) => scores.filter((s) => s >= show));
  return {
    ...cocoScores(found, labels),
    bySize: precisionsBySize(found, labels),
    boxes: shown.length / found.length,
  };
}

/**
 * The best detections of an image, without its candidates.
 *
 * @param {Detections} detections
 * @param {number} most
 */
export function firstOf({ boxes, scores, classes, anchors }, most) {
  return {
    boxes: boxes.slice(0, 4 * most),
    scores: scores.slice(0, most),
    classes: classes.slice(0, most),
    anchors: anchors.slice(0, most),
  };
}
