import assert from "node:assert/strict";
import test from "node:test";

import { Network } from "../../../d2l_ssd/widgets/static/engine/network.js";
import { makeRandom } from "../../../d2l_ssd/widgets/static/engine/random.js";
import {
  loadWeights,
  saveWeights,
} from "../../../d2l_ssd/widgets/static/engine/weights.js";
import {
  packTensors,
  unpackTensors,
} from "../../../d2l_ssd/widgets/static/lib/safetensors.js";

function makeNetwork(seed, perCell = [4, 4, 4]) {
  const plan = { size: 48, classes: 3, perCell, batch: 1 };
  const network = new Network(plan, null);
  network.initialize(makeRandom(seed));
  return network;
}

/** A network's file with something changed in its tensors. */
function changed(change) {
  const tensors = unpackTensors(saveWeights(makeNetwork(1)));
  change(tensors);
  return packTensors(tensors);
}

test("what a file holds: names, shapes, order", () => {
  const network = makeNetwork(1);
  const { floats, layout } = network;
  const tensors = unpackTensors(saveWeights(network));
  const names = Object.keys(tensors);
  assert.equal(names.length, 16);
  assert.deepEqual(names.slice(0, 2), ["trunk.0.weight", "trunk.0.bias"]);
  assert.equal(names[15], "heads.2.bias");
  assert.deepEqual(tensors["trunk.0.weight"].shape, [16, 3, 3, 3]);
  assert.deepEqual(tensors["heads.1.weight"].shape, [32, 32, 3, 3]);
  assert.deepEqual(
    [...tensors["heads.1.bias"].data.subarray(0, 5)],
    [2, 0, 0, 0, 0],
  );
  const { w, channels, filters } = layout.layers[3];
  const [filter, channel, row, column] = [7, 5, 2, 1];
  const inFile = ((filter * channels + channel) * 3 + row) * 3 + column;
  const here = ((row * 3 + column) * channels + channel) * filters + filter;
  assert.equal(tensors["trunk.3.weight"].data[inFile], floats[w + here]);
});

test("the running mean is saved; what is loaded starts anew", () => {
  const network = makeNetwork(1);
  const { mean, weights, numWeights, layers } = network.layout;
  network.floats.fill(0.25, mean, mean + numWeights);
  const bytes = saveWeights(network);
  const other = makeNetwork(2);
  other.steps = 9;
  loadWeights(other, bytes);
  assert.equal(other.steps, 0);
  for (const start of [weights, mean]) {
    const { w, b, filters } = layers[4];
    const away = start - weights;
    assert.equal(other.floats[w + away], 0.25);
    assert.equal(other.floats[b + away + filters - 1], 0.25);
  }
  assert.deepEqual(saveWeights(other), bytes);
});

test("a file of another network is refused, and nothing is changed", () => {
  const network = makeNetwork(3);
  const before = network.floats.slice();
  const refused = [
    [new Uint8Array([1, 2, 3]), /^This is not a safetensors file\.$/],
    [
      new Uint8Array([4, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from("null")]),
      /^This is not a safetensors file\.$/,
    ],
    [saveWeights(makeNetwork(1)).slice(0, -4), /heads\.2\.bias is cut off/],
    [
      changed((t) => delete t["heads.0.bias"]),
      /The file has no heads\.0\.bias/,
    ],
    [changed((t) => (t.extra = t["heads.0.bias"])), /has extra, which/],
    [saveWeights(makeNetwork(1, [4, 4, 2])), /16 × 48 × 3 × 3 .* 32 × 48/],
    [
      saveWeights(makeNetwork(1, [4, 4, 0])),
      /The file has no heads\.2\.weight/,
    ],
    [
      changed((t) => (t["trunk.2.bias"].data[3] = NaN)),
      /trunk\.2\.bias holds numbers that are not finite/,
    ],
  ];
  for (const [bytes, message] of refused) {
    assert.throws(() => loadWeights(network, bytes), { message });
  }
  assert.deepEqual(network.floats, before);
});
