// A detector's file.
import assert from "node:assert/strict";
import test from "node:test";

import {
  packTensors,
  readMetadata,
  unpackTensors,
} from "../../../d2l_ssd/widgets/static/lib/safetensors.js";
import { DEFAULTS } from "../../../d2l_ssd/widgets/static/own_engine/settings.js";
import { OwnTrainer } from "../../../d2l_ssd/widgets/static/own_engine/trainer.js";
import {
  loadDetector,
  saveDetector,
} from "../../../d2l_ssd/widgets/static/own_engine/weights.js";

const make = (classes, settings = {}) =>
  new OwnTrainer({ ...DEFAULTS, ...settings }, classes, [], null);

test("a file has the weights in use, and the things' names", () => {
  const trainer = make(["cup", "pen"], { seed: 3 });
  const bytes = saveDetector(trainer);
  assert.deepEqual(JSON.parse(readMetadata(bytes).classes), ["cup", "pen"]);
  assert.equal(readMetadata(bytes).format, "pt");
  const tensors = unpackTensors(bytes);
  assert.deepEqual(tensors["trunk.0.weight"].shape, [16, 3, 3, 3]);
  const other = make(["a", "b"], { seed: 4 });
  assert.deepEqual(loadDetector(other, bytes), ["cup", "pen"]);
  assert.deepEqual(unpackTensors(saveDetector(other)), tensors);
});

test("a detector that looks closer says so", () => {
  const far = saveDetector(make(["cup"]));
  const near = make(["cup"], { small: true });
  assert.equal(readMetadata(far).small, "false");
  assert.equal(readMetadata(saveDetector(near)).small, "true");
  assert.throws(() => loadDetector(near, far), /small things/);
});

test("another number of things is refused in words", () => {
  const bytes = saveDetector(make(["cup"]));
  assert.throws(
    () => loadDetector(make(["cup", "pen", "key"]), bytes),
    /1 thing \(cup\), but 3 things \(cup, pen, key\) here/,
  );
});

test("a file without names is loaded if its weights fit", () => {
  const trainer = make(["cup"], { seed: 2 });
  const bytes = packTensors(unpackTensors(saveDetector(trainer)));
  assert.deepEqual(loadDetector(make(["cup"]), bytes), ["cup"]);
  const junk = new Uint8Array(30);
  assert.throws(() => loadDetector(trainer, junk), /not a safetensors file/);
});
