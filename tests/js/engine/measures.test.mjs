import assert from "node:assert/strict";
import test from "node:test";

import {
  countShown,
  errorArrows,
  medianArrow,
  precisionsBySize,
  precisionsWithoutClass,
} from "../../../d2l_ssd/widgets/static/engine/measures.js";
import { assertClose, labelsOf } from "../helpers.mjs";

/** Make detections of rows [score, class, x0, y0, x1, y1] in pixels of 48. */
function foundOf(rows) {
  return {
    scores: rows.map(([score]) => score),
    classes: rows.map(([, label]) => label),
    boxes: Float32Array.from(
      rows.flatMap((row) => row.slice(2)),
      (x) => x / 48,
    ),
    anchors: rows.map(() => 0),
  };
}

/** Make labels of rows [class, x0, y0, x1, y1] in pixels of 48. */
function objectsOf(rows) {
  return labelsOf(
    rows.map(([label, ...box]) => [label, ...box.map((x) => x / 48), 0]),
  );
}

const objects = objectsOf([
  [0, 0, 0, 8, 8],
  [0, 20, 20, 44, 44],
]);

test("AP by size: what finds objects of other sizes does not count", () => {
  const found = foundOf([
    [0.9, 0, 20, 20, 44, 44],
    [0.8, 0, 0, 0, 8, 8],
  ]);
  const [small, medium, large] = precisionsBySize([found], [objects]);
  assertClose([small, large], [1, 1], 1e-9);
  assert.ok(Number.isNaN(medium), "there is no medium object");
});

test("AP by size: boxes that find nothing count for their own size", () => {
  const found = foundOf([
    [0.9, 0, 12, 0, 20, 8],
    [0.8, 0, 0, 0, 8, 8],
    [0.7, 0, 20, 20, 44, 44],
  ]);
  const [small, , large] = precisionsBySize([found], [objects]);
  assertClose([small, large], [0.5, 1], 1e-9);
});

test("AP by size: a box of another size may find the object", () => {
  const small = objectsOf([[0, 0, 0, 10, 10]]);
  const found = foundOf([[0.9, 0, 0, 0, 12, 12]]);
  assertClose([precisionsBySize([found], [small])[0]], [1], 1e-9);
});

test("AP ignoring class finds boxes whose class is wrong", () => {
  const found = foundOf([
    [0.9, 2, 0, 0, 8, 8],
    [0.8, 1, 20, 20, 44, 44],
  ]);
  const { ap50, touch } = precisionsWithoutClass([found], [objects]);
  assertClose([ap50, touch], [1, 1], 1e-9);
});

test("touching takes an overlap of a tenth", () => {
  const found = foundOf([[0.9, 0, 6, 0, 14, 8]]); // IoU 16 / 112
  const one = objectsOf([[0, 0, 0, 8, 8]]);
  const { ap50, touch } = precisionsWithoutClass([found], [one]);
  assertClose([ap50, touch], [0, 1], 1e-9);
});

test("boxes are counted from a score on", () => {
  const found = foundOf([
    [0.9, 0, 0, 0, 8, 8],
    [0.5, 0, 1, 0, 9, 8], // a duplicate
    [0.39, 0, 20, 20, 44, 44],
  ]);
  const none = { ...foundOf([]) };
  const counts = countShown([found, none], [objects, objectsOf([])], 0.4);
  assert.deepEqual(counts, { boxes: 1, precision: 0.5, recall: 0.5 });
});

test("arrows go from objects to boxes, in pixels", () => {
  const found = foundOf([
    [0.9, 0, 2, 1, 10, 9], // 2 to the right, 1 down
    [0.8, 0, 20, 20, 68, 32], // twice as wide, half as high
    [0.1, 0, 0, 0, 1, 1],
  ]);
  const arrows = errorArrows([found], [objects], 0.4);
  assert.equal(arrows.length, 2);
  assertClose(arrows[0].shift, [2, 1], 1e-4);
  assertClose(arrows[1].size, [2, 0.5], 1e-4);
  assert.deepEqual([arrows[0].object, arrows[1].object], [0, 1]);
});

test("medians of arrows, and the width between the quartiles", () => {
  const arrows = [1, 2, 3, 4, 100].map((right) => ({
    shift: [right, 0],
    size: [1, Math.E],
  }));
  const { right, height } = medianArrow(arrows);
  assert.deepEqual(right, { median: 3, iqr: 2 });
  assertClose([height.median, height.iqr], [1, 0], 1e-3);
  assert.ok(Number.isNaN(medianArrow([]).right.median));
});
