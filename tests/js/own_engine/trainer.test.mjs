// The detector: it learns, looks without changing anything, and stays finite.
import assert from "node:assert/strict";
import test from "node:test";

import { DEFAULTS } from "../../../d2l_ssd/widgets/static/own_engine/settings.js";
import {
  BATCH,
  makeOwnAnchors,
  OwnTrainer,
  rateAt,
} from "../../../d2l_ssd/widgets/static/own_engine/trainer.js";
import { simd } from "../engine/kernels_file.mjs";
import { drawToy, drawToys } from "./squares.mjs";

const PICTURES = drawToys(1, 12);
const TEST = drawToys(5, 24);

function makeTrainer(settings = {}, classes = ["toy"], pictures = PICTURES) {
  return new OwnTrainer({ ...DEFAULTS, ...settings }, classes, pictures, simd);
}

function train(trainer, steps) {
  const losses = [];
  for (let k = 0; k < steps; k++) {
    const { classLoss, boxLoss, stopped } = trainer.step();
    assert.equal(stopped, "");
    losses.push(classLoss + boxLoss);
  }
  return losses;
}

test("it learns a thing from a dozen pictures: AP50 over .8", () => {
  const trainer = makeTrainer();
  train(trainer, 500);
  const { ap50, found } = trainer.evaluate(TEST);
  assert.ok(ap50 > 0.8, `${ap50}`);
  assert.equal(found.length, TEST.length);
  assert.equal(trainer.count, 500 * BATCH);
});

test("two things are told apart, and a third is never found", () => {
  const classes = ["red", "green"];
  const pictures = drawToys(3, 16, { classes: 2 });
  const trainer = makeTrainer({}, classes, pictures);
  const before = trainer.detect(TEST.map(({ pixels }) => pixels));
  train(trainer, 600);
  const { ap50, found } = trainer.evaluate(drawToys(6, 16, { classes: 2 }));
  assert.ok(ap50 > 0.6, `${ap50}`);
  for (const { classes: labels, boxes } of [...before, ...found]) {
    assert.ok(labels.every((label) => label < 2));
    assert.equal(boxes.length, 4 * labels.length);
  }
});

test("three things need no other network than two", () => {
  const columns = (names) => makeTrainer({}, names).network.layout.columns;
  assert.deepEqual(
    [["a"], ["a", "b"], ["a", "b", "c"]].map(columns),
    [6, 8, 8],
  );
});

test("the same seed trains the same; looking changes nothing", () => {
  const [a, b] = [makeTrainer({ seed: 5 }), makeTrainer({ seed: 5 })];
  const first = train(a, 10);
  b.evaluate(TEST.slice(0, 3));
  b.sample(4);
  const second = train(b, 5);
  b.detect([TEST[0].pixels]);
  assert.deepEqual(second.concat(train(b, 5)), first);
  assert.notDeepEqual(train(makeTrainer({ seed: 6 }), 10), first);
});

test("pictures kept back and those not ready are not trained on", () => {
  const trainer = makeTrainer();
  trainer.setPictures([
    drawToy(1, [[0, 0.1, 0.1, 0.4, 0.4]], { keptBack: true }),
    drawToy(2, [[0, 0.1, 0.1, 0.4, 0.4]], { ready: false }),
    drawToy(3, [[0, 0.1, 0.1, 0.4, 0.4], [0, 0.5, 0.5, 0.9, 0.9]]), // prettier-ignore
    drawToy(4, []),
  ]);
  assert.equal(trainer.sources.length, 2);
  assert.equal(trainer.cuts.length, 2);
});

test("a frame may have the network's size or twice that", () => {
  const trainer = makeTrainer();
  train(trainer, 30);
  const [whole, half] = trainer.detect([
    TEST[0].pixels,
    trainer.sources[0].levels[1].pixels,
  ]);
  const [same] = trainer.detect([PICTURES[0].pixels]);
  assert.deepEqual(half.scores, same.scores);
  assert.notDeepEqual(half.scores, whole.scores);
});

test("the learning rate falls ever more slowly, and never to nothing", () => {
  const rates = [0, 15e3, 30e3, 45e3].map((count) => rateAt(1, count));
  const ratios = rates.slice(1).map((rate, k) => rate / rates[k]);
  assert.deepEqual(rates.slice(0, 2), [1, 0.5]);
  assert.ok(
    ratios.every((ratio, k) => ratio < 1 && ratio > (ratios[k - 1] ?? 0)),
  );
  assert.ok(rateAt(1, 3e5) > 0.1);
});

test("a learning rate that is too high stops with a sentence, weights finite", () => {
  const trainer = makeTrainer({ lr: 1e30 });
  let sentence = "";
  for (let k = 0; k < 5 && !sentence; k++) sentence = trainer.step().stopped;
  assert.match(sentence, /learning rate/);
});

test("there is an anchor for each prediction, in training and in use", () => {
  const sides = [false, true].map((small) => {
    const { finder, anchors, numAnchors } = makeTrainer({ small });
    assert.equal(anchors.length, 4 * numAnchors);
    assert.deepEqual(finder.anchors, makeOwnAnchors({ small }));
    assert.equal(finder.anchors.length, 4 * finder.numAnchors);
    const [x0, , x1] = finder.anchors;
    return x1 - x0;
  });
  assert.ok(Math.abs(sides[1] - sides[0] / 2) < 1e-6);
});

test("small things are found by a network that looks closer", () => {
  const rows = [[0, 0.4, 0.3, 0.52, 0.42]];
  const pictures = [1, 2, 3, 4].map((seed) => drawToy(seed, rows));
  const found = [false, true].map((small) => {
    const trainer = makeTrainer({ small }, ["toy"], pictures);
    train(trainer, 300);
    const far = [[0, 0.7, 0.1, 0.78, 0.18]];
    return trainer.evaluate([5, 6, 7].map((seed) => drawToy(seed, far))).ap50;
  });
  assert.ok(found[1] > 0.9, `${found}`);
});

test("memory stays as it is", () => {
  const trainer = makeTrainer();
  const { length } = trainer.network.floats;
  train(trainer, 20);
  assert.equal(trainer.network.floats.length, length);
  assert.ok(4 * length < 16e6, `${4 * length} bytes`);
});
