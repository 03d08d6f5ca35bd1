import assert from "node:assert/strict";
import test from "node:test";

import {
  onDrag,
  pixelAt,
  placeAt,
} from "../../../d2l_ssd/widgets/static/lib/pointer.js";
import { fire } from "../helpers.mjs";

const canvas = {
  getBoundingClientRect: () => ({ left: 10, top: 20, width: 100, height: 50 }),
};

test("where a pointer is", () => {
  const event = { clientX: 35, clientY: 30 };
  assert.deepEqual(pixelAt(event, canvas), [25, 10]);
  assert.deepEqual(placeAt(event, canvas), [0.25, 0.2]);
});

test("a drag needs a button", () => {
  const [target, seen] = [new EventTarget(), []];
  onDrag(target, (event) => seen.push(event.type));
  fire(target, "pointermove", { buttons: 0 });
  fire(target, "pointerdown", { buttons: 1 });
  fire(target, "pointermove", { buttons: 1 });
  assert.deepEqual(seen, ["pointerdown", "pointermove"]);
});
