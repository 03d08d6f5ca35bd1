// The scene's objects, and which scenes were recorded.
import assert from "node:assert/strict";
import test from "node:test";

import {
  anchorsOf,
  changeObject,
  followPath,
  makeIsRecorded,
  nameObjects,
  readRecord,
  readState,
  reorder,
} from "../../../d2l_ssd/widgets/static/live/data.js";
import { assertClose, floats, makeModel } from "../helpers.mjs";

function placed(sprite, x, y) {
  return { sprite, x, y, size: 0.4, angle: 0, hidden: false };
}

function makeScene() {
  return makeModel({
    sprite_names: ["cat", "kennel"],
    objects: [placed(0, 0.5, 0.5), placed(0, 0.2, 0.2), placed(1, 0.5, 1.25)],
    order: [0, 1, 2],
    ...{ selected: 2, place: 0, light: 1, blur: 0, side: 0, sides: [256] },
    ...{ score_threshold: 0.5, nms_iou: 0.45, guess: 0.4, shown: false },
    path: [
      [0.5, 1.25],
      [0.5, 0.9],
    ],
    ...{ mover: 2, target: 0, step: 0 },
    recorded: floats([
      [0, 0, 0.9, 12, 0.1, 0.1, 0.2, 0.2],
      [1, 1, 0.8, 13, 0.3, 0.3, 0.4, 0.5],
      [1, 0, 0.7, 14, 0.5, 0.5, 0.6, 0.6],
    ]),
  });
}

test("an object stays in the scene, and its angle within a turn", () => {
  const model = makeScene();
  changeObject(model, 0, { x: 1.3, y: -1, size: 9, angle: 190 });
  const { x, y, size, angle, sprite } = model.get("objects")[0];
  assert.deepEqual([x, y, size, angle, sprite], [1, 0, 1.2, -170, 0]);
  assert.equal(model.get("objects")[1].x, 0.2);
});

test("what comes from below may rise, and not sink", () => {
  const model = makeScene();
  changeObject(model, 2, { y: 1.2 });
  assert.equal(model.get("objects")[2].y, 1.2);
  changeObject(model, 2, { y: 1.3 });
  assert.equal(model.get("objects")[2].y, 1);
});

test("objects change places in the order", () => {
  const model = makeScene();
  reorder(model, 0, 1);
  assert.deepEqual(model.get("order"), [1, 0, 2]);
  reorder(model, 1, -1); // it is the last one already
  assert.deepEqual(model.get("order"), [1, 0, 2]);
});

test("a scene is a recorded one on the path alone", () => {
  const model = makeScene();
  const isRecorded = makeIsRecorded(model);
  assert.equal(isRecorded(readState(model)), true);
  model.set("step", 1);
  assert.equal(isRecorded(readState(model)), false);
  followPath(model);
  assert.equal(isRecorded(readState(model)), true);
  model.set("light", 0.9);
  assert.equal(isRecorded(readState(model)), false);
  model.set("light", 1);
  changeObject(model, 0, { x: 0.51 });
  assert.equal(isRecorded(readState(model)), false);
});

test("the record is read step by step", () => {
  const [first, second] = readRecord(makeScene());
  assert.deepEqual([first.classes, first.anchors], [[0], [12]]);
  assert.deepEqual(
    [second.classes, second.anchors],
    [
      [1, 0],
      [13, 14],
    ],
  );
  assertClose(second.boxes.subarray(4), [0.5, 0.5, 0.6, 0.6], 1e-6);
});

test("anchors keep their pixels where the input is smaller", () => {
  const about = {
    image_size: [256, 256],
    sizes: [
      [0.1, 0.2],
      [0.2, 0.3],
      [0.4, 0.5],
      [0.7, 0.8],
    ],
    ratios: [[1], [1], [1], [1]],
  };
  const [large, small] = [256, 128].map((side) => anchorsOf(about, side));
  assert.equal(large.length, 4 * 2 * (32 * 32 + 16 * 16 + 8 * 8 + 1));
  assert.equal(small.length, 4 * 2 * (16 * 16 + 8 * 8 + 4 * 4 + 1));
  assertClose([large[2] - large[0], small[2] - small[0]], [0.1, 0.2], 1e-6);
});

test("objects of a kind are numbered", () => {
  assert.deepEqual(nameObjects(makeScene()), ["cat", "cat 2", "kennel"]);
});
