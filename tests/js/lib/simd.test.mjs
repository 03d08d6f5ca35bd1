import assert from "node:assert/strict";
import test from "node:test";

import { hasSimd } from "../../../d2l_ssd/widgets/static/lib/simd.js";

test("asks WebAssembly for a module with SIMD", (t) => {
  assert.equal(hasSimd(), true); // node has it
  t.mock.method(WebAssembly, "validate", () => false);
  assert.equal(hasSimd(), false);
});

test("without WebAssembly there is none", (t) => {
  const kept = globalThis.WebAssembly;
  t.after(() => (globalThis.WebAssembly = kept));
  globalThis.WebAssembly = undefined;
  assert.equal(hasSimd(), false);
});
