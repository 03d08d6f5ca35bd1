// What IdeasExplorer says, and how it marks the task.
import assert from "node:assert/strict";
import test from "node:test";

import {
  readData,
  readState,
} from "../../../d2l_ssd/widgets/static/ideas/data.js";
import {
  isSolved,
  rangeName,
  rangeOf,
  taskOf,
} from "../../../d2l_ssd/widgets/static/ideas/task.js";
import {
  captionOf,
  columnsOf,
  headingOf,
  leftOf,
  whoOf,
} from "../../../d2l_ssd/widgets/static/ideas/texts.js";
import { makeModel } from "../helpers.mjs";
import { guessed, makeScene } from "./scene.mjs";

/** All sentences of a scene, by their kind. */
function say(traits = {}) {
  const model = makeModel(makeScene(traits));
  const data = readData(model);
  const state = readState(model, data);
  return {
    ...{ who: whoOf(data, state), left: leftOf(state) },
    ...{ heading: headingOf(state), task: taskOf(data, state) },
    ...{ caption: captionOf(state), columns: columnsOf(state) },
    solved: isSolved(data, state),
  };
}

const ANSWERING = [
  [{}, /^4 predictions answer for 2 objects, 2\.0 for each on average\. Point/],
  [
    { selected: 0 },
    "Square 1: 3 predictions answer, 2 on the 4 × 4 map, 1 on the 2 × 2 map.",
  ],
  [{ selected: 1 }, "Circle 2: 1 prediction answers, on the 2 × 2 map."],
  [{ image: 1 }, "There is no object: no prediction answers."],
];
for (const [traits, expected] of ANSWERING) {
  test(`who answers is said for ${JSON.stringify(traits)}`, () => {
    assert.match(say(traits).who, toPattern(expected));
  });
}

/** A pattern that matches a whole text. */
function toPattern(expected) {
  if (expected instanceof RegExp) return expected;
  return new RegExp(`^${expected.replace(/[.*+?()]/g, "\\$&")}$`);
}

test("several on one map are all there, and a single map is a grid", () => {
  const ideas = [{ name: "Queries", uses_nms: true, maps: [[4, 4, 1]] }];
  const answers = [Float32Array.of(0, 0, 1, 0, 0, 1, 1, 0, 0, 2, 0, 0, 1, 1)];
  const found = { before: [new Float32Array()], after: [new Float32Array()] };
  const traits = { ideas, answers, ...found, asked: -1 };
  const all = say({ ...traits, selected: 0 }).who;
  assert.equal(all, "Square 1: 2 predictions answer, all on the 4 × 4 grid.");
  const none = say({ ...traits, selected: 1 }).who;
  assert.match(none, /^Circle 2: no prediction answers, so training does not/);
});

test("it says what is left, and what NMS does to it", () => {
  const { heading, left } = say();
  assert.equal(heading, "What it detects, without NMS");
  assert.equal(
    left,
    "4 boxes from a score of 0.30: 2 right, 2 wrong (1 on an object that has a " +
      "better box), 0 objects missed. NMS would remove 1.",
  );
  const after = say({ nms: true });
  assert.equal(after.heading, "What is left after NMS");
  assert.match(after.left, /2 right, 1 wrong, 0 .* NMS has removed 1 of 4\.$/);
});

test("where an idea uses no NMS, it says that both are the same", () => {
  const one = { idea: 1, ...guessed(0) };
  assert.equal(say(one).heading, "What it detects: it uses no NMS");
  assert.match(say(one).left, /^1 box .* 1 object missed\. .* without NMS\.$/);
  assert.match(say({ ...one, nms: true }).left, /on or off is the same here/);
});

test("the table says what it counts", () => {
  const { caption, columns } = say();
  assert.equal(caption, "All ideas on image 1, from a score of 0.30");
  assert.match(columns, /as boxes are before it\.$/);
  assert.match(say({ nms: true }).columns, /as boxes are after it\.$/);
});

test("before a guess nothing is given away", () => {
  const { task, left, solved } = say({ idea: 1 });
  assert.equal(
    task,
    "Your task: without NMS, “Many” has 4 boxes for the 2 objects. How many " +
      "boxes has “One” for them? Guess, then choose it.",
  );
  assert.match(left, /^Guess first/);
  assert.equal(solved, false);
  assert.match(say({ image: 1 }).task, /^Take an image with objects/);
  assert.equal(say({ asked: -1 }).task, "");
});

test("a guess is marked when what it is about is chosen", () => {
  const wanted = say(guessed(0));
  assert.equal(wanted.solved, false);
  assert.equal(
    wanted.task,
    "You guessed fewer than 2. Now choose “One”, under Idea or in the table.",
  );
  const right = say({ idea: 1, ...guessed(0) });
  assert.equal(right.solved, true);
  assert.match(right.task, /^✓ You guessed fewer than 2: right\. On image 1,/);
  assert.match(right.task, /“One” has 1 box without NMS; “Many” has 4 boxes/);
  assert.match(right.task, /a single prediction answers for each object/);
  const wrong = say({ idea: 1, image: 1, ...guessed(3) }).task;
  assert.match(wrong, /^You guessed more than 4: not quite\. On image 1,/);
});

test("with many boxes it says that the neighbors do not score low", () => {
  const { before } = makeScene();
  const traits = { idea: 1, before: [before[0], before[0]], ...guessed(0) };
  assert.match(say(traits).task, /has 4 boxes without NMS.*say “background”/);
  const all = { guess: { range: 3, image: 0, score: 0.1 } };
  const many = say({ ...traits, ...all }).task;
  assert.match(many, /^✓ You guessed more than 4: right.*learned yet/);
});

test("the reason is given only where one prediction answers per object", () => {
  const { answers } = makeScene();
  const many = say({ idea: 1, answers: [...answers].reverse(), ...guessed(1) });
  assert.equal(many.solved, true);
  assert.doesNotMatch(many.task, /In training/);
});

test("ranges have names, and every count is in one", () => {
  const names = (objects) => [0, 1, 2, 3].map((k) => rangeName(k, objects));
  assert.deepEqual(names(1), ["none", "1", "2", "more than 2"]);
  assert.deepEqual(names(3), ["fewer than 3", "3", "4 to 6", "more than 6"]);
  const ranges = [0, 2, 3, 4, 6, 7].map((boxes) => rangeOf(boxes, 3));
  assert.deepEqual(ranges, [0, 0, 1, 2, 2, 3]);
});
