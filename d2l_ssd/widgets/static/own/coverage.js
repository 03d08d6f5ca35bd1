/** What pictures show of a thing so far, and what the next one had better show. */

import { boxCenter, boxSize } from "../lib/boxes.js";
import { clamp, nearestCell } from "../lib/grid.js";
import { sideOf } from "../own_engine/pyramid.js";

/** @typedef {import("../own_engine/types.d.ts").Picture} Picture */

/**
 * @typedef {object} Coverage what ready pictures show of one thing
 * @property {number} boxes
 * @property {number[]} sizes how many boxes are far away, between and close up
 * @property {number[]} places how many boxes are in each ninth, row by row
 * @property {number} tiny how many boxes are too small to be found well
 * @property {number} light brightest box over darkest box
 * @property {number} without how many pictures show nothing
 */

/**
 * @typedef {object} Advice
 * @property {string} text
 * @property {number[]} [box] where the thing had better be
 */

export const ENOUGH = { size: 3, without: 5 };
const SIZES = [0.25, 0.4]; // of the picture's side: from here on, the next kind
const TINY = 1 / 7; // smaller things are found in 6 pictures of 10
const LIGHT = 1.4; // brightest over darkest: the light was another one
const WITHOUT = 4; // boxes for each picture without

/**
 * @param {Picture[]} pictures
 * @param {number} label
 * @returns {Coverage}
 */
export function measureCoverage(pictures, label) {
  const ready = pictures.filter((picture) => picture.ready);
  const [sizes, places] = [[0, 0, 0], Array(9).fill(0)];
  /** @type {number[]} */
  const lights = [];
  let tiny = 0;
  for (const { pixels, labels } of ready) {
    labels.classes.forEach((one, i) => {
      if (one !== label) return;
      const size = boxSize(labels.boxes, i);
      const [x, y] = boxCenter(labels.boxes, i);
      sizes[SIZES.filter((limit) => size >= limit).length]++;
      places[3 * nearestCell(y, 3) + nearestCell(x, 3)]++;
      tiny += Number(size < TINY);
      lights.push(lightAt(pixels, x, y, size / 2));
    });
  }
  return {
    boxes: lights.length,
    sizes,
    places,
    tiny,
    light: Math.max(...lights) / Math.min(...lights),
    without: ready.filter(({ labels }) => !labels.classes.length).length,
  };
}

/**
 * How bright the middle of a box is: the thing is the same, so it tells the light.
 *
 * @param {Uint8ClampedArray} pixels
 * @param {number} x
 * @param {number} y
 * @param {number} width of the middle
 */
function lightAt(pixels, x, y, width) {
  const side = sideOf(pixels);
  let [sum, count] = [1, 0]; // black is not 0: we divide by it
  for (let v = y - width / 2; v < y + width / 2; v += 0.02) {
    for (let u = x - width / 2; u < x + width / 2; u += 0.02) {
      const k = nearestCell(v, side) * side + nearestCell(u, side);
      for (let c = 0; c < 3; c++) sum += pixels[3 * k + c];
      count++;
    }
  }
  return sum / count;
}

const FAR = ["far away", "at medium distance", "close up"];
const SIDES = [0.18, 0.3, 0.55]; // of the boxes that we propose
const PLACES = [
  ...["upper left", "top", "upper right", "left", "center", "right"],
  ...["lower left", "bottom", "lower right"],
];
const CENTER = 4;
const ORDER = [0, 8, 2, 6, CENTER, 3, 5, 1, 7]; // corners are forgotten most

/**
 * Say what to show next.
 *
 * @param {Coverage} coverage
 * @returns {Advice}
 */
export function advise({ boxes, sizes, places, tiny, light, without }) {
  if (!boxes) return { text: "draw a box around it", box: boxOf(1, CENTER) };
  if (without < Math.min(ENOUGH.without, Math.floor(boxes / WITHOUT))) {
    return { text: "the same place without it" };
  }
  if (tiny > boxes / 2) {
    const text = "come closer, so small a thing is hard to find";
    return { text, box: boxOf(1, CENTER) };
  }
  const least = sizes.indexOf(Math.min(...sizes));
  const size = sizes[least] < ENOUGH.size ? least : -1;
  const place = ORDER.find((k) => !places[k]) ?? -1;
  if (size >= 0 || place >= 0) {
    const where = PLACES[place] ?? "";
    return {
      text:
        size < 0
          ? `at the ${where}`
          : [FAR[size], where].filter(Boolean).join(", "),
      box: boxOf(size < 0 ? 1 : size, place < 0 ? CENTER : place),
    };
  }
  if (light < LIGHT) return { text: "other light, by a window or a lamp" };
  return { text: "turn it: only sides that you show are found" };
}

/**
 * A box to show the thing in.
 *
 * @param {number} size its kind
 * @param {number} place
 */
function boxOf(size, place) {
  const side = SIDES[size];
  const [x, y] = [place % 3, Math.floor(place / 3)].map((cell) =>
    clamp((cell + 0.5) / 3 - side / 2, 0, 1 - side),
  );
  return [x, y, x + side, y + side];
}
