// Plain shapes beside things.
import assert from "node:assert/strict";
import test from "node:test";

import {
  keyOf,
  makeRandom,
} from "../../../d2l_ssd/widgets/static/engine/random.js";
import { drawDistractors } from "../../../d2l_ssd/widgets/static/own_engine/distractors.js";
import { makePyramid } from "../../../d2l_ssd/widgets/static/own_engine/pyramid.js";
import { makeCanvas } from "../../../d2l_ssd/widgets/static/own_engine/warp.js";
import { drawToy } from "./squares.mjs";

const BOX = [0.3, 0.35, 0.6, 0.65];
const THINGS = [{ label: 0, box: [0.2, 0.2, 0.5, 0.6] }];
const picture = drawToy(1, [[0, ...BOX]]);
const CUTS = [{ label: 0, box: BOX, levels: makePyramid(picture.pixels) }];
const GROUND = -9; // no color

function drawOften(count = 60) {
  return Array.from({ length: count }, (_, seed) => {
    const canvas = makeCanvas(96);
    canvas.values.fill(GROUND);
    drawDistractors(canvas, THINGS, CUTS, makeRandom(keyOf(seed)));
    return canvas.values;
  });
}

test("shapes lie beside things, never on them", () => {
  let drawn = 0;
  for (const values of drawOften()) {
    for (let y = 0; y < 96; y++) {
      for (let x = 0; x < 96; x++) {
        if (values[3 * (96 * y + x)] === GROUND) continue;
        drawn++;
        const [u, v] = [(x + 0.5) / 96, (y + 0.5) / 96];
        const [{ box }] = THINGS;
        assert.ok(u < box[0] || u > box[2] || v < box[1] || v > box[3]);
      }
    }
  }
  assert.ok(drawn > 60 * 200, `${drawn}`);
});

test("half of them have the thing's colors, in other light", () => {
  // The toy is red with a blue corner, green is neither
  const greens = drawOften(60).flatMap((values) =>
    Array.from({ length: values.length / 3 }, (_, k) => [
      ...values.subarray(3 * k, 3 * k + 3),
    ])
      .filter(([red]) => red !== GROUND)
      .map(([red, green, blue]) => green / Math.max(red, blue)),
  );
  const own = greens.filter((part) => part < 0.6).length / greens.length;
  assert.ok(own > 0.55 && own < 0.95, `${own}`);
});
