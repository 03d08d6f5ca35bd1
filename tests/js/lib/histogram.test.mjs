import assert from "node:assert/strict";
import test from "node:test";

import {
  binOf,
  countBins,
  nameBin,
} from "../../../d2l_ssd/widgets/static/lib/histogram.js";

test("bins of object size", () => {
  assert.deepEqual([0.05, 0.15, 0.69, 0.7, 1.2].map(binOf), [0, 1, 6, 7, 7]);
  assert.equal(nameBin(1), "0.1 to 0.2");
  assert.equal(nameBin(7), "0.7 and more");
  const bins = countBins([0, 0, 7], [0.5, 0.4, 0.9], 0.5);
  assert.equal(bins.length, 8);
  assert.deepEqual(bins[0], { objects: 2, reached: 1 });
  assert.deepEqual(bins[7], { objects: 1, reached: 1 });
});
