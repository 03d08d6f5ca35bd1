/** Light, shadow and a camera's noise on a canvas. */

import { about, between } from "./chance.js";

/** @typedef {import("./chance.js").Random} Random */
/** @typedef {import("./warp.js").Canvas} Canvas */

/** How much of it there is, at most: logarithms of factors, and parts. */
const GAIN = 0.35;
const TINT = 0.12;
const CONTRAST = 0.25;
const SLOPE = 0.2;
const NOISE = 0.03 * 255;

/**
 * Light that nobody changes, for a training without augmentation.
 */
const PLAIN = { gains: [1, 1, 1], contrast: 1, right: 0, down: 0, noise: 0 };

/** @typedef {typeof PLAIN} Light */

/**
 * @param {Random} random
 * @returns {Light}
 */
export function anyLight(random) {
  const gain = about(random, GAIN);
  return {
    gains: [0, 1, 2].map(() => gain * about(random, TINT)),
    contrast: about(random, CONTRAST),
    right: between(random, -SLOPE, SLOPE),
    down: between(random, -SLOPE, SLOPE),
    noise: 2 * NOISE * random(),
  };
}

/**
 * Light a canvas, and round it to pixels.
 *
 * @param {Canvas} canvas
 * @param {Uint8ClampedArray} pixels (side, side, 3), written to
 * @param {Random} random of which the noise is made
 * @param {Light} [light]
 */
export function develop({ side, values }, pixels, random, light = PLAIN) {
  const { gains, contrast, right, down, noise } = light;
  const gray = (1 - contrast) * 127.5;
  const grain = noise / 2147483648;
  let seed = (4294967296 * random()) | 0;
  for (let y = 0, at = 0; y < side; y++) {
    const slope = 1 + down * ((2 * y) / side - 1) - right;
    for (let x = 0; x < side; x++, at += 3) {
      const here = slope + (right * 2 * x) / side;
      for (let c = 0; c < 3; c++) {
        seed = (Math.imul(seed, 1664525) + 1013904223) | 0; // (Numerical Recipes)
        const value = (values[at + c] * contrast + gray) * gains[c] * here;
        pixels[at + c] = value + seed * grain;
      }
    }
  }
}
