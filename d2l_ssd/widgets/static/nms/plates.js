/** Name plates of boxes that lie on one another: none covers another one. */

import { drawPlate } from "../lib/draw.js";

/** @typedef {import("../lib/draw.js").Context} Context */
/** @typedef {import("../lib/draw.js").Size} Size */

/**
 * @typedef {object} Plate
 * @property {string} text
 * @property {number} x of its left side
 * @property {number} y of its lower side
 * @property {string} color
 *
 * @typedef {{ left: number, right: number, y: number }} Place
 */

const HEIGHT = 18;
const ROOM = 10; // beside the text, as `drawPlate` has it
const FONT = "600 12px system-ui, sans-serif";
/** Rows up and down from where a plate would like to be, nearest first. */
const SHIFTS = [0, -1, 1, -2, 2, -3, 3, -4, 4, -5, 5];

/**
 * Draw plates, the first where it likes to be and the others where there is room.
 *
 * @param {Context} context
 * @param {Plate[]} plates
 * @param {Size} size of the picture
 */
export function drawPlates(context, plates, size) {
  context.font = FONT;
  const widths = plates.map(({ text }) => context.measureText(text).width);
  const places = placePlates(plates, widths, size);
  plates.forEach(({ text, color }, k) => {
    const { left, y } = places[k];
    drawPlate(context, text, [left, y], size, color);
  });
}

/**
 * Find a place for each plate.
 *
 * @param {Plate[]} plates
 * @param {number[]} widths of their texts
 * @param {Size} size of the picture
 */
export function placePlates(plates, widths, { width, height }) {
  /** @type {Place[]} */
  const places = [];
  plates.forEach(({ x, y }, k) => {
    const wide = widths[k] + ROOM;
    const left = Math.max(0, Math.min(x, width - wide));
    const first = Math.max(HEIGHT, Math.min(y, height));
    /** @param {number} shift */
    const place = (shift) => {
      return { left, right: left + wide, y: first + shift * HEIGHT };
    };
    const free = SHIFTS.map(place).find(
      (one) => one.y >= HEIGHT && one.y <= height && !meetsAny(one, places),
    );
    places.push(free ?? place(0));
  });
  return places;
}

/**
 * @param {Place} one
 * @param {Place[]} others
 */
function meetsAny(one, others) {
  return others.some(
    ({ left, right, y }) =>
      one.left < right && left < one.right && Math.abs(one.y - y) < HEIGHT,
  );
}
