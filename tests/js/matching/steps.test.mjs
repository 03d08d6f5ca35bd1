// The steps of a matching, and the task that is set with them.
import assert from "node:assert/strict";
import test from "node:test";

import { boxIou } from "../../../d2l_ssd/widgets/static/lib/boxes.js";
import {
  bestAnchor,
  decided,
  gains,
  matchingSteps,
} from "../../../d2l_ssd/widgets/static/matching/steps.js";
import { lookOf } from "../../../d2l_ssd/widgets/static/matching/tables.js";
import {
  isSolved,
  solution,
  taskOf,
  unserved,
} from "../../../d2l_ssd/widgets/static/matching/task.js";
import { floats, parity } from "../helpers.mjs";

// Of the chapter: A and B want anchor 1, and C is small
const IOUS = floats([
  [0.11, 0.9, 0.38, 0],
  [0.21, 0.89, 0.31, 0],
  [0, 0, 0, 0.25],
]);
const TABLE = { ious: IOUS, count: 4, names: ["A", "B", "C"] };

const brief = (steps) =>
  steps.map(({ rule, anchor, truth, positive }) =>
    [rule, anchor, truth, positive].join(" "),
  );

test("rule 1 goes from the largest IoU down, then rule 2 in order", () => {
  assert.deepEqual(brief(matchingSteps(IOUS, 4, 0.5, true)), [
    "1 1 0 true",
    "1 2 1 true", // its best is taken
    "1 3 2 true", // though 0.25 is less than 0.5
    "2 0 1 false",
  ]);
});

test("rule 2 alone leaves objects without an anchor", () => {
  const steps = matchingSteps(IOUS, 4, 0.5, false);
  assert.deepEqual(brief(steps), [
    "2 0 1 false",
    "2 1 0 true",
    "2 2 0 false",
    "2 3 2 false",
  ]);
  assert.deepEqual([...decided(steps).values()], [-1, 0, -1, -1]);
  assert.equal(gains(steps, 1).length, 0);
  assert.equal(bestAnchor(IOUS, 4, 1), 1);
  assert.deepEqual(unserved(TABLE, 0.5, false), ["B", "C"]);
  assert.deepEqual(unserved(TABLE, 0.5, true), []);
});

test("the task asks for the highest threshold that serves all", () => {
  assert.ok(Math.abs(solution(TABLE) - 0.21) < 1e-9);
  const taken = floats([
    [0.3, 0.5],
    [0.2, 0.4],
  ]);
  assert.ok(
    Number.isNaN(solution({ ious: taken, count: 2, names: ["A", "B"] })),
  );
});

function stateAt(posIou, options = {}) {
  const { forced, guess } = { forced: false, guess: 0, ...options };
  const scene = { ...TABLE, solution: solution(TABLE) };
  const steps = matchingSteps(IOUS, 4, posIou, forced);
  return { scene, posIou, forced, guess, steps };
}

test("the task says how far the reader is", () => {
  assert.equal(taskOf(stateAt(0.21, { guess: undefined })), "");
  assert.match(
    taskOf(stateAt(0.5, { forced: true })),
    /^Your task: .* anchor\.$/,
  );
  assert.match(taskOf(stateAt(0.5)), /Not yet: at 0\.50 no .* the B or the C/);
  assert.match(taskOf(stateAt(0.15)), /a higher threshold would do/);
  // Anchor 0 to B by 0.21, 2 to A by 0.38, 3 to C by 0.25
  assert.match(taskOf(stateAt(0.21)), /Solved: 0\.21\. The price: 3 of/);
});

test("it is solved at one place, without rule 1, after a guess", () => {
  assert.equal(isSolved(stateAt(0.21)), true);
  assert.equal(isSolved(stateAt(0.22)), false);
  assert.equal(isSolved(stateAt(0.2)), false);
  assert.equal(isSolved(stateAt(0.21, { forced: true })), false);
  assert.equal(isSolved(stateAt(0.21, { guess: undefined })), false);
});

test("rule 1 crosses out its row and its column, rule 2 does not look at it", () => {
  const steps = matchingSteps(IOUS, 4, 0.5, true);
  const look = (count, anchor, truth) => {
    const [done, current] = [steps.slice(0, count), steps[count - 1]];
    return lookOf({ done, current }, anchor, truth);
  };
  assert.equal(look(0, 1, 0), "");
  assert.equal(look(1, 1, 0), "d2l-chosen d2l-now");
  assert.equal(look(1, 1, 1), "d2l-crossed"); // its row
  assert.equal(look(1, 2, 0), "d2l-crossed"); // its column
  assert.equal(look(1, 2, 1), "");
  assert.equal(look(2, 1, 0), "d2l-chosen");
  assert.equal(look(4, 0, 1), "d2l-best");
  assert.equal(look(4, 0, 0), "");
});

parity("matching_steps", ({ anchors, truths, pos_iou, forced, steps }) => {
  const ious = boxIou(floats(truths), floats(anchors));
  const ours = matchingSteps(ious, anchors.length, pos_iou, forced);
  assert.deepEqual(
    ours.map(({ rule, anchor, truth, iou, positive }) => [
      ...[rule, anchor, truth],
      ...[iou, positive],
    ]),
    steps,
  );
});
