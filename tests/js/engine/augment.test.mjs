import assert from "node:assert/strict";
import test from "node:test";

import {
  flipScene,
  shiftScene,
} from "../../../d2l_ssd/widgets/static/engine/augment.js";
import {
  makePixels,
  SIZE,
} from "../../../d2l_ssd/widgets/static/engine/scenes.js";
import { assertClose } from "../helpers.mjs";

/** A scene whose pixel [x, y] is [x, y, 100], with boxes in pixels. */
function makeScene(...boxes) {
  const pixels = makePixels();
  for (let k = 0; k < pixels.length; k += 3) {
    const p = k / 3;
    pixels.set([p % SIZE, Math.floor(p / SIZE), 100], k);
  }
  const labels = {
    classes: boxes.map((_, t) => t),
    boxes: Float32Array.from(boxes.flat(), (x) => x / SIZE),
    difficult: boxes.map(() => false),
  };
  return { pixels, labels };
}

function pixelAt({ pixels }, x, y) {
  const k = 3 * (y * SIZE + x);
  return [...pixels.subarray(k, k + 3)];
}

function boxesOf({ labels }) {
  return Array.from(labels.boxes, (x) => x * SIZE);
}

test("a flip exchanges left and right, boxes included", () => {
  const scene = makeScene([4, 5, 10, 20], [0, 0, 48, 12]);
  const flipped = flipScene(scene);
  assert.deepEqual(pixelAt(flipped, 0, 3), [47, 3, 100]);
  assert.deepEqual(pixelAt(flipped, 40, 47), [7, 47, 100]);
  assertClose(boxesOf(flipped), [38, 5, 44, 20, 0, 0, 48, 12]);
  assert.deepEqual(flipped.labels.classes, [0, 1]);
});

test("a flip of a flip is the scene, which is left as it was", () => {
  const scene = makeScene([4, 5, 10, 20]);
  const twice = flipScene(flipScene(scene));
  assert.deepEqual(twice.pixels, scene.pixels);
  assertClose(boxesOf(twice), [4, 5, 10, 20]);
  assert.deepEqual(scene, makeScene([4, 5, 10, 20]));
});

test("a shift moves pixels and boxes, and repeats the edge", () => {
  const scene = makeScene([10, 10, 20, 30]);
  const moved = shiftScene(scene, 3, -5);
  assert.deepEqual(pixelAt(moved, 13, 5), [10, 10, 100]);
  assert.deepEqual(pixelAt(moved, 0, 0), [0, 5, 100]); // 3 columns came in
  assert.deepEqual(pixelAt(moved, 2, 0), [0, 5, 100]);
  assert.deepEqual(pixelAt(moved, 47, 47), [44, 47, 100]); // and 5 rows
  assert.deepEqual(pixelAt(moved, 47, 42), [44, 47, 100]);
  assertClose(boxesOf(moved), [13, 5, 23, 25]);
  assert.deepEqual(scene, makeScene([10, 10, 20, 30]));
});

test("boxes are clipped, and those that lose most of their area go", () => {
  const scene = makeScene(
    [0, 0, 11, 10], // 5 of 11 columns stay
    [0, 20, 9, 30], // 3 of 9
    [0, 40, 6, 48], // none
    [30, 5, 48, 9],
  );
  const moved = shiftScene(scene, -6, 0);
  assert.deepEqual(moved.labels.classes, [0, 3]);
  assertClose(boxesOf(moved), [0, 0, 5, 10, 24, 5, 42, 9]);
  assert.deepEqual(moved.labels.difficult, [false, false]);
});

test("no shift changes nothing", () => {
  const scene = makeScene([10, 10, 20, 30]);
  assert.deepEqual(shiftScene(scene, 0, 0), scene);
});
