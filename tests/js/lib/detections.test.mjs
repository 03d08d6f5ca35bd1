import assert from "node:assert/strict";
import test from "node:test";

import {
  detect,
  readCandidates,
  readEpoch,
} from "../../../d2l_ssd/widgets/static/lib/detections.js";
import {
  countImage,
  curveOf,
  tally,
} from "../../../d2l_ssd/widgets/static/lib/judging.js";
import { assertClose, floats, labelsOf, parity } from "../helpers.mjs";

test("a candidate suppresses those of its class only", () => {
  const labels = labelsOf([[0, 0, 0, 1, 1, 0]]);
  const rows = floats([
    [0, 0.9, 0, 0, 1, 1],
    [0, 0.7, 0, 0, 1, 0.9],
    [1, 0.8, 0, 0, 1, 1],
  ]);
  const found = detect(readCandidates(rows, labels), 0.5);
  assert.deepEqual(found.classes, [0, 1]);
  assert.deepEqual(found.rows, [0, 2]);
  assertClose(found.scores, [0.9, 0.8], 1e-7);
  assert.deepEqual(
    found.judged.map(({ kind }) => kind),
    ["correct", "classification"],
  );
});

test("no candidate, no detection", () => {
  const found = detect(readCandidates(floats([]), labelsOf([])), 0.5);
  assert.deepEqual(found.scores, []);
  assert.equal(found.boxes.length, 0);
});

test("an epoch's detections come to their images", () => {
  const labels = [labelsOf([[1, 0, 0, 1, 1, 0]]), labelsOf([])];
  const rows = floats([
    [1, 0, 0.5, 0, 0, 1, 1],
    [0, 1, 0.25, 0, 0, 1, 1],
  ]);
  const [first, second] = readEpoch(rows, labels);
  assert.deepEqual([first.scores, second.scores], [[0.25], [0.5]]);
  assert.equal(first.judged[0].kind, "correct");
  assert.equal(second.judged[0].kind, "background");
});

function checkCurve(ours, python) {
  assert.equal(ours.objects, python.objects);
  for (const name of ["scores", "precision", "recall"]) {
    assertClose(ours[name], python[name], 1e-9);
  }
  assertClose([ours.ap], [python.ap], 1e-9);
}

parity("galleries", ({ candidates, truths, settings }) => {
  const labels = truths.map(labelsOf);
  const rows = candidates.map((numbers, i) =>
    readCandidates(floats(numbers), labels[i]),
  );
  for (const { nms_iou, score_threshold, images, curves } of settings) {
    const found = rows.map((numbers) => detect(numbers, nms_iou));
    const least = Math.fround(score_threshold);
    found.forEach(({ boxes, scores, classes }, i) => {
      const kept = scores.filter((score) => score >= least).length;
      const keptBoxes = [...boxes.subarray(0, kept * 4)];
      assert.deepEqual(keptBoxes, images[i].boxes.flat());
      assert.deepEqual(scores.slice(0, kept), images[i].scores);
      assert.deepEqual(classes.slice(0, kept), images[i].classes);
    });
    curves.forEach((curve, label) => {
      checkCurve(curveOf(label, found, labels), curve);
    });
  }
});

parity("replays", ({ truths, epochs, thresholds, counts }) => {
  const labels = truths.map(labelsOf);
  epochs.forEach((numbers, epoch) => {
    const found = readEpoch(floats(numbers), labels);
    thresholds.forEach((threshold, i) => {
      const least = Math.fround(threshold);
      const images = found.map((one, k) => countImage(one, labels[k], least));
      const total = tally(images, found, labels);
      const { correct, wrong, objects, missed } = total;
      assert.deepEqual({ correct, wrong, objects }, counts[epoch][i]);
      assert.equal(missed, objects - correct);
    });
  });
});
