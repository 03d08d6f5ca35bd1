import assert from "node:assert/strict";
import test from "node:test";

import {
  averagePrecision,
  precisionRecall,
} from "../../../d2l_ssd/widgets/static/lib/metrics.js";
import { assertClose, parity } from "../helpers.mjs";

test("precision, recall and AP of hit, miss, hit out of 4 objects", () => {
  const curve = precisionRecall([0.5, 0.9, 0.7], [1, 1, 0], 4);
  const { precision, recall, scores } = curve;
  assertClose(precision, [1, 1 / 2, 2 / 3]);
  assertClose(recall, [1 / 4, 1 / 4, 1 / 2]);
  assert.deepEqual(scores, [0.9, 0.7, 0.5]);
  const area = averagePrecision(precision, recall);
  const voc07 = averagePrecision(precision, recall, "voc07");
  assertClose([area], [1 / 4 + (1 / 4) * (2 / 3)]);
  assertClose([voc07], [(3 * 1 + 3 * (2 / 3)) / 11]);
});

test("an unknown method", () => {
  assert.throws(() => averagePrecision([1], [1], "voc"), /got voc/);
});

test("nothing to find: no recall, no average precision", () => {
  const { precision, recall } = precisionRecall([0.5], [false], 0);
  assert.ok(Number.isNaN(recall[0]));
  assert.ok(Number.isNaN(averagePrecision(precision, recall)));
  assert.equal(averagePrecision([], []), 0);
});

parity("average_precision", ({ scores, hits, num_truths, ...python }) => {
  const { precision, recall } = precisionRecall(scores, hits, num_truths);
  assertClose(precision, python.precision);
  assertClose(recall, python.recall);
  for (const [method, value] of Object.entries(python.ap)) {
    assertClose([averagePrecision(precision, recall, method)], [value]);
  }
});
