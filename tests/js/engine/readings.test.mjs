import assert from "node:assert/strict";
import test from "node:test";

import { DIAGNOSTICS } from "../../../d2l_ssd/widgets/static/engine/diagnostics.js";
import { readSymptoms } from "../../../d2l_ssd/widgets/static/engine/readings.js";
import { table } from "./stored_table.mjs";

const [baseline] = table.of("");

test("a reading names its numbers, with two decimals", () => {
  const symptoms = { ap50: 0.856, ap75: 0.6, anyClass: 0.9 };
  assert.equal(
    readSymptoms("ap", symptoms),
    "AP50 0.86, AP75 0.60, AP50 ignoring class 0.90.",
  );
  assert.match(
    readSymptoms("arrows", {
      right: -2.27,
      down: 5,
      width: 0,
      height: Math.log(2),
      rightSpread: 2,
      widthSpread: 0,
    }),
    /^Medians: −2.3 px to the right, \+5.0 px down, width × 1.00, height × 2.00/,
  );
});

for (const { id } of DIAGNOSTICS) {
  test(`${id}: the baseline's reading has all its numbers`, () => {
    const text = readSymptoms(id, baseline);
    assert.doesNotMatch(text, /NaN|undefined|–/);
    assert.match(text, /\d/);
  });
}

test("what there is not is a dash", () => {
  const text = readSymptoms("losses", {
    classLoss: 0.5,
    boxLoss: 3,
    line: NaN,
  });
  assert.equal(
    text,
    "Confidence 0.50; knowing nothing costs –. Localization 3.00.",
  );
});
