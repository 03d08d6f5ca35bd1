import assert from "node:assert/strict";
import test from "node:test";

import {
  columnName,
  Table,
} from "../../../d2l_ssd/widgets/static/engine/table.js";
import { assertClose } from "../helpers.mjs";

const table = new Table({
  seeds: [1, 2, 3],
  rows: {
    "": {
      ap50: [0.8, 0.9, null],
      curve: [[[2000, 0.5]], [[2000, 0.6]], null],
      thresholds: [[[0.4, 0.7, 0.95, 0.72, 2.1]], null, null],
    },
    "force=0": { ap50: [null, 0.85, 0.1], small: [null, null, 0.4] },
  },
});

test("a summary is mean, lowest and highest", () => {
  const { mean, low, high, count } = table.summary("", "ap50");
  assertClose([mean, low, high, count], [0.85, 0.8, 0.9, 2], 1e-9);
});

test("pairs are of the same seed", () => {
  assertClose(table.pairs("force=0", "ap50"), [-0.05], 1e-9);
  assertClose([table.gain("force=0", "ap50")], [-0.05], 1e-9);
});

test("a column can be a point of the curve, or of the sweep of thresholds", () => {
  assert.deepEqual(table.values("", "ap50@2000"), [0.5, 0.6]);
  assert.deepEqual(table.values("", "recall≥0.4"), [0.72]);
  assert.deepEqual(table.values("", "ap50≥0.4"), [0.7]);
});

test("numbers that are missing do not count", () => {
  assert.deepEqual(table.values("force=0", "small"), [0.4]);
  assert.deepEqual(table.values("force=0", "ap50@2000"), []);
});

test("a row of each seed that it has", () => {
  assert.deepEqual(table.of("force=0"), [
    { row: "force=0", seed: 2, ap50: 0.85 },
    { row: "force=0", seed: 3, ap50: 0.1, small: 0.4 },
  ]);
  assert.equal(table.all().length, 4);
});

test("a row that is not there is an error", () => {
  assert.throws(() => table.mean("force=2", "ap50"), /no row “force=2”/);
});

test("columns have names", () => {
  const names = ["ap50", "ap50@2000", "recall≥0.4"].map(columnName);
  assert.deepEqual(names, [
    "AP50",
    "AP50 after 2,000 scenes",
    "recall, scores from 0.40",
  ]);
});
