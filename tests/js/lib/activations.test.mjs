import assert from "node:assert/strict";
import test from "node:test";

import {
  activationAt,
  fieldOf,
} from "../../../d2l_ssd/widgets/static/lib/activations.js";
import { parity } from "../helpers.mjs";

test("a 3 x 3 kernel sees a pixel and its neighbors", () => {
  const layer = { offset: 0, stride: 2, receptive_field: 3 };
  assert.deepEqual(fieldOf(0, layer), [-1, 2]);
  assert.deepEqual(fieldOf(5, layer), [9, 12]);
});

test("a byte is a step between the lowest and the highest value", () => {
  const layer = { shape: [1, 2], low: [0, -1], high: [255, 1] };
  const bytes = Uint8Array.of(0, 50, 255, 0);
  const values = [0, 1].flatMap((channel) =>
    [0, 1].map((column) => activationAt(bytes, layer, channel, 0, column)),
  );
  assert.deepEqual(values, [0, 50, 1, -1]);
});

parity("activations", ({ layer, bytes, cell, value, step, field }) => {
  const ours = activationAt(Uint8Array.from(bytes), layer, ...cell);
  const close = Math.abs(ours - value) <= 0.51 * step;
  assert.ok(close, `${ours}, Python has ${value}`);
  assert.deepEqual(fieldOf(cell[2], layer), field);
});
