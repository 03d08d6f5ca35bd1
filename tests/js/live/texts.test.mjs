// What is said of the guess, the boxes, and where nothing was recorded.
import assert from "node:assert/strict";
import test from "node:test";

import {
  foundOf,
  nowOf,
  statusOf,
  verdictOf,
} from "../../../d2l_ssd/widgets/static/live/texts.js";

const FALL = {
  before: { share: 0.77, score: 0.76 },
  after: { share: 0.82, score: 0.497 },
};

test("the guess is compared with where the score falls", () => {
  const verdict = (guess) => verdictOf("cat", guess, FALL);
  assert.match(verdict(0.4), /^You guessed 40 %\. With 77 % hidden, the cat/);
  assert.match(verdict(0.4), /0\.760; with 82 % hidden it has 0\.497/);
  assert.match(verdict(0.4), /sees more than you thought/);
  assert.match(verdict(0.8), /You were right/);
  assert.match(verdict(0.95), /gives up earlier/);
});

test("boxes are counted and named", () => {
  const about = { classes: ["cat", "dog"] };
  const say = (scores, classes, source = "live") =>
    foundOf({ found: { scores, classes }, source, about });
  assert.equal(say([0.9, 0.5], [1, 0]), "2 boxes: dog 0.90, cat 0.50.");
  assert.equal(say([0.9], [0]), "1 box: cat 0.90.");
  assert.match(say([], []), /^No box/);
  assert.match(say([], [], "none"), /was not recorded: load the network/);
});

test("what is not found has no score", () => {
  assert.match(
    nowOf("cat", { share: 0.5, score: 0.4 }),
    /50\.0 %.* score 0\.40/,
  );
  assert.match(nowOf("cat", { share: 1, score: 0 }), /is not found/);
  assert.equal(nowOf("cat", null), "");
});

test("only what was recorded is said to be", () => {
  const network = { phase: "idle", times: [] };
  assert.match(statusOf(network, 0), /was recorded.*not loaded yet/);
  assert.doesNotMatch(statusOf(network, 0, "none"), /recorded/);
});

test("a rate is told while pictures come", () => {
  const network = {
    ...{ phase: "ready", result: { milliseconds: 99.6 } },
    times: [1000, 1100, 1200],
  };
  assert.match(
    statusOf(network, 1300),
    /100 ms .*, 10\.0 detections per second/,
  );
  assert.doesNotMatch(statusOf(network, 9000), /per second/);
});
