// Pictures drawn elsewhere: turned, stretched, mirrored.
import assert from "node:assert/strict";
import test from "node:test";

import { makePyramid } from "../../../d2l_ssd/widgets/static/own_engine/pyramid.js";
import {
  drawPicture,
  fillBox,
  levelOf,
  makeCanvas,
  placeBox,
} from "../../../d2l_ssd/widgets/static/own_engine/warp.js";
import { drawToy } from "./squares.mjs";

const SIDE = 96;
const BESIDE = [1, 2, 3];
const PLAIN = {
  ...{ from: [0.5, 0.5], to: [0.5, 0.5], wide: 1, high: 1 },
  ...{ cos: 1, sin: 0, mirror: 1 },
};
const BOX = [0.25, 0.375, 0.5, 0.625];
const levels = makePyramid(drawToy(1, [[0, ...BOX]]).pixels);

function draw(more) {
  const canvas = makeCanvas(SIDE);
  const placement = { ...PLAIN, ...more };
  drawPicture(canvas, levelOf(levels, placement, SIDE), placement, BESIDE);
  return { canvas, box: placeBox(placement, BOX) };
}

/** The box around the toy, which is the only thing with colors. */
function boxOfColors({ values }) {
  const box = [1, 1, 0, 0];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const [red, green, blue] = values.subarray(3 * (y * SIDE + x));
      if (Math.max(red, blue) - green < 60) continue;
      const place = [x, y, x + 1, y + 1].map((at) => at / SIDE);
      place.forEach((at, k) => {
        box[k] = k < 2 ? Math.min(box[k], at) : Math.max(box[k], at);
      });
    }
  }
  return box;
}

const near = (a, b, least) =>
  a.forEach((value, k) =>
    assert.ok(Math.abs(value - b[k]) < least, `${a}|${b}`),
  );

test("a picture that is put where it was is the picture", () => {
  const { canvas, box } = draw({});
  const [, { pixels }] = levels;
  assert.deepEqual(box, BOX);
  canvas.values.forEach((value, k) =>
    assert.ok(Math.abs(value - pixels[k]) < 0.5, `${k}: ${value}`),
  );
});

const CASES = {
  shifted: { from: [0.4, 0.6] },
  mirrored: { mirror: -1 },
  "half as large": { wide: 0.5, high: 0.5 },
  wider: { wide: 1.4, high: 0.8, from: [0.4, 0.5] },
  "a quarter turn": { cos: 0, sin: 1 },
  "all at once": {
    ...{
      from: [0.45, 0.45],
      mirror: -1,
      wide: 0.9,
      high: 1.2,
      cos: 0,
      sin: -1,
    },
  },
};
for (const [name, placement] of Object.entries(CASES)) {
  test(`a box goes with its picture: ${name}`, () => {
    const { canvas, box } = draw(placement);
    near(boxOfColors(canvas), box, 1.5 / SIDE);
  });
}

test("the box of a turned thing is that of an ellipse in it", () => {
  const [cos, sin] = [Math.cos(0.5), Math.sin(0.5)];
  const { canvas, box } = draw({ cos, sin });
  const corners = boxOfColors(canvas);
  assert.ok(corners[0] < box[0] - 0.02 && corners[2] > box[2] + 0.02);
  const width = box[2] - box[0];
  assert.ok(Math.abs(width - 0.25) < 1e-6); // a square's ellipse is a circle
});

test("what lies beside the picture has one color", () => {
  const { canvas } = draw({ wide: 0.5, high: 0.5 });
  const at = (x, y) =>
    [...canvas.values.subarray(3 * (y * SIDE + x))].slice(0, 3);
  assert.deepEqual(at(0, 48), BESIDE);
  assert.deepEqual(at(48, 0), BESIDE);
  assert.deepEqual(at(23, 48), BESIDE);
  assert.notDeepEqual(at(24, 48), BESIDE);
  assert.notDeepEqual(at(71, 48), BESIDE);
  assert.deepEqual(at(72, 48), BESIDE);
});

test("a picture that lies outside leaves one color", () => {
  const { canvas } = draw({ from: [3, 0.5] });
  assert.ok(canvas.values.every((value, k) => value === BESIDE[k % 3]));
});

test("a box is filled to the pixel, and cut at the edge", () => {
  const canvas = makeCanvas(4);
  fillBox(canvas, [0.5, -1, 2, 0.25], [9, 9, 9]);
  assert.deepEqual(
    [...canvas.values].flatMap((value, k) => (value ? [k] : [])),
    [6, 7, 8, 9, 10, 11],
  );
});
