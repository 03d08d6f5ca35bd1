// The part of an image that is drawn, and plates that do not cover one another.
import assert from "node:assert/strict";
import test from "node:test";

import { placePlates } from "../../../d2l_ssd/widgets/static/nms/plates.js";
import {
  fitPart,
  partAround,
  placeIn,
  pointOf,
} from "../../../d2l_ssd/widgets/static/nms/zoom.js";
import { assertClose, floats } from "../helpers.mjs";

const IMAGE = { naturalWidth: 200, naturalHeight: 100 };
const STAGE = { width: 400, height: 400 };

test("the part holds the boxes, and does not leave the image", () => {
  const parts = [
    [[0.3, 0.2, 0.6, 0.7]],
    [[0, 0.9, 0.1, 1]],
    [
      [0.1, 0, 0.2, 1],
      [0.9, 0.1, 1, 0.2],
    ],
    [],
  ].map((boxes) => partAround(floats(boxes)));
  const rows = parts.map(({ x, y, side }) => [x, y, side]);
  assertClose(rows[0], [0.1, 0.1, 0.7]); // 0.5 and a fifth on each side
  assertClose(rows[1], [0, 0.55, 0.45]); // as near as pixels allow
  assertClose(rows[2], [0, 0, 1]);
  assertClose(rows[3], [0, 0, 1]);
});

test("boxes and points in the part", () => {
  const part = { x: 0.5, y: 0.25, side: 0.5 };
  const view = fitPart(IMAGE, part, STAGE);
  assert.deepEqual([view.left, view.top, view.width], [0, 100, 400]);
  const box = placeIn(floats([[0.5, 0.5, 0.75, 0.75]]), 0, view);
  assertClose(box, [0, 100, 200, 100]);
  assertClose(pointOf([0, 200], view), [0.5, 0.5]);
  assertClose(pointOf([400, 300], view), [1, 0.75]);
});

test("a plate makes room for those before it", () => {
  const plates = [
    { text: "a", x: 50, y: 100 },
    { text: "b", x: 60, y: 105 }, // above a
    { text: "c", x: 200, y: 100 }, // beside them
    { text: "d", x: 55, y: 95 }, // below a, as b is above
    { text: "e", x: 390, y: 3 }, // in the corner
  ];
  const widths = plates.map(() => 40);
  const places = placePlates(plates, widths, STAGE);
  const rows = places.map(({ left, y }) => [left, y]);
  assert.deepEqual(rows[0], [50, 100]);
  assert.deepEqual(rows[2], [200, 100]);
  assert.deepEqual(rows[4], [350, 18]);
  places.forEach((one, k) => {
    for (const other of places.slice(0, k)) {
      const over = one.left < other.right && other.left < one.right;
      assert.ok(!over || Math.abs(one.y - other.y) >= 18, plates[k].text);
    }
  });
});
