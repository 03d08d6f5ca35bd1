import assert from "node:assert/strict";
import test from "node:test";

import {
  cos,
  exp,
  log,
  sin,
} from "../../../d2l_ssd/widgets/static/lib/math.js";

/** Numbers from low to high, unevenly. */
function numbers(low, high, count = 2000) {
  return Array.from({ length: count }, (_, k) => {
    return low + (high - low) * ((k + 0.37) / count);
  });
}

function assertRelative(actual, expected, tolerance) {
  const error = Math.abs(actual - expected);
  const message = `${actual}, expected ${expected}`;
  assert.ok(error <= tolerance * Math.abs(expected), message);
}

test("exp is Math.exp but for its last bits", () => {
  for (const x of numbers(-690, 690))
    assertRelative(exp(x), Math.exp(x), 1e-14);
  for (const x of numbers(-1e-3, 1e-3))
    assertRelative(exp(x), Math.exp(x), 1e-14);
  assert.equal(exp(0), 1);
  assert.deepEqual([-1e9, -Infinity].map(exp), [0, 0]);
  assert.deepEqual([1e9, Infinity].map(exp), [Infinity, Infinity]);
  assert.ok(Number.isNaN(exp(NaN)));
});

test("log is Math.log but for its last bits", () => {
  for (const x of numbers(-690, 690)) {
    const value = Math.exp(x);
    assertRelative(log(value), Math.log(value), 2e-15);
  }
  for (const x of numbers(0.7, 1.5)) assertRelative(log(x), Math.log(x), 2e-15);
  assert.deepEqual([1, 0, Infinity].map(log), [0, -Infinity, Infinity]);
  assert.ok([-1, NaN].map(log).every(Number.isNaN));
});

test("sin and cos of angles as scenes have them", () => {
  for (const x of numbers(-60, 60)) {
    assert.ok(Math.abs(sin(x) - Math.sin(x)) < 3e-14, `sin ${x}`);
    assert.ok(Math.abs(cos(x) - Math.cos(x)) < 3e-14, `cos ${x}`);
  }
  assert.equal(sin(0), 0);
});
