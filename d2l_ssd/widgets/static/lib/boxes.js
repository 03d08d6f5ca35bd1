/**
 * Boxes, as `d2l_ssd.boxes` has them: flat arrays of four numbers per box,
 * [xmin, ymin, xmax, ymax] in [0, 1] of the image.
 *
 * Python computes an IoU in float32, so we round after every operation (`f`):
 * the numbers are then the same to the last bit, and ties fall alike.
 */

const f = Math.fround;
const TINY = 1.1754943508222875e-38; // the smallest normal float32

/**
 * Compute the IoU of box i of a with box j of b, in single precision.
 *
 * @param {ArrayLike<number>} a
 * @param {number} i
 * @param {ArrayLike<number>} b
 * @param {number} j
 */
export function iou(a, i, b, j) {
  i *= 4;
  j *= 4;
  const width = Math.min(a[i + 2], b[j + 2]) - Math.max(a[i], b[j]);
  const height = Math.min(a[i + 3], b[j + 3]) - Math.max(a[i + 1], b[j + 1]);
  if (!(width > 0 && height > 0)) return 0;
  const inter = f(f(width) * f(height));
  const areaA = f(f(a[i + 2] - a[i]) * f(a[i + 3] - a[i + 1]));
  const areaB = f(f(b[j + 2] - b[j]) * f(b[j + 3] - b[j + 1]));
  return f(inter / Math.max(f(f(areaA + areaB) - inter), TINY));
}

/**
 * Compute the same IoU in double precision, as the evaluation does.
 *
 * @param {ArrayLike<number>} a
 * @param {number} i
 * @param {ArrayLike<number>} b
 * @param {number} j
 */
export function exactIou(a, i, b, j) {
  i *= 4;
  j *= 4;
  const width = Math.min(a[i + 2], b[j + 2]) - Math.max(a[i], b[j]);
  const height = Math.min(a[i + 3], b[j + 3]) - Math.max(a[i + 1], b[j + 1]);
  if (!(width > 0 && height > 0)) return 0;
  const inter = width * height;
  const areaA = (a[i + 2] - a[i]) * (a[i + 3] - a[i + 1]);
  const areaB = (b[j + 2] - b[j]) * (b[j + 3] - b[j + 1]);
  return inter / (areaA + areaB - inter);
}

/**
 * The box that two boxes share; null where they share no area.
 *
 * @param {ArrayLike<number>} a a box
 * @param {ArrayLike<number>} b
 * @returns {[number, number, number, number] | null}
 */
export function intersectionBox(a, b) {
  const [x0, y0] = [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  const [x1, y1] = [Math.min(a[2], b[2]), Math.min(a[3], b[3])];
  return x1 > x0 && y1 > y0 ? [x0, y0, x1, y1] : null;
}

/**
 * The smallest box that holds two boxes.
 *
 * @param {ArrayLike<number>} a a box
 * @param {ArrayLike<number>} b
 * @returns {[number, number, number, number]}
 */
export function enclosingBox(a, b) {
  const [x0, y0] = [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
  return [x0, y0, Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

/**
 * Compute the IoU of every box of a with every box of b: (N, M), row by row.
 *
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function boxIou(a, b) {
  const [rows, columns] = [a.length / 4, b.length / 4];
  const out = new Float32Array(rows * columns);
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[k++] = iou(a, i, b, j);
  }
  return out;
}

/**
 * The boxes of some rows, in their order.
 *
 * @param {Float32Array} boxes
 * @param {number[]} rows
 */
export function takeBoxes(boxes, rows) {
  const taken = new Float32Array(4 * rows.length);
  rows.forEach((row, i) => {
    for (let k = 0; k < 4; k++) taken[4 * i + k] = boxes[4 * row + k];
  });
  return taken;
}

/**
 * The size of box i as anchors have it: the side of a square of its area.
 *
 * @param {ArrayLike<number>} boxes
 * @param {number} i
 */
export function boxSize(boxes, i) {
  return Math.sqrt(boxArea(boxes, i));
}

/**
 * The area of box i.
 *
 * @param {ArrayLike<number>} boxes
 * @param {number} i
 */
export function boxArea(boxes, i) {
  const k = i * 4;
  return (boxes[k + 2] - boxes[k]) * (boxes[k + 3] - boxes[k + 1]);
}

/**
 * The center [x, y] of box i.
 *
 * @param {ArrayLike<number>} boxes
 * @param {number} i
 * @returns {[number, number]}
 */
export function boxCenter(boxes, i) {
  const k = i * 4;
  return [(boxes[k] + boxes[k + 2]) / 2, (boxes[k + 1] + boxes[k + 3]) / 2];
}

/**
 * Find, of the boxes with these indices, the smallest that holds a point;
 * return its place in `indices`, -1 if no box does.
 *
 * @param {ArrayLike<number>} boxes
 * @param {number[]} indices
 * @param {[number, number]} point
 */
export function smallestBoxAt(boxes, indices, [x, y]) {
  let [best, smallest] = [-1, Infinity];
  indices.forEach((i, rank) => {
    const k = i * 4;
    const outside =
      x < boxes[k] || x > boxes[k + 2] || y < boxes[k + 1] || y > boxes[k + 3];
    const area = boxArea(boxes, i);
    if (!outside && area < smallest) [best, smallest] = [rank, area];
  });
  return best;
}
