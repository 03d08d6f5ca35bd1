/** The shapes of the reader's own scene in an address: `C5,6,14,12;S26,5,17,22`. */

import { SIZE } from "./scenes.js";

/**
 * @typedef {object} OwnShape
 * @property {number} label of CLASSES, or CROSS
 * @property {[number, number, number, number]} box x, y, width, height in pixels
 */

export const LEAST_SIDE = 5; // pixels of a shape
const LETTERS = "CSTX"; // circle, square, triangle, cross
const MOST_SHAPES = 8;

/**
 * Read the shapes of a scene, and say what is left out.
 *
 * @param {OwnShape[]} own written to
 * @param {string} text as C5,6,14,12;S26,5,17,22
 * @param {string[]} problems written to
 */
export function readOwn(own, text, problems) {
  for (const part of text.split(";").filter(Boolean)) {
    const shape = readShape(part);
    const full = own.length >= MOST_SHAPES;
    if (shape && !full) own.push(shape);
    else {
      problems.push(
        shape
          ? `Your scene has room for ${MOST_SHAPES} shapes; ${part} was left out.`
          : `“${part}” is no shape of your scene: it takes a letter of ${LETTERS} and x, y, width, height in pixels.`,
      );
    }
  }
}

/**
 * @param {string} part
 * @returns {OwnShape | null}
 */
function readShape(part) {
  const label = LETTERS.indexOf(part[0]);
  const box = part.slice(1).split(",").map(Number);
  if (label < 0 || box.length !== 4 || !box.every(Number.isFinite)) return null;
  const [x, y, width, height] = box;
  const inside = Math.min(x, y) >= 0 && x + width <= SIZE && y + height <= SIZE;
  if (!inside || Math.min(width, height) < LEAST_SIDE) return null;
  return { label, box: [x, y, width, height] };
}

/**
 * Write the shapes of a scene.
 *
 * @param {OwnShape[]} own
 */
export function formatOwn(own) {
  return own
    .map(({ label, box }) => LETTERS[label] + box.map(toEighths).join(","))
    .join(";");
}

/** @param {number} pixels */
function toEighths(pixels) {
  return Math.round(8 * pixels) / 8;
}
