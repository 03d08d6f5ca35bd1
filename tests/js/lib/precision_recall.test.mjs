import assert from "node:assert/strict";
import test from "node:test";

import { precisionRecall } from "../../../d2l_ssd/widgets/static/lib/metrics.js";
import { nearestScore } from "../../../d2l_ssd/widgets/static/lib/precision_recall.js";

test("the score of the nearest point of a curve that is on", () => {
  const curves = [
    precisionRecall([0.9, 0.4], [true, true], 2),
    precisionRecall([0.8], [true], 1),
  ];
  const stage = { width: 154, height: 146 }; // the plot: 44 to 144, 12 to 112
  const score = (on, place) => nearestScore(stage, curves, on, place);
  assert.equal(score([true, false], [100, 12]), 0.9);
  assert.equal(score([true, false], [144, 12]), 0.4);
  assert.equal(score([false, true], [94, 12]), 0.8);
  assert.equal(score([false, false], [94, 12]), undefined);
});
