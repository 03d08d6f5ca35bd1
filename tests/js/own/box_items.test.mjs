import assert from "node:assert/strict";
import test from "node:test";

import {
  countItems,
  describeBox,
  openProposals,
  toItems,
  toLabels,
} from "../../../d2l_ssd/widgets/static/own/box_items.js";
import { labelsOf } from "../helpers.mjs";

const LABELS = labelsOf([
  [1, 0.125, 0.25, 0.5, 0.75, 0],
  [0, 0.5, 0.5, 1, 1, 1],
]);

test("labels become boxes one by one, and labels again", () => {
  const items = toItems(LABELS);
  assert.deepEqual(items[0].box, [0.125, 0.25, 0.5, 0.75]);
  assert.equal(items[1].difficult, true);
  assert.deepEqual(toLabels(items), LABELS);
});

test("a box that was drawn is not difficult", () => {
  const { difficult } = toLabels([{ label: 0, box: [0, 0, 1, 1] }]);
  assert.deepEqual(difficult, [false]);
});

test("only what is new is proposed", () => {
  const found = {
    classes: [1, 1, 0],
    scores: [0.9, 0.8, 0.7],
    boxes: Float32Array.from([
      ...[0.125, 0.25, 0.5, 0.6875], // there is such a box
      ...[0.6, 0.1, 0.9, 0.4],
      ...[0.125, 0.25, 0.5, 0.75], // there is one of the other class
    ]),
  };
  const open = openProposals(found, toItems(LABELS));
  assert.deepEqual(
    open.map(({ label, score }) => [label, score]),
    [
      [1, 0.8],
      [0, 0.7],
    ],
  );
  assert.deepEqual(openProposals(null, []), []);
});

test("what is in a picture, and where a box is, in words", () => {
  const items = toItems(LABELS);
  const classes = ["mug", "pen"];
  assert.equal(countItems(items, classes), "1 mug, 1 pen");
  assert.equal(countItems([items[0], items[0]], classes), "2 pen");
  assert.equal(countItems([], classes), "no box");
  assert.equal(
    describeBox([0.1, 0.2, 0.4, 0.7]),
    "30% wide, 50% high, 10% from the left, 20% from the top",
  );
});
