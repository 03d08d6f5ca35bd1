// What LossExplorer says of the sums and of an anchor, and not before a guess.
import assert from "node:assert/strict";
import test from "node:test";

import {
  whichOf,
  whyOf,
} from "../../../d2l_ssd/widgets/static/loss/anchor_texts.js";
import {
  makeReckoner,
  readData,
} from "../../../d2l_ssd/widgets/static/loss/data.js";
import {
  formatLoss,
  formulaOf,
  isSolved,
  rangeName,
  taskOf,
  titleOf,
  verdictOf,
} from "../../../d2l_ssd/widgets/static/loss/texts.js";
import { makeModel } from "../helpers.mjs";
import { guessed, makeScene } from "./scene.mjs";

/** All sentences of a scene, by their kind. */
function say(traits = {}) {
  const model = makeModel(makeScene(traits));
  const data = readData(model);
  const reckoned = makeReckoner(model, data)();
  const texts = { titleOf, verdictOf, formulaOf, taskOf, whichOf, whyOf };
  const said = Object.entries(texts).map(([name, text]) => [
    name.replace("Of", ""),
    text(data, reckoned),
  ]);
  return { ...Object.fromEntries(said), solved: isSolved(reckoned) };
}

test("before a guess it asks, and gives nothing away", () => {
  const { title, verdict, solved, ...others } = say();
  assert.equal(title, "1 positive anchor, 15 background");
  assert.match(verdict, /^Predict first: .* if all of them count\?$/);
  assert.deepEqual(Object.values(others), ["", "", "", ""]);
  assert.equal(solved, false);
});

const ASKED = [
  [{ mining: 1 }, /if 2 only, the hardest, count\?$/],
  [{ mining: 2, pick: 1 }, /if 3 at random count\?$/],
  [{ network: 1 }, /each of 3 classes the same probability/],
];
for (const [traits, pattern] of ASKED) {
  test(`it asks for ${JSON.stringify(traits)}`, () => {
    assert.match(say(traits).verdict, pattern);
  });
}

test("a guess is judged where the switches are as they were", () => {
  const right = say({ guesses: guessed(2) }).verdict;
  assert.match(
    right,
    /^You said 50 to 90 %: right\. 15 background anchors pay/,
  );
  assert.match(right, /background pays 76\.6 % of the classification loss\./);
  assert.match(right, / 2 of them pay nine tenths of that: the others, 13,/);
  assert.match(say({ guesses: guessed(0) }).verdict, /^You said .*not quite/);
  const moved = say({ guesses: guessed(0), mining: 2 }).verdict;
  assert.match(moved, /^3 background anchors pay/);
});

test("it says what is left out, the minimum, and what chance does", () => {
  const guesses = guessed(0);
  const few = say({ guesses, mining: 1 }).verdict;
  assert.match(few, /At least 2 count on every image\. The 13 left out would/);
  const three = say({ guesses, mining: 2 }).verdict;
  assert.doesNotMatch(three, /At least/);
  const random = say({ guesses, mining: 2, pick: 1 }).verdict;
  assert.match(random, /more: chance finds few of the mistakes\.$/);
});

test("with all logits 0 the many decide", () => {
  const guesses = guessed(3, 1);
  const { verdict, why } = say({ guesses, network: 1 });
  assert.match(verdict, /: right\..* 93\.8 % .*pays ln 3 = 1\.10/);
  assert.match(why, /knows nothing/);
});

test("the formula has the sums, by positives or by all anchors", () => {
  const guesses = guessed(0);
  const { formula } = say({ guesses, mining: 1 });
  assert.equal(formula, "L = 1/1 × (1.20 + 3.91 + 1 × 1.63) = 6.74");
  const all = say({ guesses, mining: 1, divisor: 1 }).formula;
  assert.match(all, /^L = 1\/16 × .* = 0\.42: 16 times less/);
});

const CHOSEN = [
  [
    5,
    /^Anchor 1 of 3: positive \(cat\), pays 2\.83$/,
    /background \(0\.50\): it misses/,
  ],
  [
    6,
    /^Anchor 2 of 3: background, pays 2\.30$/,
    /cat \(0\.80\): a false alarm\.$/,
  ],
  [
    15,
    /^Anchor 3 of 3: background, pays 1\.61$/,
    /dog \(0\.70\): a false alarm\.$/,
  ],
];
for (const [anchor, which, why] of CHOSEN) {
  test(`anchor ${anchor} is named and explained`, () => {
    const said = say({ guesses: guessed(0), anchor });
    assert.match(said.which, which);
    assert.match(said.why, why);
  });
}

test("an anchor that overlaps too little is no plain false alarm", () => {
  const truths = [Float32Array.of(0, 0.25, 0.25, 0.55, 0.5)];
  const { why } = say({ truths, guesses: guessed(0), anchor: 6 });
  assert.match(why, /there is a cat, but their IoU is 0\.10, below 0\.5/);
});

test("an anchor that does not count pays nothing", () => {
  const traits = { guesses: guessed(0), min_negatives: 1, mining: 1 };
  const { which, why } = say({ ...traits, anchor: 15 });
  assert.match(which, /pays nothing$/);
  assert.match(why, /not among the hardest: no gradient/);
  const random = say({ ...traits, pick: 1, anchor: 15 });
  assert.match(random.why, /was not drawn/);
});

test("the task is solved where both pay the same", () => {
  const solved = say({
    ...{ guesses: guessed(0, 1), network: 1 },
    ...{ mining: 1, min_negatives: 1 },
  });
  assert.equal(solved.solved, true);
  assert.match(solved.task, /^Solved: at a mining ratio of 1, 1 background/);
  const hindered = say({ guesses: guessed(0, 1), network: 1, mining: 1 });
  assert.equal(hindered.solved, false);
  assert.match(hindered.task, /Now: 66\.7 %\. Here at least 2 negatives/);
  const trained = say({ guesses: guessed(0), mining: 1 });
  assert.doesNotMatch(trained.task, /Now/);
});

test("ranges have names", () => {
  const names = [0, 1, 2, 3, 4].map(rangeName);
  const middle = ["10 to 50 %", "50 to 90 %", "90 to 99 %"];
  assert.deepEqual(names, ["up to 10 %", ...middle, "over 99 %"]);
});

test("losses have the digits that they need", () => {
  const losses = [0, 0.00321, 0.0999, 0.1, 12.345, 5908.3, Infinity];
  assert.deepEqual(losses.map(formatLoss), [
    ...["0.00", "0.0032", "0.10", "0.10", "12.35"],
    ...["5,908", "∞"],
  ]);
});
