/** A picture at half, a quarter, ... of its side, so that each size is a few reads. */

/** The side of a stored picture, and of what the network sees. */
export const STORED_SIDE = 192;
export const INPUT_SIDE = 96;
const LEAST_SIDE = 24;

/**
 * @typedef {object} Level
 * @property {number} side
 * @property {Uint8ClampedArray} pixels (side, side, 3), RGB
 */

/**
 * Halve a square picture: each pixel is the mean of four.
 *
 * @param {Level} level of an even side
 * @returns {Level}
 */
export function halve({ side, pixels }) {
  const half = side / 2;
  const row = 3 * side;
  const out = new Uint8ClampedArray(3 * half * half);
  for (let y = 0, to = 0; y < half; y++) {
    for (let x = 0, at = 2 * y * row; x < half; x++, at += 6) {
      for (let c = at; c < at + 3; c++) {
        const sum =
          pixels[c] + pixels[c + 3] + pixels[c + row] + pixels[c + row + 3];
        out[to++] = (sum + 2) >> 2;
      }
    }
  }
  return { side: half, pixels: out };
}

/**
 * All levels of a square picture, the finest first.
 *
 * @param {Uint8ClampedArray} pixels (side, side, 3)
 */
export function makePyramid(pixels) {
  const levels = [{ side: sideOf(pixels), pixels }];
  for (let last = levels[0]; last.side > LEAST_SIDE; levels.push(last)) {
    last = halve(last);
  }
  return levels;
}

/**
 * The level that has about as many pixels as are asked for, rather a finer one.
 *
 * @param {Level[]} levels
 * @param {number} side that the whole picture would have
 */
export function levelFor(levels, side) {
  const fits = levels.filter((level) => level.side * Math.SQRT2 >= side);
  return fits[fits.length - 1] ?? levels[0];
}

/**
 * Shrink a stored picture or a frame to what the network sees.
 *
 * @param {Uint8ClampedArray} pixels whose side is `side`, or twice as long, ...
 * @param {number} [side]
 */
export function toInput(pixels, side = INPUT_SIDE) {
  let level = { side: sideOf(pixels), pixels };
  while (level.side > side) level = halve(level);
  return level.pixels;
}

/** @param {Uint8ClampedArray} pixels of a square picture */
export function sideOf(pixels) {
  return Math.round(Math.sqrt(pixels.length / 3));
}
