import assert from "node:assert/strict";
import test from "node:test";

import {
  toBytes,
  toFloats,
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
