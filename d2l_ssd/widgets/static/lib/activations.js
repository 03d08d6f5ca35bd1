/** A layer's activations as bytes: their values, their fields, their pictures. */

import { element } from "./dom.js";

/**
 * @typedef {object} Layer
 * @property {string} name
 * @property {import("./grid.js").Shape} shape of its maps
 * @property {number} num_channels of the network's layer
 * @property {number[]} channels the numbers of those that are here
 * @property {number[]} low per channel, the activation of byte 0
 * @property {number[]} high per channel, the activation of byte 255
 * @property {number} receptive_field the side of the square that a cell sees
 * @property {number} stride pixels from one cell to the next
 * @property {number} offset the pixel on which the first cell's field is centered
 */

/** @typedef {[low: number, high: number]} Span of pixels along one axis */

/**
 * The pixels that a cell sees along one axis: the middle of pixel number p lies
 * at p + 0.5.
 *
 * @param {number} cell
 * @param {Pick<Layer, "offset" | "stride" | "receptive_field">} layer
 * @returns {Span}
 */
export function fieldOf(cell, { offset, stride, receptive_field: side }) {
  const middle = offset + cell * stride + 0.5;
  return [middle - side / 2, middle + side / 2];
}

/**
 * The activation that a byte stands for.
 *
 * @param {Uint8Array} bytes of a layer
 * @param {Pick<Layer, "shape" | "low" | "high">} layer
 * @param {number} channel
 * @param {number} row
 * @param {number} column
 */
export function activationAt(
  bytes,
  { shape, low, high },
  channel,
  row,
  column,
) {
  const value = bytes[(channel * shape[0] + row) * shape[1] + column];
  return low[channel] + (value / 255) * (high[channel] - low[channel]);
}

/**
 * Make a small picture of a map, one pixel per cell.
 *
 * @param {Uint8Array} bytes of the map
 * @param {import("./grid.js").Shape} shape
 */
export function paintMap(bytes, [height, width]) {
  const canvas = element("canvas", { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext("2d")
  );
  const pixels = context.createImageData(width, height);
  const colored = new Uint32Array(pixels.data.buffer);
  bytes.forEach((value, i) => (colored[i] = PALETTE[value]));
  context.putImageData(pixels, 0, 0);
  return canvas;
}

// Viridis, in eight steps: as light as the value is high, on any eye
const VIRIDIS = [
  [68, 1, 84],
  [70, 50, 127],
  [54, 92, 141],
  [39, 127, 142],
  [31, 161, 135],
  [74, 194, 109],
  [159, 218, 58],
  [253, 231, 37],
];

/** Colors of the bytes, as a canvas has them in memory: ABGR. */
const PALETTE = Uint32Array.from({ length: 256 }, (_, value) => {
  const place = (value / 255) * (VIRIDIS.length - 1);
  const step = Math.min(VIRIDIS.length - 2, Math.floor(place));
  const [red, green, blue] = [0, 1, 2].map((k) => {
    const [low, high] = [VIRIDIS[step][k], VIRIDIS[step + 1][k]];
    return Math.round(low + (place - step) * (high - low));
  });
  return (255 << 24) | (blue << 16) | (green << 8) | red;
});
