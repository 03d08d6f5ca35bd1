/** Random choices from numbers in [0, 1). */

import { exp, log } from "../lib/math.js";

/** @typedef {() => number} Random */
/** @typedef {[low: number, high: number]} Range */

/**
 * @param {Random} random
 * @param {number} low
 * @param {number} high
 */
export function between(random, low, high) {
  return low + (high - low) * random();
}

/**
 * A factor whose logarithm is evenly spread.
 *
 * @param {Random} random
 * @param {Range} range
 */
export function factor(random, [low, high]) {
  return low * exp(random() * log(high / low));
}

/**
 * A factor up to e^most, or down to its inverse.
 *
 * @param {Random} random
 * @param {number} most
 */
export function about(random, most) {
  return exp(between(random, -most, most));
}

/**
 * @template T
 * @param {Random} random
 * @param {T[]} items
 */
export function pick(random, items) {
  return items[Math.floor(random() * items.length)];
}

/**
 * @param {Random} random
 * @returns {[number, number, number]}
 */
export function anyColor(random) {
  return [255 * random(), 255 * random(), 255 * random()];
}
