import assert from "node:assert/strict";
import test from "node:test";

import {
  keyOf,
  makeRandom,
  normal,
  randomAt,
} from "../../../d2l_ssd/widgets/static/engine/random.js";

test("keys and numbers, as whole numbers of any length compute them", () => {
  assert.deepEqual(
    [keyOf(), keyOf(0), keyOf(0, 1, 2)],
    [0, 33350994, 1092125005],
  );
  assert.equal(keyOf(2 ** 32 + 7), keyOf(7));
  const numbers = [0, 1, 2303].map((place) => randomAt(12345, place));
  assert.deepEqual(
    numbers.map((number) => number * 2 ** 32),
    [2435775735, 1084875187, 991505391],
  );
});

test("numbers come in order, and another key has others", () => {
  const random = makeRandom(5);
  assert.deepEqual(
    [random(), random(), random()],
    [0, 1, 2].map((place) => randomAt(5, place)),
  );
  assert.notEqual(makeRandom(6)(), makeRandom(5)());
});

test("numbers are spread evenly, keys' neighbors too", () => {
  const tenths = Array(10).fill(0);
  for (let n = 0; n < 5000; n++) {
    tenths[Math.floor(10 * randomAt(keyOf(1, 1, n), 0))]++;
    tenths[Math.floor(10 * randomAt(77, n))]++;
  }
  // 1,000 each, give or take five standard deviations
  for (const count of tenths) assert.ok(Math.abs(count - 1000) < 150, tenths);
});

test("normal numbers have mean 0 and variance 1", () => {
  const random = makeRandom(1);
  const numbers = Array.from({ length: 10000 }, () => normal(random));
  const mean = numbers.reduce((a, b) => a + b) / 10000;
  const variance = numbers.reduce((a, b) => a + b * b, 0) / 10000;
  assert.ok(Math.abs(mean) < 0.05, mean);
  assert.ok(Math.abs(variance - 1) < 0.07, variance);
  const far = numbers.filter((x) => Math.abs(x) > 2).length;
  assert.ok(Math.abs(far - 455) < 100, far); // 4.55 percent
});
