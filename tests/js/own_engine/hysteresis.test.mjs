// Two thresholds: to appear, and to stay.
import assert from "node:assert/strict";
import test from "node:test";

import { keepShown } from "../../../d2l_ssd/widgets/static/own_engine/hysteresis.js";

const THRESHOLDS = { appear: 0.6, stay: 0.3 };
const HERE = [0.2, 0.2, 0.5, 0.5];
const NEAR = [0.25, 0.2, 0.55, 0.5];
const FAR = [0.6, 0.6, 0.9, 0.9];

/** Detections of rows [score, label, box], best first. */
function found(...rows) {
  return {
    boxes: Float32Array.from(rows.flatMap(([, , box]) => box)),
    scores: rows.map(([score]) => score),
    classes: rows.map(([, label]) => label),
    anchors: rows.map((_, k) => k),
  };
}

const scoresOf = (rows, before) =>
  keepShown(found(...rows), before, THRESHOLDS).scores;

test("a new box needs the higher score", () => {
  const rows = [[0.6, 0, HERE], [0.59, 0, FAR]]; // prettier-ignore
  assert.deepEqual(scoresOf(rows, null), [0.6]);
});

test("a box that was there stays down to the lower one", () => {
  const before = found([0.9, 0, HERE]);
  assert.deepEqual(scoresOf([[0.3, 0, NEAR]], before), [0.3]);
  assert.deepEqual(scoresOf([[0.29, 0, NEAR]], before), []);
});

test("elsewhere, or of another thing, it is new", () => {
  const before = found([0.9, 0, HERE]);
  assert.deepEqual(scoresOf([[0.5, 0, FAR]], before), []);
  assert.deepEqual(scoresOf([[0.5, 1, NEAR]], before), []);
});

test("what is shown can be what was there before", () => {
  let shown = null;
  const seen = [0.5, 0.7, 0.4, 0.2, 0.4].map((score) => {
    shown = keepShown(found([score, 0, HERE]), shown, THRESHOLDS);
    return shown.scores.length;
  });
  assert.deepEqual(seen, [0, 1, 1, 0, 0]);
});

test("of two weak ones where one box was, the better one stays", () => {
  const before = found([0.9, 0, HERE]);
  const rows = [[0.5, 0, NEAR], [0.4, 0, HERE]]; // prettier-ignore
  assert.deepEqual(scoresOf(rows, before), [0.5]);
});

test("beside one that appears, a weak one has nothing to go on from", () => {
  const before = found([0.9, 0, HERE]);
  const rows = [[0.8, 0, NEAR], [0.5, 0, HERE]]; // prettier-ignore
  assert.deepEqual(scoresOf(rows, before), [0.8]);
});

test("of two things side by side each goes on", () => {
  const before = found([0.9, 0, HERE], [0.8, 0, NEAR]);
  const rows = [[0.9, 0, NEAR], [0.5, 0, HERE], [0.4, 0, HERE]]; // prettier-ignore
  assert.deepEqual(scoresOf(rows, before), [0.9, 0.5]);
});
