// Training pictures: what the switches do, and that labels go with pictures.
import assert from "node:assert/strict";
import test from "node:test";

import { DEFAULTS } from "../../../d2l_ssd/widgets/static/own_engine/settings.js";
import { toInput } from "../../../d2l_ssd/widgets/static/own_engine/pyramid.js";
import { OwnTrainer } from "../../../d2l_ssd/widgets/static/own_engine/trainer.js";
import { drawToy, drawToys } from "./squares.mjs";

const PICTURES = drawToys(1, 12);
const OFF = { augment: false, paste: false, flip: false };

function samplesOf(settings, count, pictures = PICTURES) {
  const trainer = new OwnTrainer(
    { ...DEFAULTS, ...settings },
    ["toy"],
    pictures,
    null,
  );
  return Array.from({ length: count }, (_, n) => trainer.sample(n));
}

const boxesOf = ({ labels: { boxes } }) =>
  Array.from({ length: boxes.length / 4 }, (_, k) => [
    ...boxes.subarray(4 * k, 4 * k + 4),
  ]);

/** How many of a box's pixels have the toy's colors: red, or a blue corner. */
function shareOfToy(pixels, [x0, y0, x1, y1]) {
  let [found, all] = [0, 0];
  for (let y = Math.ceil(y0 * 96); y < y1 * 96; y++) {
    for (let x = Math.ceil(x0 * 96); x < x1 * 96; x++, all++) {
      const [red, green, blue] = pixels.subarray(3 * (y * 96 + x));
      if (Math.max(red, blue) - green > 40) found++;
    }
  }
  return found / all;
}

test("with all switched off, a training picture is the picture", () => {
  const inputs = PICTURES.map(({ pixels }) => toInput(pixels));
  for (const { pixels, labels } of samplesOf(OFF, 10)) {
    const at = inputs.findIndex((input) =>
      input.every((value, k) => Math.abs(value - pixels[k]) <= 1),
    );
    assert.ok(at >= 0);
    assert.deepEqual(labels, PICTURES[at].labels);
  }
});

test("flipping mirrors half of them, boxes and all", () => {
  const [picture] = PICTURES;
  const [x0, , x1] = picture.labels.boxes;
  const lefts = samplesOf({ ...OFF, flip: true }, 60, [picture]).map(
    ({ labels: { boxes } }) => boxes[0],
  );
  const mirrored = lefts.filter((left) => Math.abs(left - (1 - x1)) < 1e-6);
  const kept = lefts.filter((left) => Math.abs(left - x0) < 1e-6);
  assert.equal(mirrored.length + kept.length, 60);
  assert.ok(mirrored.length > 15 && kept.length > 15);
});

test("boxes lie on their things, in the picture", () => {
  const samples = samplesOf({}, 120);
  const boxes = samples.flatMap((sample) =>
    boxesOf(sample).map((box) => ({ box, pixels: sample.pixels })),
  );
  assert.ok(boxes.length > 100);
  for (const { box } of boxes) {
    assert.ok(box.every((at) => at >= 0 && at <= 1));
    assert.ok(box[2] > box[0] && box[3] > box[1]);
  }
  const shares = boxes.map(({ box, pixels }) => shareOfToy(pixels, box));
  shares.sort((a, b) => a - b);
  assert.ok(shares[shares.length >> 1] > 0.6, `${shares}`);
});

test("copy-and-paste puts things where there were none", () => {
  const empty = [drawToy(1, []), drawToy(2, []), drawToy(3, [])];
  const pictures = [drawToy(4, [[0, 0.3, 0.3, 0.6, 0.7]]), ...empty];
  const count = (settings) =>
    samplesOf(settings, 100, pictures).flatMap(boxesOf).length;
  const plain = count({ ...OFF });
  const pasted = count({ ...OFF, paste: true });
  assert.ok(plain < 45, `${plain}`);
  assert.ok(pasted > plain + 40, `${pasted}`);
});

test("what is left of a thing at the edge is painted over", () => {
  // Green is its right edge: distractors have the colors of its middle
  const rows = [[0, 0.0, 0.4, 0.24, 0.64], [1, 0.19, 0.4, 0.24, 0.64]]; // prettier-ignore
  const picture = drawToy(5, rows);
  picture.labels = drawToy(5, rows.slice(0, 1)).labels;
  const samples = samplesOf({ paste: false, flip: false }, 80, [picture]);
  const without = samples.filter(({ labels }) => !labels.classes.length);
  assert.ok(without.length > 5);
  // A fill may be green, too
  const left = without.filter(({ pixels }) => hasGreen(pixels));
  assert.ok(left.length < without.length / 2, `${left.length}`);
});

/** Whether a pixel has the green of a toy's edge, in any light. */
function hasGreen(pixels) {
  for (let k = 0; k < pixels.length; k += 3) {
    const [red, green, blue] = pixels.subarray(k, k + 3);
    if (green > 80 && green > 2 * red && green > 2 * blue) return true;
  }
  return false;
}

test("a training picture is made of its number alone", () => {
  const trainer = () => new OwnTrainer(DEFAULTS, ["toy"], PICTURES, null);
  const [a, b] = [trainer(), trainer()];
  a.sample(3);
  assert.deepEqual(a.sample(7), b.sample(7));
  assert.notDeepEqual(a.sample(7), a.sample(8));
  const other = new OwnTrainer(
    { ...DEFAULTS, seed: 2 },
    ["toy"],
    PICTURES,
    null,
  );
  assert.notDeepEqual(a.sample(7), other.sample(7));
});
