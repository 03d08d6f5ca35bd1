/** The boxes of a picture one by one, and a detector's proposals for it. */

import { iou } from "../lib/boxes.js";

/** @typedef {import("../lib/labels.js").Labels} Labels */

/**
 * @typedef {object} Item a box
 * @property {number} label its class
 * @property {number[]} box
 * @property {boolean} [difficult]
 * @property {number} [score] of a proposal
 */

/**
 * What a detector has found, best first.
 *
 * @typedef {{ boxes: ArrayLike<number>, classes: number[], scores: number[] }} Found
 */

const SAME_IOU = 0.4; // with a box that is there: nothing new

/**
 * @param {Labels | Found} labels
 * @returns {Item[]}
 */
export function toItems(labels) {
  const { difficult = [], scores = [] } =
    /** @type {Partial<Labels & Found>} */ (labels);
  return labels.classes.map((label, i) => ({
    label,
    box: [0, 1, 2, 3].map((k) => labels.boxes[4 * i + k]),
    difficult: difficult[i],
    score: scores[i],
  }));
}

/**
 * @param {Item[]} items
 * @returns {Labels}
 */
export function toLabels(items) {
  return {
    classes: items.map(({ label }) => label),
    boxes: Float32Array.from(items.flatMap(({ box }) => box)),
    difficult: items.map(({ difficult }) => !!difficult),
  };
}

/**
 * The proposals that say something new.
 *
 * @param {Found | null | undefined} found
 * @param {Item[]} items that the picture has
 */
export function openProposals(found, items) {
  if (!found) return [];
  return toItems(found).filter(({ label, box }) =>
    items.every(
      (item) => item.label !== label || iou(item.box, 0, box, 0) < SAME_IOU,
    ),
  );
}

/**
 * Say where a box is, in percent.
 *
 * @param {number[]} box
 */
export function describeBox([x0, y0, x1, y1]) {
  const [left, top, wide, high] = [x0, y0, x1 - x0, y1 - y0].map((v) =>
    Math.round(100 * v),
  );
  return `${wide}% wide, ${high}% high, ${left}% from the left, ${top}% from the top`;
}

/**
 * Say what is in a picture.
 *
 * @param {Item[]} items
 * @param {string[]} classes
 */
export function countItems(items, classes) {
  const counts = classes.map((name, k) => {
    const { length } = items.filter(({ label }) => label === k);
    return length ? `${length} ${name}` : "";
  });
  return counts.filter(Boolean).join(", ") || "no box";
}
