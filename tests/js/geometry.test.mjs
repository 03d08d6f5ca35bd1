// geometry.js: literal numbers worked out by hand, and the cases that Python
// wrote (tests/test_widgets.py sets CASES to the file and runs this).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import * as geometry from "../../d2l_ssd/widgets/static/geometry.js";

const cases = process.env.CASES ? JSON.parse(readFileSync(process.env.CASES)) : {};
const floats = (rows) => Float32Array.from(rows.flat(Infinity));

function assertClose(actual, expected, tolerance = 1e-5) {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    assert.ok(error <= tolerance, `at ${i}: ${actual[i]}, Python has ${expected[i]}`);
  }
}

// Runs `check` on every case of that name. Without Python's cases there is
// nothing to compare: these tests belong to pytest's run of this file.
function parity(name, check) {
  if (!process.env.CASES) return;
  test(`${name}: as in Python`, () => {
    assert.ok(cases[name]?.length > 0, `no cases of ${name}`);
    cases[name].forEach(check);
  });
}

test("iou of a half overlap is 1/3", () => {
  assert.equal(geometry.iou([0, 0, 2, 1], 0, [1, 0, 3, 1], 0), Math.fround(1 / 3));
  assert.equal(geometry.iou([0, 0, 1, 1], 0, [1, 0, 2, 1], 0), 0);
  assert.equal(geometry.iou([0, 0, 0, 0], 0, [0, 0, 0, 0], 0), 0);
});

test("a 1x1 map has its anchors around the center", () => {
  const anchors = geometry.generateAnchors(1, 1, [0.5, 1], [1, 4]);
  assert.deepEqual(
    [...anchors],
    [0.25, 0.25, 0.75, 0.75, 0, 0.375, 1, 0.625, 0, 0, 1, 1],
  );
});

test("no ratio, no anchors", () => {
  assert.equal(geometry.ssdAnchors([[2, 2]], [[0.5, 1]], [[]]).length, 0);
  assert.deepEqual(geometry.bestPossibleIou(floats([]), floats([0, 0, 1, 1])), {
    best: floats([0]),
    index: Int32Array.of(-1),
  });
});

test("two truths never share their own anchor", () => {
  const anchors = floats([[0, 0, 1, 1], [0, 0, 0.2, 0.2]]);
  const truths = floats([[0, 0, 0.9, 1], [0, 0, 1, 1]]);
  assert.deepEqual([...geometry.matchAnchors(anchors, truths)], [1, 0]);
});

test("no truth: all background", () => {
  assert.deepEqual([...geometry.matchAnchors(floats([0, 0, 1, 1]), floats([]))], [-1]);
});

test("nms keeps the lower index of a tie, and an IoU at the threshold", () => {
  const boxes = floats([[0, 0, 2, 1], [1, 0, 3, 1], [0, 0, 2, 1]]);
  assert.deepEqual(geometry.nms(boxes, [0.5, 0.6, 0.5], 1 / 3), [1, 0]);
  assert.deepEqual(geometry.nms(boxes, [0.5, 0.6, 0.5], 0.3), [1]);
  assert.deepEqual(geometry.nms(floats([]), [], 0.5), []);
});

test("precision, recall and AP of hit, miss, hit out of 4 truths", () => {
  const { precision, recall } = geometry.precisionRecall([0.5, 0.9, 0.7], [1, 1, 0], 4);
  assertClose(precision, [1, 1 / 2, 2 / 3]);
  assertClose(recall, [1 / 4, 1 / 4, 1 / 2]);
  assertClose([geometry.averagePrecision(precision, recall)], [1 / 4 + (1 / 4) * (2 / 3)]);
  assertClose(
    [geometry.averagePrecision(precision, recall, "voc07")],
    [(3 * 1 + 3 * (2 / 3)) / 11],
  );
  assert.throws(() => geometry.averagePrecision(precision, recall, "voc"), /voc/);
});

parity("box_iou", ({ a, b, iou }) => {
  assertClose(geometry.boxIou(floats(a), floats(b)), iou.flat());
});

parity("anchors", ({ shapes, sizes, ratios, anchors, truths, best }) => {
  const ours = geometry.ssdAnchors(shapes, sizes, ratios);
  assertClose(ours, anchors.flat());
  const boxes = floats(truths);
  assertClose(geometry.bestPossibleIou(ours, boxes).best, best);
  assertClose(geometry.bestPossibleIouByCell(shapes, sizes, ratios, boxes), best);
});

parity("matches", ({ anchors, truths, pos_iou, neg_iou, matches }) => {
  const ours = geometry.matchAnchors(floats(anchors), floats(truths), pos_iou, neg_iou);
  assert.deepEqual([...ours], matches);
});

parity("offsets", ({ anchors, boxes, offsets, decoded }) => {
  assertClose(geometry.encodeOffsets(floats(anchors), floats(boxes)), offsets.flat(), 2e-5);
  assertClose(geometry.decodeOffsets(floats(anchors), floats(offsets)), decoded.flat());
});

parity("nms", ({ boxes, scores, classes, threshold, kept, kept_by_class }) => {
  const [flat, score] = [floats(boxes), floats(scores)];
  assert.deepEqual(geometry.nms(flat, score, threshold), kept);
  assert.deepEqual(geometry.batchedNms(flat, score, classes, threshold), kept_by_class);
});

parity("average_precision", ({ scores, hits, num_truths, precision, recall, ap }) => {
  const ours = geometry.precisionRecall(scores, hits, num_truths);
  assertClose(ours.precision, precision);
  assertClose(ours.recall, recall);
  for (const [method, value] of Object.entries(ap)) {
    assertClose([geometry.averagePrecision(ours.precision, ours.recall, method)], [value]);
  }
});

test("nothing to find: no recall, no average precision", () => {
  const { precision, recall } = geometry.precisionRecall([0.5], [false], 0);
  assert.ok(Number.isNaN(recall[0]));
  assert.ok(Number.isNaN(geometry.averagePrecision(precision, recall)));
  assert.equal(geometry.averagePrecision([], []), 0);
});
