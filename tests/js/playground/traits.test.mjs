// What a playground writes for Python, and the weights that it takes from there.
import assert from "node:assert/strict";
import test from "node:test";

import { viewOf } from "../../../d2l_ssd/widgets/static/playground/controls.js";
import { makeState } from "../../../d2l_ssd/widgets/static/playground/state.js";
import {
  makeSaver,
  takeSettings,
  takeWeights,
} from "../../../d2l_ssd/widgets/static/playground/traits.js";
import { makeModel } from "../helpers.mjs";

const wait = () => new Promise((done) => setTimeout(done, 350));

test("settings, history, boxes and weights come back after a run", async () => {
  const model = makeModel({});
  const state = makeState({ neg: Infinity, bug: "flip" });
  state.secret = true;
  state.weights = Uint8Array.from([1, 2, 3]);
  const bySize = [0.1, 0.2, 0.3];
  state.runs.take({
    ...{ type: "scores", run: 1, count: 500 },
    ...{ ap50: 0.3, ap75: 0.1, ap: 0.15, bySize },
  });
  const save = makeSaver(model, state);
  save();
  save();
  await wait();
  assert.equal(model.saves, 1);
  assert.deepEqual(model.get("settings"), { neg: "all" }, "no hidden bug");
  assert.equal(model.get("history")[0].ap50, 0.3);
  assert.deepEqual(model.get("history")[0].ap50_by_size, bySize);
  assert.equal(model.get("found").length, 4);
  assert.deepEqual([...new Uint8Array(model.get("weights").buffer)], [1, 2, 3]);
});

test("settings that Python changes are taken, but not those just saved", async () => {
  const model = makeModel({});
  const state = makeState({ bug: "flip" });
  state.secret = true;
  const taken = [];
  const end = takeSettings(model, state, (settings) => {
    taken.push(settings);
    state.settings = settings;
  });
  makeSaver(model, state)();
  await wait();
  assert.deepEqual(model.get("settings"), {});
  assert.equal(taken.length, 0);
  model.set("settings", { iou: 0.7 });
  assert.deepEqual([taken[0].iou, taken[0].bug], [0.7, "flip"]);
  model.set("settings", { iou: 7 });
  assert.equal(taken[1].iou, 0.5);
  assert.match(state.said, /cannot be 7/);
  end();
  model.set("settings", {});
  assert.equal(taken.length, 2);
});

test("an address with a view that there is not shows detections", () => {
  assert.equal(viewOf({ view: "targets" }), "targets");
  assert.equal(viewOf({ view: "gremlins" }), "detections");
  assert.equal(viewOf({}), "detections");
});

test("weights are loaded, at once and later, but not those just saved", () => {
  const bytes = (...values) => new DataView(Uint8Array.from(values).buffer);
  const model = makeModel({ weights: bytes(5, 6) });
  const state = makeState({});
  const sent = [];
  const end = takeWeights(model, state, (message) => sent.push(message));
  model.set("weights", bytes(7));
  state.weights = Uint8Array.from([8, 9]);
  model.set("weights", bytes(8, 9));
  model.set("weights", bytes(8, 1));
  assert.deepEqual(
    sent.map(({ type, bytes: loaded }) => [type, ...loaded]),
    [
      ["load", 5, 6],
      ["load", 7],
      ["load", 8, 1],
    ],
  );
  end();
  model.set("weights", bytes(3));
  assert.equal(sent.length, 3);
});
