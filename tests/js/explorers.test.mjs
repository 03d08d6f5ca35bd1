// What one trait does to another in the explorers, without drawing.
import assert from "node:assert/strict";
import test from "node:test";

import anchors from "../../d2l_ssd/widgets/static/anchor_explorer.js";
import detections from "../../d2l_ssd/widgets/static/detection_explorer.js";
import featureMaps from "../../d2l_ssd/widgets/static/feature_map_explorer.js";
import targets from "../../d2l_ssd/widgets/static/target_explorer.js";
import replay from "../../d2l_ssd/widgets/static/training_replay.js";
import { makeModel } from "./helpers.mjs";

function anchorModel() {
  const model = makeModel({
    map_shapes: [
      [4, 4],
      [2, 2],
    ],
    presets: [
      [
        [0.1, 0.2],
        [0.3, 0.4],
      ],
      [
        [0.5, 0.6],
        [0.7, 0.8],
      ],
    ],
    sizes: [
      [0.1, 0.2],
      [0.3, 0.4],
    ],
    ...{ preset: 0, map: 0, small: 0.1, large: 0.2, row: 3, column: 1 },
  });
  anchors.initialize({ model });
  return model;
}

test("every map keeps its sizes", () => {
  const model = anchorModel();
  model.set("small", 0.15000000000000002);
  assert.deepEqual(model.get("sizes")[0], [0.15, 0.2]);
  assert.equal(model.get("preset"), 2); // your own
  model.set("map", 1);
  assert.deepEqual([model.get("small"), model.get("large")], [0.3, 0.4]);
  assert.deepEqual([model.get("row"), model.get("column")], [1, 0]);
  model.set("map", 0);
  assert.deepEqual([model.get("small"), model.get("large")], [0.15, 0.2]);
});

test("a preset sets all sizes", () => {
  const model = anchorModel();
  model.set("preset", 1);
  assert.deepEqual(model.get("sizes"), model.get("presets")[1]);
  assert.equal(model.get("small"), 0.5);
  model.set("large", 0.9);
  assert.equal(model.get("preset"), 2);
  model.set("preset", 0);
  assert.equal(model.get("large"), 0.2);
});

test("thresholds push each other", () => {
  const model = makeModel({ pos_iou: 0.5, neg_iou: 0.4 });
  targets.initialize({ model });
  model.set("pos_iou", 0.3);
  assert.equal(model.get("neg_iou"), 0.3);
  model.set("neg_iou", 0.6);
  assert.equal(model.get("pos_iou"), 0.6);
  model.set("neg_iou", 0.2);
  assert.equal(model.get("pos_iou"), 0.6);
});

test("a box is selected until another setting changes", () => {
  const model = makeModel({ class_names: ["cat"], box: 3, shows_0: true });
  detections.initialize({ model });
  model.set("shows_0", false);
  assert.equal(model.get("box"), -1);
});

test("the cell stays where it was on the image", () => {
  const layers = [{ shape: [8, 8] }, { shape: [4, 4] }];
  const model = makeModel({ layers, layer: 0, row: 6, column: 3 });
  featureMaps.initialize({ model });
  model.set("layer", 1);
  assert.deepEqual([model.get("row"), model.get("column")], [3, 1]);
});

test("a replay goes to the last epoch, and not beyond it", (context) => {
  const waiting = [];
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (run) => waiting.push(run);
  context.after(() => (globalThis.setTimeout = setTimeout));
  const detected = [[], [], [], []];
  const model = makeModel({ detections: detected, epoch: 4, playing: false });
  replay.initialize({ model });
  model.set("playing", true); // from the last epoch it starts again
  assert.equal(model.get("epoch"), 1);
  waiting.pop()();
  assert.equal(model.get("epoch"), 2);
  model.set("epoch", 4); // somebody moves the slider
  waiting.pop()();
  assert.deepEqual([model.get("epoch"), model.get("playing")], [4, false]);
  assert.equal(waiting.length, 0);
});
