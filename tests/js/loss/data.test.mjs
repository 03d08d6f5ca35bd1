// What anchors pay in LossExplorer, and who counts.
import assert from "node:assert/strict";
import test from "node:test";

import explorer from "../../../d2l_ssd/widgets/static/loss_explorer.js";
import {
  lossOf,
  makeReckoner,
  rangeOf,
  readData,
} from "../../../d2l_ssd/widgets/static/loss/data.js";
import { assertClose, makeModel, parity } from "../helpers.mjs";
import { makeScene } from "./scene.mjs";

/** The reckoner of a scene, its model and its data. */
function reckonScene(traits = {}) {
  const model = makeModel(makeScene(traits));
  const data = readData(model);
  return { model, data, reckon: makeReckoner(model, data) };
}

parity("losses", ({ settings, truths, backgrounds, details, ...traits }) => {
  const bytes = Object.fromEntries(
    Object.entries({ truths, backgrounds, details }).map(([name, rows]) => [
      name,
      rows.map((row) => Uint8Array.from(row)),
    ]),
  );
  const model = makeModel({
    ...traits,
    ...bytes,
    ...{ image: 0, network: 0, mining: 0, pick: 0, anchor: -1, guesses: {} },
  });
  const data = readData(model);
  const reckon = makeReckoner(model, data);
  for (const { counted, ...expected } of settings) {
    for (const name of ["image", "network", "mining", "pick", "divisor"]) {
      model.set(name, expected[name]);
    }
    const reckoned = reckon();
    const { terms } = reckoned;
    assert.equal(terms.numPositives, expected.num_positives);
    assert.equal(terms.numNegatives, expected.num_negatives);
    for (const name of ["positive", "negative", "localization"]) {
      const tolerance = 1e-6 + 2e-5 * expected[name];
      assertClose([terms[name]], [expected[name]], tolerance);
    }
    const { loss } = lossOf(data, reckoned);
    assertClose([loss], [expected.loss], 1e-6 + 2e-5 * expected.loss);
    if (!counted) continue;
    const own = [...reckoned.counted.keys()].filter((a) => reckoned.counted[a]);
    assert.deepEqual(own, counted);
  }
});

test("each anchor pays for its class, the positive one for its box, too", () => {
  const { reckon } = reckonScene();
  const { positives, classification, localization, terms } = reckon();
  assert.deepEqual(positives, [5]);
  const expected = [0.3, 0.1, 0.2].map((p) => -Math.log(p));
  const paid = [5, 6, 15].map((a) => classification[a]);
  assertClose(paid, expected, 1e-6);
  assertClose([localization[5]], [0.125 + 1.5], 1e-6);
  assert.ok(classification[0] > 0.0019 && classification[0] < 0.0021);
  assert.deepEqual([terms.numPositives, terms.numNegatives], [1, 15]);
});

test("the hardest count, and the ranking puts first what pays most", () => {
  const { model, reckon } = reckonScene({ mining: 1 });
  const { negatives, ranking, selected, leftOut } = reckon();
  assert.deepEqual(negatives, [6, 15]); // the minimum of two
  assert.deepEqual(ranking, [5, 6, 15]);
  assert.equal(selected, 5);
  assertClose([leftOut], [13 * 0.002], 1e-3);
  model.set("anchor", 15);
  assert.equal(reckon().selected, 15);
  model.set("anchor", 3); // of that one nothing is told
  assert.equal(reckon().selected, 5);
});

test("random ones count whatever they pay", () => {
  const { reckon } = reckonScene({ mining: 2, pick: 1 });
  const { negatives, share, counted } = reckon();
  assert.equal(negatives.length, 3);
  assert.equal(counted[5], 1);
  assert.ok(share < reckonScene({ mining: 2 }).reckon().share);
});

test("with all logits 0 everybody pays ln 3, and the first ones count", () => {
  const { model, data, reckon } = reckonScene({ network: 1 });
  const all = reckon();
  const { terms } = all;
  assertClose([all.share, terms.negative], [15 / 16, 15 * Math.log(3)], 1e-5);
  assert.equal(lossOf(data, all).by, 1);
  model.set("mining", 2);
  assert.deepEqual(reckon().negatives, [0, 1, 2]);
  model.set("divisor", 1);
  assert.equal(lossOf(data, reckon()).by, 16);
});

test("ranges hold their upper end", () => {
  const shares = [0, 0.1, 0.11, 0.5, 0.9, 0.95, 0.991, 1];
  assert.deepEqual(shares.map(rangeOf), [0, 0, 1, 1, 2, 3, 4, 4]);
});

test("another image or network selects what pays most there", () => {
  const { model } = reckonScene({ anchor: 15 });
  explorer.initialize({ model });
  model.set("mining", 1);
  assert.equal(model.get("anchor"), 15);
  model.set("network", 1);
  assert.equal(model.get("anchor"), -1);
});
