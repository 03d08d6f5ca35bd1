// Work in slices of time.
import assert from "node:assert/strict";
import test from "node:test";

import { Slices } from "../../../d2l_ssd/widgets/static/engine/slices.js";

test("it works for a slice, rests, and goes on while there is more", () => {
  let [time, left] = [0, 25];
  const rests = [];
  const clock = {
    now: () => time,
    later: (work) => rests.push(work),
    slice: 10,
  };
  const slices = new Slices(clock, () => {
    if (!left) return false;
    left--;
    time++;
    return true;
  });
  slices.wake();
  slices.wake(); // it is awake
  assert.equal(rests.length, 1);
  const seen = [];
  for (let k = 0; k < rests.length; k++) {
    rests[k]();
    seen.push(left);
  }
  assert.deepEqual(seen, [15, 5, 0]);
  slices.wake();
  assert.equal(rests.length, 4);
});
