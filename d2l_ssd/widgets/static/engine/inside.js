/** What happens at one anchor: from its outputs to a box, and what it pays. */

import { exactIou, takeBoxes } from "../lib/boxes.js";
import { detectionLoss } from "./loss.js";
import { writeTargets } from "./steps.js";

/** @typedef {import("./scenes.js").Scene} Scene */
/** @typedef {import("./trainer.js").Trainer} Trainer */

/**
 * @typedef {object} Rival a candidate of the same class that overlaps
 * @property {number} anchor
 * @property {number} score
 * @property {number} iou with the box
 * @property {boolean} kept by non-maximum suppression
 *
 * @typedef {object} Inside
 * @property {number} anchor its number
 * @property {Float32Array} anchorBox
 * @property {Float32Array} logits of background and of the classes
 * @property {Float32Array} scores what the softmax makes of them
 * @property {Float32Array} offsets that it predicts
 * @property {Float32Array} box the decoded one
 * @property {number} label the best class
 * @property {Rival[]} rivals best first
 * @property {number} target 0 is background
 * @property {number} truth the ground-truth box that it answers for, or -1
 * @property {number} iou of the anchor with that box, or with the nearest
 * @property {Float32Array} wanted the offsets that it should predict
 * @property {number} classLoss
 * @property {number} boxLoss
 * @property {boolean} counted whether the loss has room for it
 */

/**
 * Look at an anchor on a scene.
 *
 * @param {Trainer} trainer
 * @param {Scene} scene
 * @param {number} anchor
 * @returns {Inside}
 */
export function lookInside(trainer, scene, anchor) {
  const [found] = trainer.detect([scene]);
  const { steps, settings, network, anchors, numAnchors } = trainer;
  const { columns, maps } = network.layout;
  const outputs = network.outputs.slice(0, numAnchors * columns);
  const row = outputs.subarray(anchor * columns, (anchor + 1) * columns);
  const [logits, offsets] = [row.slice(0, -4), row.slice(-4)];
  const inUse = takeBoxes(steps.anchorsInUse(anchors, maps), [anchor]);
  const box = steps.decode(inUse, offsets, settings);
  const scores = steps.scores(logits);
  const best = [...scores.keys()].slice(1);
  const label = best.reduce((a, b) => (scores[b] > scores[a] ? b : a)) - 1;
  return {
    ...{ anchor, anchorBox: takeBoxes(anchors, [anchor]), logits, scores },
    ...{ offsets, box, label: steps.labelInUse(label) },
    rivals: findRivals(found, anchor, box, steps.labelInUse(label)),
    ...payment(trainer, scene, outputs, anchor),
  };
}

/**
 * @param {import("./detect.js").Detections} found
 * @param {number} anchor
 * @param {Float32Array} box
 * @param {number} label
 * @returns {Rival[]}
 */
function findRivals({ candidates, ...found }, anchor, box, label) {
  const kept = new Set(
    found.anchors.filter((_, d) => found.classes[d] === label),
  );
  return candidates.anchors
    .map((other, c) => ({
      anchor: other,
      label: candidates.classes[c],
      score: candidates.scores[c],
      iou: exactIou(box, 0, candidates.boxes, c),
      kept: kept.has(other),
    }))
    .filter(
      (one) => one.label === label && one.anchor !== anchor && one.iou > 0.2,
    )
    .sort((a, b) => b.score - a.score)
    .slice(0, 8);
}

/**
 * What an anchor is to learn on a scene, and what it pays.
 *
 * @param {Trainer} trainer
 * @param {Scene} scene
 * @param {Float32Array} outputs
 * @param {number} anchor
 */
function payment(trainer, { labels }, outputs, anchor) {
  const { steps, settings, anchors, numAnchors } = trainer;
  const targets = {
    classes: new Int32Array(numAnchors),
    offsets: new Float32Array(4 * numAnchors),
  };
  const used = steps.labels(labels);
  const matches = writeTargets(steps, labels, anchors, settings, targets, 0);
  const gradients = new Float32Array(outputs.length);
  const batch = { outputs, gradients, targets, numAnchors };
  detectionLoss(batch, settings, steps.mine);
  const columns = outputs.length / numAnchors;
  const at = anchor * columns;
  const truth = matches[anchor];
  const ious = used.classes.map((_, t) =>
    exactIou(anchors, anchor, used.boxes, t),
  );
  return {
    target: targets.classes[anchor],
    truth,
    iou: truth >= 0 ? ious[truth] : Math.max(0, ...ious),
    wanted: takeBoxes(targets.offsets, [anchor]),
    counted: gradients.subarray(at, at + columns).some((g) => g !== 0),
    ...alone(outputs.slice(at, at + columns), targets, anchor),
  };
}

/**
 * The loss of one anchor, as if it were a batch of its own.
 *
 * @param {Float32Array} outputs
 * @param {import("./loss.js").Targets} targets of the scene
 * @param {number} anchor
 */
function alone(outputs, targets, anchor) {
  const batch = {
    outputs,
    gradients: new Float32Array(outputs.length),
    targets: {
      classes: targets.classes.slice(anchor, anchor + 1),
      offsets: takeBoxes(targets.offsets, [anchor]),
    },
    numAnchors: 1,
  };
  const { classLoss, boxLoss } = detectionLoss(batch, {
    ...{ neg: 0, minneg: 1, loc: 1 },
  });
  return { classLoss, boxLoss };
}
