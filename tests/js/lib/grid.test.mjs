import assert from "node:assert/strict";
import test from "node:test";

import {
  clamp,
  formatShape,
  nearestCell,
  sameCell,
} from "../../../d2l_ssd/widgets/static/lib/grid.js";

test("the nearest cell stays on the map", () => {
  const places = [-0.1, 0, 0.24, 0.25, 0.99, 1, 2];
  const cells = places.map((place) => nearestCell(place, 4));
  assert.deepEqual(cells, [0, 0, 0, 1, 3, 3, 3]);
});

test("the same cell on a coarser and on a finer map", () => {
  assert.deepEqual(sameCell([3, 5], [8, 8], [4, 4]), [1, 2]);
  assert.deepEqual(sameCell([1, 2], [4, 4], [8, 8]), [3, 5]);
  assert.deepEqual(sameCell([31, 0], [32, 32], [1, 1]), [0, 0]);
  assert.deepEqual(sameCell([1, 1], [2, 4], [4, 4]), [3, 1]);
});

test("clamp and formatShape", () => {
  assert.deepEqual(
    [clamp(-1, 0, 3), clamp(2, 0, 3), clamp(4, 0, 3)],
    [0, 2, 3],
  );
  assert.equal(formatShape([6, 10]), "6 × 10");
});
