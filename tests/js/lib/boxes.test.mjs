import assert from "node:assert/strict";
import test from "node:test";

import * as boxes from "../../../d2l_ssd/widgets/static/lib/boxes.js";
import { assertClose, floats, parity } from "../helpers.mjs";

test("the IoU of a half overlap is 1/3", () => {
  const half = [
    [0, 0, 2, 1],
    [1, 0, 3, 1],
  ];
  assert.equal(boxes.iou(half[0], 0, half[1], 0), Math.fround(1 / 3));
  assert.equal(boxes.exactIou(half[0], 0, half[1], 0), 1 / 3);
});

test("boxes that touch, or have no area, do not overlap", () => {
  for (const iou of [boxes.iou, boxes.exactIou]) {
    assert.equal(iou([0, 0, 1, 1], 0, [1, 0, 2, 1], 0), 0);
    assert.equal(iou([0, 0, 0, 0], 0, [0, 0, 0, 0], 0), 0);
  }
});

test("every box with every box, row by row", () => {
  const a = floats([
    [0, 0, 1, 1],
    [0, 0, 2, 1],
  ]);
  const b = floats([
    [0, 0, 1, 1],
    [0, 0, 1, 0.5],
    [1, 0, 2, 1],
  ]);
  assert.deepEqual([...boxes.boxIou(a, b)], [1, 0.5, 0, 0.5, 0.25, 0.5]);
  assert.equal(boxes.boxIou(a, floats([])).length, 0);
});

test("size and center", () => {
  const two = floats([
    [0, 0, 1, 1],
    [0.25, 0.5, 0.75, 1],
  ]);
  assert.equal(boxes.boxSize(two, 1), 0.5);
  assert.deepEqual(boxes.boxCenter(two, 1), [0.5, 0.75]);
});

test("what two boxes share, and the smallest box that holds both", () => {
  const [a, b] = [
    [0, 0, 4, 2],
    [3, 1, 5, 6],
  ];
  assert.deepEqual(boxes.intersectionBox(a, b), [3, 1, 4, 2]);
  assert.deepEqual(boxes.enclosingBox(a, b), [0, 0, 5, 6]);
  assert.equal(boxes.intersectionBox(a, [4, 0, 6, 2]), null); // they touch
  assert.deepEqual(boxes.enclosingBox(a, [1, 1, 2, 2]), a);
  assert.equal(boxes.boxArea([...a, ...b], 1), 10);
});

test("the smallest box that holds a point", () => {
  const three = floats([
    [0, 0, 1, 1],
    [0, 0, 0.5, 0.5],
    [0.1, 0.1, 0.2, 0.2],
  ]);
  assert.equal(boxes.smallestBoxAt(three, [0, 1], [0.15, 0.15]), 1);
  assert.equal(boxes.smallestBoxAt(three, [2, 0], [0.15, 0.15]), 0);
  assert.equal(boxes.smallestBoxAt(three, [2, 0], [0.3, 0.15]), 1);
  assert.equal(boxes.smallestBoxAt(three, [1, 2], [0.9, 0.9]), -1);
});

parity("box_iou", ({ a, b, iou }) => {
  assertClose(boxes.boxIou(floats(a), floats(b)), iou.flat());
});
