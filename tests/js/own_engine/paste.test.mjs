// Copy-and-paste of things.
import assert from "node:assert/strict";
import test from "node:test";

import {
  keyOf,
  makeRandom,
} from "../../../d2l_ssd/widgets/static/engine/random.js";
import {
  areaOf,
  pasteStranger,
  pasteThings,
} from "../../../d2l_ssd/widgets/static/own_engine/paste.js";
import { makePyramid } from "../../../d2l_ssd/widgets/static/own_engine/pyramid.js";
import { makeCanvas } from "../../../d2l_ssd/widgets/static/own_engine/warp.js";
import { drawToy } from "./squares.mjs";

const BOX = [0.3, 0.35, 0.6, 0.65];
const CUTS = [
  {
    label: 2,
    box: BOX,
    levels: makePyramid(drawToy(1, [[0, ...BOX]]).pixels),
  },
];
const GREEN = [0, 200, 0];

/** Paste once by each of many seeds. */
function pasteOften(things, flip, count = 100) {
  return Array.from({ length: count }, (_, seed) => {
    const canvas = makeCanvas(96);
    canvas.values.forEach((_, k) => (canvas.values[k] = GREEN[k % 3]));
    const random = makeRandom(keyOf(seed));
    return {
      canvas,
      pasted: pasteThings(canvas, things, CUTS, random, { flip, zoom: 1 }),
    };
  });
}

const overlap = (a, b) =>
  areaOf([
    ...[Math.max(a[0], b[0]), Math.max(a[1], b[1])],
    ...[Math.min(a[2], b[2]), Math.min(a[3], b[3])],
  ]);

test("one to three things, with the label of their picture", () => {
  const counts = pasteOften([], true).map(({ pasted }) => pasted.length);
  assert.ok(counts.every((count) => count >= 1 && count <= 3));
  assert.ok(counts.includes(1) && counts.includes(2) && counts.includes(3));
  const [{ pasted }] = pasteOften([], true, 1);
  assert.equal(pasted[0].label, 2);
});

test("what is pasted is in its box, and nothing else has changed", () => {
  for (const { canvas, pasted } of pasteOften([], true, 30)) {
    for (let y = 0; y < 96; y++) {
      for (let x = 0; x < 96; x++) {
        const [red, green, blue] = canvas.values.subarray(3 * (96 * y + x));
        const kept = red === 0 && green === 200 && blue === 0;
        const [u, v] = [(x + 0.5) / 96, (y + 0.5) / 96];
        const isIn = pasted.some(
          ({ box: [x0, y0, x1, y1] }) =>
            u > x0 - 0.2 && v > y0 - 0.2 && u < x1 + 0.2 && v < y1 + 0.2,
        );
        assert.ok(kept || isIn);
      }
    }
    for (const { box } of pasted) {
      const x = Math.floor((96 * (box[0] + box[2])) / 2);
      const y = Math.floor((96 * (box[1] + box[3])) / 2);
      if (x < 0 || y < 0 || x > 95 || y > 95) continue;
      assert.notEqual(canvas.values[3 * (96 * y + x) + 1], 200);
    }
  }
});

test("it hides little of the things that are there", () => {
  const things = [{ label: 0, box: [0.1, 0.1, 0.7, 0.7] }];
  for (const { pasted } of pasteOften(things, true)) {
    for (const { box } of pasted) {
      const least = Math.min(areaOf(box), areaOf(things[0].box));
      assert.ok(overlap(box, things[0].box) <= 0.15 * least + 1e-9);
    }
  }
});

test("sizes go from half to double, within limits", () => {
  const sides = pasteOften([], true, 200).flatMap(({ pasted }) =>
    pasted.map(({ box }) => Math.sqrt(areaOf(box))),
  );
  assert.ok(Math.min(...sides) < 0.2 && Math.min(...sides) > 0.09);
  assert.ok(Math.max(...sides) > 0.5 && Math.max(...sides) < 0.96);
});

test("a stranger has the thing's shape, in colors that are not its own", () => {
  const cut = { ...CUTS[0], levels: makePyramid(drawToy(2, []).pixels) };
  const ways = { flip: true, zoom: 1 };
  const spread = Array.from({ length: 40 }, (_, seed) => {
    const canvas = makeCanvas(96);
    pasteStranger(canvas, [], [cut], makeRandom(keyOf(seed)), ways);
    let [red, green, blue] = [0, 0, 0];
    for (let k = 0; k < canvas.values.length; k += 3) {
      red += canvas.values[k];
      green += canvas.values[k + 1];
      blue += canvas.values[k + 2];
    }
    return Math.min(red, green, blue) / Math.max(red, green, blue);
  }).filter((part) => part > 0); // some would have been too large
  assert.ok(spread.length > 20);
  assert.ok(
    spread.every((part) => part < 0.8),
    `${spread}`,
  ); // gray in the picture
});

const SIDE = 192;
const PAINTED = {
  black: [20, 20, 20],
  white: [235, 235, 235],
  red: [200, 30, 30],
  blue: [30, 40, 170],
  yellow: [230, 200, 40],
  gray: [128, 128, 128],
};
for (const [name, color] of Object.entries(PAINTED)) {
  test(`a stranger of something ${name} is not ${name}`, () => {
    const pixels = new Uint8ClampedArray(3 * SIDE * SIDE);
    pixels.forEach((_, k) => (pixels[k] = color[k % 3]));
    const cut = { ...CUTS[0], levels: makePyramid(pixels) };
    let count = 0;
    for (let seed = 0; seed < 60; seed++) {
      const canvas = makeCanvas(96);
      canvas.values.forEach((_, k) => (canvas.values[k] = color[k % 3]));
      const random = makeRandom(keyOf(seed));
      pasteStranger(canvas, [], [cut], random, { flip: true, zoom: 1 });
      let most = 0;
      for (let k = 0; k < canvas.values.length; k += 3) {
        const change = color.map((own, c) => canvas.values[k + c] - own);
        most = Math.max(most, Math.hypot(...change));
      }
      if (most === 0) continue; // would have been too large
      count++;
      assert.ok(most > 50, `${name}: ${most}`); // less of it by light
    }
    assert.ok(count > 30);
  });
}
