// Names of settings and runs, and what a change of them asks for.
import assert from "node:assert/strict";
import test from "node:test";

import {
  DEFAULTS,
  KNOBS,
} from "../../../d2l_ssd/widgets/static/engine/settings.js";
import {
  changedKeys,
  kindOfChange,
  runName,
  shortName,
} from "../../../d2l_ssd/widgets/static/playground/names.js";

test("a chip says a setting in a few words", () => {
  const cases = [
    ["iou", 0.7, "matching IoU 0.7"],
    ["neg", Infinity, "all negatives"],
    ["neg", 1, "1 negatives"],
    ["force", false, "force-match off"],
    ["maps", [12, 3], "maps 12, 3"],
    ["ratios", [1], "ratios 1"],
    ["bug", "variances", "bug: variances forgotten"],
    ["lr", 0.0123456, "learning rate 0.0123"],
  ];
  for (const [key, value, text] of cases) {
    assert.equal(shortName(key, value), text);
  }
  for (const { key, value } of KNOBS) {
    const name = shortName(key, value);
    assert.ok(name.length < 32, name);
    assert.ok(!/undefined|NaN/.test(name), name);
  }
});

test("changed keys come in the order of the book", () => {
  const settings = { ...DEFAULTS, nms: 0.3, maps: [12, 6], bug: "flip" };
  assert.deepEqual(changedKeys(settings), ["maps", "nms", "bug"]);
  assert.deepEqual(changedKeys({ ...DEFAULTS, maps: [12, 6, 3] }), []);
});

test("a run is named by its difference from the baseline", () => {
  assert.equal(runName(DEFAULTS), "baseline, seed 1");
  const settings = { ...DEFAULTS, neg: Infinity, seed: 3, show: 0.1 };
  assert.equal(runName(settings), "all negatives, seed 3");
});

test("what a change asks for", () => {
  const change = (values, from = {}) =>
    kindOfChange({ ...DEFAULTS, ...from }, { ...DEFAULTS, ...from, ...values });
  assert.equal(change({}), "none");
  assert.equal(change({ n: 12000 }), "none");
  assert.equal(change({ show: 0.2, nms: 0.3 }), "live");
  assert.equal(change({ iou: 0.7 }), "training");
  assert.equal(change({ iou: 0.7, nms: 0.3 }), "training");
  assert.equal(change({ maps: [12] }), "network");
  assert.equal(change({ seed: 2 }), "network");
  assert.equal(change({ bug: "variances" }), "live");
  assert.equal(change({ bug: "" }, { bug: "variances" }), "live");
  assert.equal(change({ bug: "variances" }, { bug: "flip" }), "training");
});
