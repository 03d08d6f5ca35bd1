import assert from "node:assert/strict";
import test from "node:test";

import { BUGS } from "../../../d2l_ssd/widgets/static/engine/bugs.js";
import {
  bugOf,
  codeOf,
  contradict,
  levelOf,
  LEVELS,
} from "../../../d2l_ssd/widgets/static/engine/game.js";
import { table } from "./stored_table.mjs";

const hidden = LEVELS.flatMap(({ bugs }) => bugs);

test("each bug is of one level, apart from exchanged colors", () => {
  const ids = BUGS.map(({ id }) => id).filter((id) => id !== "bgr");
  assert.deepEqual([...hidden].sort(), [...ids, ""].sort());
});

test("a code leads back to its bug, for every seed that a page has", () => {
  for (let seed = 1; seed <= 1000; seed++) {
    assert.equal(
      new Set(hidden.map((bug) => codeOf(bug, seed))).size,
      hidden.length,
    );
  }
  for (const bug of hidden) {
    assert.equal(bugOf(codeOf(bug, 3), 3), bug);
    assert.match(codeOf(bug, 3), /^[0-9a-f]{6}$/);
  }
  assert.equal(bugOf("zzzz", 3), undefined);
});

test("an address asks for a level; nonsense asks for the first", () => {
  assert.deepEqual(["1", "4"].map(levelOf), [0, 3]);
  for (const code of ["", "0", "5", "1.5", "length", "zzzz"]) {
    assert.equal(levelOf(code), 0, code);
  }
});

test("what speaks against a guess is the first look that differs", () => {
  const [variances] = table.of("bug=variances");
  const [baseline] = table.of("");
  const symptoms = { ...baseline, ...variances };
  assert.equal(contradict(symptoms, "variances"), null);
  assert.equal(contradict(symptoms, "logits").diagnostic, "picture");
  assert.equal(contradict(symptoms, "easiest").diagnostic, "losses");
  assert.equal(contradict(symptoms, "unnormalized").diagnostic, "roundTrip");
  assert.equal(contradict(symptoms, "columns").diagnostic, "arrows");
});
