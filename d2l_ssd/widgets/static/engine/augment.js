/** Augmentation: a scene mirrored or moved, its boxes with it. */

import { makePixels, SIZE } from "./scenes.js";

/** @typedef {import("../lib/labels.js").Labels} Labels */
/** @typedef {import("./scenes.js").Scene} Scene */

/**
 * Flip a scene from left to right, boxes included.
 *
 * @param {Scene} scene
 * @returns {Scene}
 */
export function flipScene({ pixels, labels }) {
  const flipped = makePixels();
  for (let y = 0, k = 0; y < SIZE; y++) {
    for (let x = SIZE - 1; x >= 0; x--) {
      for (let c = 0; c < 3; c++) flipped[k++] = pixels[(y * SIZE + x) * 3 + c];
    }
  }
  return {
    pixels: flipped,
    labels: { ...labels, boxes: flipBoxes(labels.boxes) },
  };
}

/** @param {Float32Array} boxes */
function flipBoxes(boxes) {
  return boxes.map((_, k) => {
    if (k % 2) return boxes[k];
    return 1 - boxes[k % 4 ? k - 2 : k + 2];
  });
}

const LEAST_VISIBLE = 0.4; // of an object, or its label goes

/**
 * Move a scene by whole pixels; what comes in repeats the edge.
 *
 * @param {Scene} scene
 * @param {number} right
 * @param {number} down
 * @returns {Scene}
 */
export function shiftScene({ pixels, labels }, right, down) {
  /** @param {number} at */
  const inside = (at) => Math.min(SIZE - 1, Math.max(0, at));
  const moved = makePixels();
  for (let y = 0, k = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const from = (inside(y - down) * SIZE + inside(x - right)) * 3;
      for (let c = 0; c < 3; c++) moved[k++] = pixels[from + c];
    }
  }
  return {
    pixels: moved,
    labels: shiftLabels(labels, [right / SIZE, down / SIZE]),
  };
}

/**
 * @param {Labels} labels
 * @param {number[]} shift x and y, in [0, 1] of the scene
 * @returns {Labels}
 */
function shiftLabels({ classes, boxes }, shift) {
  const clipped = boxes.map((value, k) =>
    Math.min(1, Math.max(0, value + shift[k % 2])),
  );
  const kept = [...classes.keys()].filter((i) => {
    const part = area(clipped, i) / area(boxes, i);
    return part >= LEAST_VISIBLE;
  });
  return {
    classes: kept.map((i) => classes[i]),
    boxes: Float32Array.from(
      kept.flatMap((i) => [...clipped.subarray(4 * i, 4 * i + 4)]),
    ),
    difficult: kept.map(() => false),
  };
}

/**
 * @param {Float32Array} boxes
 * @param {number} i
 */
function area(boxes, i) {
  const k = 4 * i;
  return (boxes[k + 2] - boxes[k]) * (boxes[k + 3] - boxes[k + 1]);
}
