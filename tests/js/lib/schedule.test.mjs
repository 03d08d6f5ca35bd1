import assert from "node:assert/strict";
import test from "node:test";

import { oncePerFrame } from "../../../d2l_ssd/widgets/static/lib/schedule.js";

test("one drawing per frame", async () => {
  const frames = [];
  globalThis.requestAnimationFrame = (run) => frames.push(run);
  let drawings = 0;
  const redraw = oncePerFrame(() => drawings++);
  const later = () => new Promise((done) => setTimeout(done, 0));
  redraw();
  redraw();
  assert.equal(drawings, 0); // after the handler that asks
  await later();
  assert.equal(drawings, 1);
  redraw();
  redraw();
  await later();
  assert.equal(drawings, 1); // waits for the next frame
  frames.shift()();
  assert.equal(drawings, 2);
  frames.shift()(); // nobody has asked
  assert.equal(drawings, 2);
  redraw();
  await later();
  assert.equal(drawings, 3);
});
