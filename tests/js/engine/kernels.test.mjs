import assert from "node:assert/strict";
import test from "node:test";

import {
  compileKernels,
  makeKernels,
} from "../../../d2l_ssd/widgets/static/engine/kernels.js";
import { makeRandom } from "../../../d2l_ssd/widgets/static/engine/random.js";
import { simd } from "./kernels_file.mjs";

// A convolution of 2 images from 6 x 6 (or 12 x 12) pixels to 6 x 6
const [IMAGES, SIDE, CHANNELS, FILTERS] = [2, 6, 8, 16];

/** Where things lie: an input and an output with borders, weights, biases. */
function plan(stride, side = SIDE) {
  const xRow = (side * stride + 2) * CHANNELS;
  const xImage = (side * stride + 2) * xRow;
  const yRow = (side + 2) * FILTERS;
  const yImage = (side + 2) * yRow;
  const count = 9 * CHANNELS * FILTERS;
  let top = 4;
  const take = (length) => (top += length) - length;
  const places = {
    x: take(IMAGES * xImage),
    y: take(IMAGES * yImage),
    w: take(count),
    b: take(FILTERS),
    turned: take(count),
    pixels: take(2 * IMAGES * side * side),
    dy: take(IMAGES * yImage),
    dw: take(count),
    db: take(FILTERS),
    dx: take(IMAGES * xImage),
  };
  const sizes = [IMAGES, side, side, CHANNELS, FILTERS, stride];
  return { ...places, xRow, xImage, yRow, yImage, sizes, count: top };
}

/** The numbers of a memory before and after every kernel has worked in it. */
function run(module, stride, side) {
  const p = plan(stride, side);
  const { floats, kernels } = makeKernels(p.count, module);
  const random = makeRandom(3);
  for (let i = 0; i < p.dw; i++) floats[i] = random() - 0.5;
  const before = floats.slice(0, p.count);
  const inner = p.yRow + FILTERS;
  const x = [p.x, p.xImage, p.xRow];
  const dy = [p.dy + inner, p.yImage, p.yRow];
  const y = [p.y + inner, p.yImage, p.yRow];
  kernels.forward(...x, p.w, p.b, ...y, ...p.sizes, 1);
  kernels.maskRelu(p.dy, p.y, IMAGES * p.yImage);
  floats.fill(0, p.dy + 3 * p.yRow, p.dy + 5 * p.yRow); // as of anchors that do not count
  kernels.backwardWeights(...x, ...dy, p.dw, p.db, p.pixels, ...p.sizes);
  const dx = [p.dx, p.xImage, p.xRow];
  kernels.backwardInput(...dy, p.w, p.turned, ...dx, ...p.sizes);
  return {
    p,
    before,
    floats: floats.slice(0, p.count),
    kernels,
    memory: floats,
  };
}

function assertNear(actual, expected, from, to) {
  const part = expected.subarray(from, to);
  const largest = part.reduce(
    (max, value) => Math.max(max, Math.abs(value)),
    0,
  );
  assert.ok(largest > 0.1);
  for (let i = from; i < to; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    assert.ok(error <= 1e-6 * largest, `at ${i}: ${actual[i]}, ${expected[i]}`);
  }
}

for (const [stride, side] of [
  [1, 6],
  [2, 6],
  [1, 3],
  [2, 3],
]) {
  test(`SIMD and plain kernels agree: stride ${stride}, ${side} pixels`, () => {
    const { p, floats } = run(simd, stride, side);
    const plain = run(null, stride, side).floats;
    const lengths = {
      y: IMAGES * p.yImage,
      dw: p.db - p.dw,
      db: FILTERS,
      dx: IMAGES * p.xImage,
    };
    for (const [name, length] of Object.entries(lengths)) {
      assertNear(plain, floats, p[name], p[name] + length);
    }
  });
}

test("a convolution by hand", () => {
  const { p, before, floats } = run(null, 2, 3);
  const [image, row, column, filter] = [1, 2, 1, 5];
  let sum = before[p.b + filter];
  for (let cell = 0; cell < 9; cell++) {
    const [down, right] = [Math.floor(cell / 3), cell % 3];
    for (let c = 0; c < CHANNELS; c++) {
      const pixel = (2 * row + down) * p.xRow + (2 * column + right) * CHANNELS;
      const input = before[p.x + image * p.xImage + pixel + c];
      sum += input * before[p.w + (cell * CHANNELS + c) * FILTERS + filter];
    }
  }
  const pixel = (row + 1) * p.yRow + (column + 1) * FILTERS;
  const output = floats[p.y + image * p.yImage + pixel + filter];
  assert.ok(Math.abs(output - Math.max(0, sum)) < 1e-6);
});

test("the border stays as it was", () => {
  const { p, before, floats } = run(simd, 1, 6);
  const row = floats.subarray(p.y, p.y + p.yRow);
  assert.deepEqual(row, before.subarray(p.y, p.y + p.yRow));
});

for (const [name, module] of Object.entries({ simd, plain: null })) {
  test(`NaN stays visible behind a relu: ${name}`, () => {
    const { p, kernels, memory } = run(module, 1, 6);
    memory[p.b] = NaN;
    const x = [p.x, p.xImage, p.xRow];
    const y = p.y + p.yRow + FILTERS;
    kernels.forward(...x, p.w, p.b, y, p.yImage, p.yRow, ...p.sizes, 1);
    assert.ok(Number.isNaN(memory[y]));
    assert.ok(memory[y + 1] >= 0);
  });

  test(`Adam, the sum of squares: ${name}`, () => {
    const { floats, kernels } = makeKernels(64, module);
    const [w, g, m, v, mean] = [4, 12, 20, 28, 36];
    floats
      .fill(2, w, w + 8)
      .fill(3, g, g + 8)
      .fill(1, mean, mean + 8);
    assert.equal(kernels.sumOfSquares(g, 8), 72);
    kernels.adam(w, g, m, v, mean, 8, 0.5, 0.75, 0.5, 4, 2, 2, 0.25);
    // The gradient 6: moments 1.5 and 18, step 0.5 * 4 * 1.5 / 6
    assert.deepEqual(
      [m, v].map((at) => floats[at + 7]),
      [1.5, 18],
    );
    assert.ok(Math.abs(floats[w + 7] - 1.5) < 1e-6);
    assert.ok(Math.abs(floats[mean + 7] - (0.25 + 0.75 * 1.5)) < 1e-6);
  });
}

test("bytes that are no module, or one that this browser cannot run", () => {
  assert.equal(compileKernels(new Uint8Array([0, 1, 2, 3])), null);
  assert.ok(simd);
});
