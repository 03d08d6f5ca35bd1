import assert from "node:assert/strict";
import test from "node:test";

import {
  readBoxes,
  readColumn,
  readLabels,
} from "../../../d2l_ssd/widgets/static/lib/labels.js";
import { floats } from "../helpers.mjs";

test("columns and boxes of rows", () => {
  const rows = floats([
    [7, 0, 1, 2, 3],
    [8, 4, 5, 6, 7],
  ]);
  assert.deepEqual(readColumn(rows, 5, 0), [7, 8]);
  assert.deepEqual([...readBoxes(rows, 5)], [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.equal(readBoxes(floats([]), 5).length, 0);
});

test("labels with and without a column of difficult objects", () => {
  const truths = [floats([[1, 0, 0, 1, 1]]), floats([])];
  const [first, second] = readLabels(truths, [floats([1]), floats([])]);
  assert.deepEqual(first, {
    classes: [1],
    boxes: floats([0, 0, 1, 1]),
    difficult: [true],
  });
  assert.deepEqual(second.classes, []);
  assert.deepEqual(readLabels(truths)[0].difficult, [false]);
});
