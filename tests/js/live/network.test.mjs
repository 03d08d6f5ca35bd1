// Loading the network, and one picture after another.
import assert from "node:assert/strict";
import test from "node:test";

import { normalize } from "../../../d2l_ssd/widgets/static/live/input.js";
import {
  makePump,
  goOn,
  rateOf,
  take,
} from "../../../d2l_ssd/widgets/static/live/network.js";
import { statusOf } from "../../../d2l_ssd/widgets/static/live/texts.js";
import { assertClose } from "../helpers.mjs";

function makePumped() {
  const sent = [];
  const pump = makePump((message) => sent.push(message));
  const ask = (key) => pump.watch(key, () => ({ side: 1, X: key }));
  return { sent, pump, ask, keys: () => sent.map(({ X }) => X) };
}

test("the newest picture is sent when the last is done; older ones are dropped", () => {
  const { pump, ask, keys } = makePumped();
  for (const key of ["a", "b", "c"]) ask(key);
  assert.deepEqual(keys(), ["a"]);
  pump.done();
  assert.deepEqual(keys(), ["a", "c"]);
  pump.done();
  ask("c"); // nothing has changed
  assert.deepEqual(keys(), ["a", "c"]);
});

test("who goes back to the picture that is worked on waits for nothing more", () => {
  const { pump, ask, keys } = makePumped();
  for (const key of ["a", "b", "a"]) ask(key);
  pump.done();
  assert.deepEqual(keys(), ["a"]);
});

test("runs are numbered, and begin anew after a stop", () => {
  const { sent, pump, ask } = makePumped();
  ask("a");
  pump.stop();
  ask("a");
  assert.deepEqual(
    sent.map(({ number }) => number),
    [0, 1],
  );
});

test("detections per second, of the time between results", () => {
  assertClose([rateOf([1000, 1100, 1200, 1300])], [10], 1e-9);
  assert.equal(rateOf([5]), 0);
});

test("a pause is not part of the rate", () => {
  assert.deepEqual(goOn([], 5), [5]);
  assert.deepEqual(goOn([1000, 1100], 1200), [1000, 1100, 1200]);
  assert.deepEqual(goOn([1000, 1100], 2000), [2000]);
});

test("a failure is told in words, and can be tried again", () => {
  const network = { phase: "loading", sentence: "", times: [1, 2] };
  take(network, { type: "failed", reason: "404 for ssd.onnx" });
  assert.equal(network.phase, "failed");
  assert.match(
    statusOf(network, 0),
    /could not be loaded \(404 for ssd.onnx\)/,
  );
});

test("progress is told in megabytes", () => {
  const network = { phase: "loading", times: [], loaded: 0, total: 0 };
  take(network, { type: "progress", loaded: 2.5e6, total: 15e6 });
  assert.equal(statusOf(network, 0), "Loading: 2.5 of 15.0 MB");
});

test("pixels are normalized channel by channel", () => {
  const pixels = Uint8ClampedArray.from([255, 0, 51, 255, 0, 255, 102, 255]);
  const X = normalize(pixels, [0.5, 0.4, 0.2], [0.5, 0.2, 0.1]);
  assertClose(X, [1, -1, -2, 3, 0, 2], 1e-6);
});
