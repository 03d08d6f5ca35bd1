import assert from "node:assert/strict";
import test from "node:test";

import {
  makePlot,
  niceTop,
} from "../../../d2l_ssd/widgets/static/lib/chart.js";

const STAGE = { width: 120, height: 60 };
const MARGIN = { left: 10, right: 10, top: 5, bottom: 5 };

test("a plot's scales, and back", () => {
  const plot = makePlot(STAGE, MARGIN, [1, 11], [0, 2]);
  assert.deepEqual(plot.at(1, 0), [10, 55]);
  assert.deepEqual(plot.at(11, 2), [110, 5]);
  assert.deepEqual(plot.at(6, 1), [60, 30]);
  assert.equal(plot.valueAt(plot.x(3)), 3);
});

test("a range without extent lies in the middle", () => {
  assert.equal(makePlot(STAGE, MARGIN, [0, 0]).x(0), 60);
});

test("a round number for the top of an axis", () => {
  const tops = [0, 0.7, 1, 1.1, 6.1, 7, 8.5, 23].map(niceTop);
  const expected = [1, 0.7, 1, 2, 8, 8, 10, 30];
  tops.forEach((top, i) => assert.ok(Math.abs(top - expected[i]) < 0.11, top));
});
