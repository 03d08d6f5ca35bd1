// What follows from the pictures: what is kept back, what is missing, rates.
import assert from "node:assert/strict";
import test from "node:test";

import {
  isGuessing,
  makeState,
  namesFor,
  nameOf,
  ratesAt,
  warning,
  whyNotTeach,
} from "../../../d2l_ssd/widgets/static/own/state.js";
import { explainAp } from "../../../d2l_ssd/widgets/static/own/teach_view.js";
import { picture } from "./page.mjs";

const many = (count, boxes = () => 1) =>
  Array.from({ length: count }, (_, k) => picture(`${k + 1}`, boxes(k)));
test("without a box there is nothing to learn", () => {
  const state = makeState({}, ["mug"]);
  assert.match(whyNotTeach(state), /pictures first/);
  state.pictures = [picture("1", 0), picture("2", 1, false)];
  assert.match(whyNotTeach(state), /a box around the mug/);
  state.pictures[1].ready = true;
  assert.equal(whyNotTeach(state), "");
});

test("what waits, and what is too little, is said", () => {
  const state = makeState({}, ["mug"]);
  state.pictures = [...many(3), picture("4", 0, false)];
  assert.match(warning(state), /^1 picture waits/);
  state.pictures = many(3);
  assert.match(warning(state), /^So few/);
  state.pictures = many(20);
  assert.equal(warning(state), "");
});

test("each thing that has a box has a name", () => {
  const pictures = many(2);
  assert.deepEqual(namesFor(["mug"], pictures), ["mug"]);
  pictures[1].labels.classes = [2];
  assert.deepEqual(namesFor(["mug"], pictures), ["mug", "thing 2", "thing 3"]);
});

test("a run is named by what its training has of its own", () => {
  const { settings } = makeState({ augment: false, appear: 0.9 }, ["mug"]);
  assert.equal(nameOf(settings), "augmentation off");
  assert.equal(nameOf(makeState({}, ["mug"]).settings), "baseline");
});

test("precision and recall are those of the score to appear", () => {
  const state = makeState({ appear: 0.5 }, ["mug"]);
  assert.equal(ratesAt(state), null);
  const curve = {
    ...{ scores: [0.9, 0.5, 0.3], precision: [1, 0.5, 0.67] },
    recall: [0.25, 0.25, 0.5],
  };
  state.runs.now.scores.push({ curve });
  assert.deepEqual(ratesAt(state), { precision: 0.5, recall: 0.25 });
  state.settings = { ...state.settings, appear: 0.95 };
  assert.deepEqual(ratesAt(state), { precision: NaN, recall: 0 });
});

test("guesses are shown until most things are found", () => {
  const state = makeState({ appear: 0.5 }, ["mug"]);
  assert.ok(isGuessing(state), "nothing is measured yet");
  const curve = { scores: [0.9, 0.5], precision: [1, 1], recall: [0.5, 1] };
  state.runs.now.scores.push({ curve });
  assert.ok(!isGuessing(state));
  state.settings = { ...state.settings, appear: 0.8 };
  assert.ok(isGuessing(state));
});

test("it is said how many pictures are kept back, and what they show", () => {
  const state = makeState({}, ["mug"]);
  assert.match(explainAp(state), /every fifth is kept back/);
  state.kept = many(5, (k) => (k ? 1 : 0));
  assert.match(explainAp(state), /5 pictures kept back, 4 of them with the/);
  state.kept = many(1);
  assert.match(explainAp(state), /on 1 picture kept back/);
});
