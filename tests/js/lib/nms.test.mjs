import assert from "node:assert/strict";
import test from "node:test";

import {
  argsortDescending,
  batchedNms,
  nms,
  nmsByIou,
  nmsSteps,
  overlapsBefore,
} from "../../../d2l_ssd/widgets/static/lib/nms.js";
import { assertClose, floats, parity } from "../helpers.mjs";

test("equal scores keep their order", () => {
  assert.deepEqual(argsortDescending([1, 3, 1, 3]), [1, 3, 0, 2]);
  assert.deepEqual(argsortDescending([1, 3, 1, 3], [2, 0]), [2, 0]);
});

test("nms keeps the lower index of a tie, and an IoU at the threshold", () => {
  const boxes = floats([
    [0, 0, 2, 1],
    [1, 0, 3, 1],
    [0, 0, 2, 1],
  ]);
  assert.deepEqual(nms(boxes, [0.5, 0.6, 0.5], 1 / 3), [1, 0]);
  assert.deepEqual(nms(boxes, [0.5, 0.6, 0.5], 0.3), [1]);
  assert.deepEqual(nms(floats([]), [], 0.5), []);
});

test("a class does not suppress another one", () => {
  const boxes = floats([
    [0, 0, 1, 1],
    [0, 0, 1, 1],
    [0, 0, 1, 1],
  ]);
  assert.deepEqual(batchedNms(boxes, [0.5, 0.7, 0.9], [0, 1, 0], 0.5), [2, 1]);
});

test("nms from IoUs that are known", () => {
  // In a row: IoU 1/2 with the next one, 1/5 with the one after
  const boxes = floats([0, 1, 2, 3].map((x) => [x, 0, x + 3, 1]));
  const overlaps = overlapsBefore(boxes, 0, 4);
  assertClose(overlaps, [1 / 2, 1 / 5, 1 / 2, 0, 1 / 5, 1 / 2], 1e-7);
  for (const threshold of [0.1, 0.2, 0.4, 0.5, 1]) {
    const expected = nms(boxes, [4, 3, 2, 1], threshold);
    assert.deepEqual(nmsByIou(overlaps, 4, threshold), expected);
    const two = nmsByIou(overlaps, 4, threshold, 2);
    assert.deepEqual(two, expected.slice(0, 2));
  }
  assert.deepEqual(nmsByIou(overlaps, 4, 0.4), [0, 2]);
  assert.deepEqual([...overlapsBefore(boxes, 2, 4)], [0.5]);
});

test("nms step by step", () => {
  // As above: the first box removes the next one, and does not touch the last
  const boxes = floats([0, 1, 2, 3].map((x) => [x, 0, x + 3, 1]));
  const steps = nmsSteps(overlapsBefore(boxes, 0, 4), 4, 0.4);
  const told = steps.map(({ kept, tested, removed }) => {
    return [kept, tested, removed];
  });
  assert.deepEqual(told, [
    [0, -1, false],
    [0, 1, true],
    [0, 2, false],
    [0, 3, false],
    [2, -1, false],
    [2, 3, true],
  ]);
  const ious = steps.map(({ iou }) => iou);
  assertClose(ious, [0, 0.5, 0.2, 0, 0, 0.5], 1e-7);
  assert.deepEqual(nmsSteps(floats([]), 0, 0.4), []);
});

test("a step does not remove at the threshold itself", () => {
  const removes = (threshold) =>
    nmsSteps(floats([0.5]), 2, threshold)[1].removed;
  assert.deepEqual([0.49, 0.5, 0.51].map(removes), [true, false, false]);
});

parity("nms_steps", ({ boxes, threshold, steps }) => {
  const overlaps = overlapsBefore(floats(boxes), 0, boxes.length);
  const found = nmsSteps(overlaps, boxes.length, threshold);
  const rows = found.map(({ kept, tested, iou, removed }) => {
    return [kept, tested, iou, removed];
  });
  assert.deepEqual(rows, steps);
});

parity("nms", ({ boxes, scores, classes, threshold, kept, kept_by_class }) => {
  const [b, s] = [floats(boxes), floats(scores)];
  assert.deepEqual(nms(b, s, threshold), kept);
  assert.deepEqual(batchedNms(b, s, classes, threshold), kept_by_class);
});
