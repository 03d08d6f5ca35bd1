import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";

import { makeZip } from "../../../d2l_ssd/widgets/static/own/zip.js";

const DATE = new Date(2026, 10, 26, 7, 35, 58);

async function bytesOf(entries) {
  return Buffer.from(await makeZip(entries, DATE).arrayBuffer());
}

test("an empty zip file is its end alone", async () => {
  const bytes = await bytesOf([]);
  assert.equal(bytes.toString("hex"), `504b0506${"00".repeat(18)}`);
});

test("a file's fields are where the format has them", async () => {
  const bytes = await bytesOf([{ name: "a/é.txt", data: "123456789" }]);
  assert.equal(bytes.readUInt32LE(0), 0x04034b50);
  assert.equal(bytes.readUInt16LE(6), 1 << 11); // names are UTF-8
  assert.equal(bytes.readUInt16LE(8), 0); // stored
  assert.equal(bytes.readUInt32LE(14), 0xcbf43926); // CRC-32's known value
  assert.deepEqual(
    [18, 22].map((at) => bytes.readUInt32LE(at)),
    [9, 9],
  );
  assert.equal(bytes.readUInt16LE(26), 8);
  assert.equal(bytes.toString("utf8", 30, 47), "a/é.txt123456789");
});

const READ = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as file:
    assert file.testzip() is None
    print(json.dumps([
        [i.filename, file.read(i).hex(), list(i.date_time), oct(i.external_attr >> 16)]
        for i in file.infolist()
    ]))
`;

/** Let Python's zipfile read a zip file. */
function readByPython(bytes) {
  const folder = mkdtempSync(path.join(tmpdir(), "zip-"));
  try {
    const file = path.join(folder, "a.zip");
    writeFileSync(file, bytes);
    const python = process.env.PYTHON ?? "python3";
    const text = execFileSync(python, ["-c", READ, file], { encoding: "utf8" });
    return JSON.parse(text);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("Python reads what was written, with names, dates and permissions", async () => {
  const large = Uint8Array.from({ length: 70_000 }, (_, i) => (i * i) % 251);
  const entries = [
    { name: "own_thing/data.yaml", data: "names: [Tasse ☕]\n" },
    { name: "own_thing/für Ödön.jpg", data: large },
    { name: "empty.txt", data: "" },
  ];
  const found = readByPython(await bytesOf(entries));
  const expected = entries.map(({ name, data }) => [
    name,
    Buffer.from(data).toString("hex"),
    [2026, 11, 26, 7, 35, 58],
    "0o100644",
  ]);
  assert.deepEqual(found, expected);
});

test("a part of a larger buffer is written alone", async () => {
  const data = Uint8Array.from([9, 1, 2, 3, 9]).subarray(1, 4);
  const [[, hex]] = readByPython(await bytesOf([{ name: "a", data }]));
  assert.equal(hex, "010203");
});
