/** Matching one anchor at a time, as `matching_steps` in Python has it. */

import { BACKGROUND, matchByThreshold, ownAnchors } from "../lib/targets.js";

/**
 * @typedef {object} Step what one step decides about an anchor
 * @property {1 | 2} rule 1: the object's own anchor; 2: by the threshold
 * @property {number} anchor
 * @property {number} truth that the anchor overlaps most, if it gets none
 * @property {number} iou
 * @property {boolean} positive
 */

/**
 * @param {Float32Array} ious (M, A), of `boxIou(truths, anchors)`
 * @param {number} count of the anchors
 * @param {number} posIou
 * @param {boolean} forced whether rule 1 is on
 * @returns {Step[]} one for each anchor
 */
export function matchingSteps(ious, count, posIou, forced) {
  const own = forced ? ownAnchors(ious, count) : [];
  const taken = new Set(own.map(([, anchor]) => anchor));
  const nearest = bestTruths(ious, count);
  const matches = new Int32Array(count);
  matchByThreshold(ious, posIou, posIou, matches);
  /** @type {Step[]} */
  const steps = own.map(([truth, anchor]) => {
    const iou = ious[truth * count + anchor];
    return { rule: 1, anchor, truth, iou, positive: true };
  });
  nearest.forEach((truth, anchor) => {
    if (taken.has(anchor)) return;
    const iou = ious[truth * count + anchor];
    const positive = matches[anchor] >= 0;
    steps.push({ rule: 2, anchor, truth, iou, positive });
  });
  return steps;
}

/**
 * The ground truth that each anchor overlaps most, however little.
 *
 * @param {Float32Array} ious
 * @param {number} count of the anchors
 */
export function bestTruths(ious, count) {
  return matchByThreshold(ious, 0, 0, new Int32Array(count));
}

/**
 * The anchor that overlaps a ground truth most, whoever gets it.
 *
 * @param {Float32Array} ious
 * @param {number} count of the anchors
 * @param {number} truth
 */
export function bestAnchor(ious, count, truth) {
  const own = ious.subarray(truth * count, (truth + 1) * count);
  return own.indexOf(Math.max(...own));
}

/**
 * What each anchor has got after some steps.
 *
 * @param {Step[]} steps
 * @returns {Map<number, number>} from an anchor to a ground truth or BACKGROUND
 */
export function decided(steps) {
  return new Map(
    steps.map(({ anchor, truth, positive }) => [
      anchor,
      positive ? truth : BACKGROUND,
    ]),
  );
}

/**
 * The steps in which a ground truth gets an anchor.
 *
 * @param {Step[]} steps
 * @param {number} truth
 */
export function gains(steps, truth) {
  return steps.filter((step) => step.positive && step.truth === truth);
}
