// What NMS does to one class's candidates, and what the best threshold would do.
import assert from "node:assert/strict";
import test from "node:test";

import nms from "../../../d2l_ssd/widgets/static/nms_explorer.js";
import {
  bestOutcome,
  decisionsOf,
  groupOf,
  makeTracer,
  outcomeOf,
  readData,
} from "../../../d2l_ssd/widgets/static/nms/data.js";
import { makeModel } from "../helpers.mjs";
import { makeHerd } from "./herd.mjs";

const TWO = { left: 2, nms_iou: 0.3 };

/** The tracer of a herd, and its model. */
function traceHerd(traits = {}) {
  const model = makeModel(makeHerd(traits));
  const data = readData(model);
  return { model, data, trace: makeTracer(model, data) };
}

test("a neighbor is lost at a low threshold, a duplicate stays at a high one", () => {
  const { data } = traceHerd();
  const [candidates] = data.candidates;
  const group = groupOf(candidates, 1);
  const told = [0.3, 0.5, 0.95].map((threshold) => {
    const one = outcomeOf(candidates, group, threshold);
    const { kept, found, lost, duplicates, wrong } = one;
    return [kept.length, found.size, lost, duplicates, wrong];
  });
  assert.deepEqual(told, [
    [2, 1, [1], 0, 1],
    [3, 2, [], 0, 1],
    [4, 2, [], 1, 1],
  ]);
  assert.deepEqual(bestOutcome(candidates, group), { found: 2, kept: 3 });
});

test("an object that does not count is not lost", () => {
  const { data } = traceHerd({ difficult: [0, 1] });
  const [candidates] = data.candidates;
  assert.deepEqual(outcomeOf(candidates, groupOf(candidates, 1), 0.3).lost, []);
});

test("a class without candidates has nothing to do", () => {
  const { trace } = traceHerd({ label: 0, guesses: { "0/0": TWO } });
  const { group, steps, outcome, done } = trace();
  assert.deepEqual([group.count, steps, outcome.kept], [0, [], []]);
  assert.ok(done);
});

test("the first steps decide", () => {
  const { trace } = traceHerd({
    guesses: { "0/1": TWO },
    step: 3,
  });
  const { steps, step, now, decisions } = trace();
  assert.equal(step, 3);
  assert.deepEqual([now.kept, now.tested], [0, 2]);
  const fates = decisions.map(({ fate, by }) => `${fate} ${by}`);
  assert.deepEqual(fates, ["kept -1", "removed 0", "removed 0", "waiting -1"]);
  const ended = decisionsOf(steps, 4).map(({ fate }) => fate);
  assert.deepEqual(ended, ["kept", "removed", "removed", "kept"]);
});

test("no step is taken before a guess", () => {
  const { model, trace } = traceHerd({ step: 3 });
  assert.deepEqual([trace().step, trace().now], [0, undefined]);
  model.set("guesses", { "0/1": TWO });
  assert.equal(trace().step, 3);
  model.set("image", 1); // of that one nobody has guessed
  assert.equal(trace().step, 0);
});

test("a moved threshold stays at the end, and in the middle where it is", () => {
  const guesses = { "0/1": TWO };
  const { model, trace } = traceHerd({ guesses, step: 2 });
  nms.initialize({ model });
  model.set("nms_iou", 0.5);
  assert.equal(model.get("step"), 2);
  model.set("step", trace().steps.length);
  const before = model.get("step");
  model.set("nms_iou", 0.95);
  assert.notEqual(trace().steps.length, before);
  assert.ok(trace().done);
  model.set("nms_iou", 0.3);
  assert.equal(model.get("step"), trace().steps.length);
});

test("another image starts again, with a class that it has", () => {
  const guesses = { "0/1": TWO };
  const { model } = traceHerd({ guesses, step: 3 });
  nms.initialize({ model });
  model.set("image", 1);
  assert.deepEqual([model.get("step"), model.get("label")], [0, 0]);
  model.set("step", 1);
  model.set("label", 1);
  assert.equal(model.get("step"), 0);
});

test("a replay goes to the end, and not beyond it", (context) => {
  const waiting = [];
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (run) => waiting.push(run);
  context.after(() => (globalThis.setTimeout = setTimeout));
  const guesses = { "0/1": TWO };
  const { model, trace } = traceHerd({ guesses, step: 0 });
  nms.initialize({ model });
  model.set("playing", true);
  const { length } = trace().steps;
  for (let k = 1; k <= length; k++) {
    waiting.pop()();
    assert.equal(model.get("step"), k);
  }
  assert.deepEqual([waiting.length, model.get("playing")], [0, false]);
  model.set("playing", true); // from the end it starts again
  assert.equal(model.get("step"), 0);
  assert.equal(waiting.length, 1);
});
