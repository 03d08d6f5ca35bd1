/** SSD's loss, anchor by anchor, as `d2l_ssd.widgets.loss_terms` has it. */

import { log } from "./math.js";

/**
 * @typedef {object} Terms sums over the anchors of an image
 * @property {number} numPositives
 * @property {number} numNegatives that count
 * @property {number} positive classification loss of the positive anchors
 * @property {number} negative of the background anchors that count
 * @property {number} localization
 */

/**
 * What a class costs that has this probability.
 *
 * @param {number} probability
 */
export function crossEntropy(probability) {
  return Math.fround(-log(probability));
}

/**
 * Smooth L1 of a difference: a parabola, from 1 on a line.
 *
 * @param {number} difference
 */
export function smoothL1(difference) {
  const size = Math.abs(difference);
  return size < 1 ? (difference * difference) / 2 : size - 0.5;
}

/**
 * Numbers for anchors that look random, the same here and in Python: the last
 * steps of MurmurHash3, by Austin Appleby, in the public domain.
 *
 * @param {number} count
 */
export function scatter(count) {
  return Float64Array.from({ length: count }, (_, i) => {
    let key = i + 1;
    key = Math.imul(key ^ (key >>> 16), 0x85ebca6b);
    key = Math.imul(key ^ (key >>> 13), 0xc2b2ae35);
    return (key ^ (key >>> 16)) >>> 0;
  });
}

/**
 * Order background anchors by their keys, the largest first; equal ones keep their
 * order.
 *
 * @param {ArrayLike<number>} keys losses, or `scatter`
 * @param {Int32Array} matches of `matchAnchors`
 */
export function orderNegatives(keys, matches) {
  const negatives = [...matches.keys()].filter((a) => matches[a] < 0);
  return negatives.sort((a, b) => keys[b] - keys[a]);
}

/**
 * How many background anchors of an image count.
 *
 * @param {number} numPositives
 * @param {number | null} ratio negatives per positive anchor; null for all
 * @param {number} minimum
 */
export function negativesToCount(numPositives, ratio, minimum) {
  return ratio === null ? Infinity : Math.max(ratio * numPositives, minimum);
}

/**
 * Sum what the anchors of an image pay.
 *
 * @param {ArrayLike<number>} classification what each would pay for its class
 * @param {ArrayLike<number>} localization and for its box
 * @param {number[]} positives
 * @param {number[]} negatives those that count
 * @returns {Terms}
 */
export function sumLosses(classification, localization, positives, negatives) {
  /**
   * @param {number[]} anchors
   * @param {ArrayLike<number>} losses
   */
  const sum = (anchors, losses) => anchors.reduce((s, a) => s + losses[a], 0);
  return {
    numPositives: positives.length,
    numNegatives: negatives.length,
    positive: sum(positives, classification),
    negative: sum(negatives, classification),
    localization: sum(positives, localization),
  };
}
