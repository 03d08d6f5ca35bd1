import assert from "node:assert/strict";
import test from "node:test";

import {
  formatCount,
  formatPercent,
  formatShare,
} from "../../../d2l_ssd/widgets/static/lib/format.js";

test("numbers as texts", () => {
  assert.equal(formatCount(5380), "5,380");
  assert.equal(formatPercent(0.9731), "97.3 %");
  assert.equal(formatShare(0.5), "0.50");
  assert.equal(formatShare(0 / 0), "–");
});
