/** Images' labels, from rows of numbers to an array per column. */

import { toFloats } from "./bytes.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */

/**
 * @typedef {object} Labels the ground truth of one image
 * @property {number[]} classes
 * @property {Float32Array} boxes
 * @property {boolean[]} difficult
 */

/**
 * Read each image's labels.
 *
 * @param {Bytes[]} truths per image (M, 5) float32: class and box
 * @param {Bytes[]} [difficult] per image (M,) float32: 1 where it does not count
 * @returns {Labels[]}
 */
export function readLabels(truths, difficult) {
  return truths.map((bytes, image) => {
    const rows = toFloats(bytes);
    const classes = readColumn(rows, 5, 0);
    const flags = difficult ? toFloats(difficult[image]) : [];
    return {
      classes,
      boxes: readBoxes(rows, 5),
      difficult: classes.map((_, t) => flags[t] > 0),
    };
  });
}

/**
 * Read one column of rows.
 *
 * @param {Float32Array} rows
 * @param {number} columns of a row
 * @param {number} column
 */
export function readColumn(rows, columns, column) {
  const length = rows.length / columns;
  return Array.from({ length }, (_, row) => rows[row * columns + column]);
}

/**
 * Read the boxes, which are the last four columns of rows.
 *
 * @param {Float32Array} rows
 * @param {number} columns of a row
 */
export function readBoxes(rows, columns) {
  const boxes = new Float32Array((rows.length / columns) * 4);
  for (let i = 0, end = columns; end <= rows.length; i += 4, end += columns) {
    boxes.set(rows.subarray(end - 4, end), i);
  }
  return boxes;
}
