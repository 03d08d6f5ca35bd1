// The network in use: the same weights on pictures of two sizes.
import assert from "node:assert/strict";
import test from "node:test";

import {
  anchorsFor,
  classesFor,
  Finder,
  makeNetwork,
  sideInUse,
} from "../../../d2l_ssd/widgets/static/own_engine/finder.js";
import { makeRandom } from "../../../d2l_ssd/widgets/static/engine/random.js";
import { DEFAULTS } from "../../../d2l_ssd/widgets/static/own_engine/settings.js";
import { simd } from "../engine/kernels_file.mjs";
import { drawToy } from "./squares.mjs";

const SETTINGS = { ...DEFAULTS, log: true };
const { pixels } = drawToy(1, [[0, 0.1, 0.2, 0.4, 0.5]]);

function makeTrained() {
  const network = makeNetwork(1, 96, 1, simd);
  network.initialize(makeRandom(5));
  return network;
}

test("it predicts what the network that is trained predicts", () => {
  const trained = makeTrained();
  const finder = new Finder(1, 96, simd);
  finder.learnFrom(trained);
  finder.find(pixels, SETTINGS);
  const { layout, floats } = finder.network;
  const input = floats.slice(layout.x, layout.x + layout.xImage);
  floats.subarray(layout.x, layout.x + layout.xImage).fill(0);
  trained.floats.set(input, trained.layout.x);
  trained.forward(1);
  assert.deepEqual(trained.outputs, finder.network.outputs);
});

test("the middle of a larger picture is seen as training sees a small one", () => {
  const trained = makeTrained();
  const large = new Finder(1, 192, simd);
  large.learnFrom(trained);
  // Far from edges and of one color, all cells of a map predict the same
  const plain = new Uint8ClampedArray(pixels.length).fill(90);
  large.find(plain, SETTINGS);
  const { columns, maps } = large.network.layout;
  assert.deepEqual(
    maps.map(({ side }) => side),
    [24, 12, 6],
  );
  const at = (row, column) => 4 * columns * (24 * row + column);
  const cell = (start) => [
    ...large.network.outputs.subarray(start, start + 4 * columns),
  ];
  assert.deepEqual(cell(at(12, 12)), cell(at(11, 13)));
});

test("anchors are as large in pixels as those of training", () => {
  const pixelsOf = (size) => {
    const [x0, y0, x1, y1] = anchorsFor(size);
    return [(x1 - x0) * size, (y1 - y0) * size];
  };
  const [small, large] = [pixelsOf(96), pixelsOf(192)];
  small.forEach((side, k) => assert.ok(Math.abs(side - large[k]) < 1e-4));
  assert.equal(sideInUse({ small: true }), 192);
  assert.equal(sideInUse({ small: false }), 96);
});

test("any number of things has a network that the kernels compute right", () => {
  for (const things of [1, 2, 3, 4, 5, 6]) {
    assert.ok(classesFor(things) >= things);
    makeNetwork(things, 96, 1, simd); // or throws
  }
  assert.deepEqual([1, 2, 3].map(classesFor), [1, 3, 3]);
});
