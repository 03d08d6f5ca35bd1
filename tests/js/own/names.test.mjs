// More things, fewer things, and what that costs.
import assert from "node:assert/strict";
import test from "node:test";

import {
  costOfThing,
  whyThingStays,
} from "../../../d2l_ssd/widgets/static/own/names.js";
import { makePage, picture } from "./page.mjs";

test("before another thing it is said what is lost", () => {
  const { state } = makePage();
  assert.equal(costOfThing(state), "");
  state.pictures = [picture("1"), picture("2", 0, false)];
  assert.match(costOfThing(state), /through 1 picture.* again.*background/);
  assert.doesNotMatch(costOfThing(state), /anew/);
  state.runs.now.count = 80;
  assert.match(costOfThing(state), /the detector is taught anew/);
});

test("with another thing, each picture waits again, with its boxes", () => {
  const { actions, state, kept } = makePage([picture("1"), picture("2", 0)]);
  actions.addThing();
  assert.deepEqual(
    state.pictures.map(({ ready, labels }) => [ready, labels.classes.length]),
    [
      [false, 1],
      [false, 0],
    ],
  );
  assert.deepEqual(kept.map(String), ["put,1", "put,2", "names,"]);
});

test("a thing that has boxes stays, and it is said why", () => {
  const { state } = makePage([picture("1")], ["mug", "pen"]);
  assert.equal(whyThingStays(state), "");
  state.pictures[0].labels.classes = [1];
  assert.match(whyThingStays(state), /^1 picture has a box of thing 2/);
  state.classes = ["mug"];
  assert.equal(whyThingStays(state), "", "there is no other");
});

test("what the camera shows while it is watched can be kept", async () => {
  const { actions, state } = makePage([picture("1")]);
  state.source = { shoot: async (name) => ({ ...picture("2"), name }) };
  await actions.shoot.keepFrame();
  assert.equal(state.pictures.length, 2);
  assert.match(state.said, /^Kept/);
});

test("the score to stay ends at the score to appear", () => {
  const { actions, state } = makePage();
  actions.change({ key: "appear", live: true }, 0.7, true);
  actions.change({ key: "stay", live: true }, 0.9, true);
  const { appear, stay } = state.settings;
  assert.deepEqual([appear, stay], [0.7, 0.7]);
  assert.match(state.said, /raise that first/);
});
