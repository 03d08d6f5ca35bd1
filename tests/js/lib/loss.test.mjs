// SSD's loss: its terms, and the negatives that count.
import assert from "node:assert/strict";
import test from "node:test";

import {
  crossEntropy,
  negativesToCount,
  orderNegatives,
  scatter,
  smoothL1,
  sumLosses,
} from "../../../d2l_ssd/widgets/static/lib/loss.js";
import { assertClose } from "../helpers.mjs";

test("what is sure costs nothing, and what is half sure ln 2", () => {
  const costs = [1, 0.5, 1 / 3, 0].map(crossEntropy);
  assertClose(costs.slice(0, 3), [0, Math.LN2, Math.log(3)], 1e-6);
  assert.equal(costs[3], Infinity);
});

test("smooth L1 is a parabola between -1 and 1, and a line outside", () => {
  const differences = [0, 0.5, -0.5, 1, -2, 4];
  assert.deepEqual(differences.map(smoothL1), [0, 0.125, 0.125, 0.5, 1.5, 3.5]);
});

test("background anchors come in the order of their keys, ties as they stand", () => {
  const matches = Int32Array.of(-1, -1, 0, -1, -1);
  assert.deepEqual(orderNegatives([1, 3, 9, 1, 2], matches), [1, 4, 0, 3]);
});

test("three per positive count, but never fewer than the minimum", () => {
  assert.deepEqual(
    [
      [5, 3, 8],
      [2, 3, 8],
      [0, 3, 8],
      [5, null, 8],
    ].map((setting) => negativesToCount(...setting)),
    [15, 8, 8, Infinity],
  );
});

test("random numbers are whole, different and the same every time", () => {
  const numbers = scatter(1000);
  assert.equal(new Set(numbers).size, 1000);
  assert.ok(numbers.every((n) => Number.isInteger(n) && n >= 0));
  assert.deepEqual(scatter(10), numbers.slice(0, 10));
});

test("sums take the anchors that count, boxes only of positive ones", () => {
  const sums = sumLosses([1, 2, 4, 8], [0.5, 9, 9, 9], [0], [2, 3]);
  assert.deepEqual(sums, {
    ...{ numPositives: 1, numNegatives: 2 },
    ...{ positive: 1, negative: 12, localization: 0.5 },
  });
});
