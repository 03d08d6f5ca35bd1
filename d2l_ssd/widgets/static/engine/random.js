/**
 * Random numbers by their place: the i-th number of a key is a hash of both, so a
 * scene can be drawn without those before it, here and in NumPy (`d2l_ssd.shapes`).
 */

import { cos, log, mix } from "../lib/math.js";

const GOLDEN = 0x9e3779b9;

/** What different uses of one seed are told apart by. */
export const STREAMS = { scenes: 1, noise: 2, weights: 3, training: 4 };

/**
 * Make a key of whole numbers, such as a seed, a stream and the number of a scene.
 *
 * @param {...number} numbers
 */
export function keyOf(...numbers) {
  return numbers.reduce(
    (key, n) => mix((key + Math.imul(n + 1, GOLDEN)) | 0),
    0,
  );
}

/**
 * The key's number at a place: in [0, 1).
 *
 * @param {number} key
 * @param {number} place
 */
export function randomAt(key, place) {
  return mix((key + Math.imul(place, GOLDEN)) | 0) / 4294967296;
}

/**
 * Make what draws the key's numbers one after another.
 *
 * @param {number} key
 */
export function makeRandom(key) {
  let place = 0;
  return () => randomAt(key, place++);
}

/**
 * A normally distributed number (Box and Muller).
 *
 * @param {() => number} random
 */
export function normal(random) {
  const radius = Math.sqrt(-2 * log(1 - random()));
  return radius * cos(2 * Math.PI * random());
}
