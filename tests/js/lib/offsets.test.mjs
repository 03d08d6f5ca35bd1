import assert from "node:assert/strict";
import test from "node:test";

import { explainOffsets } from "../../../d2l_ssd/widgets/static/lib/offsets.js";
import { encodeOffsets } from "../../../d2l_ssd/widgets/static/lib/targets.js";
import { floats } from "../helpers.mjs";

test("offsets in words", () => {
  const [anchor, box] = [floats([0, 0, 0.5, 0.5]), floats([0.25, 0, 0.5, 1])];
  const rows = explainOffsets(encodeOffsets(anchor, box), anchor, box);
  assert.deepEqual(
    rows.map(({ cells }) => cells),
    [
      ["x", "+2.50", "25 % of its width to the right"],
      ["y", "+5.00", "50 % of its height down"],
      ["w", "−3.47", "0.50 times as wide"],
      ["h", "+3.47", "2.00 times as high"],
    ],
  );
});
