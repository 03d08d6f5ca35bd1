// What drags and keys make of an object.
import assert from "node:assert/strict";
import test from "node:test";

import { dragged } from "../../../d2l_ssd/widgets/static/live/hand.js";
import { changeByKey } from "../../../d2l_ssd/widgets/static/live/keys.js";
import { assertClose } from "../helpers.mjs";

const ONE = { sprite: 0, x: 0.5, y: 0.5, size: 0.4, angle: 0, hidden: false };

test("a drag of the inside moves", () => {
  const drag = { turns: false, from: [0.45, 0.5], one: ONE };
  const { x, y } = dragged(drag, [0.65, 0.4]);
  assertClose([x, y], [0.7, 0.4], 1e-9);
});

test("a drag of the corner scales and turns", () => {
  const drag = { turns: true, from: [0.6, 0.5], one: ONE };
  const { size, angle } = dragged(drag, [0.5, 0.7]);
  assertClose([size, angle], [0.8, 90], 1e-9);
});

test("keys move, scale, turn, and hide", () => {
  const key = (name, shiftKey = false) =>
    changeByKey(ONE, { key: name, shiftKey });
  assertClose(Object.values(key("ArrowRight")), [0.5 + 1 / 32, 0.5], 1e-9);
  assertClose(Object.values(key("ArrowUp", true)), [0.5, 0.5 - 1 / 256], 1e-9);
  assert.ok(key("+").size > ONE.size && key("-").size < ONE.size);
  assert.deepEqual(key("]"), { angle: 6 });
  assert.deepEqual(key("H"), { hidden: true });
  assert.equal(key("Tab"), null);
});
