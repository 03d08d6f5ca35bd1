import assert from "node:assert/strict";
import test from "node:test";

import {
  onKeys,
  onListKeys,
} from "../../../d2l_ssd/widgets/static/lib/keyboard.js";
import { fire } from "../helpers.mjs";

test("keys that have an action do nothing else", () => {
  const [target, steps] = [new EventTarget(), []];
  onListKeys(target, (step) => steps.push(step));
  onKeys(target, { Escape: () => steps.push(0) });
  const keys = ["ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown", "Escape"];
  for (const key of keys) {
    assert.ok(fire(target, "keydown", { key }).defaultPrevented, key);
  }
  assert.ok(!fire(target, "keydown", { key: "a" }).defaultPrevented);
  assert.deepEqual(steps, [-1, -1, 1, 1, 0]);
});
