import assert from "node:assert/strict";
import test from "node:test";

import {
  CROSS,
  drawScene,
  drawShapes,
  makePixels,
  SIZE,
} from "../../../d2l_ssd/widgets/static/engine/scenes.js";
import { unseenScenes } from "../../../d2l_ssd/widgets/static/engine/trainer.js";
import { assertClose, floats, parity, unpack } from "../helpers.mjs";

const WHITE = { color: [1, 1, 1], shade: 0 };

/** What a scene's pixels have that bare ground has not, per pixel. */
function painted({ pixels }) {
  const bare = drawShapes([]).pixels;
  return Array.from({ length: SIZE * SIZE }, (_, p) =>
    [0, 1, 2].some((c) => pixels[3 * p + c] !== bare[3 * p + c]),
  );
}

/** The pixels [x, y] of what is painted. */
function places(scene) {
  return painted(scene).flatMap((is, p) =>
    is ? [[p % SIZE, Math.floor(p / SIZE)]] : [],
  );
}

test("a scene is drawn into pixels that exist, and is the same again", () => {
  const pixels = makePixels();
  const scene = drawScene(3, 7, {}, pixels);
  assert.equal(scene.pixels, pixels);
  assert.deepEqual(drawScene(3, 7), scene);
  assert.notDeepEqual(drawScene(3, 8).pixels, pixels);
  assert.notDeepEqual(drawScene(4, 7).pixels, pixels);
});

test("a square covers its box, and a label says where it is", () => {
  const square = { label: 1, box: [10, 20, 3, 2], ...WHITE };
  const scene = drawShapes([square]);
  assert.deepEqual(places(scene), [
    [10, 20],
    [11, 20],
    [12, 20],
    [10, 21],
    [11, 21],
    [12, 21],
  ]);
  assert.deepEqual(scene.labels.classes, [1]);
  const box = [10, 20, 13, 22].map((pixels) => pixels / SIZE);
  assertClose(scene.labels.boxes, box, 1e-7);
  assert.deepEqual(scene.labels.difficult, [false]);
});

test("a circle and a triangle leave corners free", () => {
  const box = [8, 8, 16, 16];
  const [circle, triangle] = [0, 2].map((label) =>
    painted(drawShapes([{ label, box, ...WHITE }])),
  );
  const at = (x, y) => y * SIZE + x;
  assert.ok(circle[at(16, 8)] && circle[at(8, 16)] && !circle[at(8, 8)]);
  assert.ok(triangle[at(16, 9)] && triangle[at(8, 23)]);
  assert.ok(!triangle[at(8, 8)] && !triangle[at(10, 16)]);
});

test("a shape may reach over the edge", () => {
  const box = [-2, -3, 4, 5];
  const scene = drawShapes([{ label: 1, box, ...WHITE }]);
  assert.deepEqual(places(scene), [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ]);
  const other = { label: 1, box: [46, 47, 9, 9], ...WHITE };
  assert.deepEqual(places(drawShapes([other])), [
    [46, 47],
    [47, 47],
  ]);
});

test("crosses are seen and have no label", () => {
  const cross = { label: CROSS, box: [8, 8, 20, 20], ...WHITE };
  const scene = drawShapes([cross]);
  assert.ok(places(scene).length > 100);
  assert.deepEqual(scene.labels.classes, []);
  assert.equal(scene.labels.boxes.length, 0);
});

parity("scenes", ({ seed, start, world, images, labels }) => {
  const expected = unpack(images, Uint8Array);
  const length = SIZE * SIZE * 3;
  let others = 0;
  labels.forEach((rows, i) => {
    const scene = drawScene(seed, start + i, world);
    for (let k = 0; k < length; k++) {
      const error = Math.abs(scene.pixels[k] - expected[i * length + k]);
      assert.ok(error <= 1, `scene ${i}, at ${k}: off by ${error}`);
      others += error;
    }
    const { classes, boxes } = scene.labels;
    assert.deepEqual(
      classes.map((label, t) => [label, ...boxes.subarray(4 * t, 4 * t + 4)]),
      rows,
    );
  });
  // Machines may differ in the last bit of a sine, and so in a rounded pixel
  assert.ok(others <= 10, `${others} pixels differ`);
});

parity("unseen_scenes", ({ test, first, boxes }) => {
  const scenes = unseenScenes(test, boxes.length, first);
  assert.deepEqual(
    scenes.map(({ labels }) => labels.boxes),
    boxes.map(floats),
  );
});
