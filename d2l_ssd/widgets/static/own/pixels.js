/** A picture of the reader's, from whatever a canvas can draw. */

import { element } from "../lib/dom.js";
import { STORED_SIDE, sideOf } from "../own_engine/pyramid.js";
import { makePicture as makeSquare } from "../playground/pictures.js";

/** @typedef {import("../own_engine/types.js").Picture} Picture */
/** @typedef {{ width: number, height: number }} Size in pixels */
/** @typedef {Picture & { blob?: Blob }} KeptPicture with the file that is exported */

const LONGEST_SIDE = 1280; // of the file
const QUALITY = 0.92;

/**
 * Make a picture without boxes.
 *
 * Its file is a new one, upright and without the camera's notes: where a photograph
 * was taken is nobody's business.
 *
 * @param {CanvasImageSource} source
 * @param {Size} size of the source
 * @param {string} name
 * @returns {Promise<KeptPicture & { blob: Blob }>}
 */
export async function makeKeptPicture(source, size, name) {
  const canvas = paint(source, storedSize(size));
  const pixels = squeeze(canvas, canvas, STORED_SIDE);
  const blob = await toJpeg(canvas);
  const id = `${Date.now()}-${Math.random()}`; // pages in two tabs share a store
  const labels = { classes: [], boxes: new Float32Array(0), difficult: [] };
  const state = { labels, keptBack: false, ready: false };
  const { width, height } = size;
  return { id, name, pixels, width, height, ...state, blob };
}

/**
 * The size of a picture's file.
 *
 * @param {Size} size of the original
 * @returns {Size}
 */
export function storedSize({ width, height }) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/**
 * The file of a picture; one that was drawn has none, and gets it from its pixels.
 *
 * @param {KeptPicture} picture
 * @returns {Promise<Blob>}
 */
export async function fileOf(picture) {
  if (picture.blob) return picture.blob;
  const drawn = makeSquare(sideOf(picture.pixels));
  drawn.setPixels(picture.pixels);
  return toJpeg(paint(drawn.canvas, storedSize(picture)));
}

/**
 * Stretch a source to a square, and read its pixels.
 *
 * By halves: a browser that shrinks at once may skip pixels, and each does it in its
 * own way. An exact half is the mean of four pixels everywhere.
 *
 * @param {CanvasImageSource} source
 * @param {Size} size of the source
 * @param {number} side
 * @param {HTMLCanvasElement} [canvas] to draw on
 * @returns {Uint8ClampedArray} (side, side, 3), RGB
 */
export function squeeze(source, size, side, canvas = element("canvas")) {
  let now = side;
  while (2 * now <= Math.max(size.width, size.height)) now *= 2;
  const context = contextOf(setSize(canvas, { width: now, height: now }));
  context.drawImage(source, 0, 0, now, now);
  for (; now > side; now /= 2) {
    context.drawImage(canvas, 0, 0, now, now, 0, 0, now / 2, now / 2);
  }
  return dropAlpha(context.getImageData(0, 0, side, side).data);
}

/**
 * @param {Uint8ClampedArray} pixels RGBA
 */
function dropAlpha(pixels) {
  const out = new Uint8ClampedArray((3 * pixels.length) / 4);
  for (let from = 0, to = 0; to < out.length; from += 4) {
    out[to++] = pixels[from];
    out[to++] = pixels[from + 1];
    out[to++] = pixels[from + 2];
  }
  return out;
}

/**
 * Draw a source on a canvas, on white: what is transparent would be black.
 *
 * @param {CanvasImageSource} source
 * @param {Size} size of the canvas
 */
function paint(source, { width, height }) {
  const canvas = element("canvas", { width, height });
  const context = contextOf(canvas);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, width, height);
  return canvas;
}

/**
 * Change a canvas's size if it is another: doing so clears it, and takes a while.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Size} size
 */
function setSize(canvas, { width, height }) {
  if (canvas.width !== width || canvas.height !== height) {
    Object.assign(canvas, { width, height });
  }
  return canvas;
}

/** @param {HTMLCanvasElement} canvas */
function contextOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext("2d", { willReadFrequently: true, alpha: false })
  );
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>}
 */
function toJpeg(canvas) {
  return new Promise((resolve, reject) => {
    /** @param {Blob | null} blob */
    const done = (blob) =>
      blob ? resolve(blob) : reject(new Error("There is no memory left."));
    canvas.toBlob(done, "image/jpeg", QUALITY);
  });
}
