// Pictures for tests of the engine: a red square with a blue corner on gray noise.
import { STORED_SIDE } from "../../../d2l_ssd/widgets/static/own_engine/pyramid.js";
import {
  keyOf,
  makeRandom,
} from "../../../d2l_ssd/widgets/static/engine/random.js";

const COLORS = [
  [210, 40, 40],
  [40, 180, 60],
  [230, 200, 40],
];

/** A picture with things at boxes [label, x0, y0, x1, y1] in [0, 1]. */
export function drawToy(seed, rows, more = {}) {
  const random = makeRandom(keyOf(seed, 77));
  const side = STORED_SIDE;
  const ground = 60 + 120 * random();
  const pixels = new Uint8ClampedArray(3 * side * side);
  for (let k = 0; k < pixels.length; k += 3) {
    pixels.fill(ground + 50 * random(), k, k + 3);
  }
  for (const [label, x0, y0, x1, y1] of rows) {
    const [left, top, right, bottom] = [x0, y0, x1, y1].map((at) =>
      Math.round(at * side),
    );
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const corner = x < (left + right) / 2 && y < (top + bottom) / 2;
        const color = corner ? [30, 40, 220] : COLORS[label];
        pixels.set(color, 3 * (y * side + x));
      }
    }
  }
  return {
    ...{ id: `toy ${seed}`, name: `toy ${seed}`, pixels },
    ...{ width: side, height: side, keptBack: false, ready: true },
    labels: {
      classes: rows.map(([label]) => label),
      boxes: Float32Array.from(rows.flatMap((row) => row.slice(1))),
      difficult: rows.map(() => false),
    },
    ...more,
  };
}

/** Pictures with one thing each, and every fourth without. */
export function drawToys(seed, count, { classes = 1, ...more } = {}) {
  return Array.from({ length: count }, (_, i) => {
    const random = makeRandom(keyOf(seed, i, 78));
    const size = 0.2 + 0.25 * random();
    const [x, y] = [0, 1].map(() => (1 - size) * random());
    const rows = [[i % classes, x, y, x + size, y + size]];
    return drawToy(1000 * seed + i, i % 4 === 3 ? [] : rows, more);
  });
}
