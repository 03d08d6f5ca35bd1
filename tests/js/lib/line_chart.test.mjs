import assert from "node:assert/strict";
import test from "node:test";

import { epochAt } from "../../../d2l_ssd/widgets/static/lib/line_chart.js";

test("the epoch under a pixel", () => {
  const stage = { width: 146, height: 60 }; // the plot: 34 to 134
  const epochs = [0, 34, 58, 60, 134, 200].map((x) => epochAt(stage, 5, x));
  assert.deepEqual(epochs, [1, 1, 2, 2, 5, 5]);
  assert.equal(epochAt(stage, 1, 90), 1);
});
