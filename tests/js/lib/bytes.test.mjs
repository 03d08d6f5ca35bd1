import assert from "node:assert/strict";
import test from "node:test";

import {
  toBytes,
  toFloats,
  toHalves,
} from "../../../d2l_ssd/widgets/static/lib/bytes.js";
import { floats } from "../helpers.mjs";

test("bytes may start anywhere in their buffer", () => {
  const bytes = new Uint8Array(9);
  bytes.set(new Uint8Array(floats([0.5, 2]).buffer), 1);
  const view = new DataView(bytes.buffer, 1);
  assert.deepEqual(toFloats(view), floats([0.5, 2]));
  assert.deepEqual(toFloats(bytes.buffer.slice(1)), floats([0.5, 2]));
  assert.deepEqual([...toBytes(new DataView(bytes.buffer, 0, 1))], [0]);
});

test("halves are read: normal, tiny, none and infinite", () => {
  const words = [0x3c00, 0xc100, 0x3555, 0x0001, 0x03ff, 0x0400, 0, 0x7c00];
  const halves = toHalves(Uint16Array.from(words));
  assert.deepEqual(
    [...halves],
    [1, -2.5, 1365 / 4096, 2 ** -24, 1023 / 2 ** 24, 2 ** -14, 0, Infinity],
  );
  assert.ok(Number.isNaN(toHalves(Uint16Array.of(0x7c01))[0]));
});
