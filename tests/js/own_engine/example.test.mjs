import assert from "node:assert/strict";
import test from "node:test";

import {
  drawExample,
  drawFrame,
} from "../../../d2l_ssd/widgets/static/own_engine/example.js";
import { STORED_SIDE } from "../../../d2l_ssd/widgets/static/own_engine/pyramid.js";

/** The share of pixels that are as yellow as the duck, in a box or outside it. */
function yellowness({ pixels }, [left, top, right, bottom], inside) {
  let [yellow, all] = [0, 0];
  for (let y = 0; y < STORED_SIDE; y++) {
    for (let x = 0; x < STORED_SIDE; x++) {
      const [u, v] = [(x + 0.5) / STORED_SIDE, (y + 0.5) / STORED_SIDE];
      const isIn = u > left && u < right && v > top && v < bottom;
      if (isIn !== inside) continue;
      const [red, green, blue] = pixels.subarray(3 * (y * STORED_SIDE + x));
      all++;
      if (blue < 0.3 * red && green > 0.62 * red) yellow++;
    }
  }
  return yellow / all;
}

test("a picture is the same again, and another seed's is another", () => {
  const pictures = drawExample(3, 3);
  assert.deepEqual(drawExample(3, 3), pictures);
  assert.notDeepEqual(drawExample(4, 1)[0].pixels, pictures[0].pixels);
  assert.equal(new Set(pictures.map(({ id }) => id)).size, 3);
  assert.equal(pictures[0].pixels.length, 3 * STORED_SIDE ** 2);
});

test("a quarter is without the thing, and five of 25 are kept back", () => {
  const pictures = drawExample(1, 25);
  const without = pictures.filter(({ labels }) => !labels.classes.length);
  assert.equal(without.length, 6);
  const kept = pictures.filter(({ keptBack }) => keptBack);
  assert.equal(kept.length, 5);
  assert.equal(kept.filter(({ labels }) => labels.classes.length).length, 4);
  assert.ok(pictures.every(({ ready }) => ready));
});

test("the box is where the duck is, and takes all of it in", () => {
  const pictures = drawExample(2, 12).filter(
    ({ labels }) => labels.classes.length,
  );
  for (const picture of pictures) {
    const box = [...picture.labels.boxes];
    assert.ok(Math.min(...box) >= 0 && Math.max(...box) <= 1);
    const [inside, outside] = [true, false].map((is) =>
      yellowness(picture, box, is),
    );
    assert.ok(inside > 0.35, `${picture.id}: ${inside} of the box is yellow`);
    assert.ok(inside > 2 * outside, `${picture.id}: ${outside} outside`);
  }
});

test("sizes and places of the duck vary", () => {
  const boxes = drawExample(1, 25)
    .filter(({ labels }) => labels.classes.length)
    .map(({ labels }) => labels.boxes);
  const widths = boxes.map(([left, , right]) => right - left);
  assert.ok(Math.min(...widths) < 0.25 && Math.max(...widths) > 0.5);
  const middles = boxes.map(([left, , right]) => (left + right) / 2);
  assert.ok(Math.min(...middles) < 0.3 && Math.max(...middles) > 0.7);
});

test("frames follow one another smoothly, until the room changes", () => {
  const [first, second, other] = [10, 11, 160].map((n) => drawFrame(1, n));
  assert.deepEqual(drawFrame(1, 10), first);
  const difference = (a, b) =>
    a.pixels.reduce((sum, value, k) => sum + Math.abs(value - b.pixels[k]), 0) /
    a.pixels.length;
  assert.ok(difference(first, second) < 5);
  assert.ok(difference(first, other) > 20);
  const moved = first.labels.boxes.map((v, k) => v - second.labels.boxes[k]);
  assert.ok(moved.every((value) => Math.abs(value) < 0.05));
  assert.ok(moved.some((value) => value !== 0));
});

test("the duck is in sight in most frames, on all sides of the picture", () => {
  const frames = Array.from({ length: 60 }, (_, k) => drawFrame(2, 20 * k));
  const boxes = frames.flatMap(({ labels }) =>
    labels.boxes.length ? [labels.boxes] : [],
  );
  assert.ok(boxes.length > 48, `${boxes.length} of 60`);
  const middles = boxes.map(([left, , right]) => (left + right) / 2);
  assert.ok(Math.min(...middles) < 0.2 && Math.max(...middles) > 0.8);
});
