// Short runs of two seeds: what each bug costs. Whole runs are in the table.
import assert from "node:assert/strict";
import test from "node:test";

import { BUGS, withBug } from "../../../d2l_ssd/widgets/static/engine/bugs.js";
import { DEFAULTS } from "../../../d2l_ssd/widgets/static/engine/settings.js";
import { STEPS } from "../../../d2l_ssd/widgets/static/engine/steps.js";
import {
  Trainer,
  unseenScenes,
} from "../../../d2l_ssd/widgets/static/engine/trainer.js";
import { simd } from "./kernels_file.mjs";
import { table } from "./stored_table.mjs";

const SEEDS = [1, 2];
const SHORT = 1000; // scenes
const CLOSE = 0.02; // of AP50: sums in another order train another network
const IN_USE = "decoding and use";
const HARMLESS = ["bgr", "onevariance"]; // in AP50

const scenes = unseenScenes("ordinary", 100);

function train(settings) {
  const trainer = new Trainer({ ...DEFAULTS, ...settings }, simd);
  while (trainer.count < SHORT) trainer.step();
  return trainer;
}

function rowOf(id, seed) {
  return table.of(id && `bug=${id}`).find((row) => row.seed === seed);
}

/** @returns {number} what is left of AP50, or AP75, of whole runs */
function shareLeft(id, seed, key) {
  return rowOf(id, seed)[key] / rowOf("", seed)[key];
}

for (const seed of SEEDS) {
  const trainer = train({ seed });
  const honest = trainer.evaluate(scenes);

  test(`seed ${seed}: the baseline is the table's`, () => {
    const [, stored] = rowOf("", seed).curve.find(([n]) => n === SHORT);
    assert.ok(Math.abs(honest.ap50 - stored) < CLOSE, `${honest.ap50}`);
  });

  for (const { id, where } of BUGS) {
    test(`seed ${seed}: ${id} costs what the table says`, () => {
      if (where === IN_USE) {
        trainer.steps = withBug(id);
        const { ap50 } = trainer.evaluate(scenes);
        trainer.steps = STEPS;
        const left = ap50 / honest.ap50;
        const stored = shareLeft(id, seed, "ap50");
        const message = `${left} of AP50 is left, of whole runs ${stored}`;
        assert.ok(Math.abs(left - stored) < 0.3, message);
        return;
      }
      const { ap50 } = train({ seed, bug: id }).evaluate(scenes);
      const [, stored] = rowOf(id, seed).curve.find(([n]) => n === SHORT);
      assert.ok(Math.abs(ap50 - stored) < CLOSE, `${ap50}, stored ${stored}`);
    });
  }
}

test("every bug costs a tenth of AP50 after a whole run; two are known not to", () => {
  for (const { id } of BUGS) {
    const cost = table.gain(`bug=${id}`, "ap50");
    assert.equal(cost < -0.08, !HARMLESS.includes(id), `${id}: ${cost}`);
  }
});

test("one variance for all costs AP75; exchanged colors cost nothing", () => {
  assert.ok(table.gain("bug=onevariance", "ap75") < -0.1);
  assert.ok(Math.abs(table.gain("bug=bgr", "ap75")) < 0.03);
});

test("a bug wraps steps that there are, or changes settings", () => {
  for (const { id, wrap, settings } of BUGS) {
    const changed = Object.keys(wrap?.(STEPS) ?? {});
    assert.ok(
      changed.every((step) => step in STEPS),
      id,
    );
    assert.ok(changed.length || settings, id);
  }
  assert.deepEqual(withBug(""), STEPS);
});
