/** From a network's outputs to detections, and to average precision. */

import { exactIou, takeBoxes } from "../lib/boxes.js";
import { averagePrecision, precisionRecall } from "../lib/metrics.js";
import { argsortDescending } from "../lib/nms.js";
import { bestAnchors, inImage, takeDetections } from "../lib/predict.js";
import { CLASSES } from "./scenes.js";

/** @typedef {import("../lib/labels.js").Labels} Labels */
/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./steps.js").Steps} Steps */

/**
 * @typedef {object} Detections of one image, best first
 * @property {Float32Array} boxes (N, 4)
 * @property {number[]} scores
 * @property {number[]} classes
 * @property {number[]} anchors that predicted them
 * @property {Candidates} candidates before suppression
 *
 * @typedef {object} Candidates
 * @property {Float32Array} boxes
 * @property {number[]} scores
 * @property {number[]} classes
 * @property {number[]} anchors
 */

export const MIN_SCORE = 0.01; // of what AP sees
const TOP = 100; // of a class, before suppression
const OFFSETS = 4;

/**
 * Detect the objects of one image, as `d2l_ssd.inference.predict_ssd` does.
 *
 * @param {Float32Array} outputs (anchors, K + 1 + 4) of the image
 * @param {Float32Array} anchors that decoding uses
 * @param {Steps} steps
 * @param {Settings} settings
 * @returns {Detections}
 */
export function detect(outputs, anchors, steps, settings) {
  const candidates = decodeCandidates(outputs, anchors, steps, settings);
  const { boxes, scores, classes } = candidates;
  const kept = steps.suppress(boxes, scores, classes, settings.nms);
  return { ...takeDetections(candidates, kept), candidates };
}

/**
 * Decode the best predictions of each class.
 *
 * @param {Float32Array} outputs
 * @param {Float32Array} anchors
 * @param {Steps} steps
 * @param {Settings} settings
 * @returns {Candidates}
 */
function decodeCandidates(outputs, anchors, steps, settings) {
  const columns = (outputs.length / anchors.length) * 4;
  const logits = columns - OFFSETS;
  const all = steps.scores(takeColumns(outputs, columns, 0, logits), logits);
  /** @type {Omit<Candidates, "boxes">} */
  const best = { scores: [], classes: [], anchors: [] };
  for (let k = 1; k < logits; k++) {
    const scores = takeColumns(all, logits, k, k + 1);
    for (const anchor of bestAnchors(scores, MIN_SCORE, TOP)) {
      best.scores.push(scores[anchor]);
      best.classes.push(steps.labelInUse(k - 1));
      best.anchors.push(anchor);
    }
  }
  const offsets = takeBoxes(
    takeColumns(outputs, columns, logits, columns),
    best.anchors,
  );
  const used = takeBoxes(anchors, best.anchors);
  const decoded = steps.decode(used, offsets, settings);
  return inImage({ ...best, boxes: decoded });
}

/**
 * Copy the columns `from` to `to` of a matrix.
 *
 * @param {Float32Array} matrix
 * @param {number} columns that it has
 * @param {number} from
 * @param {number} to
 */
function takeColumns(matrix, columns, from, to) {
  const taken = new Float32Array((matrix.length / columns) * (to - from));
  for (let k = 0, start = 0; k < taken.length; start += columns) {
    for (let c = from; c < to; c++) taken[k++] = matrix[start + c];
  }
  return taken;
}

// Rounded as in Python: an IoU may fall on a threshold
export const COCO_THRESHOLDS = Array.from({ length: 10 }, (_, k) =>
  k < 9 ? 0.5 + k * ((0.95 - 0.5) / 9) : 0.95,
);

/**
 * Compute AP for each IoU threshold, the mean over the classes that occur, as
 * `d2l_ssd.evaluation.evaluate_detections` does with method "coco". Scenes have no
 * difficult objects.
 *
 * @param {Candidates[]} found per image, best first
 * @param {Labels[]} labels per image
 * @param {number[]} thresholds
 * @param {number} classes
 */
export function meanPrecisions(found, labels, thresholds, classes) {
  const each = Array.from({ length: classes }, (_, label) =>
    classPrecisions(label, found, labels, thresholds),
  ).filter(([ap]) => !Number.isNaN(ap));
  return thresholds.map(
    (_, t) => each.reduce((sum, aps) => sum + aps[t], 0) / each.length,
  );
}

/**
 * Measure AP50, AP75 and COCO's AP, the mean over its thresholds.
 *
 * @param {Candidates[]} found per image
 * @param {Labels[]} labels per image
 */
export function cocoScores(found, labels) {
  const aps = meanPrecisions(found, labels, COCO_THRESHOLDS, CLASSES.length);
  const ap = aps.reduce((sum, value) => sum + value, 0) / aps.length;
  return { ap50: aps[0], ap75: aps[5], ap };
}

/**
 * One class's AP for each threshold, NaN without objects.
 *
 * @param {number} label
 * @param {Candidates[]} found
 * @param {Labels[]} labels
 * @param {number[]} thresholds
 */
function classPrecisions(label, found, labels, thresholds) {
  /** @type {number[]} */
  const scores = [];
  /** @type {boolean[][]} */
  const hits = thresholds.map(() => []);
  let objects = 0;
  found.forEach((image, i) => {
    const rows = rowsOf(label, image.classes);
    const truths = rowsOf(label, labels[i].classes);
    const overlaps = rows.map((d) =>
      truths.map((t) => exactIou(image.boxes, d, labels[i].boxes, t)),
    );
    rows.forEach((d) => scores.push(image.scores[d]));
    thresholds.forEach((threshold, t) =>
      matchFree(overlaps, threshold, hits[t]),
    );
    objects += truths.length;
  });
  const order = argsortDescending(scores);
  const sorted = order.map((row) => scores[row]);
  return hits.map((unsorted) => {
    const ordered = order.map((row) => unsorted[row]);
    const { precision, recall } = precisionRecall(sorted, ordered, objects);
    if (!objects) return NaN;
    return averagePrecision(precision, recall, "coco");
  });
}

/**
 * @param {number} label
 * @param {number[]} classes
 */
function rowsOf(label, classes) {
  /** @type {number[]} */
  const rows = [];
  classes.forEach((other, row) => {
    if (other === label) rows.push(row);
  });
  return rows;
}

/**
 * Match by COCO's rule: a detection takes the best ground truth that is still free.
 *
 * @param {number[][]} overlaps of detections, best first, with ground truths
 * @param {number} threshold
 * @param {boolean[]} hits added to, one per detection
 */
export function matchFree(overlaps, threshold, hits) {
  /** @type {boolean[]} */
  const taken = [];
  for (const row of overlaps) {
    let best = -1;
    let most = threshold;
    for (let t = 0; t < row.length; t++) {
      // Of equals the last, as in pycocotools
      if (row[t] >= most && !taken[t]) {
        best = t;
        most = row[t];
      }
    }
    if (best >= 0) taken[best] = true;
    hits.push(best >= 0);
  }
}
