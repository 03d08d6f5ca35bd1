/** Cells of a feature map over the image. */

/** @typedef {[height: number, width: number]} Shape of a map, in cells */

/**
 * The cell, of `cells` along an axis, whose center is nearest to `place`.
 *
 * @param {number} place in [0, 1] of the image
 * @param {number} cells
 */
export function nearestCell(place, cells) {
  return clamp(Math.floor(place * cells), 0, cells - 1);
}

/**
 * The cell of another map that lies under the middle of a cell.
 *
 * @param {[row: number, column: number]} cell
 * @param {Shape} from
 * @param {Shape} to
 */
export function sameCell([row, column], from, to) {
  return [
    nearestCell((row + 0.5) / from[0], to[0]),
    nearestCell((column + 0.5) / from[1], to[1]),
  ];
}

/**
 * Write a map's shape: "16 × 16".
 *
 * @param {Shape} shape
 */
export function formatShape([height, width]) {
  return `${height} × ${width}`;
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
