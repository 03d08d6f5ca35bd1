import assert from "node:assert/strict";
import test from "node:test";

import * as targets from "../../../d2l_ssd/widgets/static/lib/targets.js";
import { assertClose, floats, parity } from "../helpers.mjs";

test("two ground truths never share their own anchor", () => {
  const anchors = floats([
    [0, 0, 1, 1],
    [0, 0, 0.2, 0.2],
  ]);
  const truths = floats([
    [0, 0, 0.9, 1],
    [0, 0, 1, 1],
  ]);
  assert.deepEqual([...targets.matchAnchors(anchors, truths)], [1, 0]);
});

test("own anchors come in the order of their choice, the largest IoU first", () => {
  // Objects 0 and 1 want anchor 1; object 2 overlaps only what is taken
  const ious = floats([
    [0.1, 0.8, 0.3],
    [0.2, 0.9, 0],
    [0, 0.4, 0],
  ]);
  const pairs = targets.ownAnchors(ious, 3);
  assert.deepEqual(pairs, [
    [1, 1],
    [0, 2],
  ]);
});

test("no ground truth: all background", () => {
  const matches = targets.matchAnchors(floats([0, 0, 1, 1]), floats([]));
  assert.deepEqual([...matches], [targets.BACKGROUND]);
});

test("between the thresholds an anchor is ignored", () => {
  const anchors = floats([
    [0, 0, 1, 1],
    [0, 0, 1, 0.5],
    [0, 0, 1, 0.25],
  ]);
  const matches = targets.matchAnchors(anchors, floats([0, 0, 1, 1]), 0.6, 0.3);
  assert.deepEqual([...matches], [0, targets.IGNORED, targets.BACKGROUND]);
});

test("states of all anchors, and of some", () => {
  const matches = Int32Array.of(0, -1, -2, 1, -1);
  assert.deepEqual(targets.countStates(matches), {
    positive: 2,
    ignored: 1,
    background: 2,
  });
  assert.deepEqual(targets.countStates(matches, 1, 3), {
    positive: 0,
    ignored: 1,
    background: 1,
  });
});

test("decoding clamps before exp", () => {
  const box = targets.decodeOffsets(
    floats([0, 0, 1, 1]),
    floats([0, 0, 99, 0]),
  );
  assertClose([box[2] - box[0], box[3] - box[1]], [1000 / 16, 1]);
});

parity("matches", ({ anchors, truths, pos_iou, neg_iou, matches }) => {
  const [a, t] = [floats(anchors), floats(truths)];
  assert.deepEqual([...targets.matchAnchors(a, t, pos_iou, neg_iou)], matches);
});

parity("offsets", ({ anchors, boxes, offsets, decoded }) => {
  const a = floats(anchors);
  const encoded = targets.encodeOffsets(a, floats(boxes));
  assertClose(encoded, offsets.flat(), 2e-5);
  assertClose(targets.decodeOffsets(a, floats(offsets)), decoded.flat());
});
