import assert from "node:assert/strict";
import test from "node:test";

import {
  boxByKey,
  cursorOf,
  dragBox,
  gripAt,
  INSIDE,
  LAST_CORNER,
  LEAST_SIDE,
} from "../../../d2l_ssd/widgets/static/lib/box_drag.js";
import { assertClose } from "../helpers.mjs";

const BOX = [0.2, 0.4, 0.6, 0.8];
const REACH = [0.05, 0.05];

test("a grip is a corner, a side or the inside, and goes beyond the box", () => {
  const cases = [
    { at: [0.2, 0.4], grip: [-1, -1] },
    { at: [0.64, 0.36], grip: [1, -1] },
    { at: [0.16, 0.84], grip: [-1, 1] },
    { at: [0.57, 0.77], grip: [1, 1] },
    { at: [0.4, 0.42], grip: [0, -1] },
    { at: [0.62, 0.6], grip: [1, 0] },
    { at: [0.4, 0.6], grip: [0, 0] },
    { at: [0.66, 0.6], grip: null },
    { at: [0.4, 0.34], grip: null },
  ];
  for (const { at, grip } of cases) {
    assert.deepEqual(gripAt(BOX, at, REACH), grip, `${at}`);
  }
});

test("a box smaller than the reach can still be moved", () => {
  const tiny = [0.5, 0.5, 0.54, 0.54];
  assert.deepEqual(gripAt(tiny, [0.52, 0.52], [0.2, 0.2]), INSIDE);
  assert.deepEqual(gripAt(tiny, [0.535, 0.535], [0.2, 0.2]), LAST_CORNER);
});

test("the inside moves a box, and the picture stops it", () => {
  assertClose(dragBox(BOX, INSIDE, [0.1, -0.2]), [0.3, 0.2, 0.7, 0.6]);
  assertClose(dragBox(BOX, INSIDE, [0.9, -0.9]), [0.6, 0, 1, 0.4]);
});

test("a side or corner resizes a box, and the picture stops it", () => {
  assertClose(dragBox(BOX, [-1, 0], [0.1, 0.3]), [0.3, 0.4, 0.6, 0.8]);
  assertClose(dragBox(BOX, [1, -1], [0.9, -0.9]), [0.2, 0, 1, 0.8]);
});

test("a corner that is dragged over the other one becomes the other one", () => {
  assertClose(dragBox(BOX, LAST_CORNER, [-0.5, -0.7]), [0.1, 0.1, 0.2, 0.4]);
});

test("a new box may be dragged in any direction", () => {
  const start = [0.5, 0.5, 0.5, 0.5];
  const box = dragBox(start, LAST_CORNER, [0.2, -0.3]);
  assertClose(box, [0.5, 0.2, 0.7, 0.5]);
});

test("no box gets thinner than the least side, nor leaves the picture", () => {
  const box = dragBox([0.99, 0.5, 0.99, 0.5], LAST_CORNER, [0, 0.3]);
  assertClose(box, [1 - LEAST_SIDE, 0.5, 1, 0.8]);
});

test("arrow keys move a box, with Shift they resize it", () => {
  /** Press a key; return how far the four numbers have gone. */
  const press = (key, shiftKey = false, repeat = false) =>
    boxByKey(BOX, { key, shiftKey, repeat })?.map((v, k) => v - BOX[k]);
  assertClose(press("ArrowLeft"), [-0.005, 0, -0.005, 0]);
  assertClose(press("ArrowDown"), [0, 0.005, 0, 0.005]);
  assertClose(press("ArrowRight", true), [0, 0, 0.005, 0]);
  assertClose(press("ArrowUp", true), [0, 0, 0, -0.005]);
  assertClose(press("ArrowUp", false, true), [0, -0.02, 0, -0.02]);
  assert.equal(press("x"), undefined);
  const far = { key: "ArrowLeft", ctrlKey: true, repeat: false };
  assertClose(boxByKey(BOX, far), [0.15, 0.4, 0.55, 0.8]);
});

test("Shift and an arrow stop at the least side", () => {
  let box = [0.5, 0.5, 0.53, 0.6];
  for (let k = 0; k < 9; k++) {
    box = boxByKey(box, { key: "ArrowLeft", shiftKey: true, repeat: true });
  }
  assertClose(box, [0.5, 0.5, 0.52, 0.6]);
});

test("the pointer says what a drag would do", () => {
  const grips = [null, [0, 0], [1, 0], [0, -1], [1, 1], [-1, -1], [1, -1]];
  assert.deepEqual(grips.map(cursorOf), [
    "",
    "move",
    "ew-resize",
    "ns-resize",
    "nwse-resize",
    "nwse-resize",
    "nesw-resize",
  ]);
});
