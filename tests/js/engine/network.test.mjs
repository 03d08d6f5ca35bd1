import assert from "node:assert/strict";
import test from "node:test";

import { makePlainKernels } from "../../../d2l_ssd/widgets/static/engine/kernels_plain.js";
import { detectionLoss } from "../../../d2l_ssd/widgets/static/engine/loss.js";
import { Network } from "../../../d2l_ssd/widgets/static/engine/network.js";
import { makeRandom } from "../../../d2l_ssd/widgets/static/engine/random.js";
import { simd } from "./kernels_file.mjs";

const SIZE = 48;
const SETTINGS = { neg: 3, minneg: 8, loc: 2 };

function makeNetwork(module, perCell = [4, 4, 4], batch = 2) {
  const network = new Network(
    { size: SIZE, classes: 3, perCell, batch },
    module,
  );
  const random = makeRandom(11);
  network.initialize(random);
  for (let i = 0; i < batch; i++) {
    const pixels = new Uint8ClampedArray(SIZE * SIZE * 3).map(
      () => 255 * random(),
    );
    network.setImage(i, pixels, [120, 130, 140]);
  }
  return network;
}

/** Let a network compute in doubles, which finite differences want. */
function inDoubles(network) {
  const doubles = Float64Array.from(network.floats);
  const {
    outputs: start,
    outputGradients,
    numAnchors,
    batch,
    columns,
  } = network.layout;
  const count = batch * numAnchors * columns;
  network.floats = doubles;
  network.kernels = makePlainKernels(doubles);
  network.outputs = doubles.subarray(start, start + count);
  network.outputGradients = doubles.subarray(
    outputGradients,
    outputGradients + count,
  );
  return network;
}

function makeTargets({ layout: { batch, numAnchors } }) {
  const random = makeRandom(5);
  const count = batch * numAnchors;
  return {
    classes: Int32Array.from({ length: count }, (_, a) =>
      a % 97 ? 0 : 1 + Math.floor(3 * random()),
    ),
    offsets: Float32Array.from({ length: 4 * count }, () => 3 * random() - 1),
  };
}

/** The loss of a network's batch, and its gradient, as functions of its memory. */
function makeLoss(network) {
  const batch = {
    outputs: network.outputs,
    gradients: network.outputGradients,
    targets: makeTargets(network),
    numAnchors: network.layout.numAnchors,
  };
  return () => {
    network.forward();
    const { classLoss, boxLoss } = detectionLoss(batch, SETTINGS);
    return classLoss + SETTINGS.loc * boxLoss;
  };
}

/** How fast the loss grows with the number at `at`. */
function slope(loss, floats, at, h = 1e-6) {
  const kept = floats[at];
  floats[at] = kept + h;
  const high = loss();
  floats[at] = kept - h;
  const low = loss();
  floats[at] = kept;
  return (high - low) / (2 * h);
}

test("gradients are finite differences of the loss", () => {
  const network = inDoubles(makeNetwork(null));
  const { layout, floats } = network;
  const loss = makeLoss(network);
  loss();
  network.backward();
  const away = layout.gradients - layout.weights;
  const gradients = floats.slice();
  for (const { w, b, count, filters } of layout.layers) {
    const own = gradients.subarray(w + away, w + away + count);
    const largest = Math.max(...own.map(Math.abs));
    const steepest = own.findIndex((g) => Math.abs(g) === largest);
    const some = [0, 1, 2, 3].map((k) => Math.floor((k * count) / 3.7));
    const places = [steepest, ...some].map((k) => w + k);
    for (const at of [...places, b, b + filters - 1]) {
      const error = slope(loss, floats, at) - gradients[at + away];
      assert.ok(Math.abs(error) <= 1e-5 * largest, `at ${at}: ${error}`);
    }
  }
});

test("60,000 weights and 756 anchors; a map that is off has no head", () => {
  const { layout } = makeNetwork(null);
  const weights = layout.layers.reduce(
    (n, l) => n + l.inputs * l.filters + l.filters,
    0,
  );
  assert.deepEqual([weights, layout.numAnchors], [60000, 756]);
  const other = makeNetwork(null, [4, 0, 2]).layout;
  assert.equal(other.numAnchors, 4 * 144 + 2 * 9);
  const heads = other.layers.filter(({ head }) => head);
  assert.deepEqual(
    heads.map(({ name }) => name),
    ["heads.0", "heads.2"],
  );
});

test("an image's outputs do not depend on its company", () => {
  const network = makeNetwork(simd);
  network.forward();
  const together = network.outputs.slice();
  network.forward(1);
  const alone = network.outputs.subarray(0, together.length / 2);
  assert.deepEqual(alone, together.subarray(0, alone.length));
});

test("the same weights twice, and another start after a restart", () => {
  const [a, b] = [makeNetwork(simd), makeNetwork(simd)];
  assert.deepEqual(a.floats, b.floats);
  for (const network of [a, b]) {
    network.outputGradients.fill(0.1);
    network.forward();
    network.backward();
    network.update(0.005, network.gradientNorm());
  }
  assert.deepEqual(a.floats, b.floats);
  const { weights, mean, numWeights } = a.layout;
  a.restart();
  assert.ok(a.floats.subarray(weights, mean).every((value) => value === 0));
  assert.ok(a.floats.subarray(mean, mean + numWeights).some((value) => value));
  assert.equal(a.steps, 0);
});

test("the mean is exchanged, and back again", () => {
  const network = makeNetwork(simd);
  const { weights, mean, numWeights } = network.layout;
  network.floats.fill(7, mean, mean + numWeights);
  const before = network.floats.slice(weights, weights + numWeights);
  network.exchangeMean();
  assert.ok(
    network.floats
      .subarray(weights, weights + numWeights)
      .every((w) => w === 7),
  );
  network.exchangeMean();
  assert.deepEqual(network.floats.slice(weights, weights + numWeights), before);
});

test("a number of filters that the kernels cannot have is refused", () => {
  const plan = { size: SIZE, classes: 2, perCell: [4, 4, 4], batch: 1 };
  assert.throws(() => new Network(plan, simd), /heads.0 has 28 filters/);
  assert.ok(new Network(plan, null));
});
