// The views of detections, without drawing: literal numbers, and the cases that
// Python wrote (tests/test_widgets_detection.py sets RESULT_CASES and runs this).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import explorer from "../../d2l_ssd/widgets/static/detection_explorer.js";
import { bestTruths, judgeDetections, nms, nmsByIou, overlapsBefore } from "../../d2l_ssd/widgets/static/geometry.js";

import replay from "../../d2l_ssd/widgets/static/training_replay.js";

const { curveOf, detect, readCandidates } = explorer;
const { countEpoch, readEpoch } = replay;

const file = process.env.RESULT_CASES;
const cases = file ? JSON.parse(readFileSync(file)) : {};
const floats = (rows) => Float32Array.from(rows.flat(Infinity));

function parity(name, check) {
  if (!file) return;
  test(`${name}: as in Python`, () => {
    assert.ok(cases[name]?.length > 0, `no cases of ${name}`);
    cases[name].forEach(check);
  });
}

function assertClose(actual, expected, tolerance = 1e-9) {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => {
    const error = Math.abs(value - expected[i]);
    assert.ok(error <= tolerance, `at ${i}: ${value}, Python has ${expected[i]}`);
  });
}

// Labels (M, 6) as the view keeps them
function readTruths(rows) {
  return {
    classes: rows.map((row) => row[0]),
    boxes: floats(rows.map((row) => row.slice(1, 5))),
    difficult: rows.map((row) => row[5] > 0),
  };
}

test("a detection of each kind", () => {
  const truths = readTruths([
    [0, 0, 0, 1, 1, 0],
    [1, 2, 0, 3, 1, 0],
    [0, 4, 0, 5, 1, 1],
  ]);
  const boxes = floats([
    [0, 0, 1, 0.75], // 3/4 of the first object
    [0, 0, 1, 1], // again
    [2, 0, 3, 1], // the second object, which is of class 1
    [0.5, 0, 1.5, 1], // 1/3 of the first object
    [4, 0, 5, 1], // the difficult one
    [6, 0, 7, 1],
  ]);
  const best = bestTruths({ boxes, classes: [0, 0, 0, 0, 0, 0] }, truths);
  const judged = judgeDetections(best, truths.difficult);
  assert.deepEqual(
    judged.map(({ kind }) => kind),
    ["correct", "duplicate", "confused", "misplaced", "ignored", "background"],
  );
  assert.deepEqual(judged.map(({ match }) => match), [0, -1, -1, -1, 2, -1]);
  assertClose(judged.map(({ iou }) => iou), [3 / 4, 1, 0, 1 / 3, 1, 0]);
});

test("nms from IoUs that are known", () => {
  // In a row, each box 2/3 of the one before: IoU 1/2 with the next, 1/5 with the one after
  const boxes = floats([[0, 0, 3, 1], [1, 0, 4, 1], [2, 0, 5, 1], [3, 0, 6, 1]]);
  const overlaps = overlapsBefore(boxes, 0, 4);
  assertClose([...overlaps], [1 / 2, 1 / 5, 1 / 2, 0, 1 / 5, 1 / 2], 1e-7);
  for (const threshold of [0.1, 0.2, 0.4, 0.5, 1]) {
    const expected = nms(boxes, [4, 3, 2, 1], threshold);
    assert.deepEqual(nmsByIou(overlaps, 4, threshold), expected);
    assert.deepEqual(nmsByIou(overlaps, 4, threshold, 2), expected.slice(0, 2));
  }
  assert.deepEqual(nmsByIou(overlaps, 4, 0.4), [0, 2]);
  assert.deepEqual([...overlapsBefore(boxes, 2, 4)], [0.5]);
});

parity("judged", ({ boxes, classes, truths, matches, kinds }) => {
  const labels = readTruths(truths);
  const best = bestTruths({ boxes: floats(boxes), classes }, labels);
  const judged = judgeDetections(best, labels.difficult);
  assert.deepEqual(judged.map(({ match }) => match), matches);
  assert.deepEqual(judged.map(({ kind }) => kind), kinds);
});

parity("galleries", ({ candidates, truths, settings }) => {
  const labels = truths.map(readTruths);
  const rows = candidates.map((numbers, i) => readCandidates(floats(numbers), labels[i]));
  for (const { nms_iou, score_threshold, images, curves } of settings) {
    const found = rows.map((numbers) => detect(numbers, nms_iou));
    const least = Math.fround(score_threshold);
    found.forEach(({ boxes, scores, classes }, i) => {
      const kept = scores.filter((score) => score >= least).length;
      assert.deepEqual([...boxes.subarray(0, kept * 4)], images[i].boxes.flat());
      assert.deepEqual(scores.slice(0, kept), images[i].scores);
      assert.deepEqual(classes.slice(0, kept), images[i].classes);
    });
    curves.forEach((curve, label) => {
      const ours = curveOf(label, found, labels);
      assert.equal(ours.objects, curve.objects);
      assertClose(ours.scores, curve.scores);
      assertClose([...ours.precision], curve.precision);
      assertClose([...ours.recall], curve.recall);
      assertClose([ours.ap], [curve.ap]);
    });
  }
});

parity("replays", ({ truths, epochs, thresholds, counts }) => {
  const labels = truths.map(readTruths);
  epochs.forEach((numbers, epoch) => {
    const found = readEpoch(floats(numbers), labels);
    thresholds.forEach((threshold, i) => {
      const { correct, wrong, objects, missed } = countEpoch(found, labels, Math.fround(threshold));
      assert.deepEqual({ correct, wrong, objects }, counts[epoch][i]);
      assert.equal(missed, objects - correct);
    });
  });
});
