import assert from "node:assert/strict";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

import { parseAddress } from "../../d2l_ssd/widgets/static/engine/address.js";
import { ADDRESSES, makeJobs, RUNS } from "../../tools/playground_rows.mjs";
import { readRows, writeRows } from "../../tools/playground_store.mjs";

function makeFile() {
  return join(mkdtempSync(join(tmpdir(), "table-")), "table.json");
}

test("rows come back as they were written, whatever each has", () => {
  const file = makeFile();
  const rows = [
    { row: "force=0", seed: 1, ap50: 0.8, curve: [[500, 0.1]] },
    { row: "", seed: 2, ap50: 0.9 },
    { row: "", seed: 1, ap50: 0.85, probe: 51.25 },
  ];
  writeRows(file, rows);
  assert.deepEqual(readRows(file), [rows[2], rows[1], rows[0]]);
  assert.equal(readdirSync(join(file, "..")).length, 1, "no part is left");
});

test("a table that is not there has no rows; one that is broken is an error", () => {
  assert.deepEqual(readRows(makeFile()), []);
  assert.throws(() => readRows(new URL(import.meta.url).pathname));
});

test("seeds are outermost, and what is there is not missing", () => {
  const jobs = makeJobs([{ row: "force=0", seed: 2 }], 2);
  const count = Object.values(RUNS).flat().length;
  assert.deepEqual(
    jobs.map(({ seed }) => seed),
    [...Array(count).fill(1), ...Array(count).fill(2)],
  );
  const there = jobs.filter(({ missing }) => !missing);
  assert.deepEqual(
    there.map(({ train, seed }) => [train, seed]),
    [["force=0", 2]],
  );
});

test("a run is made again if one of its live rows is missing", () => {
  const [{ missing }] = makeJobs([{ row: "", seed: 1 }], 1);
  assert.ok(missing);
});

test("a part of the runs can be asked for, or one", () => {
  const parts = makeJobs([], 1, "knobs").map(({ train }) => train);
  assert.deepEqual(
    parts,
    RUNS.knobs.map(({ train }) => train),
  );
  assert.equal(makeJobs([], 3, "").length, 3);
});

test("rows are addresses, each once", () => {
  assert.equal(new Set(ADDRESSES).size, ADDRESSES.length);
  for (const address of ADDRESSES) {
    assert.deepEqual(parseAddress(address).problems, [], address);
  }
});
