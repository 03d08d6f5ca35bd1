// What NMSExplorer says of a step, and what it does not say before a guess.
import assert from "node:assert/strict";
import test from "node:test";

import {
  makeTracer,
  readData,
} from "../../../d2l_ssd/widgets/static/nms/data.js";
import {
  compare,
  endingOf,
  isSolved,
  taskOf,
  titleOf,
  verdictOf,
} from "../../../d2l_ssd/widgets/static/nms/texts.js";
import { makeModel } from "../helpers.mjs";
import { makeHerd } from "./herd.mjs";

const GUESSED = { guesses: { "0/1": { left: 2, nms_iou: 0.3 } } };

/** All sentences at a step, by their kind. */
function say(traits = {}) {
  const model = makeModel(makeHerd(traits));
  const data = readData(model);
  const traced = makeTracer(model, data)();
  return {
    title: titleOf(data, traced),
    verdict: verdictOf(data, traced),
    ending: endingOf(data, traced),
    task: taskOf(data, traced),
    solved: isSolved(traced),
  };
}

test("before a guess it asks, and gives nothing away", () => {
  const { title, verdict, ending, task, solved } = say({ step: 99 });
  assert.equal(title, "4 boxes of class dog");
  assert.equal(
    verdict,
    "Predict first: the image has 2 dogs. How many of these 4 boxes will NMS " +
      "leave at an IoU threshold of 0.30?",
  );
  assert.deepEqual([ending, task, solved], ["", "", false]);
});

const SAID = [
  [0.3, 0, /^You said 2\. The boxes are sorted/],
  [
    0.3,
    1,
    /^Box 1 has the highest score .*0\.90: it is kept\. It lies on dog 1/,
  ],
  [
    0.3,
    2,
    /^Box 2 \(0\.80\) overlaps box 1 \(0\.90\) by 0\.43 > 0\.30: it is removed\. But it lies on dog 2 \(IoU 1\.00\)/,
  ],
  [
    0.3,
    3,
    /^Box 3 .* by 0\.90 > 0\.30: it is removed\. Both lie on dog 1: a duplicate is gone/,
  ],
  [0.3, 4, /^Box 4 \(0\.60\) does not touch box 1 \(0\.90\): it stays\.$/],
  [
    0.3,
    5,
    /^Box 4 .* it is kept\. It lies on no dog well enough .*a wrong box\.$/,
  ],
  [0.5, 2, /by 0\.43 ≤ 0\.50: it stays\. That is right: it lies on dog 2/],
  [
    0.95,
    3,
    /by 0\.90 ≤ 0\.95: it stays\. Both lie on dog 1: a duplicate stays\.$/,
  ],
  [0.95, 8, /^Box 3 .*But dog 1 has a box already: this is a duplicate\.$/],
];

for (const [nms_iou, step, said] of SAID) {
  test(`what step ${step} says at ${nms_iou}`, () => {
    assert.match(say({ ...GUESSED, nms_iou, step }).verdict, said);
  });
}

test("the end judges the guess, names who is lost, and sets the task", () => {
  const { title, ending, task, solved } = say({ ...GUESSED, step: 99 });
  assert.equal(title, "Step 5 of 5: 2 kept, 2 removed, 0 to go");
  assert.equal(
    ending,
    "2 boxes are left: as you said. NMS removed every box that had found " +
      "dog 2.",
  );
  assert.match(
    task,
    /^Your task: .*Now: 1 of 2 dogs found with 2 boxes at IoU/,
  );
  assert.equal(solved, false);
});

test("a guess is judged at the threshold that it was made for", () => {
  const wrong = { "0/1": { left: 7, nms_iou: 0.3 } };
  const { verdict } = say({ guesses: wrong });
  assert.match(verdict, /^You said 7 or more\./);
  const { ending } = say({ guesses: wrong, step: 99 });
  assert.match(ending, /^2 boxes are left: you said 7 or more\./);
  const moved = say({ ...GUESSED, nms_iou: 0.5, step: 99 });
  assert.equal(moved.ending, "3 boxes are left at IoU 0.50.");
});

test("the task is solved where no threshold does better", () => {
  const half = say({ ...GUESSED, nms_iou: 0.5, step: 99 });
  assert.equal(half.solved, true);
  assert.equal(
    half.task,
    "Solved: 2 of 2 dogs found with 3 boxes at IoU 0.50. No threshold does " +
      "better; the price is 1 wrong box.",
  );
  const high = say({ ...GUESSED, nms_iou: 0.95, step: 99 });
  assert.equal(high.solved, false); // both are found, but with 4 boxes
  assert.match(high.task, /^Your task/);
  const middle = say({ ...GUESSED, nms_iou: 0.5, step: 2 });
  assert.deepEqual([middle.solved, middle.task], [false, ""]);
});

test("as few boxes that find fewer objects do not solve the task", () => {
  const group = { count: 4 };
  const task = { found: 2, kept: 3 };
  /** @param {number[]} found */
  const solves = (found, kept = [0, 1, 3]) => {
    const outcome = { found: new Set(found), kept };
    return isSolved({ done: true, guess: { left: 2 }, group, outcome, task });
  };
  assert.equal(solves([0, 1]), true);
  assert.equal(solves([0]), false);
  assert.equal(solves([0, 1], [0, 1, 2, 3]), false);
});

test("an only object has no number, and a class may have none", () => {
  const guesses = { "1/0": { left: 1, nms_iou: 0.3 } };
  const only = say({ image: 1, label: 0, step: 1, guesses });
  assert.match(only.verdict, /It lies on the cat \(IoU 1\.00\)\.$/);
  assert.equal(only.ending, "1 box is left: as you said.");
  const none = say({ label: 0 });
  assert.equal(none.verdict, "The network proposes no cat on this image.");
});

test("an IoU that rounds to the threshold has more digits", () => {
  const { fround } = Math;
  assert.equal(compare(fround(0.4512), 0.45), "0.451 > 0.45");
  assert.equal(compare(fround(0.4496), 0.45), "0.4496 ≤ 0.45");
  assert.equal(compare(0.5, 0.5), "0.50 ≤ 0.50");
  assert.equal(compare(fround(0.67), 0.45), "0.67 > 0.45");
});
