// Which row of an ablation the switches mean, and which ones are near.
import assert from "node:assert/strict";
import test from "node:test";

import {
  choose,
  nearestRows,
  readData,
  readState,
  referenceOf,
} from "../../../d2l_ssd/widgets/static/recipe/data.js";
import { topOf } from "../../../d2l_ssd/widgets/static/recipe/losses.js";
import {
  movesTo,
  nameOf,
  titleOf,
  verdictOf,
} from "../../../d2l_ssd/widgets/static/recipe/texts.js";
import { makeModel } from "../helpers.mjs";

function row(name, kind, on, ap50, change = name) {
  const losses = { class_loss: [[4, 1]], localization_loss: [[2, null]] };
  return { name, kind, change, on, ap50, ap75: ap50, ap: ap50, ...losses };
}

/** Parts a, b and c; without c, nothing is lost. */
function makeRecipe(traits = {}) {
  const rows = [
    row("naive", "way", [], [0.1, 0.12]),
    row("a", "way", [0], [0.3, 0.34]),
    row("b", "way", [0, 1], [0.5, 0.6]),
    row("full", "way", [0, 1, 2], [0.52, 0.56]),
    row("without a", "without", [1, 2], [0.2, 0.2]),
    row("without c", "without", [0, 1], [0.5, 0.6]),
    row("sgd", "instead", [0, 1, 2], [0.4], "SGD"),
  ];
  const parts = ["a", "b", "c"].map((name) => ({ name, says: name }));
  const choice = { on_0: true, on_1: true, on_2: true, instead: 0 };
  const values = { parts, rows, ...choice, guess: 0.5, guesses: {}, ...traits };
  const model = makeModel(values);
  const data = readData(model);
  return { model, data, state: () => readState(model, data) };
}

const names = (rows) => rows.map(({ name }) => name);

test("switches mean a row", () => {
  const { model, state } = makeRecipe();
  assert.equal(state().row.name, "full");
  model.set("on_2", false);
  assert.equal(state().row.name, "b");
  model.set("on_0", false); // b alone
  assert.equal(state().row, undefined);
  model.set("on_0", true);
  model.set("on_2", true);
  model.set("instead", 1);
  assert.equal(state().row.name, "sgd");
});

test("the nearest rows have the fewest switches to move", () => {
  const { data, model, state } = makeRecipe({ on_0: false, on_2: false });
  const near = nearestRows(data.rows, state().choice);
  // "without c" is the way's row b
  assert.deepEqual(names(near), ["naive", "b", "without a"]);
  const moves = near.map((one) => movesTo(data, state().choice, one));
  assert.deepEqual(moves, ["b off", "a on", "c on"]);
  choose(model, near[2]);
  assert.equal(state().row.name, "without a");
});

test("a replacement goes with all parts only", () => {
  const { data, state } = makeRecipe({ on_2: false, instead: 1 });
  const { choice } = state();
  const near = nearestRows(data.rows, choice);
  assert.deepEqual(names(near), ["b", "sgd"]);
  assert.equal(movesTo(data, choice, near[0]), "replaced: nothing");
  const full = data.rows.find(({ name }) => name === "full");
  assert.equal(movesTo(data, full.choice, near[1]), "replaced: SGD");
});

test("a row is shown after its guess, the full recipe at once", () => {
  const { model, state } = makeRecipe();
  assert.equal(state().shown, true);
  model.set("on_0", false);
  assert.equal(state().shown, false);
  model.set("guesses", { "without a": 0 }); // a guess, though it is 0
  assert.deepEqual([state().shown, state().guess], [true, 0]);
  model.set("on_2", false);
  assert.equal(state().shown, false);
});

test("a row is compared with what is one change away", () => {
  const { data } = makeRecipe();
  const other = (k) => referenceOf(data, data.rows[k])?.name;
  assert.deepEqual(
    data.rows.map((_, k) => other(k)),
    [
      undefined,
      "naive",
      "full", // the full recipe without c
      "b",
      "full",
      "full",
      "full",
    ],
  );
});

function verdict(traits) {
  const { data, state } = makeRecipe(traits);
  return verdictOf(data, state());
}

test("nothing is told before the guess", () => {
  const text = verdict({ on_0: false });
  assert.match(text, /^Predict first: the full recipe's AP50 is 0\.54/);
  assert.doesNotMatch(text, /0\.20/);
});

test("the guess is judged, and the row compared", () => {
  const guesses = { "without a": 0.3, b: 0.56, sgd: 0.1 };
  const gone = verdict({ on_0: false, guesses });
  assert.equal(
    gone,
    "AP50 0.20 (2 seeds, 0.20 to 0.20), COCO AP 0.20. You said 0.30: 0.10 too " +
      "high. That is 0.34 below the full recipe, and the seeds' ranges do not " +
      "overlap.",
  );
  assert.match(
    verdict({ on_2: false, guesses }),
    /well predicted\. That is 0\.01 above the full recipe, .*may be luck/,
  );
  assert.match(
    verdict({ instead: 1, guesses }),
    /one seed.* 0\.30 too low.* by a single seed: it may be luck/,
  );
  assert.match(verdict({}), /0\.01 below the row before it, .*may be luck/);
});

test("a row has a title", () => {
  const { data } = makeRecipe();
  const title = (k) => titleOf(data, data.rows[k]);
  assert.match(title(0), /^No part is on/);
  assert.equal(title(1), "The way, 1 of 3 parts; the last one: a");
  assert.equal(title(3), "The full recipe: all 3 parts");
  assert.equal(title(2), "The full recipe without “c”: c");
  assert.match(title(4), /^The full recipe without “a”/);
  assert.match(title(6), /with one change: SGD/);
  assert.deepEqual(
    data.rows.slice(0, 4).map((one) => nameOf(data, one)),
    ["naive", "the way as far as “a”", "without “c”", "the full recipe"],
  );
});

test("what diverges leaves the chart, and gaps are none of its values", () => {
  const { data } = makeRecipe();
  assert.equal(topOf([data.full, data.full], "localization_loss"), 2);
  const worse = { ...data.full, class_loss: [[6, 8]] };
  assert.equal(topOf([data.full, worse], "class_loss"), 8);
  const diverged = { ...data.full, class_loss: [[1e9, null]] };
  assert.equal(topOf([data.full, diverged], "class_loss"), 20); // over 3 · 4
});
