// One step of training.
import assert from "node:assert/strict";
import test from "node:test";

import { learnBatch } from "../../../d2l_ssd/widgets/static/engine/learning.js";
import { DEFAULTS } from "../../../d2l_ssd/widgets/static/engine/settings.js";
import { Trainer } from "../../../d2l_ssd/widgets/static/engine/trainer.js";
import { simd } from "./kernels_file.mjs";

/** A trainer with the pictures and targets of its first batch. */
function makeLearner(settings = {}) {
  const trainer = new Trainer({ ...DEFAULTS, ...settings }, simd);
  trainer.step();
  return trainer;
}

test("the same batch again costs less", () => {
  const learner = makeLearner();
  const losses = Array.from({ length: 30 }, () => {
    const { classLoss, boxLoss, stopped } = learnBatch(learner);
    assert.equal(stopped, "");
    return classLoss + boxLoss;
  });
  assert.ok(losses[29] < 0.5 * losses[0], `${losses}`);
});

test("how much of the running mean is kept is the caller's affair", () => {
  const means = [0, 0.5].map((keep) => {
    const learner = makeLearner();
    learnBatch(learner, keep);
    const { floats, layout } = learner.network;
    const { mean, weights, numWeights } = layout;
    const part = (start) => floats.slice(start, start + numWeights);
    return { mean: part(mean), weights: part(weights) };
  });
  assert.deepEqual(means[0].mean, means[0].weights);
  assert.notDeepEqual(means[1].mean, means[1].weights);
});

test("a gradient that is not finite changes no weight, and says why", () => {
  const learner = makeLearner({ lr: 1e30 });
  let stopped = "";
  let before;
  const { floats, layout } = learner.network;
  const weights = () =>
    floats.slice(layout.weights, layout.weights + layout.numWeights);
  for (let k = 0; k < 5 && !stopped; k++) {
    before = weights();
    ({ stopped } = learnBatch(learner));
  }
  assert.match(stopped, /learning rate/);
  assert.deepEqual(weights(), before);
});
