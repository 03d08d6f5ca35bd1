/** What LossExplorer computes: what each anchor would pay, and which ones count. */

import { anchorCounts, ssdAnchors } from "../lib/anchors.js";
import { toFloats, toHalves } from "../lib/bytes.js";
import { dotPlaces } from "../lib/dots.js";
import { readLabels } from "../lib/labels.js";
import {
  crossEntropy,
  negativesToCount,
  orderNegatives,
  scatter,
  smoothL1,
  sumLosses,
} from "../lib/loss.js";
import { encodeOffsets, matchAnchors } from "../lib/targets.js";

/** @typedef {import("../lib/bytes.js").Bytes} Bytes */
/** @typedef {import("../lib/grid.js").Shape} Shape */

/**
 * @typedef {object} Traits
 * @property {Bytes[]} images
 * @property {Bytes[]} truths per image (M, 5): class and box
 * @property {string[]} class_names
 * @property {Shape[]} map_shapes
 * @property {number[][]} sizes per map
 * @property {number[][]} ratios per map
 * @property {Bytes[]} backgrounds per image (A,) float16: -ln p(background)
 * @property {Bytes[]} details per image (n, 1+K+1+4): anchor, probabilities, offsets
 * @property {(number | null)[]} mining_ratios negatives per positive; null for all
 * @property {number} min_negatives of an image
 * @property {number} image
 * @property {number} network TRAINED or UNTRAINED
 * @property {number} mining one of mining_ratios
 * @property {number} pick 0: the hardest, 1: random ones
 * @property {number} divisor 0: positive anchors, 1: all anchors
 * @property {number} anchor the one selected; -1: that pays most
 * @property {Record<string, Guess>} guesses by `keyOf`
 */

/**
 * @typedef {object} Guess which share is the background's
 * @property {number} range one of RANGES
 * @property {number} mining of which it was said
 * @property {number} pick
 *
 * @typedef {object} Output what the network says of an anchor
 * @property {number[]} probabilities background first
 * @property {number[]} offsets
 */

/** @typedef {import("../lib/types.d.ts").Model<Traits>} Model */
/** @typedef {ReturnType<typeof readData>} Data */
/** @typedef {ReturnType<typeof sceneOf>} Scene */
/** @typedef {ReturnType<ReturnType<typeof makeReckoner>>} Reckoned */

export const [TRAINED, UNTRAINED] = [0, 1];
export const [HARDEST, RANDOM] = [0, 1];
/** What can be guessed: up to these shares. */
export const RANGES = [0.1, 0.5, 0.9, 0.99, 1];
export const EVEN = 0.02; // of one half: positives and background pay the same

/** @param {Model} model */
export function readData(model) {
  const shapes = model.get("map_shapes");
  const [sizes, ratios] = [model.get("sizes"), model.get("ratios")];
  const names = model.get("class_names");
  const anchors = ssdAnchors(shapes, sizes, ratios);
  return {
    ...{ names, anchors },
    count: anchors.length / 4,
    labels: readLabels(model.get("truths")),
    dots: dotPlaces(shapes, anchorCounts(shapes, sizes, ratios)),
    aspect: shapes[0][0] / shapes[0][1],
    random: scatter(anchors.length / 4),
    backgrounds: model.get("backgrounds").map(toHalves),
    outputs: model
      .get("details")
      .map((bytes) => readOutputs(toFloats(bytes), names.length + 1)),
    mining: model.get("mining_ratios"),
    minimum: model.get("min_negatives"),
  };
}

/**
 * @param {Float32Array} rows
 * @param {number} numScores
 * @returns {Map<number, Output>} by anchor
 */
function readOutputs(rows, numScores) {
  const [columns, outputs] = [1 + numScores + 4, new Map()];
  for (let k = 0; k < rows.length; k += columns) {
    const row = Array.from(rows.subarray(k, k + columns));
    outputs.set(row[0], {
      probabilities: row.slice(1, 1 + numScores),
      offsets: row.slice(1 + numScores),
    });
  }
  return outputs;
}

/**
 * What the network says of an anchor; undefined where it is sure of background.
 *
 * @param {Data} data
 * @param {{ image: number, network: number }} scene
 * @param {number} anchor
 * @returns {Output | undefined}
 */
export function outputOf({ names, outputs }, { image, network }, anchor) {
  if (network === TRAINED) return outputs[image].get(anchor);
  const numScores = names.length + 1;
  return {
    probabilities: Array(numScores).fill(Math.fround(1 / numScores)),
    offsets: [0, 0, 0, 0],
  };
}

/**
 * What the anchors of an image would pay, whatever the switches say.
 *
 * @param {Data} data
 * @param {number} image
 * @param {number} network
 */
function sceneOf(data, image, network) {
  const { anchors, labels, count } = data;
  const truths = labels[image];
  const matches = matchAnchors(anchors, truths.boxes);
  const positives = [...matches.keys()].filter((a) => matches[a] >= 0);
  const classification = new Float32Array(count);
  const localization = new Float32Array(count);
  for (let a = 0; a < count; a++) {
    const output = outputOf(data, { image, network }, a);
    const target = matches[a] < 0 ? 0 : truths.classes[matches[a]] + 1;
    classification[a] = output
      ? crossEntropy(output.probabilities[target])
      : data.backgrounds[image][a];
    if (!target || !output) continue;
    for (const { loss } of boxTerms(data, truths, matches, a, output)) {
      localization[a] += loss;
    }
  }
  return {
    ...{ image, network, truths, matches, positives },
    ...{ classification, localization },
    orders: [
      orderNegatives(classification, matches),
      orderNegatives(data.random, matches),
    ],
    order: rank(data, image, network, [classification, localization]),
  };
}

/**
 * What a positive anchor pays for each of its offsets.
 *
 * @param {Data} data
 * @param {import("../lib/labels.js").Labels} truths
 * @param {Int32Array} matches
 * @param {number} anchor
 * @param {Output} output
 */
export function boxTerms({ anchors }, truths, matches, anchor, { offsets }) {
  const truth = matches[anchor];
  const box = truths.boxes.slice(4 * truth, 4 * truth + 4);
  const targets = encodeOffsets(anchors.slice(4 * anchor, 4 * anchor + 4), box);
  // In Python an offset's four numbers are x, y, width, height, as here
  return offsets.map((offset, k) => {
    const difference = offset - targets[k];
    return {
      ...{ offset, difference },
      target: targets[k],
      loss: smoothL1(difference),
    };
  });
}

/**
 * Name what is guessed: the share on an image, of a network.
 *
 * @param {{ image: number, network: number }} chosen
 */
export function keyOf({ image, network }) {
  return `${image}/${network}`;
}

/**
 * Make what computes the loss as the controls say; what they leave is kept.
 *
 * @param {Model} model
 * @param {Data} data
 */
export function makeReckoner(model, data) {
  let scene = sceneOf(data, model.get("image"), model.get("network"));
  let paid = payOf(data, scene, model.get("mining"), model.get("pick"));
  let paidAt = "";
  return () => {
    const [image, network] = [model.get("image"), model.get("network")];
    if (keyOf({ image, network }) !== keyOf(scene)) {
      scene = sceneOf(data, image, network);
    }
    const [mining, pick] = [model.get("mining"), model.get("pick")];
    const guess = /** @type {Guess | undefined} */ (
      model.get("guesses")[keyOf(scene)]
    );
    const at = `${keyOf(scene)} ${mining} ${pick}`;
    if (at !== paidAt) paid = payOf(data, scene, mining, pick);
    paidAt = at;
    const { ranking } = paid;
    const wanted = model.get("anchor");
    return {
      ...scene,
      ...paid,
      ...{ mining, pick, guess },
      divisor: model.get("divisor"),
      selected: ranking.includes(wanted) ? wanted : (ranking[0] ?? -1),
    };
  };
}

/**
 * Say which anchors count, and what they pay together.
 *
 * @param {Data} data
 * @param {Scene} scene
 * @param {number} mining
 * @param {number} pick
 */
export function payOf(data, scene, mining, pick) {
  const { classification, localization, positives, orders, order } = scene;
  const ratio = data.mining[mining];
  const count = negativesToCount(positives.length, ratio, data.minimum);
  const negatives = orders[pick].slice(0, count);
  const counted = new Uint8Array(data.count);
  for (const a of [...positives, ...negatives]) counted[a] = 1;
  const terms = sumLosses(classification, localization, positives, negatives);
  const all = sumLosses(classification, localization, [], orders[HARDEST]);
  return {
    ...{ ratio, negatives, counted, terms },
    share: shareOf(terms),
    leftOut: all.negative - terms.negative,
    // What pays nothing comes last
    ranking: [1, 0].flatMap((is) => order.filter((a) => counted[a] === is)),
  };
}

/**
 * The background's share of the classification loss.
 *
 * @param {import("../lib/loss.js").Terms} terms
 */
export function shareOf({ positive, negative }) {
  return negative / (positive + negative || 1);
}

/**
 * Order the anchors of which all is known by what they would pay.
 *
 * @param {Data} data
 * @param {number} image
 * @param {number} network
 * @param {Float32Array[]} losses of the class and of the box
 */
function rank({ outputs, count }, image, network, [forClass, forBox]) {
  const known =
    network === TRAINED ? [...outputs[image].keys()] : [...Array(count).keys()];
  /** @param {number} a */
  const costs = (a) => forClass[a] + forBox[a];
  return known.sort((a, b) => costs(b) - costs(a) || a - b);
}

/**
 * The loss of the image.
 *
 * @param {Data} data
 * @param {{ terms: import("../lib/loss.js").Terms, divisor: number }} reckoned
 */
export function lossOf({ count }, { terms, divisor }) {
  const { positive, negative, localization } = terms;
  const by = divisor ? count : Math.max(terms.numPositives, 1);
  return { by, loss: (positive + negative + localization) / by };
}

/**
 * Which of RANGES a share lies in.
 *
 * @param {number} share
 */
export function rangeOf(share) {
  return RANGES.findIndex((most) => share <= most);
}
