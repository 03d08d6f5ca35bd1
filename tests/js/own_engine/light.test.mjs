// Light, and rounding to pixels.
import assert from "node:assert/strict";
import test from "node:test";

import { makeRandom } from "../../../d2l_ssd/widgets/static/engine/random.js";
import {
  anyLight,
  develop,
} from "../../../d2l_ssd/widgets/static/own_engine/light.js";
import { makeCanvas } from "../../../d2l_ssd/widgets/static/own_engine/warp.js";

const PLAIN = { gains: [1, 1, 1], contrast: 1, right: 0, down: 0, noise: 0 };

function develop8(values, light) {
  const canvas = makeCanvas(8);
  canvas.values.forEach((_, k) => (canvas.values[k] = values(k)));
  const pixels = new Uint8ClampedArray(canvas.values.length);
  develop(canvas, pixels, makeRandom(1), light);
  return pixels;
}

test("plain light rounds, and keeps to 0 and 255", () => {
  const pixels = develop8((k) => k * 2 - 40.4);
  pixels.forEach((value, k) =>
    assert.equal(value, Math.min(255, Math.max(0, Math.round(k * 2 - 40.4)))),
  );
});

test("gains color it, contrast turns about gray", () => {
  const light = { ...PLAIN, gains: [1, 0.5, 2] };
  assert.deepEqual([...develop8(() => 80, light).slice(0, 3)], [80, 40, 160]);
  const flat = { ...PLAIN, contrast: 0.5 };
  assert.deepEqual(
    [...develop8((k) => (k ? 255 : 0), flat).slice(0, 2)],
    [...[64, 191]],
  );
});

test("a slope makes one side darker", () => {
  const pixels = develop8(() => 100, { ...PLAIN, right: 0.2, down: 0.1 });
  const at = (x, y) => pixels[3 * (8 * y + x)];
  assert.ok(at(0, 0) < at(7, 0) && at(0, 0) < at(0, 7));
  assert.equal(at(0, 0), 70);
});

test("noise is centered, and as strong as it says", () => {
  const pixels = develop8(() => 100, { ...PLAIN, noise: 20 });
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  assert.ok(Math.abs(mean - 100) < 4, `${mean}`);
  assert.ok(pixels.every((value) => value >= 80 && value <= 120));
  assert.ok(new Set(pixels).size > 15);
});

test("chosen light differs from sample to sample", () => {
  const random = makeRandom(3);
  const lights = Array.from({ length: 50 }, () => anyLight(random));
  const gains = lights.map(({ gains: [red] }) => red);
  assert.ok(Math.min(...gains) < 0.85 && Math.max(...gains) > 1.15);
  assert.ok(lights.every(({ noise }) => noise >= 0));
});
