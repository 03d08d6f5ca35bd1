/** From pixels to a network's input, as `d2l_ssd.data.to_input`. */

import { SIDE } from "./data.js";
import { makeContext } from "./scene.js";

/**
 * Normalize pixels.
 *
 * @param {Uint8ClampedArray} pixels RGBA
 * @param {number[]} mean of the colors, in units of 255
 * @param {number[]} std
 * @returns {Float32Array} (3, H, W)
 */
export function normalize(pixels, mean, std) {
  const count = pixels.length / 4;
  const out = new Float32Array(3 * count);
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (255 * std[channel]);
    const shift = mean[channel] / std[channel];
    const start = channel * count;
    for (let k = 0; k < count; k++) {
      out[start + k] = pixels[4 * k + channel] * scale - shift;
    }
  }
  return out;
}

/**
 * Make the network's input of a scene.
 *
 * @param {CanvasRenderingContext2D} scene
 * @param {number} side of the input
 * @param {{ mean?: number[], std?: number[] }} about the network
 */
export function makeInput(scene, side, { mean = [0, 0, 0], std = [1, 1, 1] }) {
  let context = scene;
  if (side !== SIDE) {
    context = makeContext(side);
    context.drawImage(scene.canvas, 0, 0, side, side);
  }
  const { data } = context.getImageData(0, 0, side, side);
  return { side, X: normalize(data, mean, std) };
}
