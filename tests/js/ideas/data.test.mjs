// What IdeasExplorer counts, and which map an anchor is on.
import assert from "node:assert/strict";
import test from "node:test";

import {
  mapOf,
  readData,
  readState,
} from "../../../d2l_ssd/widgets/static/ideas/data.js";
import explorer from "../../../d2l_ssd/widgets/static/ideas_explorer.js";
import { assertClose, makeModel, parity } from "../helpers.mjs";
import { guessed, makeScene } from "./scene.mjs";

/** The state of a scene at settings. */
function stateOf(traits = {}) {
  const model = makeModel(makeScene(traits));
  return readState(model, readData(model));
}

const PACKED = ["truths", "difficult", "answers", "before", "after"];

parity("ideas", ({ settings, ...traits }) => {
  for (const name of PACKED) {
    traits[name] = traits[name].map((row) => Uint8Array.from(row));
  }
  const model = makeModel({ ...traits, ...guessed(0), selected: -1 });
  const data = readData(model);
  for (const { rows, scores, ...setting } of settings) {
    for (const [name, value] of Object.entries(setting)) model.set(name, value);
    const { counts, found, image, ...state } = readState(model, data);
    assert.equal(state.rows.length, rows.length);
    rows.forEach(({ answers, ...expected }, k) => {
      const { answers: own, hidden, ...row } = state.rows[k];
      assert.deepEqual(row, expected);
      assertClose([own], [answers]);
      assert.equal(hidden, false);
    });
    const shown = counts[image].shown.map((d) => found.scores[d]);
    assertClose(shown, scores);
  }
});

test("boxes are counted from the score on, with NMS and without", () => {
  const { rows, counts } = stateOf();
  const { answers, before, after, right, wrong, missed } = rows[0];
  assert.deepEqual([answers, before, after], [2, 4, 3]);
  assert.deepEqual([right, wrong, missed], [2, 2, 0]);
  assert.deepEqual(counts[0].wrong, [1, 2]);
  const all = stateOf({ score_threshold: 0.1 });
  assert.equal(all.rows[0].before, 5);
  const nms = stateOf({ nms: true });
  assert.deepEqual([nms.rows[0].wrong, nms.counts[0].shown.length], [1, 3]);
  assert.equal(nms.rows[1].missed, 1);
});

test("a scene without objects has no answers", () => {
  const { rows, answering } = stateOf({ image: 1 });
  assert.deepEqual(answering, []);
  assert.deepEqual(
    rows.map(({ answers, missed }) => [answers, missed]),
    [
      [0, 0],
      [0, 0],
    ],
  );
});

test("what the task asks for is hidden until there is a guess", () => {
  assert.deepEqual(
    stateOf().rows.map(({ hidden }) => hidden),
    [false, true],
  );
  assert.equal(stateOf({ idea: 1 }).hidden, true);
  assert.equal(stateOf({ idea: 1, ...guessed(0) }).hidden, false);
  assert.equal(stateOf({ idea: 1, asked: -1 }).hidden, false);
});

test("an anchor's map follows from its number", () => {
  const { idea } = stateOf();
  const maps = [0, 15, 16, 19].map((anchor) => mapOf(idea, anchor));
  assert.deepEqual(maps, [0, 0, 1, 1]);
});

test("another image selects no object, another idea keeps it", () => {
  const model = makeModel(makeScene({ selected: 1 }));
  explorer.initialize({ model });
  model.set("idea", 1);
  assert.equal(model.get("selected"), 1);
  model.set("image", 1);
  assert.equal(model.get("selected"), -1);
});
