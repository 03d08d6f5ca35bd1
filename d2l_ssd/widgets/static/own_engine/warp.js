/**
 * A picture, or a part of it, drawn elsewhere: turned, stretched, mirrored. A canvas
 * holds plain numbers, so that light can be made of them before they are rounded.
 */

import { levelFor } from "./pyramid.js";

/** @typedef {import("./pyramid.js").Level} Level */
/** @typedef {[x0: number, y0: number, x1: number, y1: number]} Box in [0, 1] */
/** @typedef {[red: number, green: number, blue: number]} Color */

/**
 * @typedef {object} Canvas
 * @property {number} side
 * @property {Float32Array} values (side, side, 3), RGB in [0, 255]
 *
 * @typedef {object} Placement how a picture's part comes to lie on a canvas, in
 *   sides: it is turned about `from`, mirrored, stretched, and put down at `to`
 * @property {[number, number]} from
 * @property {[number, number]} to
 * @property {number} wide its width is so many times as large
 * @property {number} high
 * @property {number} cos of the angle that it is turned by
 * @property {number} sin
 * @property {1 | -1} mirror
 */

/** @param {number} side */
export function makeCanvas(side) {
  return { side, values: new Float32Array(3 * side * side) };
}

/**
 * The picture's place that a place of the canvas shows.
 *
 * @param {Placement} placement
 * @param {number} x
 * @param {number} y
 */
function sourceOf({ from, to, wide, high, cos, sin, mirror }, x, y) {
  const right = (mirror * (x - to[0])) / wide;
  const down = (y - to[1]) / high;
  return [
    from[0] + cos * right + sin * down,
    from[1] - sin * right + cos * down,
  ];
}

/**
 * The box around a picture's box on the canvas. What is in it is taken for an
 * ellipse: the box around a turned rectangle would be much too large.
 *
 * @param {Placement} placement
 * @param {Box} box
 * @returns {Box}
 */
export function placeBox(placement, [x0, y0, x1, y1]) {
  const { from, to, wide, high, cos, sin, mirror } = placement;
  const [right, down] = [(x0 + x1) / 2 - from[0], (y0 + y1) / 2 - from[1]];
  const x = to[0] + mirror * wide * (cos * right - sin * down);
  const y = to[1] + high * (sin * right + cos * down);
  const [halfWidth, halfHeight] = [(x1 - x0) / 2, (y1 - y0) / 2];
  const width = wide * Math.hypot(cos * halfWidth, sin * halfHeight);
  const height = high * Math.hypot(sin * halfWidth, cos * halfHeight);
  return [x - width, y - height, x + width, y + height];
}

/**
 * The level of a pyramid for a placement.
 *
 * @param {Level[]} levels
 * @param {Placement} placement
 * @param {number} side of the canvas
 * @param {number} [blur] how much coarser a level is taken
 */
export function levelOf(levels, { wide, high }, side, blur = 1) {
  return levelFor(levels, (side * Math.sqrt(wide * high)) / blur);
}

/**
 * A row of a canvas from `first` on, as a line through a level's pixels.
 *
 * @param {Placement} placement
 * @param {Level} level
 * @param {number} side of the canvas
 * @param {number} row
 * @param {number} first
 */
export function lineOf(placement, level, side, row, first) {
  const [x, y] = sourceOf(placement, (first + 0.5) / side, (row + 0.5) / side);
  const step = (placement.mirror * level.side) / (placement.wide * side);
  return {
    x: level.side * x - 0.5,
    y: level.side * y - 0.5,
    dx: placement.cos * step,
    dy: -placement.sin * step,
  };
}

/** @typedef {ReturnType<typeof lineOf>} Line */

/**
 * Read `count` pixels along a line, each from its four neighbors.
 *
 * @param {Level} level
 * @param {Line} line
 * @param {number} count
 * @param {Float32Array} out
 * @param {number} to
 */
export function readLine({ side, pixels }, { x, y, dx, dy }, count, out, to) {
  const most = side - 1.001; // a right and a lower neighbor are in the picture
  const row = 3 * side;
  for (let i = 0; i < count; i++, x += dx, y += dy, to += 3) {
    const u = x < 0 ? 0 : x > most ? most : x;
    const v = y < 0 ? 0 : y > most ? most : y;
    const left = u | 0;
    const above = v | 0;
    const right = u - left;
    const down = v - above;
    const at = above * row + 3 * left;
    const below = at + row;
    // The weights of the four. A loop over the colors would take a third longer
    const d = right * down;
    const c = down - d;
    const b = right - d;
    const a = 1 - right - c;
    out[to] =
      a * pixels[at] +
      b * pixels[at + 3] +
      c * pixels[below] +
      d * pixels[below + 3];
    out[to + 1] =
      a * pixels[at + 1] +
      b * pixels[at + 4] +
      c * pixels[below + 1] +
      d * pixels[below + 4];
    out[to + 2] =
      a * pixels[at + 2] +
      b * pixels[at + 5] +
      c * pixels[below + 2] +
      d * pixels[below + 5];
  }
}

/**
 * Draw a whole picture; what lies beside it gets one color.
 *
 * @param {Canvas} canvas
 * @param {Level} level
 * @param {Placement} placement
 * @param {Color} beside
 */
export function drawPicture({ side, values }, level, placement, beside) {
  for (let row = 0; row < side; row++) {
    const line = lineOf(placement, level, side, row, 0);
    const end = level.side - 0.5;
    const [firstX, lastX] = rangeWithin(line.x, line.dx, end, side);
    const [firstY, lastY] = rangeWithin(line.y, line.dy, end, side);
    const first = Math.max(firstX, firstY);
    const last = Math.max(first, Math.min(lastX, lastY));
    const start = 3 * row * side;
    fillLine(values, start, start + 3 * first, beside);
    line.x += first * line.dx;
    line.y += first * line.dy;
    readLine(level, line, last - first, values, start + 3 * first);
    fillLine(values, start + 3 * last, start + 3 * side, beside);
  }
}

/**
 * The numbers i from 0 to `count` for which start + i · step is from -1/2 to `end`.
 *
 * @param {number} start
 * @param {number} step
 * @param {number} end
 * @param {number} count
 */
function rangeWithin(start, step, end, count) {
  if (Math.abs(step) < 1e-9) {
    return start >= -0.5 && start <= end ? [0, count] : [count, count];
  }
  const ends = [(-0.5 - start) / step, (end - start) / step];
  const first = Math.ceil(Math.min(...ends));
  const last = Math.floor(Math.max(...ends)) + 1;
  return [Math.min(count, Math.max(0, first)), Math.min(count, last)];
}

/**
 * @param {Float32Array} values
 * @param {number} from
 * @param {number} to
 * @param {Color} color
 */
function fillLine(values, from, to, color) {
  for (let at = from; at < to; at += 3) {
    for (let c = 0; c < 3; c++) values[at + c] = color[c];
  }
}

/**
 * Fill the pixels of a box with one color.
 *
 * @param {Canvas} canvas
 * @param {Box} box
 * @param {Color} color
 */
export function fillBox({ side, values }, [x0, y0, x1, y1], color) {
  const left = Math.max(0, Math.floor(x0 * side));
  const right = Math.min(side, Math.ceil(x1 * side));
  const bottom = Math.min(side, Math.ceil(y1 * side));
  for (let y = Math.max(0, Math.floor(y0 * side)); y < bottom; y++) {
    const row = y * side;
    fillLine(values, 3 * (row + left), 3 * (row + right), color);
  }
}
