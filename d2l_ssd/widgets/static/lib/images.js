/** Pictures from Python. */

import { copyBytes } from "./bytes.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/** @typedef {{ width: number, height: number }} Size in CSS pixels */

/**
 * Make images of files; they decode by themselves.
 *
 * @param {Bytes[]} files
 * @param {() => void} ready called as each one can be drawn
 */
export function decodeImages(files, ready) {
  return files.map((bytes) => {
    const image = new Image();
    const url = URL.createObjectURL(new Blob([copyBytes(bytes)]));
    image.onload = () => {
      URL.revokeObjectURL(url);
      ready();
    };
    image.src = url;
    return image;
  });
}

/**
 * The largest place for an image in the middle of a stage.
 *
 * @param {HTMLImageElement} image
 * @param {Size} stage
 */
export function fitImage(image, { width, height }) {
  const [wide, high] = [image.naturalWidth || 1, image.naturalHeight || 1];
  const scale = Math.min(width / wide, height / high);
  const size = { width: wide * scale, height: high * scale };
  const [left, top] = [(width - size.width) / 2, (height - size.height) / 2];
  return { ...size, left, top };
}

/**
 * Draw an image from the context's origin, if it can be drawn yet.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLImageElement} image
 * @param {Size} size
 */
export function drawImage(context, image, { width, height }) {
  if (image.complete) context.drawImage(image, 0, 0, width, height);
}
