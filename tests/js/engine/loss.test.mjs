import assert from "node:assert/strict";
import test from "node:test";

import {
  detectionLoss,
  knowNothing,
  mineHardest,
} from "../../../d2l_ssd/widgets/static/engine/loss.js";
import { makeRandom } from "../../../d2l_ssd/widgets/static/engine/random.js";

function mine(losses, count) {
  const chosen = new Uint8Array(losses.length).fill(9);
  mineHardest(Float32Array.from(losses), count, chosen);
  return [...chosen];
}

test("the hardest negatives, no positive, the first of a tie", () => {
  assert.deepEqual(mine([0.1, 5, -1, 3, 3, 0.2, 3], 3), [0, 1, 0, 1, 1, 0, 0]);
  assert.deepEqual(mine([2, 2, 2, 2], 2), [1, 1, 0, 0]);
  assert.deepEqual(mine([0, 0, -1, 0], 2), [1, 1, 0, 0]);
  assert.deepEqual(mine([1, -1, 3], 0), [0, 0, 0]);
  assert.deepEqual(mine([1, -1, 3], 9), [1, 0, 1]);
  assert.deepEqual(mine([-1, -1], 1), [0, 0]);
});

test("mining agrees with a sort", () => {
  const random = makeRandom(2);
  for (let round = 0; round < 300; round++) {
    const length = 1 + Math.floor(60 * random());
    const steps = round % 2 ? 5 : 1e6; // many ties, or none
    const losses = Float32Array.from({ length }, () =>
      random() < 0.2 ? -1 : Math.floor(steps * random()) / steps,
    );
    const count = Math.floor(random() * (length + 2));
    const order = [...losses.keys()].filter((a) => losses[a] >= 0);
    order.sort((a, b) => losses[b] - losses[a] || a - b);
    const expected = [...losses.keys()].map(
      (a) => +order.slice(0, count).includes(a),
    );
    assert.deepEqual(mine(losses, count), expected);
  }
});

/** Two images of three anchors, two classes; all logits are 0. */
function makeBatch(classes) {
  const columns = 3 + 4;
  return {
    outputs: new Float32Array(classes.length * columns),
    gradients: new Float32Array(classes.length * columns).fill(9),
    targets: {
      classes: Int32Array.from(classes),
      offsets: new Float32Array(4 * classes.length),
    },
    numAnchors: 3,
  };
}

const SETTINGS = { neg: 1, minneg: 0, loc: 1 };

test("both losses are divided by the batch's positives", () => {
  const batch = makeBatch([1, 0, 0, 2, 0, 0]);
  batch.targets.offsets.set([0.5, 3, 0, 0]);
  const { classLoss, boxLoss, positives } = detectionLoss(batch, SETTINGS);
  assert.equal(positives, 2);
  // Two positives and two negatives, each of which pays ln 3
  assert.ok(Math.abs(classLoss - 2 * Math.log(3)) < 1e-12);
  assert.equal(boxLoss, (0.125 + 2.5) / 2);
});

test("gradients: softmax minus one-hot, the clipped error, else 0", () => {
  const batch = makeBatch([1, 0, 0, 0, 0, 0]);
  batch.targets.offsets.set([0.5, 3, 0, -2]);
  detectionLoss(batch, { ...SETTINGS, loc: 2 });
  const third = Math.fround(1 / 3);
  const row = (a) => [...batch.gradients.subarray(7 * a, 7 * a + 7)];
  const near = (actual, expected) =>
    actual.forEach((g, k) => assert.ok(Math.abs(g - expected[k]) < 1e-6));
  near(row(0), [third, -2 * third, third, -1, -2, 0, 2]);
  near(row(1), [-2 * third, third, third, 0, 0, 0, 0]);
  for (const a of [2, 3, 4, 5]) assert.deepEqual(row(a), Array(7).fill(0));
});

test("ignored anchors pay nothing; scenes without objects pay for some", () => {
  const ignored = makeBatch([1, -2, -2, -2, -2, -2]);
  const loss = detectionLoss(ignored, { ...SETTINGS, neg: Infinity });
  assert.ok(Math.abs(loss.classLoss - Math.log(3)) < 1e-12);
  const empty = makeBatch([0, 0, 0, 0, 0, 0]);
  assert.equal(detectionLoss(empty, SETTINGS).classLoss, 0);
  const some = detectionLoss(empty, { ...SETTINGS, minneg: 2 });
  assert.ok(Math.abs(some.classLoss - 4 * Math.log(3)) < 1e-12);
});

test("a loss that is not finite stays visible", () => {
  const batch = makeBatch([1, 0, 0, 0, 0, 0]);
  batch.outputs[0] = NaN;
  assert.ok(Number.isNaN(detectionLoss(batch, SETTINGS).classLoss));
});

test("the level of knowing nothing", () => {
  const near = (negatives, value) =>
    assert.ok(Math.abs(knowNothing(negatives, 3) - value) < 0.005);
  near(3, 3.35);
  near(1, 2.48);
  near(10, 4.45);
  assert.equal(knowNothing(0, 3), Math.log(3));
});
