/** The part of an image that holds the boxes in question, and places in it. */

import { clamp } from "../lib/grid.js";
import { drawImage, fitImage } from "../lib/images.js";
import { rectOf } from "../lib/draw.js";

/** @typedef {{ x: number, y: number, side: number }} Part in [0, 1] of the image */
/** @typedef {ReturnType<typeof fitPart>} View */
/** @typedef {import("../lib/draw.js").Rect} Rect */

const MARGIN = 0.2; // around the boxes, of their extent
const LEAST = 0.45; // of the image: nearer, its pixels would show

/**
 * The part of an image that holds boxes, with the image's shape.
 *
 * @param {Float32Array} boxes
 * @returns {Part}
 */
export function partAround(boxes) {
  if (!boxes.length) return { x: 0, y: 0, side: 1 };
  const spans = [0, 1].map((axis) => {
    const ends = boxes.filter((_, k) => k % 2 === axis);
    return [Math.min(...ends), Math.max(...ends)];
  });
  const extent = Math.max(...spans.map(([low, high]) => high - low));
  const side = clamp(extent * (1 + 2 * MARGIN), LEAST, 1);
  const [x, y] = spans.map(([low, high]) =>
    clamp((low + high - side) / 2, 0, 1 - side),
  );
  return { x, y, side };
}

/**
 * Fit a part of an image into a stage.
 *
 * @param {HTMLImageElement} image
 * @param {Part} part
 * @param {{ width: number, height: number }} stage
 */
export function fitPart(image, part, stage) {
  const fit = fitImage(image, stage);
  const full = {
    width: fit.width / part.side,
    height: fit.height / part.side,
  };
  return { ...fit, part, full };
}

/**
 * Draw the part from the context's origin.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLImageElement} image
 * @param {View} view
 */
export function drawPart(context, image, { width, height, part, full }) {
  context.save();
  context.beginPath();
  context.rect(0, 0, width, height);
  context.clip();
  context.translate(-part.x * full.width, -part.y * full.height);
  drawImage(context, image, full);
  context.restore();
}

/**
 * The place of box i in the part.
 *
 * @param {ArrayLike<number>} boxes
 * @param {number} i
 * @param {View} view
 * @returns {Rect}
 */
export function placeIn(boxes, i, { part, full }) {
  const [x, y, width, height] = rectOf(boxes, i, full);
  return [x - part.x * full.width, y - part.y * full.height, width, height];
}

/**
 * The place in [0, 1] of the image of a point of the stage.
 *
 * @param {[x: number, y: number]} point
 * @param {View} view
 * @returns {[x: number, y: number]}
 */
export function pointOf([x, y], { left, top, part, full }) {
  return [part.x + (x - left) / full.width, part.y + (y - top) / full.height];
}
