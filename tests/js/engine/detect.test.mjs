import assert from "node:assert/strict";
import test from "node:test";

import {
  COCO_THRESHOLDS,
  detect,
  meanPrecisions,
} from "../../../d2l_ssd/widgets/static/engine/detect.js";
import { DEFAULTS } from "../../../d2l_ssd/widgets/static/engine/settings.js";
import { STEPS } from "../../../d2l_ssd/widgets/static/engine/steps.js";
import { makeAnchors } from "../../../d2l_ssd/widgets/static/engine/trainer.js";
import { assertClose, floats, labelsOf, parity, unpack } from "../helpers.mjs";

const EVEN = [0, 0, 0, 0]; // offsets that leave the anchor where it is

/** Outputs of scores for background and two classes, and offsets. */
function outputsOf(rows) {
  return floats(rows.map(([scores, at]) => [scores.map(Math.log), at]));
}

function run(rows, anchors) {
  return detect(outputsOf(rows), floats(anchors), STEPS, DEFAULTS);
}

test("scores, classes and anchors of what is found, best first", () => {
  const anchors = [
    [0, 0, 0.5, 0.5],
    [0.5, 0.5, 1, 1],
    [0, 0.5, 0.5, 1],
  ];
  const found = run(
    [
      [[0.395, 0.6, 0.005], EVEN],
      [[0.1, 0.2, 0.7], EVEN],
      [
        [0.98, 0.009, 0.011],
        [1, 0, 0, 0],
      ],
    ],
    anchors,
  );
  assertClose(found.scores, [0.7, 0.6, 0.2, 0.011], 1e-6);
  assert.deepEqual(found.classes, [1, 0, 0, 1]);
  assert.deepEqual(found.anchors, [1, 0, 1, 2]);
  // Moved by a tenth of its width
  assertClose(found.boxes.subarray(12), [0.05, 0.5, 0.55, 1], 1e-6);
});

test("a class suppresses its own, and the candidates stay known", () => {
  const anchors = [
    [0, 0, 0.5, 0.5],
    [0, 0, 0.5, 0.4],
  ];
  const rows = [
    [[0.3, 0.7, 0], EVEN],
    [[0.2, 0.8, 0], EVEN],
  ];
  const found = run(rows, anchors);
  assert.deepEqual(found.anchors, [1]);
  assert.deepEqual(found.candidates.anchors, [1, 0]);
});

test("boxes are clipped, and drop out beside the image", () => {
  const anchors = [
    [0.8, 0.8, 1.2, 1],
    [0.8, 0.1, 1, 0.2],
  ];
  const found = run(
    [
      [[0.5, 0.5, 0], EVEN],
      [
        [0.5, 0.5, 0],
        [20, 0, 0, 0],
      ],
    ],
    anchors,
  );
  assertClose(found.boxes, [0.8, 0.8, 1, 1], 1e-6);
  assert.deepEqual(found.candidates.anchors, [0]);
});

test("a hundred candidates per class; of equal scores the first", () => {
  const anchors = Array.from({ length: 150 }, (_, i) => {
    const x = i / 150;
    return [x, 0, x + 1 / 150, 1];
  });
  const rows = anchors.map((_, i) => [[0.5, i < 20 ? 0.3 : 0.4, 0], EVEN]);
  const { candidates } = run(rows, anchors);
  assert.equal(candidates.anchors.length, 100);
  assert.deepEqual(candidates.anchors.slice(0, 2), [20, 21]);
  assert.equal(candidates.anchors[99], 119);
});

/** Detections in one image, all of class 0. */
function foundOf(boxes, scores) {
  return {
    boxes: floats(boxes),
    scores,
    classes: scores.map(() => 0),
    anchors: scores.map((_, i) => i),
  };
}

test("AP by hand: right, wrong, right; and no such class", () => {
  const labels = labelsOf([
    [0, 0, 0, 0.5, 0.5, 0],
    [0, 0.5, 0.5, 1, 1, 0],
  ]);
  const found = foundOf(
    [
      [0, 0, 0.5, 0.5],
      [0.6, 0, 1, 0.1],
      [0.5, 0.5, 1, 0.9], // IoU 0.8
    ],
    [0.9, 0.8, 0.7],
  );
  // Precision 1 at recalls 0 to 0.5, 2/3 at 0.51 to 1
  const both = (51 + (50 * 2) / 3) / 101;
  const [low, high] = meanPrecisions([found], [labels], [0.5, 0.9], 3);
  assert.ok(Math.abs(low - both) < 1e-12);
  assert.ok(Math.abs(high - 51 / 101) < 1e-12);
});

test("a detection takes the best ground truth that is free (COCO)", () => {
  const labels = labelsOf([
    [0, 0, 0, 1, 1, 0],
    [0, 0, 0, 1, 0.8, 0],
  ]);
  // Both overlap the first most; by VOC's rule, the second would be a duplicate
  const found = foundOf(
    [
      [0, 0, 1, 0.95],
      [0, 0, 1, 0.92],
    ],
    [0.9, 0.8],
  );
  assert.deepEqual(meanPrecisions([found], [labels], [0.5], 1), [1]);
});

test("an IoU at the threshold is enough; of equals, the last is taken", () => {
  const labels = labelsOf([
    [0, 0, 0, 1, 0.5, 0],
    [0, 0, 0.5, 1, 1, 0],
  ]);
  const found = foundOf(
    [
      [0, 0, 1, 1], // 1/2 of both
      [0, 0, 1, 0.5], // what is left for it
    ],
    [0.9, 0.8],
  );
  assert.deepEqual(meanPrecisions([found], [labels], [0.5], 1), [1]);
});

test("nothing to find, and nothing found", () => {
  const none = foundOf([], []);
  const labels = labelsOf([[0, 0, 0, 1, 1, 0]]);
  assert.deepEqual(meanPrecisions([none], [labels], [0.5], 3), [0]);
  assert.deepEqual(meanPrecisions([none], [labelsOf([])], [0.5], 3), [NaN]);
});

parity("scene_detections", (given) => {
  assert.deepEqual(COCO_THRESHOLDS, given.thresholds);
  const anchors = makeAnchors(DEFAULTS);
  const settings = { ...DEFAULTS, nms: given.nms };
  const all = unpack(given.outputs);
  const length = all.length / given.found.length;
  const found = given.found.map((expected, i) => {
    const outputs = all.subarray(i * length, (i + 1) * length);
    const image = detect(outputs, anchors, STEPS, settings);
    assert.deepEqual(image.classes, expected.classes, `image ${i}`);
    assertClose(image.scores, unpack(expected.scores), 1e-6);
    assertClose(image.boxes, unpack(expected.boxes), 1e-6);
    return image;
  });
  const labels = given.truths.map(labelsOf);
  const precisions = meanPrecisions(found, labels, COCO_THRESHOLDS, 3);
  assertClose(precisions, given.precisions, 1e-6);
});
