// The chosen box, its anchor and its rivals.
import assert from "node:assert/strict";
import test from "node:test";

import { fallOf } from "../../../d2l_ssd/widgets/static/live/chart.js";
import {
  bestScore,
  describeAnchor,
  rivalsOf,
  rowOf,
} from "../../../d2l_ssd/widgets/static/live/finding.js";
import { assertClose, floats } from "../helpers.mjs";

const FOUND = {
  boxes: floats([
    [0.1, 0.1, 0.3, 0.3],
    [0.5, 0.5, 0.9, 0.9],
  ]),
  scores: [0.9, 0.6],
  classes: [0, 1],
  anchors: [3, 8],
};

test("the chosen box is followed; else the best is chosen", () => {
  assert.equal(rowOf(FOUND, null), 0);
  assert.equal(rowOf(FOUND, [0.55, 0.5, 0.9, 0.9]), 1);
  assert.equal(rowOf(FOUND, [0, 0.8, 0.1, 0.9]), 0);
  const none = { boxes: floats([]), scores: [], classes: [], anchors: [] };
  assert.equal(rowOf(none, [0, 0, 1, 1]), -1);
});

test("a class's score is that of a box whose center lies in the object", () => {
  assert.equal(bestScore(FOUND, 0, [0, 0, 0.4, 0.4]), 0.9);
  assert.equal(bestScore(FOUND, 1, [0, 0, 0.4, 0.4]), 0);
  assert.equal(bestScore(FOUND, 1, [0, 0, 1, 1]), 0.6);
});

test("rivals are of the same class and overlap by more than the threshold", () => {
  const candidates = {
    boxes: floats([
      [0.1, 0.1, 0.3, 0.3],
      [0.1, 0.1, 0.3, 0.28],
      [0.28, 0.1, 0.5, 0.3],
      [0.1, 0.1, 0.3, 0.3],
    ]),
    scores: [0.9, 0.7, 0.6, 0.5],
    classes: [0, 0, 0, 1],
    anchors: [3, 4, 5, 3],
  };
  const rivals = rivalsOf(candidates, FOUND, 0, 0.45);
  assert.deepEqual(
    rivals.map(({ anchor }) => anchor),
    [4],
  );
  assertClose([rivals[0].overlap], [0.9], 1e-5);
});

test("an anchor is described by its map, cell, size and ratio", () => {
  const about = {
    image_size: [256, 256],
    sizes: [
      [0.08, 0.12],
      [0.18, 0.27],
      [0.4, 0.55],
      [0.7, 0.88],
    ],
    ratios: Array(4).fill([1, 2, 0.5]),
  };
  const third = 4 * (32 * 32 + 16 * 16);
  const anchor = third + 4 * (3 * 8 + 1);
  const cell = { cells: 8, row: 3, column: 1 };
  const first = describeAnchor(anchor, about, 256);
  assert.deepEqual(first, { ...cell, size: 0.4, ratio: 1 });
  const half = describeAnchor(anchor + 2, about, 256);
  assert.deepEqual(half, { ...cell, size: 0.4, ratio: 0.5 });
  const large = describeAnchor(anchor + 3, about, 256);
  assert.deepEqual(large, { ...cell, size: 0.55, ratio: 1 });
  assert.throws(() => describeAnchor(5380, about, 256), RangeError);
});

test("the score falls for good after its last value over the threshold", () => {
  const curve = [1, 0.4, 0.7, 0.3, 0.2].map((score, k) => {
    return { share: k / 4, score };
  });
  const { before, after } = fallOf(curve);
  assert.deepEqual([before.share, after.share], [0.5, 0.75]);
});
