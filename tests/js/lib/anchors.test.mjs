import assert from "node:assert/strict";
import test from "node:test";

import * as anchors from "../../../d2l_ssd/widgets/static/lib/anchors.js";
import { assertClose, floats, parity } from "../helpers.mjs";

test("a 1x1 map has its anchors around the center", () => {
  const ours = anchors.generateAnchors([1, 1], [0.5, 1], [1, 4]);
  const expected = [
    [0.25, 0.25, 0.75, 0.75],
    [0, 0.375, 1, 0.625],
    [0, 0, 1, 1],
  ];
  assert.deepEqual([...ours], expected.flat());
});

test("no ratio, no anchors", () => {
  const none = anchors.ssdAnchors([[2, 2]], [[0.5, 1]], [[]]);
  assert.equal(none.length, 0);
  assert.deepEqual(anchors.bestPossibleIou(none, floats([0, 0, 1, 1])), {
    best: floats([0]),
    index: Int32Array.of(-1),
  });
});

test("counts and starts of maps", () => {
  const shapes = [
    [4, 4],
    [2, 2],
    [1, 1],
  ];
  const sizes = [
    [0.2, 0.3],
    [0.4, 0.5],
    [0.8, 0.9],
  ];
  const counts = anchors.anchorCounts(shapes, sizes, [[1, 2, 0.5], [1], []]);
  assert.deepEqual(counts, [64, 8, 0]);
  assert.deepEqual(anchors.anchorStarts(counts), [0, 64, 72]);
});

test("an array of the right length is used again", () => {
  const settings = [[[1, 1]], [[0.5]], [[1]]];
  const first = anchors.ssdAnchors(...settings);
  assert.equal(anchors.ssdAnchors(...settings, first), first);
  assert.notEqual(anchors.ssdAnchors(...settings, floats([0])), first);
});

parity("anchors", ({ shapes, sizes, ratios, truths, ...python }) => {
  const ours = anchors.ssdAnchors(shapes, sizes, ratios);
  assertClose(ours, python.anchors.flat());
  const boxes = floats(truths);
  assertClose(anchors.bestPossibleIou(ours, boxes).best, python.best);
  const fast = anchors.bestPossibleIouByCell(shapes, sizes, ratios, boxes);
  assertClose(fast, python.best);
});
