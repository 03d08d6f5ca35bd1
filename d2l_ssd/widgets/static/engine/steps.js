/**
 * What a detector does between pictures and results, one small function per step.
 * This is the honest form; each bug of `bugs.js` wraps one of them.
 */

import { boxIou, takeBoxes } from "../lib/boxes.js";
import { exp, log } from "../lib/math.js";
import { batchedNms } from "../lib/nms.js";
import {
  decodeOffsets,
  encodeOffsets,
  forceMatches,
  IGNORED,
  matchByThreshold,
  VARIANCES,
} from "../lib/targets.js";
import { flipScene } from "./augment.js";
import { mineHardest } from "./loss.js";

/** @typedef {import("../lib/labels.js").Labels} Labels */
/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./scenes.js").Scene} Scene */
/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {typeof STEPS} Steps */

export const STEPS = {
  /** Mirror a training scene, boxes included. */
  flip: flipScene,

  /** @type {(labels: Labels) => Labels} what the targets are made of */
  labels: (labels) => labels,

  /**
   * Match anchors with ground-truth boxes.
   *
   * @param {Labels} labels
   * @param {Float32Array} anchors
   * @param {Settings} settings
   */
  match({ boxes }, anchors, { iou, force }) {
    const matches = new Int32Array(anchors.length / 4);
    const ious = boxIou(boxes, anchors);
    matchByThreshold(ious, iou, iou, matches);
    return force ? forceMatches(ious, matches) : matches;
  },

  /** @type {(label: number) => number} 0 is background */
  classTarget: (label) => label + 1,

  /** @type {(anchors: Float32Array, boxes: Float32Array, settings: Settings) => Float32Array} */
  encode(anchors, boxes, settings) {
    const offsets = encodeOffsets(anchors, boxes);
    return settings.log ? offsets : withoutLog(offsets);
  },

  /** Set a network's image for training: its own mean color taken off. */
  input: setInput,

  /** The same for use. */
  inputInUse: setInput,

  /** @type {(network: Network, count: number) => void} */
  forward: (network, count) => network.forward(count),

  /** @type {(network: Network, count: number) => void} */
  backward: (network, count) => network.backward(count),

  mine: mineHardest,

  /** The scores of anchors, from their logits. */
  scores: softmax,

  /**
   * The anchors that decoding uses, of which `shapes` form a cell.
   *
   * @type {(anchors: Float32Array, maps: { side: number, perCell: number }[]) =>
   *   Float32Array}
   */
  anchorsInUse: (anchors) => anchors,

  /** @type {(anchors: Float32Array, offsets: Float32Array, settings: Settings) => Float32Array} */
  decode(anchors, offsets, settings) {
    return decodeOffsets(anchors, settings.log ? offsets : withLog(offsets));
  },

  /** @type {(label: number) => number} what a predicted class is called */
  labelInUse: (label) => label,

  suppress: batchedNms,

  /** @type {(labels: Labels[]) => Labels[]} what detections are judged by */
  groundTruth: (labels) => labels,
};

/**
 * @param {Network} network
 * @param {number} i
 * @param {Uint8ClampedArray} pixels
 */
function setInput(network, i, pixels) {
  network.setImage(i, pixels, meanColor(pixels));
}

/**
 * Softmax of each row of logits, rounded once.
 *
 * @param {Float32Array} logits
 * @param {number} [columns] of a row; all are one row if not given
 * @returns {Float32Array}
 */
function softmax(logits, columns = logits.length) {
  const scores = new Float32Array(logits.length);
  const weights = new Float64Array(columns);
  for (let row = 0; row < logits.length; row += columns) {
    let max = -Infinity;
    let sum = 0;
    for (let k = 0; k < columns; k++) max = Math.max(max, logits[row + k]);
    for (let k = 0; k < columns; k++) {
      weights[k] = exp(logits[row + k] - max);
      sum += weights[k];
    }
    for (let k = 0; k < columns; k++) scores[row + k] = weights[k] / sum;
  }
  return scores;
}

/** @param {Uint8ClampedArray} pixels */
export function meanColor(pixels) {
  let [red, green, blue] = [0, 0, 0];
  for (let k = 0; k < pixels.length; k += 3) {
    red += pixels[k];
    green += pixels[k + 1];
    blue += pixels[k + 2];
  }
  const count = pixels.length / 3;
  return [red / count, green / count, blue / count];
}

/**
 * Turn offsets' log sizes into plain ratios less 1, or back (setting "log" off).
 *
 * @param {Float32Array} offsets
 */
function withoutLog(offsets) {
  return offsets.map((value, k) => {
    const variance = VARIANCES[k % 4];
    return k % 4 < 2 ? value : (exp(value * variance) - 1) / variance;
  });
}

const LEAST_RATIO = 0.01;

/** @param {Float32Array} offsets */
function withLog(offsets) {
  return offsets.map((value, k) => {
    const variance = VARIANCES[k % 4];
    const ratio = Math.max(LEAST_RATIO, 1 + value * variance);
    return k % 4 < 2 ? value : log(ratio) / variance;
  });
}

/**
 * Make the targets of one image, and write them to a batch's.
 *
 * @param {Steps} steps
 * @param {Labels} labels
 * @param {Float32Array} anchors
 * @param {Settings} settings
 * @param {import("./loss.js").Targets} targets
 * @param {number} image
 */
export function writeTargets(steps, labels, anchors, settings, targets, image) {
  const used = steps.labels(labels);
  const matches = steps.match(used, anchors, settings);
  const start = image * matches.length;
  /** @type {number[]} */
  const positives = [];
  matches.forEach((match, a) => {
    targets.classes[start + a] = match === IGNORED ? IGNORED : 0;
    if (match >= 0) positives.push(a);
  });
  const detector = { steps, anchors, settings };
  const offsets = encodeMatches(detector, used.boxes, matches, positives);
  positives.forEach((a, row) => {
    targets.classes[start + a] = steps.classTarget(used.classes[matches[a]]);
    targets.offsets.set(
      offsets.subarray(4 * row, 4 * row + 4),
      4 * (start + a),
    );
  });
  return matches;
}

/**
 * The offsets of some anchors to the boxes that they are matched with.
 *
 * @param {{ steps: Steps, anchors: Float32Array, settings: Settings }} detector
 * @param {Float32Array} boxes ground truth
 * @param {Int32Array} matches of all anchors
 * @param {number[]} rows of the anchors
 */
export function encodeMatches(
  { steps, anchors, settings },
  boxes,
  matches,
  rows,
) {
  const matched = rows.map((row) => matches[row]);
  const [from, to] = [takeBoxes(anchors, rows), takeBoxes(boxes, matched)];
  return steps.encode(from, to, settings);
}
