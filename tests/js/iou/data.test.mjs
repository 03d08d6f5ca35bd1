// Two boxes: what they measure, what is said of them, and when the task is solved.
import assert from "node:assert/strict";
import test from "node:test";

import {
  choose,
  measure,
  place,
  readState,
  reveal,
} from "../../../d2l_ssd/widgets/static/iou/data.js";
import { findHeld } from "../../../d2l_ssd/widgets/static/iou/hand.js";
import {
  changeOf,
  taskLines,
  taskVerdict,
  titleOf,
  verdictOf,
} from "../../../d2l_ssd/widgets/static/iou/texts.js";
import { assertClose, makeModel, parity } from "../helpers.mjs";

const SHIFTED = [100, 100, 200, 180, 75, 80, 175, 160]; // by a quarter
const APART = [0, 0, 40, 40, 60, 0, 100, 40];
const INSIDE = [0, 0, 100, 50, 10, 10, 60, 35];

function makeIou(boxes = SHIFTED, traits = {}) {
  const cases = [
    { name: "first", asks: "How much?", boxes },
    { name: "second", asks: "And now?", boxes: APART },
  ];
  return makeModel({
    ...{ size: [256, 320], cases, case: 0, boxes, before: boxes, selected: 1 },
    ...{ guess: 0.7, guesses: {} },
    goal: { iou: 0.5, within: 0.02, factor: 1.5 },
    ...traits,
  });
}

/** Reveal the first case, then move the prediction's sides. */
function moved(boxes, to) {
  const model = makeIou(boxes);
  reveal(model);
  model.set("boxes", [...boxes.slice(0, 4), ...to]);
  return readState(model);
}

test("a shift by a quarter both ways costs most of the IoU", () => {
  const measures = measure(SHIFTED);
  const { intersection, union, enclosing, iou, giou, distance } = measures;
  assert.deepEqual([intersection, union, enclosing], [4500, 11500, 12500]);
  assertClose([iou, giou], [9 / 23, 9 / 23 - 0.08], 1e-12);
  assert.equal(distance, Math.hypot(25, 20));
});

test("boxes apart have IoU 0 and a GIoU that says how far", () => {
  const near = measure(APART);
  const far = measure([0, 0, 40, 40, 160, 0, 200, 40]);
  assert.deepEqual([near.iou, far.iou], [0, 0]);
  assertClose([near.giou, far.giou], [-0.2, -0.6], 1e-12);
});

test("nothing is told before the guess", () => {
  const state = readState(makeIou());
  assert.equal(state.shown, false);
  assert.match(verdictOf(state), /^How much\? Set the slider/);
  const texts = [verdictOf(state), changeOf(state), ...taskLines(state)];
  assert.doesNotMatch(texts.join(" "), /0\.39|4,500|11,500/);
  assert.match(taskVerdict(state), /^Guess/);
});

test("the guess is judged, for the boxes that it was made for", () => {
  const model = makeIou();
  reveal(model);
  const state = readState(model);
  assert.match(
    verdictOf(state),
    /^You guessed 0\.70: 0\.31 too high\. IoU 0\.39: of the 11,500 pixels/,
  );
  assert.match(verdictOf(state), /0\.75 · 0\.75 = 0\.56 .* = 0\.39\./);
  assert.match(verdictOf(state), /from 0\.50 on: this one would not count\.$/);
  model.set("guess", 0.1); // what was said stays said
  assert.equal(readState(model).guess, 0.7);
  place(model, 1, [0.3, 0.3, 0.6, 0.6], SHIFTED);
  assert.doesNotMatch(verdictOf(readState(model)), /You guessed/);
  const close = makeIou(SHIFTED, { guess: 0.4 });
  reveal(close);
  assert.match(verdictOf(readState(close)), /0\.40: well predicted\./);
});

test("why the IoU is what it is", () => {
  const verdict = (boxes) => {
    const model = makeIou(boxes);
    reveal(model);
    return verdictOf(readState(model));
  };
  assert.match(
    verdict(APART),
    /IoU is 0, near or far.* 20\s% .*so it is −0\.20/,
  );
  assert.match(verdict(INSIDE), /inside the other, so IoU is the ratio/);
  assert.match(
    verdict([0, 0, 100, 100, 50, 0, 100, 200]),
    /That is 50\s% of the ground truth and 50\s% of the prediction/,
  );
  const same = verdict([0, 0, 9, 9, 0, 0, 9, 9]);
  assert.match(same, /The boxes are the same\. .* this one would count\.$/);
});

test("a move says what it did to both areas", () => {
  const half = [0, 0, 100, 100, 50, 0, 150, 100];
  const change = (...to) => changeOf(moved(half, to));
  assert.equal(
    change(40, 0, 140, 100),
    "Last move: intersection + 1,000, union − 1,000 pixels: IoU goes from 0.33 to " +
      "0.43. What the intersection gains, the union loses, so IoU gains from both.",
  );
  assert.match(
    change(60, 0, 160, 100),
    /− 1,000, union \+ 1,000.* loses from both/,
  );
  assert.match(change(50, 0, 170, 100), /± 0, union \+ 2,000.*only the union/);
  assert.match(change(50, 0, 120, 100), /± 0, union − 3,000.*union shrinks/);
  assert.match(change(30, 0, 150, 100), /\+ 2,000, union ± 0.*intersection ch/);
  assert.match(
    change(50, 0, 130, 90),
    /− 500, union − 2,300.* in one direction/,
  );
  assert.match(change(50, 0, 150, 100), /^Move a box/);
  const inside = changeOf(moved(INSIDE, [20, 20, 70, 45]));
  assert.match(inside, /IoU stays 0\.25\. Neither area has changed\./);
});

test("a case begins with its own boxes, and its own guess", () => {
  const model = makeIou();
  reveal(model);
  place(model, 0, [0, 0, 0.5, 0.5], SHIFTED);
  assert.equal(titleOf(readState(model)), "first, then moved by hand");
  assert.deepEqual(model.get("boxes").slice(0, 4), [0, 0, 160, 128]);
  assert.equal(model.get("selected"), 0);
  choose(model, 1);
  const state = readState(model);
  assert.deepEqual([state.boxes, state.isMoved], [APART, false]);
  assert.deepEqual([titleOf(state), state.shown], ["second", false]);
});

test("the task asks for an IoU, for two sizes, and for boxes that stick out", () => {
  const conditions = (boxes) => readState(makeIou(boxes)).conditions;
  assert.deepEqual(conditions(SHIFTED), [false, false, true]);
  // Half as large and inside: IoU 0.5, but that is no solution
  const half = [0, 0, 100, 100, 0, 0, 100, 50];
  assert.deepEqual(conditions(half), [true, true, false]);
  const solution = [0, 0, 100, 100, 0, 10, 100, 180];
  assert.deepEqual(conditions(solution), [true, true, true]);
  const model = makeIou(solution);
  assert.equal(readState(model).isSolved, false); // not before the guess
  reveal(model);
  assert.equal(readState(model).isSolved, true);
  assert.equal(taskVerdict(readState(model)), "Solved!");
  const lines = taskLines(moved(SHIFTED, SHIFTED.slice(4)));
  assert.deepEqual(lines, [
    "○ IoU from 0.48 to 0.52: it is 0.39",
    "○ one area at least 1.5 times the other: 1.00 times",
    "✓ neither box inside the other",
  ]);
});

test("a hand holds sides before insides, and the selected box before the other", () => {
  const boxes = [0.2, 0.2, 0.6, 0.6, 0.3, 0.3, 0.8, 0.8];
  const held = (at, order = [1, 0]) => findHeld(boxes, order, at, [0.02, 0.02]);
  assert.deepEqual(held([0.45, 0.45]), { k: 1, grip: [0, 0] });
  assert.deepEqual(held([0.45, 0.45], [0, 1]), { k: 0, grip: [0, 0] });
  assert.deepEqual(held([0.6, 0.45]), { k: 0, grip: [1, 0] });
  assert.deepEqual(held([0.3, 0.3]), { k: 1, grip: [-1, -1] });
  assert.equal(held([0.9, 0.1]), null);
});

parity("iou_measures", ({ boxes, ...expected }) => {
  const measures = measure(boxes);
  const names = Object.keys(expected);
  assertClose(
    names.map((name) => measures[name]),
    names.map((name) => expected[name]),
    1e-9,
  );
});
