import assert from "node:assert/strict";
import test from "node:test";

import { whyNotFinite } from "../../../d2l_ssd/widgets/static/engine/finite.js";
import { DEFAULTS } from "../../../d2l_ssd/widgets/static/engine/settings.js";
import {
  BATCH,
  Trainer,
  unseenScenes,
} from "../../../d2l_ssd/widgets/static/engine/trainer.js";
import { simd } from "./kernels_file.mjs";

function makeTrainer(settings = {}, module = simd) {
  return new Trainer({ ...DEFAULTS, ...settings }, module);
}

/** Train on so many scenes; the sum of each step's losses. */
function train(trainer, scenes) {
  const losses = [];
  while (trainer.count < scenes) {
    const { classLoss, boxLoss, stopped } = trainer.step();
    assert.equal(stopped, "");
    losses.push(classLoss + boxLoss);
  }
  return losses;
}

test("it learns: AP50 over .25 after 1,600 scenes", () => {
  const trainer = makeTrainer();
  const losses = train(trainer, 1600);
  const mean = (part) => part.reduce((a, b) => a + b) / part.length;
  assert.ok(mean(losses.slice(-25)) < 0.75 * mean(losses.slice(0, 25)));
  const { ap50, ap75 } = trainer.evaluate(unseenScenes("ordinary", 60));
  assert.ok(ap50 > 0.25 && ap75 < ap50, `AP50 ${ap50}, AP75 ${ap75}`);
});

test("the same seed gives the same curve; looking changes nothing", () => {
  const [a, b] = [makeTrainer({ seed: 5 }), makeTrainer({ seed: 5 })];
  const first = train(a, 80);
  b.detect(unseenScenes("ordinary", 3));
  const second = train(b, 40);
  b.evaluate(unseenScenes("ordinary", 10));
  assert.deepEqual(second.concat(train(b, 80)), first);
  assert.notDeepEqual(train(makeTrainer({ seed: 6 }), 80), first);
});

test("plain kernels train the same but for rounding", () => {
  const simdLosses = train(makeTrainer(), 10 * BATCH);
  const plainLosses = train(makeTrainer({}, null), 10 * BATCH);
  simdLosses.forEach((loss, k) => {
    assert.ok(Math.abs(loss - plainLosses[k]) < 1e-3 * loss);
  });
});

test("memory stays as it is", () => {
  const trainer = makeTrainer();
  const { floats, layout } = trainer.network;
  const memory = [floats.length, trainer.targets.classes.length];
  train(trainer, 200);
  assert.deepEqual([floats.length, trainer.targets.classes.length], memory);
  assert.ok(floats.length * 4 < 8e6 && layout.total <= floats.length);
});

test("a learning rate out of all bounds stops the run with a sentence", () => {
  const trainer = makeTrainer({ lr: 1e6 });
  let step = trainer.step();
  for (let k = 0; k < 50 && !step.stopped; k++) step = trainer.step();
  assert.match(
    step.stopped,
    /^Stopped after \d+ steps?, .* the learning rate, 1000000, is too high\.$/,
  );
  const { network } = trainer;
  const { weights, numWeights } = network.layout;
  const kept = network.floats.slice(weights, weights + numWeights);
  assert.ok(trainer.step().stopped);
  assert.deepEqual(network.floats.slice(weights, weights + numWeights), kept);
});

test("infinite targets, weights and settings are named", () => {
  const labels = makeTrainer();
  labels.steps = { ...labels.steps, encode: (a) => a.map(() => Infinity) };
  assert.match(labels.step().stopped, /after 0 steps.* a target is infinite/);
  const loaded = makeTrainer();
  loaded.network.floats[loaded.network.layout.weights + 5] = NaN;
  assert.match(loaded.step().stopped, /weights were not finite before/);
  assert.match(makeTrainer({ lr: NaN }).step().stopped, /learning rate is no/);
  assert.match(
    makeTrainer({ loc: 1e39 }).step().stopped,
    /weight of .* 1e\+39, is/,
  );
});

test("the most certain cause is named first", () => {
  const targets = {
    classes: Int32Array.of(0, 2),
    offsets: Float32Array.of(NaN, 0, 0, 0, 5, 1, -2, 0),
  };
  const trouble = {
    settings: DEFAULTS,
    targets,
    weights: Float32Array.of(1),
    norms: [2, 3],
    steps: 100,
  };
  assert.match(whyNotFinite(trouble), /outputs have grown/);
  const fast = { ...DEFAULTS, lr: 0.05 };
  assert.match(whyNotFinite({ ...trouble, settings: fast }), /: the learning/);
  const grown = { ...trouble, settings: fast, norms: [2, 1e7] };
  assert.match(
    whyNotFinite(grown),
    /grown 5,000,000 times; the learning rate, 0.05/,
  );
  targets.offsets[6] = -5000;
  assert.match(whyNotFinite(grown), /offset is 5,000; are boxes and anchors/);
  const weights = Float32Array.of(Infinity);
  assert.match(whyNotFinite({ ...grown, weights }), /last step made weights/);
  targets.offsets[4] = NaN;
  assert.match(whyNotFinite({ ...grown, weights }), /a target is infinite/);
});
