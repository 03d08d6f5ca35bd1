import assert from "node:assert/strict";
import test from "node:test";

import { drawScene } from "../../../d2l_ssd/widgets/static/engine/scenes.js";
import { DEFAULTS } from "../../../d2l_ssd/widgets/static/engine/settings.js";
import {
  meanColor,
  STEPS,
  writeTargets,
} from "../../../d2l_ssd/widgets/static/engine/steps.js";
import { makeAnchors } from "../../../d2l_ssd/widgets/static/engine/trainer.js";
import { takeBoxes } from "../../../d2l_ssd/widgets/static/lib/boxes.js";
import { assertClose, floats, parity, unpack } from "../helpers.mjs";

const ANCHORS = floats([
  [0, 0, 0.5, 0.5],
  [0.5, 0.5, 1, 1],
  [0, 0, 1, 1],
]);

/** Room for the targets of images with so many anchors, full of old numbers. */
function makeTargets(images, numAnchors) {
  return {
    classes: new Int32Array(images * numAnchors).fill(99),
    offsets: new Float32Array(images * numAnchors * 4).fill(99),
  };
}

test("the targets of one image go to its place in the batch", () => {
  const labels = {
    classes: [2],
    boxes: floats([[0.5, 0.5, 1, 0.9]]),
    difficult: [false],
  };
  const targets = makeTargets(2, 3);
  const matches = writeTargets(STEPS, labels, ANCHORS, DEFAULTS, targets, 1);
  assert.deepEqual([...matches], [-1, 0, -1]);
  assert.deepEqual([...targets.classes], [99, 99, 99, 0, 3, 0]);
  // 0.05 higher of a height of 0.5, by a variance of 0.1; log(0.8) by 0.2
  const offsets = [0, -1, 0, Math.log(0.8) / 0.2];
  assertClose(targets.offsets.subarray(16, 20), offsets);
});

test("a scene without objects is all background", () => {
  const labels = { classes: [], boxes: floats([]), difficult: [] };
  const targets = makeTargets(1, 3);
  writeTargets(STEPS, labels, ANCHORS, DEFAULTS, targets, 0);
  assert.deepEqual([...targets.classes], [0, 0, 0]);
});

test("without force-matching an object may have no anchor", () => {
  const labels = {
    classes: [0],
    boxes: floats([[0, 0, 0.2, 0.2]]),
    difficult: [false],
  };
  const settings = { ...DEFAULTS, force: false };
  assert.deepEqual([...STEPS.match(labels, ANCHORS, settings)], [-1, -1, -1]);
  assert.deepEqual([...STEPS.match(labels, ANCHORS, DEFAULTS)], [0, -1, -1]);
});

test("sizes without their logarithm, and back", () => {
  const settings = { ...DEFAULTS, log: false };
  const anchor = floats([[0, 0, 0.5, 0.5]]);
  const box = floats([[0, 0, 0.75, 0.4]]);
  const offsets = STEPS.encode(anchor, box, settings);
  assertClose(offsets, [2.5, -1, 2.5, -1]); // 1.5 and 0.8 times the size
  assertClose(STEPS.decode(anchor, offsets, settings), box);
});

test("softmax of one anchor's logits, and of several", () => {
  const logits = Float32Array.of(0, Math.log(3), 1000, 1000);
  const scores = [0.25, 0.75, 0.5, 0.5];
  assertClose(STEPS.scores(logits, 2), scores, 1e-7);
  assertClose(STEPS.scores(logits.subarray(0, 2)), scores.slice(0, 2), 1e-7);
});

test("the mean color", () => {
  const pixels = Uint8ClampedArray.of(0, 10, 100, 20, 10, 255);
  assert.deepEqual(meanColor(pixels), [10, 10, 177.5]);
});

test("boxes are taken by their rows, one several times", () => {
  const taken = takeBoxes(ANCHORS, [2, 0, 2]);
  assertClose(taken, [0, 0, 1, 1, 0, 0, 0.5, 0.5, 0, 0, 1, 1]);
});

parity("scene_targets", ({ seed, world, anchors, scenes }) => {
  const ours = makeAnchors(DEFAULTS);
  assert.deepEqual(ours, floats(anchors));
  const numAnchors = ours.length / 4;
  scenes.forEach(({ positives, classes, offsets }, i) => {
    const { labels } = drawScene(seed, i, world);
    const targets = makeTargets(1, numAnchors);
    writeTargets(STEPS, labels, ours, DEFAULTS, targets, 0);
    const expected = new Int32Array(numAnchors);
    positives.forEach((a, row) => (expected[a] = classes[row]));
    assert.deepEqual(targets.classes, expected, `scene ${i}`);
    const found = takeBoxes(targets.offsets, positives);
    const wanted = unpack(offsets);
    // A float32's rounding, of offsets up to 30
    assertClose(found, wanted, 4e-6);
  });
});
