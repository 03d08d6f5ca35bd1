import assert from "node:assert/strict";
import test from "node:test";

import {
  bestAnchors,
  decodeCandidates,
  inImage,
  predictSsd,
} from "../../../d2l_ssd/widgets/static/lib/predict.js";
import { assertClose, floats, parity } from "../helpers.mjs";

/** Two anchors, of background and two classes. */
function makeOutputs() {
  return {
    probs: floats([
      [0.1, 0.8, 0.1],
      [0.3, 0.2, 0.5],
    ]),
    offsets: floats([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]),
    anchors: floats([
      [0, 0, 0.5, 0.5],
      [0.5, 0.5, 1.5, 1.5],
    ]),
  };
}

test("candidates come class by class, best first, clipped to the image", () => {
  const found = decodeCandidates(makeOutputs(), 0.15, 10);
  assert.deepEqual(found.classes, [0, 0, 1]);
  assert.deepEqual(found.anchors, [0, 1, 1]);
  assertClose(found.scores, [0.8, 0.2, 0.5], 1e-7);
  assertClose(found.boxes.subarray(4, 8), [0.5, 0.5, 1, 1]);
});

test("detections are the best of all classes", () => {
  const { found, candidates } = predictSsd(makeOutputs(), {
    ...{ scoreThreshold: 0.15, maxDetections: 2 },
  });
  assert.deepEqual(found.classes, [0, 1]);
  assert.deepEqual(found.anchors, [0, 1]);
  assert.equal(candidates.scores.length, 3);
});

test("the best anchors of a class; of equals, the first", () => {
  const scores = floats([0.2, 0.9, 0.2, 0.5, 0.01]);
  assert.deepEqual(bestAnchors(scores, 0.1, 3), [1, 3, 0]);
  assert.deepEqual(bestAnchors(scores, 0.2, 9), [1, 3, 0, 2]);
});

test("a box beside the image is dropped", () => {
  const boxes = floats([
    [1.1, 0, 1.4, 1],
    [-0.5, 0, 0.5, 1],
  ]);
  const all = { boxes, scores: [0.9, 0.8], classes: [0, 0], anchors: [4, 7] };
  const kept = inImage(all);
  assert.deepEqual(kept.anchors, [7]);
  assertClose(kept.boxes, [0, 0, 0.5, 1]);
});

parity("predictions", ({ probs, offsets, anchors, options, found }) => {
  const outputs = {
    ...{ probs: floats(probs), offsets: floats(offsets) },
    anchors: floats(anchors),
  };
  const [scoreThreshold, nmsIou, topK, maxDetections] = options;
  const result = predictSsd(outputs, {
    ...{ scoreThreshold, nmsIou, topK, maxDetections },
  }).found;
  assert.ok(found.classes.length > 0);
  assert.deepEqual(result.classes, found.classes);
  assertClose(result.scores, found.scores, 1e-6);
  assertClose(result.boxes, found.boxes.flat(), 1e-5);
});
