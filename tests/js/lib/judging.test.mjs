import assert from "node:assert/strict";
import test from "node:test";

import {
  bestTruths,
  countImage,
  curveOf,
  judgeDetections,
  tally,
} from "../../../d2l_ssd/widgets/static/lib/judging.js";
import { assertClose, floats, labelsOf, parity } from "../helpers.mjs";

const LABELS = labelsOf([
  [0, 0, 0, 1, 1, 0],
  [1, 2, 0, 3, 1, 0],
  [0, 4, 0, 5, 1, 1],
]);
const BOXES = floats([
  [0, 0, 1, 0.75], // 3/4 of the first object
  [0, 0, 1, 1], // again
  [2, 0, 3, 1], // the second object, which is of class 1
  [0.5, 0, 1.5, 1], // 1/3 of the first object
  [4, 0, 5, 1], // the difficult one
  [6, 0, 7, 1],
]);
const CLASSES = [0, 0, 0, 0, 0, 0];

function judge(boxes, classes, labels) {
  const best = bestTruths({ boxes, classes }, labels);
  return judgeDetections(best, labels.difficult);
}

function found() {
  const judged = judge(BOXES, CLASSES, LABELS);
  const scores = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4];
  return { boxes: BOXES, classes: CLASSES, scores, judged };
}

test("a detection of each kind", () => {
  const judged = judge(BOXES, CLASSES, LABELS);
  const kinds = [
    "correct",
    "duplicate",
    "classification",
    "localization",
    "ignored",
    "background",
  ];
  assert.deepEqual(
    judged.map(({ kind }) => kind),
    kinds,
  );
  assert.deepEqual(
    judged.map(({ match }) => match),
    [0, -1, -1, -1, 2, -1],
  );
  assertClose(
    judged.map(({ iou }) => iou),
    [3 / 4, 1, 0, 1 / 3, 1, 0],
  );
});

test("right, wrong and missed from a score on", () => {
  assert.deepEqual(countImage(found(), LABELS, 0.5), {
    shown: [0, 1, 2, 3, 4],
    correct: [0],
    wrong: [1, 2, 3],
    missed: [1],
  });
  assert.deepEqual(countImage(found(), LABELS, 0.95), {
    shown: [],
    correct: [],
    wrong: [],
    missed: [0, 1],
  });
});

test("classes that are off are neither shown nor missed", () => {
  const count = countImage(found(), LABELS, 0, [false, true]);
  assert.deepEqual(count, { shown: [], correct: [], wrong: [], missed: [1] });
});

test("the tally of images, of all classes and of one", () => {
  const images = [found(), found()];
  const labels = [LABELS, LABELS];
  const counts = images.map((image) => countImage(image, LABELS, 0));
  assert.deepEqual(tally(counts, images, labels), {
    objects: 4,
    correct: 2,
    wrong: 8,
    missed: 2,
    precision: 0.2,
    recall: 0.5,
  });
  const dogs = tally(counts, images, labels, 1);
  assert.deepEqual([dogs.objects, dogs.correct, dogs.missed], [2, 0, 2]);
  assert.ok(Number.isNaN(dogs.precision));
});

test("a curve leaves out what is ignored", () => {
  const curve = curveOf(0, [found()], [LABELS]);
  assert.equal(curve.objects, 1);
  assertClose(curve.precision, [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]);
  assert.equal(curve.ap, 1);
});

parity("judged", ({ boxes, classes, truths, matches, kinds }) => {
  const judged = judge(floats(boxes), classes, labelsOf(truths));
  assert.deepEqual(
    judged.map(({ match }) => match),
    matches,
  );
  assert.deepEqual(
    judged.map(({ kind }) => kind),
    kinds,
  );
});
