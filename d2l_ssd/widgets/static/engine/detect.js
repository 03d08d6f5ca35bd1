/** From a network's outputs to detections, and to average precision. */

import { averagePrecision, precisionRecall } from "../lib/metrics.js";
import { bestTruths, judgeDetections } from "../lib/judging.js";
import { takeBoxes } from "./steps.js";

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
 * Detect the objects of one image.
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
  return { ...take(candidates, kept), candidates };
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
  const count = anchors.length / 4;
  const columns = outputs.length / count;
  const logits = columns - OFFSETS;
  /** @type {{ label: number, score: number, anchor: number }[][]} */
  const found = Array.from({ length: logits - 1 }, () => []);
  for (let anchor = 0, at = 0; anchor < count; anchor++, at += columns) {
    if (surelyBackground(outputs, at, logits)) continue;
    const scores = steps.scores(outputs.subarray(at, at + logits));
    for (let k = 1; k < logits; k++) {
      const score = scores[k];
      if (score > MIN_SCORE) found[k - 1].push({ label: k - 1, score, anchor });
    }
  }
  const best = found.flatMap((rows) =>
    rows.sort((a, b) => b.score - a.score || a.anchor - b.anchor).slice(0, TOP),
  );
  const rows = best.map(({ anchor }) => anchor);
  const offsets = new Float32Array(OFFSETS * rows.length);
  rows.forEach((row, i) => {
    const start = row * columns + logits;
    offsets.set(outputs.subarray(start, start + OFFSETS), OFFSETS * i);
  });
  const decoded = steps.decode(takeBoxes(anchors, rows), offsets, settings);
  return {
    boxes: decoded.map((value) => Math.min(1, Math.max(0, value))),
    scores: best.map(({ score }) => score),
    classes: best.map(({ label }) => steps.labelInUse(label)),
    anchors: rows,
  };
}

const SURE = 5.5; // exp(-5.5) is less than half of MIN_SCORE

/**
 * Whether every class is so far behind background that its score is below MIN_SCORE:
 * most anchors', and cheaper than softmax.
 *
 * @param {Float32Array} outputs
 * @param {number} at
 * @param {number} logits
 */
function surelyBackground(outputs, at, logits) {
  for (let k = 1; k < logits; k++) {
    if (!(outputs[at] - outputs[at + k] > SURE)) return false;
  }
  return true;
}

/**
 * @param {Candidates} all
 * @param {number[]} rows
 */
export function take({ boxes, scores, classes, anchors }, rows) {
  return {
    boxes: takeBoxes(boxes, rows),
    scores: rows.map((row) => scores[row]),
    classes: rows.map((row) => classes[row]),
    anchors: rows.map((row) => anchors[row]),
  };
}

export const COCO_THRESHOLDS = Array.from(
  { length: 10 },
  (_, k) => 0.5 + k * 0.05,
);

/**
 * Compute AP (101 points, COCO's) for each IoU threshold: the mean over classes.
 *
 * @param {Candidates[]} found per image
 * @param {Labels[]} labels per image
 * @param {number[]} thresholds
 * @param {number} classes
 */
export function meanPrecisions(found, labels, thresholds, classes) {
  const best = found.map((detections, i) => bestTruths(detections, labels[i]));
  return thresholds.map((threshold) => {
    const judged = best.map((rows, i) =>
      judgeDetections(rows, labels[i].difficult, threshold),
    );
    const each = Array.from({ length: classes }, (_, label) =>
      classPrecision(label, found, labels, judged),
    ).filter((ap) => !Number.isNaN(ap));
    return each.length ? each.reduce((a, b) => a + b) / each.length : NaN;
  });
}

/**
 * @param {number} label
 * @param {Candidates[]} found
 * @param {Labels[]} labels
 * @param {import("../lib/judging.js").Judged[][]} judged
 */
function classPrecision(label, found, labels, judged) {
  /** @type {number[]} */
  const scores = [];
  /** @type {boolean[]} */
  const hits = [];
  let objects = 0;
  found.forEach((image, i) => {
    image.classes.forEach((other, d) => {
      const { kind } = judged[i][d];
      if (other !== label || kind === "ignored") return;
      scores.push(image.scores[d]);
      hits.push(kind === "correct");
    });
    const { classes, difficult } = labels[i];
    objects += classes.filter((c, t) => c === label && !difficult[t]).length;
  });
  const { precision, recall } = precisionRecall(scores, hits, objects);
  if (!objects) return NaN;
  return scores.length ? averagePrecision(precision, recall, "coco") : 0;
}
