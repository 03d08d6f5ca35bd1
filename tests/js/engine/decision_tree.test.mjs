// The table's symptoms were measured on whole runs, of as many seeds as it has.
import assert from "node:assert/strict";
import test from "node:test";

import { BUGS } from "../../../d2l_ssd/widgets/static/engine/bugs.js";
import {
  findBug,
  TREE,
} from "../../../d2l_ssd/widgets/static/engine/decision_tree.js";
import { DIAGNOSTICS } from "../../../d2l_ssd/widgets/static/engine/diagnostics.js";
import { table } from "./stored_table.mjs";

const MOST_LOOKS = 5;

const baseline = new Map(table.of("").map((row) => [row.seed, row]));

/** What bugs of use share with the baseline stands in its row only. */
function symptomsOf({ where }, row) {
  return where === "decoding and use"
    ? { ...baseline.get(row.seed), ...row }
    : row;
}

for (const bug of [...BUGS, { id: "" }]) {
  const { id } = bug;
  test(`the tree ends at “${id || "no bug"}” for every seed`, () => {
    for (const row of table.of(id && `bug=${id}`)) {
      const { bug: found, path } = findBug(symptomsOf(bug, row));
      const looks = path.map(({ diagnostic }) => diagnostic).join(", ");
      assert.equal(found, id, `seed ${row.seed}: ${looks}`);
      assert.ok(path.length <= MOST_LOOKS, looks);
    }
  });
}

/** All that can be asked, and all that can come out. */
function* walk(node) {
  yield node;
  if (typeof node === "string") return;
  for (const { then } of node.branches) yield* walk(then);
}

test("the tree asks diagnostics that there are, and names each bug", () => {
  const nodes = [...walk(TREE)];
  const ids = DIAGNOSTICS.map(({ id }) => id);
  const asked = nodes.filter((node) => typeof node !== "string");
  for (const { ask } of asked) assert.ok(ids.includes(ask), ask);
  const named = new Set(nodes.filter((node) => typeof node === "string"));
  assert.deepEqual(named, new Set([...BUGS.map(({ id }) => id), ""]));
});

test("the last branch needs no condition, and only the last", () => {
  const questions = [...walk(TREE)].filter((node) => node.branches);
  for (const { branches } of questions) {
    const conditions = branches.map(({ when }) => Boolean(when));
    const wanted = branches.map((_, k) => k < branches.length - 1);
    assert.deepEqual(conditions, wanted);
  }
});
