// A film as Chromium's fake camera takes it: YUV4MPEG2 with half the color.
import { closeSync, openSync, writeSync } from "node:fs";

const RATE = 15; // frames a second

/**
 * Write pictures as the frames of a film.
 *
 * @param {string} path
 * @param {{ pixels: Uint8ClampedArray }[]} frames square, RGB
 */
export function writeY4m(path, frames) {
  const side = Math.sqrt(frames[0].pixels.length / 3);
  const file = openSync(path, "w");
  writeSync(file, `YUV4MPEG2 W${side} H${side} F${RATE}:1 Ip A1:1 C420jpeg\n`);
  for (const { pixels } of frames) {
    writeSync(file, "FRAME\n");
    writeSync(file, toPlanes(pixels, side));
  }
  closeSync(file);
}

/** Brightness of every pixel, then blue and red of every four (BT.601, limited). */
function toPlanes(pixels, side) {
  const [all, half] = [side * side, side / 2];
  const planes = new Uint8ClampedArray(1.5 * all);
  for (let k = 0; k < all; k++) {
    const [red, green, blue] = pixels.subarray(3 * k, 3 * k + 3);
    planes[k] = 16 + 0.257 * red + 0.504 * green + 0.098 * blue;
  }
  for (let k = 0; k < half * half; k++) {
    const from = 2 * (Math.floor(k / half) * side + (k % half));
    const [red, green, blue] = [0, 1, 2].map((c) => {
      const at = (offset) => pixels[3 * (from + offset) + c];
      return (at(0) + at(1) + at(side) + at(side + 1)) / 4;
    });
    planes[all + k] = 128 - 0.148 * red - 0.291 * green + 0.439 * blue;
    planes[1.25 * all + k] = 128 + 0.439 * red - 0.368 * green - 0.071 * blue;
  }
  return planes;
}
