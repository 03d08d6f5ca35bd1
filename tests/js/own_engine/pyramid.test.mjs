// A picture's levels.
import assert from "node:assert/strict";
import test from "node:test";

import {
  halve,
  levelFor,
  makePyramid,
  STORED_SIDE,
  toInput,
} from "../../../d2l_ssd/widgets/static/own_engine/pyramid.js";

test("a pixel of half the side is the mean of four", () => {
  const pixels = Uint8ClampedArray.from(
    { length: 48 },
    (_, k) => (7 * k) % 256,
  );
  const half = halve({ side: 4, pixels });
  assert.equal(half.side, 2);
  for (const [x, y, c] of [
    [0, 0, 0],
    [1, 0, 2],
    [1, 1, 1],
  ]) {
    // prettier-ignore
    let sum = 0;
    for (const [i, j] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ]) {
      // prettier-ignore
      sum += pixels[3 * (4 * (2 * y + j) + 2 * x + i) + c];
    }
    assert.equal(half.pixels[3 * (2 * y + x) + c], Math.round(sum / 4));
  }
});

test("levels go from 192 to 24; the one that fits is taken", () => {
  const pixels = new Uint8ClampedArray(3 * STORED_SIDE * STORED_SIDE).fill(9);
  const levels = makePyramid(pixels);
  const sides = levels.map(({ side }) => side);
  assert.deepEqual(sides, [192, 96, 48, 24]);
  const fits = (side) => levelFor(levels, side).side;
  assert.deepEqual([10, 40, 60, 96, 130, 140, 900].map(fits), [
    ...[24, 48, 48, 96, 96, 192, 192],
  ]);
});

test("what the network sees is 96 pixels wide; such a frame stays as it is", () => {
  const pixels = new Uint8ClampedArray(3 * STORED_SIDE * STORED_SIDE).fill(80);
  const input = toInput(pixels);
  assert.equal(input.length, 3 * 96 * 96);
  assert.ok(input.every((value) => value === 80));
  assert.equal(toInput(input), input);
});
