import assert from "node:assert/strict";
import test from "node:test";

import {
  packTensors,
  unpackTensors,
} from "../../../d2l_ssd/widgets/static/lib/safetensors.js";

function makeFile(header, numbers = []) {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeUInt32LE(json.length);
  return Buffer.concat([
    length,
    json,
    Buffer.from(Float32Array.from(numbers).buffer),
  ]);
}

test("what is packed is unpacked", () => {
  const data = Float32Array.from([1, -2, 1e-30, 0.1, 5, 6]);
  const bytes = packTensors({
    first: { shape: [2, 3], data },
    part: { shape: [1], data: data.subarray(3, 4) },
    none: { shape: [0], data: new Float32Array(0) },
  });
  const tensors = unpackTensors(bytes);
  assert.deepEqual(Object.keys(tensors), ["first", "part", "none"]);
  assert.deepEqual(tensors.first, { shape: [2, 3], data });
  assert.deepEqual([...tensors.part.data], [Math.fround(0.1)]);
  assert.equal(tensors.none.data.length, 0);
});

test("the header: its length, JSON with the numbers' places", () => {
  const one = { shape: [1], data: Float32Array.of(3) };
  const bytes = packTensors({ a: one, b: one });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal(length % 8, 0);
  assert.equal(bytes.length, 8 + length + 8);
  const header = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8, 8 + length)),
  );
  const expected = { dtype: "F32", shape: [1], data_offsets: [4, 8] };
  assert.deepEqual(header.b, expected);
});

test("numbers may lie anywhere, in any order", () => {
  const entry = (start) => ({
    dtype: "F32",
    shape: [1],
    data_offsets: [start, start + 4],
  });
  const file = makeFile({ late: entry(4), early: entry(0) }, [5, 6]);
  for (const away of [0, 1, 2, 3]) {
    const shifted = new Uint8Array(file.length + away);
    shifted.set(file, away);
    const { early, late } = unpackTensors(shifted.subarray(away));
    assert.deepEqual([early.data[0], late.data[0]], [5, 6]);
  }
});

test("a file that cannot be read says why", () => {
  const half = { dtype: "F16", shape: [2], data_offsets: [0, 4] };
  const short = { dtype: "F32", shape: [3], data_offsets: [0, 12] };
  const message = "This is not a safetensors file.";
  for (const bytes of [new Uint8Array(0), Buffer.from("PK and so on, a zip")]) {
    assert.throws(() => unpackTensors(bytes), { message });
  }
  assert.throws(() => unpackTensors(makeFile({ w: half }, [1])), {
    message: "w holds F16 numbers: save it as float32.",
  });
  assert.throws(() => unpackTensors(makeFile({ w: short }, [1])), {
    message: "The file is damaged: w is cut off.",
  });
});
