// The runs of a page: numbered, remembered, compared.
import assert from "node:assert/strict";
import test from "node:test";

import { DEFAULTS } from "../../../d2l_ssd/widgets/static/engine/settings.js";
import { runName } from "../../../d2l_ssd/widgets/static/playground/names.js";
import {
  lastScores,
  makeRuns,
  recentLoss,
  scoresAt,
} from "../../../d2l_ssd/widgets/static/playground/runs.js";

const score = (run, count, ap50) => ({ type: "scores", run, count, ap50 });
const loss = (run, count, classLoss) => ({
  ...{ type: "losses", run, count, classLoss, boxLoss: 1, speed: 900 },
});

test("a late message of an old run is dropped", () => {
  const runs = makeRuns(DEFAULTS, runName);
  assert.ok(runs.take(loss(1, 80, 3)));
  assert.ok(runs.take(score(1, 504, 0.1)));
  runs.begin({ ...DEFAULTS, iou: 0.7 });
  assert.equal(runs.take(loss(1, 160, 2)), false);
  assert.equal(runs.take(score(1, 1000, 0.3)), false);
  assert.deepEqual(runs.now.losses, []);
  assert.deepEqual(runs.now.scores, []);
  assert.ok(runs.take(loss(2, 80, 3.5)));
  assert.equal(runs.now.count, 80);
  assert.equal(runs.past[0].scores.length, 1);
});

test("the run before is drawn in gray, if it has scores", () => {
  const runs = makeRuns(DEFAULTS, runName);
  runs.begin(DEFAULTS);
  assert.equal(runs.compared, null);
  runs.take(score(2, 504, 0.2));
  runs.begin({ ...DEFAULTS, neg: Infinity });
  assert.equal(runs.compared.number, 2);
  assert.equal(runs.compared.name, "baseline, seed 1");
  assert.equal(runs.now.name, "all negatives, seed 1");
});

test("five runs are kept", () => {
  const runs = makeRuns(DEFAULTS, runName);
  for (let number = 1; number <= 8; number++) {
    runs.take(score(number, 504, 0.1));
    runs.begin(DEFAULTS);
  }
  assert.deepEqual(
    runs.past.map(({ number }) => number),
    [8, 7, 6, 5, 4],
  );
});

test("scores of the same number of scenes are replaced", () => {
  const runs = makeRuns(DEFAULTS, runName);
  runs.take(score(1, 504, 0.5));
  runs.take(score(1, 504, 0.01)); // a bug of use is on
  assert.equal(runs.now.scores.length, 1);
  assert.equal(lastScores(runs.now).ap50, 0.01);
  assert.equal(scoresAt(runs.now, 504).ap50, 0.01);
  assert.equal(scoresAt(runs.now, 1000), undefined);
  assert.equal(lastScores(null), undefined);
});

test("phases", () => {
  const runs = makeRuns(DEFAULTS, runName);
  assert.equal(runs.now.phase, "ready");
  runs.now.phase = "training";
  // The answer to a pause, after the reader has pressed Train again
  runs.take({ type: "paused", run: 1, count: 400, seconds: 1 });
  assert.equal(runs.now.phase, "training");
  runs.take({ type: "finished", run: 1, count: 6000, seconds: 6.4 });
  assert.equal(runs.now.phase, "finished");
  assert.equal(runs.now.seconds, 6.4);
  runs.take({ type: "stopped", run: 1, count: 8, seconds: 7, sentence: "Why" });
  assert.deepEqual([runs.now.phase, runs.now.trouble], ["stopped", "Why"]);
});

test("a mark stands where something was changed, not before the start", () => {
  const runs = makeRuns(DEFAULTS, runName);
  runs.mark("early");
  runs.take(loss(1, 80, 3));
  runs.mark("learning rate 0.01");
  assert.deepEqual(runs.now.marks, [{ count: 80, text: "learning rate 0.01" }]);
});

test("the recent loss is a mean of the last scenes", () => {
  const runs = makeRuns(DEFAULTS, runName);
  runs.take(loss(1, 400, 9));
  runs.take(loss(1, 600, 3));
  runs.take(loss(1, 1000, 2));
  assert.equal(recentLoss(runs.now), 2.5);
  assert.ok(Number.isNaN(recentLoss(makeRuns(DEFAULTS, runName).now)));
});
