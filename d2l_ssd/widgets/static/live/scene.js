/** LiveDetector's scene: it is drawn as the network sees it, 256 pixels wide. */

import { element } from "../lib/dom.js";
import { SIDE } from "./data.js";

/** @typedef {import("./data.js").Placed} Placed */
/** @typedef {import("./data.js").State} State */
/** @typedef {import("../lib/pointer.js").Point} Point */
/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {HTMLImageElement | ImageBitmap | HTMLCanvasElement} Picture */

/** How much of a pixel an object must cover to own it. */
const SOLID = 127;

/** Make a context of a canvas of its own, which is read often. */
export function makeContext(side = SIDE) {
  const canvas = element("canvas", { width: side, height: side });
  const options = { willReadFrequently: true };
  const context = /** @type {Context} */ (canvas.getContext("2d", options));
  context.imageSmoothingQuality = "high";
  return context;
}

/**
 * Draw the scene.
 *
 * @param {Context} context
 * @param {State} state
 * @param {Picture | null} place the background
 * @param {HTMLImageElement[]} sprites
 */
export function drawScene(context, state, place, sprites) {
  const { objects, order, light, blur } = state;
  context.fillStyle = "#808080";
  context.fillRect(0, 0, SIDE, SIDE);
  if (isThere(place)) context.drawImage(place, 0, 0, SIDE, SIDE);
  for (const k of order) {
    if (!objects[k].hidden) drawObject(context, objects[k], sprites);
  }
  if (light < 1) darken(context, light);
  if (light > 1) brighten(context, light);
  for (let pass = 0; blur && pass < 2; pass++) average(context, blur);
}

/**
 * @param {Picture | null} picture
 * @returns {picture is Picture}
 */
function isThere(picture) {
  if (!picture) return false;
  return !("naturalWidth" in picture) || picture.naturalWidth > 0;
}

/**
 * Draw one object.
 *
 * @param {Context} context
 * @param {Placed} one
 * @param {HTMLImageElement[]} sprites
 */
function drawObject(context, one, sprites) {
  const sprite = sprites[one.sprite];
  if (!isThere(sprite)) return;
  const [width, height] = sizeOf(one, sprite);
  context.save();
  context.translate(one.x * SIDE, one.y * SIDE);
  context.rotate((one.angle * Math.PI) / 180);
  context.drawImage(sprite, -width / 2, -height / 2, width, height);
  context.restore();
}

/**
 * The size of an object before it is turned, in pixels of the scene.
 *
 * @param {Placed} one
 * @param {HTMLImageElement} sprite
 */
function sizeOf({ size }, { naturalWidth, naturalHeight }) {
  const scale = (size * SIDE) / Math.max(naturalWidth, naturalHeight, 1);
  return [naturalWidth * scale, naturalHeight * scale];
}

/**
 * @param {Context} context
 * @param {number} light
 */
function darken(context, light) {
  context.fillStyle = `rgba(0, 0, 0, ${1 - light})`;
  context.fillRect(0, 0, SIDE, SIDE);
}

/**
 * Add the picture to itself, in parts: not every browser has filters.
 *
 * @param {Context} context
 * @param {number} light
 */
function brighten(context, light) {
  const copy = makeContext();
  copy.drawImage(context.canvas, 0, 0);
  context.globalCompositeOperation = "lighter";
  context.globalAlpha = light - 1;
  context.drawImage(copy.canvas, 0, 0);
  context.globalAlpha = 1;
  context.globalCompositeOperation = "source-over";
}

/**
 * Average each pixel with `reach` pixels on each side, across and then down.
 *
 * @param {Context} context
 * @param {number} reach
 */
function average(context, reach) {
  const copy = makeContext();
  for (const [right, down] of [
    [1, 0],
    [0, 1],
  ]) {
    copy.drawImage(context.canvas, 0, 0);
    for (let by = -reach, count = 1; by <= reach; by++, count++) {
      context.globalAlpha = 1 / count; // a mean of what was drawn so far
      context.drawImage(copy.canvas, by * right, by * down);
    }
    context.globalAlpha = 1;
  }
}

/**
 * The corners of an object, turned: in units of the scene, clockwise from the upper
 * left one.
 *
 * @param {Placed} one
 * @param {HTMLImageElement} sprite
 * @returns {Point[]}
 */
export function cornersOf(one, sprite) {
  const [wide, high] = sizeOf(one, sprite).map((side) => side / 2 / SIDE);
  const turn = (one.angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  return [
    [-wide, -high],
    [wide, -high],
    [wide, high],
    [-wide, high],
  ].map(([x, y]) => [one.x + cos * x - sin * y, one.y + sin * x + cos * y]);
}

/**
 * The box that holds an object, in units of the scene.
 *
 * @param {Placed} one
 * @param {HTMLImageElement} sprite
 */
export function boxOf(one, sprite) {
  const corners = cornersOf(one, sprite);
  const [xs, ys] = [0, 1].map((axis) => corners.map((point) => point[axis]));
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/**
 * Make what looks at the objects' own pixels.
 *
 * @param {HTMLImageElement[]} sprites
 */
export function makeMasks(sprites) {
  const context = makeContext();
  /** @type {Map<string, Uint8Array>} */
  const known = new Map();
  /**
   * Which pixels of the scene an object covers.
   *
   * @param {Placed} one
   */
  const maskOf = (one) => {
    const { sprite, x, y, size, angle } = one;
    const key = [sprite, x, y, size, angle].join(" ");
    const kept = known.get(key);
    if (kept) return kept;
    context.clearRect(0, 0, SIDE, SIDE);
    drawObject(context, one, sprites);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    const mask = new Uint8Array(SIDE * SIDE);
    for (let k = 0; k < mask.length; k++) mask[k] = +(data[4 * k + 3] > SOLID);
    if (known.size > 20) known.clear(); // of a drag, all but the last are gone
    if (isThere(sprites[sprite])) known.set(key, mask);
    return mask;
  };
  return maskOf;
}

/**
 * Which share of an object those before it hide; 0 where it is not in the scene.
 *
 * @param {State} state
 * @param {number} k
 * @param {(one: Placed) => Uint8Array} maskOf
 */
export function hiddenShare({ objects, order }, k, maskOf) {
  const own = maskOf(objects[k]);
  const before = order
    .slice(order.indexOf(k) + 1)
    .filter((other) => !objects[other].hidden)
    .map((other) => maskOf(objects[other]));
  let [all, gone] = [0, 0];
  own.forEach((solid, at) => {
    if (!solid) return;
    all++;
    if (before.some((mask) => mask[at])) gone++;
  });
  return all ? gone / all : 0;
}

/**
 * The object in front at a point, or -1.
 *
 * @param {State} state
 * @param {Point} point in units of the scene
 * @param {(one: Placed) => Uint8Array} maskOf
 */
export function objectAt({ objects, order }, [x, y], maskOf) {
  const [column, row] = [Math.floor(x * SIDE), Math.floor(y * SIDE)];
  if (Math.min(column, row) < 0 || Math.max(column, row) >= SIDE) return -1;
  const at = row * SIDE + column;
  const front = [...order].reverse();
  const isHit = (/** @type {number} */ k) =>
    !objects[k].hidden && maskOf(objects[k])[at] > 0;
  return front.find(isHit) ?? -1;
}
