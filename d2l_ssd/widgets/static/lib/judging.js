/**
 * Which detections are right, by VOC's rule, and what kind of error the others
 * are, as `d2l_ssd.error_analysis` says it; and their counts.
 */

import { exactIou } from "./boxes.js";
import { averagePrecision, precisionRecall } from "./metrics.js";

/** @typedef {import("./labels.js").Labels} Labels */

/**
 * @typedef {object} Best how a detection lies to the ground truth
 * @property {number} truth the box of its class that it overlaps most, or -1
 * @property {number} own its IoU with that one
 * @property {number} other its best IoU with a box of another class
 *
 * @typedef {object} Judged
 * @property {number} match the ground truth that it found, or -1
 * @property {string} kind
 * @property {number} iou with the ground truth of its class that it overlaps most
 *
 * @typedef {object} Found the detections of one image, best first
 * @property {Float32Array} boxes
 * @property {number[]} scores
 * @property {number[]} classes
 * @property {Judged[]} judged
 *
 * @typedef {object} Count what is on one image, as indices
 * @property {number[]} shown detections
 * @property {number[]} correct of those shown
 * @property {number[]} wrong of those shown
 * @property {number[]} missed ground truths
 */

/**
 * Compare each detection of one image with the ground truth.
 *
 * @param {{ boxes: Float32Array, classes: ArrayLike<number> }} detections
 * @param {Labels} truths
 * @returns {Best[]}
 */
export function bestTruths(detections, truths) {
  return Array.from(detections.classes, (label, d) => {
    let [own, other, truth] = [0, 0, -1];
    truths.classes.forEach((truthLabel, t) => {
      const value = exactIou(detections.boxes, d, truths.boxes, t);
      if (truthLabel !== label) other = Math.max(other, value);
      else if (truth < 0 || value > own) [own, truth] = [value, t];
    });
    return { truth, own, other };
  });
}

/**
 * Say what each detection of one image is.
 *
 * @param {Best[]} best of the detections, best score first
 * @param {boolean[]} difficult of the ground truths
 * @param {number} [iouThreshold]
 * @param {number} [backgroundIou]
 * @returns {Judged[]}
 */
export function judgeDetections(
  best,
  difficult,
  iouThreshold = 0.5,
  backgroundIou = 0.1,
) {
  const taken = new Set();
  return best.map(({ truth, own, other }) => {
    const reached = truth >= 0 && own >= iouThreshold;
    if (reached && difficult[truth]) {
      return { match: truth, kind: "ignored", iou: own };
    }
    if (reached && !taken.has(truth)) {
      taken.add(truth);
      return { match: truth, kind: "correct", iou: own };
    }
    let kind = "background";
    if (reached) kind = "duplicate";
    else if (other >= iouThreshold) kind = "classification";
    else if (own >= backgroundIou) kind = "localization";
    return { match: -1, kind, iou: own };
  });
}

/**
 * Whether a kind is an error.
 *
 * @param {string} kind
 */
export function isWrong(kind) {
  return kind !== "correct" && kind !== "ignored";
}

/**
 * Sort what one image shows from a score on into right, wrong and missed.
 *
 * @param {Found} found
 * @param {Labels} truths
 * @param {number} least the score
 * @param {boolean[]} [on] the classes that are shown; all if not given
 * @returns {Count}
 */
export function countImage({ scores, classes, judged }, truths, least, on) {
  /** @param {number} label */
  const isOn = (label) => on?.[label] ?? true;
  const shown = [...scores.keys()].filter(
    (d) => scores[d] >= least && isOn(classes[d]),
  );
  const correct = shown.filter((d) => judged[d].kind === "correct");
  const wrong = shown.filter((d) => isWrong(judged[d].kind));
  const matched = new Set(correct.map((d) => judged[d].match));
  const missed = [...truths.classes.keys()].filter(
    (t) => isOn(truths.classes[t]) && !truths.difficult[t] && !matched.has(t),
  );
  return { shown, correct, wrong, missed };
}

/**
 * Add up the counts of images, of all classes or of one.
 *
 * @param {Count[]} counts
 * @param {Found[]} found per image
 * @param {Labels[]} labels per image
 * @param {number} [label] the class
 */
export function tally(counts, found, labels, label) {
  /**
   * @param {number[]} rows
   * @param {number[]} classes
   */
  const count = (rows, classes) =>
    label === undefined
      ? rows.length
      : rows.filter((row) => classes[row] === label).length;
  let [correct, wrong, missed] = [0, 0, 0];
  counts.forEach((image, i) => {
    correct += count(image.correct, found[i].classes);
    wrong += count(image.wrong, found[i].classes);
    missed += count(image.missed, labels[i].classes);
  });
  const objects = correct + missed;
  const [precision, recall] = [correct / (correct + wrong), correct / objects];
  return { objects, correct, wrong, missed, precision, recall };
}

/**
 * Compute one class's curve over all images, as `evaluate_detections` does.
 *
 * @param {number} label the class
 * @param {Found[]} found per image
 * @param {Labels[]} labels per image
 */
export function curveOf(label, found, labels) {
  /** @type {number[]} */
  const scores = [];
  /** @type {boolean[]} */
  const hits = [];
  let objects = 0;
  found.forEach((image, i) => {
    image.classes.forEach((other, d) => {
      const { kind } = image.judged[d];
      if (other !== label || kind === "ignored") return;
      scores.push(image.scores[d]);
      hits.push(kind === "correct");
    });
    const { classes, difficult } = labels[i];
    objects += classes.filter((c, t) => c === label && !difficult[t]).length;
  });
  const curve = precisionRecall(scores, hits, objects);
  const ap = averagePrecision(curve.precision, curve.recall);
  return { ...curve, objects, ap };
}
