import assert from "node:assert/strict";
import test from "node:test";

import {
  dotAt,
  dotPlaces,
  nearestDot,
} from "../../../d2l_ssd/widgets/static/lib/dots.js";
import { assertClose, floats } from "../helpers.mjs";

test("four dots stand around the center of their cell", () => {
  const dots = dotPlaces([[1, 2]], [8]);
  assert.equal(dots.length, 16);
  const x = [0, 1, 2, 3].map((i) => dots[i * 2]);
  assertClose(x, [0.1875, 0.3125, 0.1875, 0.3125]);
  assertClose(dotAt(dots, 0, { width: 100, height: 10 }), [18.75, 4.375]);
});

test("no two dots of four maps fall together", () => {
  const shapes = [32, 16, 8, 1].map((side) => [side, side]);
  const counts = shapes.map(([height, width]) => height * width * 4);
  const dots = dotPlaces(shapes, counts);
  const places = new Set();
  for (let i = 0; i < dots.length; i += 2) {
    places.add(`${dots[i].toFixed(5)} ${dots[i + 1].toFixed(5)}`);
  }
  assert.equal(places.size, 5380);
});

test("the nearest of some dots", () => {
  const dots = floats([
    [0, 0],
    [0.5, 0.5],
    [1, 1],
  ]);
  assert.equal(nearestDot(dots, [0, 2], [0.6, 0.6]), 2);
  assert.equal(nearestDot(dots, [0, 1, 2], [0.6, 0.6]), 1);
  assert.equal(nearestDot(dots, [], [0.6, 0.6]), -1);
});
