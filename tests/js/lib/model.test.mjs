import assert from "node:assert/strict";
import test from "node:test";

import {
  makeFollower,
  onChange,
  setTraits,
} from "../../../d2l_ssd/widgets/static/lib/model.js";
import { makeModel } from "../helpers.mjs";

test("changes of traits, until they are undone", () => {
  const model = makeModel({ a: 1, b: 1, c: 1 });
  let calls = 0;
  const forget = onChange(model, ["a", "b"], () => calls++);
  setTraits(model, { a: 2, b: 2, c: 2 });
  assert.deepEqual([calls, model.saves], [2, 1]);
  forget();
  setTraits(model, { a: 3 });
  assert.equal(calls, 2);
});

test("a follower does not follow itself", () => {
  const model = makeModel({ a: 1, b: 1 });
  const when = makeFollower(model);
  when(["a"], () => model.set("b", model.get("a") + 1));
  when(["b"], () => model.set("a", model.get("b") + 1));
  model.set("a", 5);
  assert.deepEqual([model.get("a"), model.get("b")], [5, 6]);
  model.set("b", 1);
  assert.deepEqual([model.get("a"), model.get("b")], [2, 1]);
});
