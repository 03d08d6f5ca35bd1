/** Where each anchor has its dot on a picture. */

/** @typedef {import("./grid.js").Shape} Shape */

const FARTHEST = 0.125; // of the image, between the dots of a cell

/**
 * Place a dot for each anchor: those of a cell share a center, so their dots stand
 * around it, and the finest map's closer, so that no two dots of four maps fall
 * together.
 *
 * @param {Shape[]} shapes of the maps
 * @param {number[]} counts of the maps' anchors
 * @returns {Float32Array} (A, 2), in [0, 1] of the image
 */
export function dotPlaces(shapes, counts) {
  /** @type {number[]} */
  const places = [];
  shapes.forEach(([height, width], map) => {
    const around = dotsAround([height, width], map, counts[map]);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (const [x, y] of around) {
          places.push((column + 0.5) / width + x, (row + 0.5) / height + y);
        }
      }
    }
  });
  return Float32Array.from(places);
}

/**
 * Where the dots of a cell stand around its center: in a square.
 *
 * @param {Shape} shape
 * @param {number} map
 * @param {number} count of the map's anchors
 */
function dotsAround([height, width], map, count) {
  const perCell = count / (height * width);
  const side = Math.ceil(Math.sqrt(perCell));
  const spread = ((map ? 0.5 : 0.4) * 2) / side; // of a cell
  const stepX = Math.min(spread / width, FARTHEST);
  const stepY = Math.min(spread / height, FARTHEST);
  return Array.from({ length: perCell }, (_, k) => [
    ((k % side) - (side - 1) / 2) * stepX,
    (Math.floor(k / side) - (side - 1) / 2) * stepY,
  ]);
}

/**
 * The place of dot number i on a picture.
 *
 * @param {Float32Array} dots
 * @param {number} i
 * @param {{ width: number, height: number }} size
 * @returns {[x: number, y: number]}
 */
export function dotAt(dots, i, { width, height }) {
  return [dots[i * 2] * width, dots[i * 2 + 1] * height];
}

/**
 * Of the dots with these indices, the one that is nearest to a place; -1 if there
 * is none.
 *
 * @param {Float32Array} dots
 * @param {number[]} indices
 * @param {[x: number, y: number]} place in [0, 1] of the image
 */
export function nearestDot(dots, indices, [x, y]) {
  /** @param {number} i */
  const far = (i) => Math.hypot(dots[i * 2] - x, dots[i * 2 + 1] - y);
  return indices.reduce((a, b) => (a < 0 || far(b) < far(a) ? b : a), -1);
}
