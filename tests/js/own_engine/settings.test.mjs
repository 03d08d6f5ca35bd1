// The table of settings.
import assert from "node:assert/strict";
import test from "node:test";

import {
  DEFAULTS,
  KNOBS,
} from "../../../d2l_ssd/widgets/static/own_engine/settings.js";

test("every knob has a sentence, and a value that it can have", () => {
  for (const { key, label, help, value, range, choices } of KNOBS) {
    assert.equal(DEFAULTS[key], value);
    assert.match(label, /^[A-Z]/);
    assert.match(help, /\.$/, label);
    if (range) assert.ok(value >= range[0] && value <= range[1], key);
    else if (choices)
      assert.ok(
        choices.some(([one]) => one === value),
        key,
      );
    else assert.equal(typeof value, "boolean", key);
  }
  assert.equal(new Set(KNOBS.map(({ key }) => key)).size, KNOBS.length);
});

test("a box stays at a lower score than it appears at", () => {
  assert.ok(DEFAULTS.stay < DEFAULTS.appear);
});
