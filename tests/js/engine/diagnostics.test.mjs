import assert from "node:assert/strict";
import test from "node:test";

import { BUGS } from "../../../d2l_ssd/widgets/static/engine/bugs.js";
import {
  companyMatters,
  countPositives,
  inputNumbers,
  knowNothingOf,
  learnByHeart,
  roundTrip,
  trainingScenes,
} from "../../../d2l_ssd/widgets/static/engine/checks.js";
import {
  DIAGNOSTICS,
  makeSubject,
} from "../../../d2l_ssd/widgets/static/engine/diagnostics.js";
import { LossKeeper } from "../../../d2l_ssd/widgets/static/engine/loss_log.js";
import { DEFAULTS } from "../../../d2l_ssd/widgets/static/engine/settings.js";
import {
  Trainer,
  unseenScenes,
} from "../../../d2l_ssd/widgets/static/engine/trainer.js";
import { simd } from "./kernels_file.mjs";
import { table } from "./stored_table.mjs";

const scenes = unseenScenes("ordinary", 100, 1000); // as the table has them

function makeTrainer(settings) {
  return new Trainer({ ...DEFAULTS, ...settings }, simd);
}

function assertNear(actual, expected, message, tolerance = 0.01) {
  const bound = tolerance * Math.max(1, Math.abs(expected));
  assert.ok(
    Math.abs(actual - expected) <= bound,
    `${message}: ${actual}, the table has ${expected}`,
  );
}

/** What needs no training must be in a fresh trainer what the table says. */
const FREE = ["positives", "roundTrip", "input", "company"];

for (const { id, where } of [...BUGS, { id: "" }]) {
  test(`${id || "no bug"}: what needs no training is as in the table`, () => {
    for (const row of table.of(id && `bug=${id}`).slice(0, 2)) {
      const trainer = makeTrainer({ seed: row.seed, bug: id });
      for (const { id: name, measure } of DIAGNOSTICS) {
        if (!FREE.includes(name)) continue;
        if (where === "decoding and use" && name === "positives") continue;
        for (const [key, value] of Object.entries(
          measure({ trainer, scenes }),
        )) {
          if (key === "company" || Number.isNaN(value)) continue;
          assertNear(value, row[key], `${key}, seed ${row.seed}`);
        }
      }
    }
  });
}

test("honest targets decode back to the objects", () => {
  const { found, ap50, ap75, anyClass } = roundTrip(makeTrainer(), scenes);
  assert.deepEqual([ap50, ap75, anyClass], [1, 1, 1]);
  assert.deepEqual(
    found.map(({ classes }) => classes.length),
    scenes.map(({ labels }) => labels.classes.length),
  );
});

test("outputs depend on the batch only where maps are joined along it", () => {
  assert.equal(companyMatters(makeTrainer(), scenes), 0);
  const share = companyMatters(makeTrainer({ bug: "axis0" }), scenes);
  assert.ok(share > 0.5, `${share} of the outputs`);
});

test("positive anchors are counted by class, and objects without one", () => {
  const { byClass, matched, alone } = countPositives(makeTrainer(), scenes);
  const objects = scenes.flatMap(({ labels }) => labels.classes);
  assert.deepEqual(
    byClass.map((row) => row.objects),
    [0, 1, 2].map((label) => objects.filter((one) => one === label).length),
  );
  assert.ok(matched > 2 && alone === 0);
  const strict = makeTrainer({ iou: 0.9, force: false });
  assert.ok(countPositives(strict, scenes).alone > 0.9);
});

test("the input's numbers: mean 0 by default, 0.5 if it is raw in use", () => {
  const honest = inputNumbers(makeTrainer(), scenes.slice(0, 5));
  assertNear(honest.use.mean, 0, "mean", 1e-6);
  assert.equal(honest.difference, 0);
  const raw = inputNumbers(
    makeTrainer({ bug: "unnormalized" }),
    scenes.slice(0, 5),
  );
  assert.ok(raw.use.mean > 0.3 && Math.abs(raw.training.mean) < 1e-6);
});

test("the level of knowing nothing: 3:1, and with all negatives", () => {
  assertNear(knowNothingOf(makeTrainer(), scenes), 3.35, "3:1", 0.01);
  const all = knowNothingOf(makeTrainer({ neg: Infinity }), scenes);
  assertNear(all, 6.8, "all", 0.03);
});

test("training scenes are those of the run, and keep their pixels", () => {
  const trainer = makeTrainer();
  const [first, second] = trainingScenes(trainer, 2);
  assert.notDeepEqual(first.pixels, second.pixels);
  assert.deepEqual(first.pixels, trainer.trainingScene(0).pixels);
});

test("a loss log keeps the first batch, and means of 500 scenes", () => {
  const keeper = new LossKeeper();
  for (let k = 0; k < 125; k++) keeper.add({ classLoss: k, boxLoss: 2 * k });
  // 63 batches reach 500 scenes, the next 62 reach 1,000
  assert.deepEqual(keeper.log.first, [0, 0]);
  assert.deepEqual(keeper.log.means, [
    [31, 62],
    [93.5, 187],
  ]);
});

test("two scenes are learned by heart", () => {
  const { trainer, classLoss } = learnByHeart(DEFAULTS, simd);
  const subject = makeSubject({
    trainer,
    byHeart: () => ({ trainer, classLoss }),
  });
  const heart = DIAGNOSTICS.find(({ id }) => id === "heart").measure(subject);
  assert.ok(
    heart.heartAp > 0.95 && heart.heartLoss < 0.1,
    JSON.stringify(heart),
  );
});
