// Where a matching stands, and what is said of it.
import assert from "node:assert/strict";
import test from "node:test";

import {
  goTo,
  NONE,
  pointAt,
  readData,
  readState,
  takeGuess,
} from "../../../d2l_ssd/widgets/static/matching/data.js";
import { focusOf } from "../../../d2l_ssd/widgets/static/matching/picture.js";
import {
  formatIou,
  sentenceOf,
  titleOf,
} from "../../../d2l_ssd/widgets/static/matching/texts.js";
import explorer from "../../../d2l_ssd/widgets/static/matching_explorer.js";
import { floats, makeModel } from "../helpers.mjs";

// The chapter's four anchors and three objects
const ANCHORS = floats([
  [0, 0, 0.4, 0.4],
  [0.3, 0, 0.7, 0.4],
  [0.5, 0, 0.9, 0.4],
  [0, 0.6, 0.4, 1],
]);
const TRUTHS = floats([
  [0, 0.32, 0, 0.72, 0.4],
  [0, 0.25, 0, 0.7, 0.4],
  [1, 0.1, 0.7, 0.3, 0.9],
]);

function makePage(traits = {}, asked = 2) {
  const model = makeModel({
    ...{ truths: [TRUTHS, TRUTHS], anchors: [ANCHORS, ANCHORS] },
    ...{ names: [["a", "b", "c"], "ABC".split("")], totals: [4, 4] },
    ...{ asked: [asked, asked], image: 0, pos_iou: 0.5, forced: true },
    ...{ step: 0, anchor: NONE, guesses: {}, ...traits },
  });
  const data = readData(model);
  const state = () => readState(model, data);
  return { model, data, state, says: () => sentenceOf(state()) };
}

const next = (now) => now + 1;

test("no step before a guess, which is made once for each image", () => {
  const { model, data, state } = makePage();
  goTo(model, data, next);
  assert.deepEqual([state().step, titleOf(state())], [0, "Guess first"]);
  takeGuess(model, data, NONE);
  takeGuess(model, data, 3);
  assert.deepEqual(model.get("guesses"), { 0: NONE });
  goTo(model, data, next);
  assert.equal(titleOf(state()), "Step 1 of 4: rule 1");
  model.set("image", 1);
  assert.deepEqual([state().step, state().guess], [0, undefined]);
});

test("another image starts again", () => {
  const given = { step: 3, anchor: 2, pos_iou: 0.3, forced: false };
  const { model } = makePage(given);
  explorer.initialize({ model });
  model.set("image", 1);
  const now = Object.keys(given).map((name) => model.get(name));
  assert.deepEqual(now, [0, NONE, 0.5, true]);
});

test("steps end where all anchors are decided", () => {
  const { model, data, state } = makePage({ guesses: { 0: 3 } });
  goTo(model, data, (now) => now - 1);
  assert.equal(state().step, 0);
  goTo(model, data, (_, last) => last);
  goTo(model, data, next);
  assert.deepEqual([state().step, state().done.length], [5, 4]);
  assert.equal(titleOf(state()), "All anchors are decided");
});

test("pointing goes around, and a step ends it", () => {
  const { model, data } = makePage({ guesses: { 0: 3 } });
  const seen = [-1, -1, 1, 1].map((by) => {
    pointAt(model, data, by);
    return model.get("anchor");
  });
  assert.deepEqual(seen, [3, 2, 3, 0]);
  goTo(model, data, next);
  assert.equal(model.get("anchor"), NONE);
});

test("in question is what is pointed at, or the step's anchor", () => {
  const pair = (traits) => {
    const { anchor, truth } = focusOf(makePage(traits).state());
    return [anchor, truth];
  };
  assert.deepEqual(pair({ anchor: 0 }), [0, 2]); // with the object asked for
  const guesses = { 0: 3 };
  assert.deepEqual(pair({ guesses, step: 2 }), [2, 1]);
  assert.deepEqual(pair({ guesses, step: 2, anchor: 0 }), [0, 1]);
});

test("the question says why it is one", () => {
  assert.match(
    makePage().says(),
    /anchor 4 overlaps the c most: its IoU is 0\.25, less than the 0\.50/,
  );
  const { says } = makePage({}, 1);
  assert.match(
    says(),
    /IoU is 0\.89\. The a wants the same anchor, with 0\.90/,
  );
  assert.doesNotMatch(says(), /less/);
});

test("each step says what happened and why", () => {
  const page = makePage({ guesses: { 0: NONE } });
  const says = [1, 2, 3, 4, 5].map((step) => {
    page.model.set("step", step);
    return page.says();
  });
  assert.match(
    says[0],
    /not crossed out is 0\.90\. So the a gets anchor 2, and/,
  );
  assert.doesNotMatch(says[0], /rule 1 does not ask|more/);
  assert.match(
    says[1],
    /Anchor 3 overlaps the a more \(0\.38\), but the a has/,
  );
  assert.match(
    says[1],
    /overlaps anchor 2 more \(0\.89\), but that one is taken/,
  );
  assert.match(
    says[2],
    /does not ask: the anchor is positive\. Without rule 1, no anchor would learn the c/,
  );
  assert.match(says[2], /You said none; the c gets anchor 4\.$/);
  assert.match(
    says[3],
    /no object yet\. It overlaps the b most, .* 0\.21\. .*less/,
  );
  assert.match(
    says[4],
    /^3 of 4 anchors are positive: the a has 1, the b has 1/,
  );
});

test("without rule 1 the guess “none” is right", () => {
  const page = makePage({ guesses: { 0: NONE }, forced: false, step: 5 });
  assert.match(
    page.says(),
    /teach the b and the c as background\..* none: right/,
  );
  page.model.set("step", 1);
  assert.match(page.says(), /0\.21.*no anchor that learns it/);
  page.model.set("step", 2);
  assert.match(
    page.says(),
    /^Anchor 2 overlaps the a most.*it learns the a\.$/,
  );
  page.model.set("pos_iou", 0.3);
  assert.match(page.says(), /it learns the a, too\.$/);
});

test("a guess is judged as soon as it can be, by what there is", () => {
  // At 0.2 and by rule 2 alone, A gets anchors 2 and 3
  const page = makePage({ guesses: { 0: 2 }, forced: false, pos_iou: 0.2 }, 0);
  const says = [1, 2, 3, 4, 5].map((step) => {
    page.model.set("step", step);
    return page.says().match(/You said .*$/)?.[0];
  });
  const right = "You said anchor 3: right.";
  const notYet = "You said anchor 3; the a gets anchor 2.";
  assert.deepEqual(says, [undefined, notYet, right, undefined, right]);
  page.model.set("guesses", { 0: NONE });
  assert.match(page.says(), /You said none; the a gets anchors 2 and 3\.$/);
});

test("an IoU below a threshold never looks as large", () => {
  assert.equal(formatIou(0.4966, 0.5), "0.4966");
  assert.equal(formatIou(0.4949, 0.5), "0.49");
  assert.equal(formatIou(0.5012, 0.5), "0.50");
});
