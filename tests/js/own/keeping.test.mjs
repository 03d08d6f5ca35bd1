// What the browser keeps: pictures, and the names that their boxes need.
import assert from "node:assert/strict";
import test from "node:test";

import { makeKeeping } from "../../../d2l_ssd/widgets/static/own/keeping.js";
import { makeState } from "../../../d2l_ssd/widgets/static/own/state.js";
import { picture } from "./page.mjs";

/** Begin to keep things in a store that writes down what it is told. */
function keepIn(told, state) {
  globalThis.document = { documentElement: { dataset: {} } };
  globalThis.addEventListener = globalThis.removeEventListener = () => {};
  const note = (what) => async (given) => {
    told.push([what, given?.id ?? given?.classes].flat().join(" ").trim());
    return "";
  };
  const store = {
    ...{ put: note("put"), remove: note("remove"), clear: note("clear") },
    settings: { put: note("names") },
  };
  return makeKeeping(
    state,
    () => {},
    true,
    async () => store,
  );
}

const settle = () => new Promise((done) => setTimeout(done, 20));

test("names are stored again with the first picture after all are gone", async () => {
  const told = [];
  const state = makeState({}, ["mug", "pen"]);
  const keep = keepIn(told, state);
  keep.put(picture("1"));
  keep.clear();
  keep.put(picture("2"));
  keep.put(picture("2"));
  keep.close();
  await settle();
  assert.deepEqual(told, ["clear", "put 2", "names mug pen"]);
});

test("the example's names are nobody's", async () => {
  const told = [];
  const state = makeState({}, ["duck"]);
  state.aside = { pictures: [], classes: ["mug"] };
  const keep = keepIn(told, state);
  keep.put(picture("1"));
  keep.names();
  keep.clear();
  keep.close();
  await settle();
  assert.deepEqual(told, []);
});

test("when the page is left, all is stored before it is gone", async () => {
  const told = [];
  const state = makeState({}, ["mug"]);
  const keep = keepIn(told, state);
  await settle();
  keep.names();
  keep.close();
  assert.deepEqual(told, ["names mug"], "at once");
});
