/** Boxes under a hand: which part of one is gripped, and what a drag makes of it. */

import { clamp } from "./grid.js";

/** @typedef {import("./pointer.js").Point} Point in [0, 1] of the picture */
/** @typedef {number[]} Box xmin, ymin, xmax, ymax in [0, 1] of the picture */

/**
 * Which sides of a box follow the hand, across and down: the lower one (-1), the
 * upper one (1) or neither. [0, 0] is the inside, which moves the box.
 *
 * @typedef {[x: number, y: number]} Grip
 */

export const LEAST_SIDE = 0.02; // of the picture: less is a slip of the hand
/** @type {Grip} */
export const INSIDE = [0, 0];
/** @type {Grip} */
export const LAST_CORNER = [1, 1];

const INSIDE_SHARE = 0.25; // of a box's side: a small box can still be moved

/**
 * The part of a box at a point, or null.
 *
 * @param {Box} box
 * @param {Point} point
 * @param {Point} reach how far from a side its grip goes
 * @returns {Grip | null}
 */
export function gripAt(box, point, reach) {
  const sides = [0, 1].map((axis) => {
    const [low, high] = [box[axis], box[axis + 2]];
    const [at, far] = [point[axis], reach[axis]];
    const near = Math.min(far, INSIDE_SHARE * (high - low));
    if (at < low - far || at > high + far) return NaN;
    return Number(at > high - near) - Number(at < low + near);
  });
  return sides.some(isNaN) ? null : [sides[0], sides[1]];
}

/**
 * What a drag by some way makes of a box, inside the picture.
 *
 * @param {Box} box
 * @param {Grip} grip
 * @param {Point} way
 * @returns {Box}
 */
export function dragBox(box, grip, way) {
  const moves = !grip[0] && !grip[1];
  const ends = [0, 1].map((axis) => {
    const [low, high] = [box[axis], box[axis + 2]];
    if (moves) {
      const by = clamp(way[axis], -low, 1 - high);
      return [low + by, high + by];
    }
    if (!grip[axis]) return [low, high];
    const [still, moved] = grip[axis] < 0 ? [high, low] : [low, high];
    const to = clamp(moved + way[axis], 0, 1);
    return widen(Math.min(still, to), Math.max(still, to));
  });
  return [ends[0][0], ends[1][0], ends[0][1], ends[1][1]];
}

/**
 * Give a side its least length, inside the picture.
 *
 * @param {number} low
 * @param {number} high
 */
function widen(low, high) {
  if (high - low >= LEAST_SIDE) return [low, high];
  const start = Math.min(low, 1 - LEAST_SIDE);
  return [start, start + LEAST_SIDE];
}

/** @type {Record<string, Point>} */
export const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const STEP = 0.005; // of the picture; a key that stays down makes longer ones
const LONG_STEP = 0.02;
const LEAP = 0.05; // with Ctrl, or Cmd on a Mac

/**
 * What an arrow key makes of a box, or null: it moves the box, with Shift its lower
 * right corner.
 *
 * @param {Box} box
 * @param {Pick<KeyboardEvent, "key" | "shiftKey" | "repeat"> &
 *   Partial<Pick<KeyboardEvent, "ctrlKey" | "metaKey">>} event
 * @returns {Box | null}
 */
export function boxByKey(box, { key, shiftKey, ctrlKey, metaKey, repeat }) {
  const arrow = ARROWS[key];
  if (!arrow) return null;
  const short = repeat ? LONG_STEP : STEP;
  const step = ctrlKey || metaKey ? LEAP : short;
  return dragBox(box, shiftKey ? LAST_CORNER : INSIDE, [
    arrow[0] * step,
    arrow[1] * step,
  ]);
}

/**
 * The pointer over a grip.
 *
 * @param {Grip | null} grip
 */
export function cursorOf(grip) {
  if (!grip) return "";
  const [x, y] = grip;
  if (!x && !y) return "move";
  if (!x || !y) return x ? "ew-resize" : "ns-resize";
  return x === y ? "nwse-resize" : "nesw-resize";
}
