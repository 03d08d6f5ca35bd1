// FeatureMapExplorer's view, without drawing: literal numbers, and the cases that
// Python wrote (tests/test_widgets_feature_maps.py sets FEATURE_MAP_CASES).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import explorer from "../../d2l_ssd/widgets/static/feature_map_explorer.js";

const { activationAt, fieldOf } = explorer;
const file = process.env.FEATURE_MAP_CASES;

test("a 3 x 3 kernel sees a pixel and its neighbors", () => {
  const layer = { offset: 0, stride: 2, receptive_field: 3 };
  assert.deepEqual(fieldOf(0, layer), [-1, 2]);
  assert.deepEqual(fieldOf(5, layer), [9, 12]);
});

test("a byte is a step between the lowest and the highest value", () => {
  const layer = { shape: [1, 2], low: [0, -1], high: [255, 1] };
  const bytes = Uint8Array.of(0, 50, 255, 0);
  const values = [[0, 0, 0], [0, 0, 1], [1, 0, 0], [1, 0, 1]].map(([channel, row, column]) =>
    activationAt(bytes, layer, channel, row, column),
  );
  assert.deepEqual(values, [0, 50, 1, -1]);
});

if (file) {
  test("as in Python", () => {
    const cases = JSON.parse(readFileSync(file));
    assert.ok(cases.length > 0);
    for (const { layer, bytes, cell, value, step, field } of cases) {
      const ours = activationAt(Uint8Array.from(bytes), layer, ...cell);
      assert.ok(Math.abs(ours - value) <= 0.51 * step, `${ours}, Python has ${value}`);
      assert.deepEqual(fieldOf(cell[2], layer), field);
    }
  });
}
