// AP50 and the curve of precision and recall.
import assert from "node:assert/strict";
import test from "node:test";

import { scorePictures } from "../../../d2l_ssd/widgets/static/own_engine/scores.js";

const BOX = [0.1, 0.1, 0.4, 0.4];
const OTHER = [0.5, 0.5, 0.9, 0.9];

const labels = (...rows) => ({
  classes: rows.map(([label]) => label),
  boxes: Float32Array.from(rows.flatMap(([, box]) => box)),
  difficult: rows.map(() => false),
});
const found = (...rows) => ({
  ...labels(...rows),
  scores: rows.map(([, , score]) => score),
});

test("a perfect detector has AP50 1, and a point of the curve per box", () => {
  const truths = [labels([0, BOX]), labels([0, OTHER]), labels()];
  const boxes = [found([0, BOX, 0.9]), found([0, OTHER, 0.8]), found()];
  const { ap50, curve } = scorePictures(boxes, truths, 1);
  assert.equal(ap50, 1);
  assert.deepEqual(curve.scores, [0.9, 0.8]);
  assert.deepEqual([...curve.recall], [0.5, 1]);
});

test("a box where nothing is costs precision", () => {
  const truths = [labels([0, BOX]), labels()];
  const boxes = [found([0, BOX, 0.7]), found([0, OTHER, 0.9])];
  const { ap50, curve } = scorePictures(boxes, truths, 1);
  assert.equal(ap50, 0.5);
  assert.deepEqual([...curve.precision], [0, 0.5]);
});

test("AP50 is the mean over the things that occur; a wrong thing is an error", () => {
  const truths = [labels([0, BOX]), labels([1, OTHER])];
  const boxes = [found([1, BOX, 0.9]), found([1, OTHER, 0.8])];
  const { ap50, curve } = scorePictures(boxes, truths, 3);
  assert.equal(ap50, (0 + 0.5) / 2);
  assert.deepEqual([...curve.recall], [0, 0.5]);
});

test("without any thing to find it is not a number", () => {
  const { ap50, curve } = scorePictures([found([0, BOX, 0.9])], [labels()], 1);
  assert.ok(Number.isNaN(ap50));
  assert.equal(curve.scores.length, 1);
  assert.ok(Number.isNaN(scorePictures([], [], 1).ap50));
});
