// What Python reads of the page: labels, curve, weights, settings; never pixels.
import assert from "node:assert/strict";
import test from "node:test";

import {
  followModel,
  makeSaver,
  readState,
} from "../../../d2l_ssd/widgets/static/own/traits.js";
import { makeModel } from "../helpers.mjs";
import { picture } from "./page.mjs";

const NO_BYTES = new DataView(new ArrayBuffer(0));

function makeTraits(traits = {}) {
  return makeModel({
    ...{ pictures: [], truths: [], difficult: [], classes: ["mug"] },
    ...{ settings: {}, labels: [], history: [], weights: NO_BYTES, ...traits },
  });
}

const rest = () => new Promise((done) => setTimeout(done, 350));

test("settings come as they are written", () => {
  const { settings } = readState(
    makeTraits({ settings: { neg: "all", augment: false } }),
  );
  assert.equal(settings.neg, Infinity);
  assert.equal(settings.augment, false);
  assert.equal(settings.paste, true);
});

test("labels and the curve go back, and no pixels", async () => {
  const model = makeTraits();
  const state = readState(model);
  const kept = { ...picture("1", 1), keptBack: true };
  state.pictures = [kept, picture("2", 0, false)];
  state.settings = { ...state.settings, neg: Infinity, flip: false };
  const { now } = state.runs;
  now.losses.push({ count: 80, classLoss: 2, boxLoss: 1 });
  now.scores.push({ count: 88, seconds: 2, ap50: NaN });
  state.weights = new Uint8Array([1, 2]);
  makeSaver(model, state)();
  await rest();
  assert.deepEqual(model.get("labels"), [
    {
      ...{ name: "1", classes: [0], boxes: [0, 0, 0, 0], difficult: [0] },
      kept_back: true,
    },
  ]);
  assert.deepEqual(model.get("history"), [
    { count: 88, seconds: 2, ap50: null, class_loss: 2, box_loss: 1 },
  ]);
  assert.deepEqual(model.get("settings"), { neg: "all", flip: false });
  assert.equal(model.get("weights").byteLength, 2);
  assert.equal(model.saves, 1);
});

test("weights of Python are loaded, its own are not", () => {
  const model = makeTraits();
  const state = readState(model);
  const loaded = [];
  const actions = { load: (bytes) => loaded.push([...bytes]), set() {} };
  const end = followModel(model, state, actions);
  assert.deepEqual(loaded, []);
  model.set("weights", new DataView(new Uint8Array([1, 2]).buffer));
  assert.deepEqual(loaded, [[1, 2]]);
  state.weights = new Uint8Array([3]);
  model.set("weights", new DataView(new Uint8Array([3]).buffer));
  assert.equal(loaded.length, 1);
  end();
  model.set("weights", new DataView(new Uint8Array([4]).buffer));
  assert.equal(loaded.length, 1);
});

test("settings of Python are taken", () => {
  const model = makeTraits();
  const taken = [];
  const actions = { load() {}, set: (settings) => taken.push(settings) };
  followModel(model, readState(model), actions);
  model.set("settings", { lr: 0.01 });
  assert.equal(taken[0].lr, 0.01);
});

test("what Python has set is not written over by what it knew before", async () => {
  const model = makeTraits();
  const state = readState(model);
  const save = makeSaver(model, state);
  state.weights = new Uint8Array([1, 2, 3]).subarray(1);
  save();
  await rest();
  assert.equal(model.get("weights").byteLength, 2);
  const theirs = new DataView(new Uint8Array([4]).buffer);
  model.set("weights", theirs);
  save();
  await rest();
  assert.equal(model.get("weights"), theirs);
});

test("a box stays with no higher a score than it appears with", () => {
  const { settings } = readState(makeTraits({ settings: { appear: 0.3 } }));
  assert.deepEqual([settings.appear, settings.stay], [0.3, 0.3]);
});
