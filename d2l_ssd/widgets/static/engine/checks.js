/**
 * Checks of a detector that need no training, or very little: its targets, its
 * input, its decoding, two scenes by heart.
 */

import { takeBoxes } from "../lib/boxes.js";
import { batchedNms } from "../lib/nms.js";
import { takeDetections } from "../lib/predict.js";
import { meanPrecisions } from "./detect.js";
import { knowNothing } from "./loss.js";
import { LossKeeper } from "./loss_log.js";
import { precisionsWithoutClass } from "./measures.js";
import { CLASSES, SIZE } from "./scenes.js";
import { encodeMatches } from "./steps.js";
import { BATCH, Trainer } from "./trainer.js";

/** @typedef {import("../lib/labels.js").Labels} Labels */
/** @typedef {import("./scenes.js").Scene} Scene */
/** @typedef {import("./settings.js").Settings} Settings */

/**
 * @typedef {{ trainer: Trainer, classLoss: number, boxLoss: number }} ByHeart
 */

const BY_HEART = 800; // scenes, of which two differ

/**
 * The first scenes that a run was trained on, as it saw them.
 *
 * @param {Trainer} trainer
 * @param {number} count
 * @returns {Scene[]}
 */
export function trainingScenes(trainer, count) {
  return Array.from({ length: count }, (_, i) => {
    const { pixels, labels } = trainer.trainingScene(i);
    return { pixels: pixels.slice(), labels }; // the trainer uses its array again
  });
}

/**
 * Count the positive anchors of scenes, by class.
 *
 * @param {Trainer} trainer
 * @param {Scene[]} scenes
 */
export function countPositives(trainer, scenes) {
  const byClass = CLASSES.map(() => ({ objects: 0, matched: 0, counted: 0 }));
  let alone = 0; // objects without an anchor
  for (const { labels } of scenes) {
    const { used, matches } = matchScene(trainer, labels);
    labels.classes.forEach((label, i) => {
      byClass[label].objects++;
      if (!matches.includes(i)) alone++;
    });
    for (const match of matches) {
      if (match < 0) continue;
      byClass[used.classes[match]].matched++;
      const target = trainer.steps.classTarget(used.classes[match]);
      if (target > 0) byClass[target - 1].counted++;
    }
  }
  /** @param {"objects" | "matched" | "counted"} key */
  const total = (key) => byClass.reduce((sum, row) => sum + row[key], 0);
  const objects = total("objects");
  return {
    byClass,
    matched: total("matched") / objects,
    counted: total("counted") / objects,
    alone: alone / objects,
  };
}

/**
 * @param {Trainer} trainer
 * @param {Labels} labels
 */
function matchScene({ steps, anchors, settings }, labels) {
  const used = steps.labels(labels);
  return { used, matches: steps.match(used, anchors, settings) };
}

/**
 * The level of knowing nothing for a trainer's settings: how many negatives there
 * are for a positive depends on how many positives there are.
 *
 * @param {Trainer} trainer
 * @param {Scene[]} scenes
 */
export function knowNothingOf(trainer, scenes) {
  const { neg, minneg } = trainer.settings;
  let [positives, negatives] = [0, 0];
  for (const { labels } of scenes) {
    const { used, matches } = matchScene(trainer, labels);
    const count = matches.filter(
      (match) =>
        match >= 0 && trainer.steps.classTarget(used.classes[match]) > 0,
    ).length;
    positives += count;
    negatives += Math.min(
      Math.max(neg * count, minneg),
      trainer.numAnchors - count,
    );
  }
  return knowNothing(negatives / positives, CLASSES.length);
}

/**
 * Decode what the targets say, as if a network had learned them perfectly.
 *
 * @param {Trainer} trainer
 * @param {Scene[]} scenes
 */
export function roundTrip(trainer, scenes) {
  const labels = scenes.map((scene) => scene.labels);
  const found = labels.map((one) => decodeTargets(trainer, one));
  const thresholds = [0.5, 0.75];
  const [ap50, ap75] = meanPrecisions(
    found,
    labels,
    thresholds,
    CLASSES.length,
  );
  const anyClass = precisionsWithoutClass(found, labels).ap50;
  return { found, ap50, ap75, anyClass };
}

/**
 * @param {Trainer} trainer
 * @param {Labels} labels
 */
function decodeTargets(trainer, labels) {
  const { steps, anchors, settings, network } = trainer;
  const { used, matches } = matchScene(trainer, labels);
  /** @param {number} anchor */
  const targetOf = (anchor) => steps.classTarget(used.classes[matches[anchor]]);
  const rows = [...matches.keys()].filter(
    (anchor) => matches[anchor] >= 0 && targetOf(anchor) > 0,
  );
  const offsets = encodeMatches(trainer, used.boxes, matches, rows);
  const inUse = steps.anchorsInUse(anchors, network.layout.maps);
  const all = {
    boxes: steps.decode(takeBoxes(inUse, rows), offsets, settings),
    scores: rows.map(() => 1),
    classes: rows.map((anchor) => steps.labelInUse(targetOf(anchor) - 1)),
    anchors: rows,
  };
  const { boxes, scores, classes } = all;
  return takeDetections(all, batchedNms(boxes, scores, classes, settings.nms));
}

/**
 * The numbers that go into the network, in training and in use.
 *
 * @param {Trainer} trainer
 * @param {Scene[]} scenes
 */
export function inputNumbers({ network, steps }, scenes) {
  /** @type {Float64Array[]} */
  const [training, use] = ["input", "inputInUse"].map((key) => {
    const step = steps[/** @type {"input"} */ (key)];
    const seen = scenes.map(({ pixels }) => {
      step(network, 0, pixels);
      return inputOf(network);
    });
    return Float64Array.from(seen.flatMap((row) => [...row]));
  });
  const difference = training.reduce(
    (sum, value, k) => sum + Math.abs(value - use[k]),
    0,
  );
  return {
    training: meanAndStd(training),
    use: meanAndStd(use),
    difference: difference / training.length,
  };
}

/**
 * The first image of a network, without border and fourth channel.
 *
 * @param {import("./network.js").Network} network
 */
function inputOf({ floats, layout }) {
  const { x, xRow } = layout;
  const values = new Float32Array(SIZE * SIZE * 3);
  for (let row = 0, k = 0; row < SIZE; row++) {
    for (let column = 0; column < SIZE; column++) {
      const at = x + (row + 1) * xRow + (column + 1) * 4;
      for (let c = 0; c < 3; c++) values[k++] = floats[at + c];
    }
  }
  return values;
}

/**
 * The mean and the standard deviation of all values.
 *
 * @param {Float64Array} values
 */
export function meanAndStd(values) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((a, b) => a + (b - mean) * (b - mean), 0);
  return { mean, std: Math.sqrt(squares / values.length) };
}

const SAME = 1e-3;

/**
 * The share of a scene's outputs that are others when it is not alone in its batch.
 *
 * @param {Trainer} trainer
 * @param {Scene[]} scenes
 */
export function companyMatters({ network, steps }, scenes) {
  const { numAnchors, columns } = network.layout;
  const numbers = numAnchors * columns;
  const batch = scenes.slice(0, BATCH);
  batch.forEach(({ pixels }, b) => steps.inputInUse(network, b, pixels));
  steps.forward(network, batch.length);
  const last = batch.length - 1;
  const together = network.outputs.slice(last * numbers, (last + 1) * numbers);
  steps.inputInUse(network, 0, batch[last].pixels);
  steps.forward(network, 1);
  const others = together.filter(
    (value, k) => Math.abs(value - network.outputs[k]) > SAME,
  );
  return others.length / numbers;
}

/**
 * Learn two scenes by heart: what cannot do this has its steps at odds.
 *
 * @param {Settings} settings
 * @param {WebAssembly.Module | null} module
 * @returns {ByHeart}
 */
export function learnByHeart(settings, module) {
  const two = { ...settings, scenes: 2, flip: false, shift: 0 };
  const trainer = new Trainer(two, module);
  const keeper = new LossKeeper();
  while (trainer.count < BY_HEART) keeper.add(trainer.step());
  const [classLoss, boxLoss] = keeper.mean();
  return { trainer, classLoss, boxLoss };
}
