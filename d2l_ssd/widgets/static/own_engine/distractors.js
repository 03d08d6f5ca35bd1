/**
 * Plain shapes in a thing's own colors, put down beside it: with them, its color alone
 * does not tell it from the ground.
 */

import { cos, sin } from "../lib/math.js";
import { about, anyColor, between, pick } from "./chance.js";

/** @typedef {import("./chance.js").Random} Random */
/** @typedef {import("./paste.js").Cut} Cut */
/** @typedef {import("./paste.js").Thing} Thing */
/** @typedef {import("./warp.js").Box} Box */
/** @typedef {import("./warp.js").Canvas} Canvas */

const MOST = 5;
const OWN = 0.5; // of the shapes have a thing's color
const HALVES = { least: 0.05, most: 0.25 }; // of a width
const ASPECT = 0.7; // logarithm of a factor
const TURN = 0.6; // radians
const ROUND = 0.3; // of the shapes
const SHADE = 0.35; // from the middle to a side
const LIGHT = 0.25; // logarithm of a factor

/**
 * @typedef {object} Shape
 * @property {number} x its center
 * @property {number} y
 * @property {number} width half of it
 * @property {number} height half of it
 * @property {number} cos of its angle
 * @property {number} sin
 * @property {boolean} round
 * @property {number} shade
 * @property {number[]} color
 */

/**
 * Draw one to five shapes where no thing is.
 *
 * @param {Canvas} canvas
 * @param {Thing[]} things on the canvas
 * @param {Cut[]} cuts that colors are taken of
 * @param {Random} random
 */
export function drawDistractors(canvas, things, cuts, random) {
  const count = 1 + Math.floor(MOST * random());
  for (let k = 0; k < count; k++) {
    const color =
      random() < OWN ? colorOf(pick(random, cuts), random) : anyColor(random);
    const shape = anyShape(color, random);
    const radius = Math.hypot(shape.width, shape.height);
    const { x, y } = shape;
    const isNear = things.some(
      ({ box: [x0, y0, x1, y1] }) =>
        x0 < x + radius &&
        x1 > x - radius &&
        y0 < y + radius &&
        y1 > y - radius,
    );
    if (!isNear) drawShape(canvas, shape, radius);
  }
}

/**
 * @param {number[]} color
 * @param {Random} random
 * @returns {Shape}
 */
function anyShape(color, random) {
  const width = between(random, HALVES.least, HALVES.most);
  const angle = between(random, -TURN, TURN);
  return {
    ...{ width, height: width * about(random, ASPECT) },
    ...{ x: random(), y: random(), cos: cos(angle), sin: sin(angle) },
    round: random() < ROUND,
    shade: between(random, -SHADE, SHADE),
    color,
  };
}

/**
 * The color of a place well inside a thing's box, in other light.
 *
 * @param {Cut} cut
 * @param {Random} random
 */
function colorOf({ levels, box: [x0, y0, x1, y1] }, random) {
  const { side, pixels } = levels[levels.length - 1];
  const [x, y] = [
    [x0, x1],
    [y0, y1],
  ].map(([low, high]) =>
    Math.floor(side * (low + (high - low) * between(random, 0.3, 0.7))),
  );
  const light = about(random, LIGHT);
  return [0, 1, 2].map((c) => light * pixels[3 * (y * side + x) + c]);
}

/**
 * @param {Canvas} canvas
 * @param {Shape} shape
 * @param {number} radius
 */
function drawShape({ side, values }, shape, radius) {
  const { x, y, width, height, cos, sin, round, shade, color } = shape;
  const [left, top] = [x, y].map((at) =>
    Math.max(0, Math.floor((at - radius) * side)),
  );
  const [right, bottom] = [x, y].map((at) =>
    Math.min(side, Math.ceil((at + radius) * side)),
  );
  for (let j = top; j < bottom; j++) {
    for (let i = left; i < right; i++) {
      const dx = (i + 0.5) / side - x;
      const dy = (j + 0.5) / side - y;
      const u = (cos * dx + sin * dy) / width;
      const v = (cos * dy - sin * dx) / height;
      const out = round ? u * u + v * v : Math.max(Math.abs(u), Math.abs(v));
      if (out > 1) continue;
      const at = 3 * (j * side + i);
      for (let c = 0; c < 3; c++) values[at + c] = color[c] * (1 + shade * u);
    }
  }
}
