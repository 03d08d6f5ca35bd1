import assert from "node:assert/strict";
import test from "node:test";

import {
  judgedLook,
  textOn,
} from "../../../d2l_ssd/widgets/static/lib/colors.js";

test("every error looks wrong", () => {
  for (const kind of ["duplicate", "classification", "background"]) {
    assert.equal(judgedLook(kind).mark, "✗");
  }
  assert.equal(judgedLook("correct").mark, "✓");
});

test("text that reads on its ground", () => {
  assert.equal(textOn("#F0E442"), "#000000");
  assert.equal(textOn("#0072B2"), "#ffffff");
});
