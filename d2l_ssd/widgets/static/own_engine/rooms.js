/** Drawn rooms: a wall with things on it, and a floor that goes away from us. */

import { makeRandom, randomAt } from "../engine/random.js";
import { pick } from "./chance.js";
import { colorOf } from "./toys.js";

/** @typedef {import("./toys.js").Canvas} Canvas */

const WALLS = [0xe8e2d4, 0xb9c9d6, 0xd8c3b0, 0x9fb59a, 0xc9a9a6, 0x7f8ea8];
const FLOORS = [0xa9764a, 0xd0b48a, 0x6f4a32, 0x8d8f96, 0xb5a79a, 0x4f6a78];
const THINGS = [
  0x8c2f39, 0x2f5d8c, 0x3d7a4e, 0xd9a441, 0x5b4a7d, 0xe7e3da, 0x333a44,
  0xc7683a,
];

/**
 * How a surface is patterned: lines across and down, and a grain.
 *
 * @typedef {object} Pattern
 * @property {[lines: number, width: number]} across
 * @property {[lines: number, width: number]} down
 * @property {[x: number, y: number, strength: number]} grain
 */

/** @type {Pattern[]} */
const PATTERNS = [
  { across: [0, 0], down: [0, 0], grain: [3, 3, 0.3] }, // plain
  { across: [6, 0.5], down: [0, 0], grain: [3, 3, 0.1] }, // stripes
  { across: [5, 0.5], down: [5, 0.5], grain: [9, 9, 0.1] }, // checks
  { across: [4, 0.06], down: [6, 0.08], grain: [9, 9, 0.4] }, // tiles
  { across: [0, 0], down: [4, 0.05], grain: [2, 26, 0.7] }, // boards
  { across: [1, 0.02], down: [4, 0.05], grain: [2, 26, 0.7] }, // a parquet
];

/**
 * Write a row of a pattern's light and shade, about 0 to 1.
 *
 * @param {Float32Array} row
 * @param {Pattern} pattern
 * @param {number} x of its first sample
 * @param {number} step to the next
 * @param {number} y
 */
function writeRow(row, { across, down, grain }, x, step, y) {
  row.fill(part(down[0] * y) < down[1] ? 0.5 : 0);
  const shift = 7 * Math.floor(down[0] * y); // the next board has another grain
  addNoise(row, grain[0] * x + shift, grain[0] * step, grain[1] * y, grain[2]);
  for (let i = 0; i < row.length; i++, x += step) {
    if (part(across[0] * x) < across[1]) row[i] += 0.5;
  }
}

/** @param {number} x */
function part(x) {
  return x - Math.floor(x);
}

/**
 * Add smooth noise.
 *
 * @param {Float32Array} row
 * @param {number} x
 * @param {number} step
 * @param {number} y
 * @param {number} strength
 */
function addNoise(row, x, step, y, strength) {
  const j = Math.floor(y);
  let [cell, left, right] = [NaN, 0, 0];
  for (let i = 0; i < row.length; i++, x += step) {
    const here = Math.floor(x);
    if (here !== cell) {
      cell = here;
      left = mixed(cell, j, y - j);
      right = mixed(cell + 1, j, y - j);
    }
    row[i] += strength * (left + (x - cell) * (right - left));
  }
}

/** @param {number} i @param {number} j @param {number} share */
function mixed(i, j, share) {
  return (1 - share) * randomAt(i, j) + share * randomAt(i, j + 1);
}

/**
 * Draw a room.
 *
 * @param {Canvas} canvas
 * @param {number} key another number, another room
 * @param {number} horizon where the wall meets the floor, in [0, 1]
 */
export function drawRoom(canvas, key, horizon) {
  const random = makeRandom(key);
  const wall = makeSurface(random, WALLS);
  const floor = makeSurface(random, FLOORS);
  const { side, color } = canvas;
  const row = new Float32Array(side);
  for (let j = 0; j < side; j++) {
    const y = (j + 0.5) / side - horizon;
    const far = 1 / (0.25 + y); // of the floor: rows near the wall lie closer
    const start = 3 * side * j;
    if (y < 0) wall(color, start, row, 1, 1, 2 + y);
    else floor(color, start, row, 9 - 0.3 * far, 0.6 * far, 9 - far);
  }
  furnish(canvas, random, horizon);
}

/**
 * Make what paints a row of a surface.
 *
 * @param {() => number} random
 * @param {number[]} colors
 */
function makeSurface(random, colors) {
  const pattern = pick(random, PATTERNS);
  const [red, green, blue] = colorOf(pick(random, colors));
  const contrast = (random() < 0.5 ? -1 : 1) * (0.08 + 0.25 * random());
  const scale = 0.7 + random();
  /**
   * @param {Float32Array} to
   * @param {number} start
   * @param {Float32Array} row
   * @param {number} x of its first sample
   * @param {number} width of the row
   * @param {number} y
   */
  return (to, start, row, x, width, y) => {
    writeRow(row, pattern, x * scale, (width * scale) / row.length, y * scale);
    for (let i = 0, k = start; i < row.length; i++, k += 3) {
      const light = contrast * (row[i] - 0.4);
      to[k] = red + light;
      to[k + 1] = green + light;
      to[k + 2] = blue + light;
    }
  };
}

/**
 * Hang a window and a shelf of books on the wall, or one of them, or nothing.
 *
 * @param {Canvas} canvas
 * @param {() => number} random
 * @param {number} horizon
 */
function furnish(canvas, random, horizon) {
  if (random() < 0.5) drawWindow(canvas, random() * 0.7, horizon);
  if (random() < 0.6) drawBooks(canvas, random, random() * 0.7, horizon);
}

/**
 * Fill a rectangle with a color that gets darker downward.
 *
 * @param {Canvas} canvas
 * @param {number[]} box its edges, in the unit square or beyond
 * @param {number} hex
 */
function fill({ side, color }, box, hex) {
  const [left, top, right, bottom] = box.map((edge) =>
    Math.min(side, Math.max(0, Math.round(edge * side))),
  );
  const rgb = colorOf(hex);
  for (let j = top; j < bottom; j++) {
    const light = 1.05 - (0.15 * (j - top)) / (bottom - top);
    for (let i = left; i < right; i++) {
      for (let c = 0; c < 3; c++)
        color[3 * (j * side + i) + c] = rgb[c] * light;
    }
  }
}

/** @param {Canvas} canvas @param {number} x @param {number} horizon */
function drawWindow(canvas, x, horizon) {
  const [top, bottom] = [horizon - 0.5, horizon - 0.1];
  fill(canvas, [x, top, x + 0.36, bottom], 0xf3f1ea);
  for (const pane of [0.02, 0.19]) {
    fill(
      canvas,
      [x + pane, top + 0.02, x + pane + 0.15, bottom - 0.02],
      0xcfe6ff,
    );
  }
}

/** @param {Canvas} canvas @param {() => number} random @param {number} x @param {number} horizon */
function drawBooks(canvas, random, x, horizon) {
  const shelf = horizon - 0.03 - 0.3 * random();
  const count = 4 + Math.floor(8 * random());
  let left = x;
  for (let k = 0; k < count; k++) {
    const right = left + 0.018 + 0.03 * random();
    const top = shelf - 0.1 - 0.08 * random();
    fill(canvas, [left, top, right, shelf], pick(random, THINGS));
    left = right + 0.003;
  }
  fill(canvas, [x - 0.04, shelf, left + 0.04, shelf + 0.02], FLOORS[0]);
}
