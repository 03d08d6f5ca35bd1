import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

import {
  COUNTS,
  countShown,
  makeJobs,
  measureRow,
} from "../../tools/own_thing_measure.mjs";
import {
  LONG,
  makeData,
  parseRow,
  ROWS,
  SEEDS,
  setOf,
} from "../../tools/own_thing_rows.mjs";
import { readRows, writeRows } from "../../tools/playground_store.mjs";
import { simd } from "./engine/kernels_file.mjs";
import { labelsOf } from "./helpers.mjs";

const SETTINGS = { appear: 0.5, stay: 0.3 };
const BOX = [0.1, 0.1, 0.5, 0.5];
const ELSEWHERE = [0.6, 0.6, 0.9, 0.9];

function found(...rows) {
  return {
    scores: rows.map(([score]) => score),
    classes: rows.map(() => 0),
    boxes: Float32Array.from(rows.flatMap(([, ...box]) => box)),
    anchors: rows.map(() => 0),
  };
}

const frames = [1, 2].map(() => ({ labels: labelsOf([[0, ...BOX]]) }));

test("hits and false boxes are counted from the score to appear", () => {
  const detections = [
    found([0.9, ...BOX], [0.8, ...BOX], [0.7, ...ELSEWHERE]),
    found([0.4, ...BOX]),
  ];
  const counts = countShown(detections, frames, false, SETTINGS);
  assert.deepEqual(counts, { hits: 1, falseBoxes: 2 });
});

test("on a film, a box that was shown stays with less", () => {
  const detections = [found([0.9, ...BOX]), found([0.4, ...BOX])];
  const counts = countShown(detections, frames, true, SETTINGS);
  assert.deepEqual(counts, { hits: 2, falseBoxes: 0 });
});

test("a row says its data and settings", () => {
  const { data, settings } = parseRow("mug&paste=0&lr=0.01");
  assert.equal(data, "mug");
  assert.equal(settings.paste, false);
  assert.equal(settings.lr, 0.01);
  assert.equal(settings.augment, true);
  assert.throws(() => parseRow("mug&paist=0"), /no setting paist/);
  assert.equal(new Set(ROWS).size, ROWS.length);
  ROWS.forEach(parseRow);
  assert.ok(LONG.every((row) => ROWS.includes(row)));
});

test("seeds are outermost, and what is there is not measured again", () => {
  const all = makeJobs([], SEEDS);
  assert.equal(all.length, SEEDS * ROWS.length);
  assert.ok(all.slice(0, ROWS.length).every(({ seed }) => seed === 1));
  const there = { row: ROWS[1], seed: 2 };
  assert.deepEqual(makeJobs([there], 2, ROWS[1]), [{ row: ROWS[1], seed: 1 }]);
});

test("elsewhere, places and decoys are others, and each seed has its thing", () => {
  const sets = [1, 2, 3].map(setOf);
  for (const key of ["rooms", "decoys"]) {
    const numbers = sets.flatMap(({ here, elsewhere }) => [
      ...here[key],
      ...elsewhere[key],
    ]);
    assert.equal(new Set(numbers).size, numbers.length, key);
  }
  assert.deepEqual(
    sets.map(({ here }) => here.things),
    [[0], [1], [2]],
  );
});

test("the duck is as the page teaches it, measured on other pictures", () => {
  const { training, elsewhere, same } = makeData("duck", 1);
  assert.equal(training.filter(({ keptBack }) => !keptBack).length, 20);
  assert.equal(elsewhere.length, 120);
  assert.equal(same, null);
  assert.notDeepEqual(elsewhere[0].pixels, training[0].pixels);
});

test("a short run measures what a long one does, and can be stored", () => {
  const made = measureRow("duck", 1, simd, [8, 16]);
  for (const name of ["ap50", "hits", "falseBoxes", "seconds"]) {
    assert.equal(made[name].length, COUNTS.length, name);
    assert.deepEqual(made[name].slice(2), [null, null], name);
  }
  assert.equal(made.frames, 120);
  assert.equal(made.things, 90);
  assert.ok(made.seconds[1] > made.seconds[0]);
  const file = join(mkdtempSync(join(tmpdir(), "table-")), "table.json");
  writeRows(file, [made], ROWS);
  assert.deepEqual(readRows(file), [made]);
});
