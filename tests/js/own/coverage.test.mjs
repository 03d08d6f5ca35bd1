import assert from "node:assert/strict";
import test from "node:test";

import {
  advise,
  measureCoverage,
} from "../../../d2l_ssd/widgets/static/own/coverage.js";
import { STORED_SIDE } from "../../../d2l_ssd/widgets/static/own_engine/pyramid.js";
import { assertClose, labelsOf } from "../helpers.mjs";

const LENGTH = 3 * STORED_SIDE * STORED_SIDE;

/** Make a picture that has these boxes, of one gray. */
function pictureOf(rows, gray = 128, ready = true) {
  const pixels = new Uint8ClampedArray(LENGTH).fill(gray);
  return { pixels, ready, labels: labelsOf(rows.map((row) => [...row, 0])) };
}

/** A square of a class around a place. */
function square(side, x, y, label = 0) {
  const half = side / 2;
  return [label, x - half, y - half, x + half, y + half];
}

const COVERED = {
  boxes: 20,
  sizes: [5, 5, 10],
  places: Array(9).fill(2),
  tiny: 0,
  light: 2,
  without: 5,
};

test("sizes, places, and pictures without the thing are counted", () => {
  const pictures = [
    pictureOf([square(0.2, 0.1, 0.1), square(0.3, 0.5, 0.9)]),
    pictureOf([square(0.6, 0.5, 0.5), square(0.1, 0.9, 0.4)]),
    pictureOf([square(0.2, 0.1, 0.1, 1)]),
    pictureOf([]),
    pictureOf([square(0.2, 0.1, 0.1)], 128, false),
  ];
  const coverage = measureCoverage(pictures, 0);
  assert.equal(coverage.boxes, 4);
  assert.deepEqual(coverage.sizes, [2, 1, 1]);
  assert.deepEqual(coverage.places, [1, 0, 0, 0, 1, 1, 0, 1, 0]);
  assert.equal(coverage.tiny, 1);
  assert.equal(coverage.without, 1);
  assert.equal(measureCoverage(pictures, 1).boxes, 1);
});

test("a brighter thing in another picture is another light", () => {
  const [a, b] = [100, 150].map((gray) =>
    pictureOf([square(0.4, 0.5, 0.5)], gray),
  );
  assertClose([measureCoverage([a, b], 0).light], [1.5], 0.01);
  assertClose([measureCoverage([a, a], 0).light], [1], 0.01);
});

test("light is measured on the thing, at the rim of a picture as well", () => {
  const bright = pictureOf([square(0.2, 0.95, 0.95)], 50);
  bright.pixels.fill(200, 0, LENGTH / 2); // above it
  const same = pictureOf([square(0.2, 0.5, 0.5)], 50);
  assertClose([measureCoverage([bright, same], 0).light], [1], 0.01);
});

test("a sentence says what is missing most", () => {
  const text = (change) => advise({ ...COVERED, ...change }).text;
  assert.equal(text({ boxes: 0 }), "draw a box around it");
  assert.equal(text({ without: 4 }), "the same place without it");
  assert.match(text({ tiny: 11 }), /^come closer/);
  assert.equal(text({ sizes: [9, 9, 2] }), "close up");
  assert.equal(
    text({ places: [2, 2, 2, 2, 2, 2, 0, 2, 2] }),
    "at the lower left",
  );
  assert.equal(
    text({ sizes: [2, 9, 9], places: [1, 0, 1, 1, 1, 1, 1, 1, 1] }),
    "far away, top",
  );
  assert.equal(text({ light: 1.1 }), "other light, by a window or a lamp");
  assert.match(text({}), /^turn it/);
});

test("pictures without the thing are asked for one by one", () => {
  const asks = (boxes, without) =>
    advise({ ...COVERED, boxes, without }).text.endsWith("without it");
  assert.deepEqual(
    [asks(3, 0), asks(4, 0), asks(7, 1), asks(8, 1), asks(40, 5)],
    [false, true, false, true, false],
  );
});

test("the proposed box is of the size and in the place that are missing", () => {
  const only = (k) => Array.from({ length: 9 }, (_, i) => Number(i !== k));
  for (const [size, sizes] of [
    [0, [0, 9, 9]],
    [2, [9, 9, 0]],
  ]) {
    for (let place = 0; place < 9; place++) {
      const { box } = advise({ ...COVERED, sizes, places: only(place) });
      const [x0, y0, x1, y1] = box;
      assert.ok(Math.min(x0, y0) >= 0 && Math.max(x1, y1) <= 1, `${box}`);
      const shown = pictureOf([[0, x0, y0, x1, y1]]);
      const coverage = measureCoverage([shown], 0);
      assert.equal(coverage.sizes[size], 1, `${box}`);
      assert.equal(coverage.places[place], 1, `${box}`);
    }
  }
});

test("who follows the guide has shown all of it after 20 pictures", () => {
  const pictures = [];
  for (let k = 0; k < 20; k++) {
    const { text, box } = advise(measureCoverage(pictures, 0));
    const gray = /light/.test(text) ? 200 : 100;
    pictures.push(
      pictureOf(
        box || gray > 100 ? [[0, ...(box ?? [0.3, 0.3, 0.6, 0.6])]] : [],
        gray,
      ),
    );
  }
  const coverage = measureCoverage(pictures, 0);
  assert.ok(coverage.places.every(Boolean), `${coverage.places}`);
  assert.ok(Math.min(...coverage.sizes) >= 3, `${coverage.sizes}`);
  assert.ok(coverage.light > 1.4 && coverage.without >= 3);
});
