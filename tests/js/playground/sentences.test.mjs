// What the page says, and how often.
import assert from "node:assert/strict";
import test from "node:test";

import { DEFAULTS } from "../../../d2l_ssd/widgets/static/engine/settings.js";
import { runName } from "../../../d2l_ssd/widgets/static/playground/names.js";
import { makeRuns } from "../../../d2l_ssd/widgets/static/playground/runs.js";
import {
  changeSentence,
  compareSentence,
  finishSentence,
  makeSpeaker,
  nothingLevel,
  passesStation,
  progressSentence,
  startSentence,
  troubleSentence,
} from "../../../d2l_ssd/widgets/static/playground/sentences.js";

const LEVEL = 3.35;

function runsWith(scores, losses = []) {
  const runs = makeRuns(DEFAULTS, runName);
  const { number } = runs.now;
  losses.forEach(([count, classLoss]) =>
    runs.take({ type: "losses", run: number, count, classLoss }),
  );
  scores.forEach(([count, ap50]) =>
    runs.take({ type: "scores", run: number, count, ap50, ap75: 0.65 }),
  );
  return runs;
}

test("at the start", () => {
  const { now } = makeRuns(DEFAULTS, runName);
  assert.equal(startSentence(now), "Training started, seed 1, baseline.");
});

test("on the way", () => {
  const { now } = runsWith(
    [
      [1504, 0.44],
      [2000, 0.57],
    ],
    [[2000, 2.8]],
  );
  assert.equal(
    progressSentence(now, LEVEL),
    "2,000 of 6,000 scenes. AP50 0.57, rising. Confidence loss 2.8, below " +
      "the level of knowing nothing, 3.35.",
  );
});

test("at the end, with the run before and the noise", () => {
  const runs = runsWith([[6000, 0.89]]);
  runs.begin(DEFAULTS);
  runs.take({ type: "scores", run: 2, count: 6000, ap50: 0.87, ap75: 0.65 });
  runs.take({ type: "finished", run: 2, count: 6000, seconds: 6.2 });
  assert.equal(
    finishSentence(runs),
    "Finished: 6,000 scenes in 6 seconds. AP50 0.87, AP75 0.65; 0.02 less " +
      "than the gray run, which is within the noise (one run against one: 0.04).",
  );
});

test("runs compare at the same number of scenes only", () => {
  const runs = runsWith([[6000, 0.89]]);
  runs.begin(DEFAULTS);
  runs.take({ type: "scores", run: 2, count: 504, ap50: 0.1 });
  assert.equal(compareSentence(runs.now, runs.compared), "");
  const early = runsWith([[2000, 0.5]]);
  early.begin(DEFAULTS);
  early.take({ type: "scores", run: 2, count: 2000, ap50: 0.58 });
  const sentence = compareSentence(early.now, early.compared);
  assert.match(sentence, /0\.08 more .* within the noise .*0\.09/);
});

test("nobody hears of 0.00 more", () => {
  const runs = runsWith([[6000, 0.802]]);
  runs.begin(DEFAULTS);
  runs.take({ type: "scores", run: 2, count: 6000, ap50: 0.8 });
  const sentence = compareSentence(runs.now, runs.compared);
  assert.match(sentence, /^hardly different from the gray run, .* noise/);
});

test("a change of settings", () => {
  const counts = { perObject: 1, without: 0 };
  assert.equal(
    changeSentence(["matching IoU 0.7"], counts, true),
    "Matching IoU 0.7. 0 % of objects without an anchor, 1.0 positives per " +
      "object. A new run starts.",
  );
});

test("trouble", () => {
  const { now } = runsWith(
    [],
    Array.from({ length: 25 }, (_, k) => [80 * (k + 1), 3.4]),
  );
  assert.match(troubleSentence(now, 0.5, LEVEL), /knowing nothing for 2,000/);
  assert.match(troubleSentence(now, 3.07, LEVEL), /not a probability/);
  const good = runsWith([], [[2400, 2.1]]).now;
  assert.equal(troubleSentence(good, 0.9, LEVEL), "");
  assert.equal(troubleSentence({ ...now, trouble: "NaN" }, 0, LEVEL), "NaN");
});

test("the level of knowing nothing", () => {
  assert.equal(nothingLevel(3, "").toFixed(2), "3.35");
  assert.equal(nothingLevel(0, "nonegatives").toFixed(2), "1.10");
  assert.equal(nothingLevel(3, "collapsed").toFixed(2), "2.25");
});

test("stations", () => {
  const run = (...aps) => runsWith(aps.map((ap50, k) => [504 * k, ap50])).now;
  assert.ok(passesStation(run(0.4, 0.5)));
  assert.ok(passesStation(run(0.6, 0.85)));
  assert.ok(!passesStation(run(0.6, 0.7)));
  assert.ok(!passesStation(run(0.2)));
});

test("at most one sentence in five seconds, and then the newest", () => {
  let now = 0;
  const waiting = [];
  const said = [];
  const speaker = makeSpeaker({
    now: () => now,
    wait: (run, ms) => waiting.push([run, ms]),
  });
  speaker.region = {
    get textContent() {
      return said[said.length - 1];
    },
    set textContent(text) {
      said.push(text);
    },
  };
  speaker.say("one");
  now = 1000;
  speaker.say("two");
  speaker.say("three");
  speaker.say("");
  assert.deepEqual(said, ["one"]);
  assert.equal(waiting.length, 1);
  assert.equal(waiting[0][1], 4000);
  now = 5000;
  waiting[0][0]();
  assert.deepEqual(said, ["one", "three"]);
  now = 10001;
  speaker.say("four");
  assert.deepEqual(said, ["one", "three", "four"]);
});
