/**
 * Bugs that people have had. Each is a small function that wraps honest steps
 * (`steps.js`); the honest code knows nothing of them.
 */

import { argsortDescending } from "../lib/nms.js";
import {
  atCorners,
  centersAsCorners,
  channelsFirst,
  columnByColumn,
  exchangeAxes,
  exchangeRedAndBlue,
  joinedOnAxis0,
  mapBoxes,
  matchPadding,
  padLabels,
  rearrange,
  scaleOffsets,
  setRaw,
  shapesReversed,
  withLeastArea,
} from "./bug_parts.js";
import { SIZE } from "./scenes.js";
import { meanColor, STEPS } from "./steps.js";

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./steps.js").Steps} Steps */

/**
 * @typedef {object} Bug
 * @property {string} id in addresses
 * @property {string} name
 * @property {string} sentence what is wrong
 * @property {"data and targets" | "network and loss" | "decoding and use"} where
 * @property {Partial<Settings>} [settings] in place of a wrapped step
 * @property {(steps: Steps) => Partial<Steps>} [wrap]
 */

const FULL_SCALE = 1 / 255;

/** @type {Bug[]} */
export const BUGS = [
  {
    id: "pixels",
    name: "labels in pixels",
    sentence: "Boxes come in pixels, anchors in fractions of the image.",
    where: "data and targets",
    wrap: ({ labels }) => ({
      labels: mapBoxes(labels, (boxes) => boxes.map((value) => value * SIZE)),
    }),
  },
  {
    id: "transposed",
    name: "x and y exchanged in labels",
    sentence: "Boxes are read as [ymin, xmin, ymax, xmax].",
    where: "data and targets",
    wrap: ({ labels }) => ({ labels: mapBoxes(labels, exchangeAxes) }),
  },
  {
    id: "flip",
    name: "boxes not flipped",
    sentence: "Half of the images are mirrored; their boxes are not.",
    where: "data and targets",
    wrap: ({ flip }) => ({
      flip: (scene) => ({ ...flip(scene), labels: scene.labels }),
    }),
  },
  {
    id: "padding",
    name: "padding matched",
    sentence:
      "The zeros that fill up the label array are matched like objects.",
    where: "data and targets",
    wrap: ({ labels, match, encode }) => ({
      encode: (anchors, boxes, settings) =>
        encode(anchors, withLeastArea(boxes), settings),
      labels: (given) => padLabels(labels(given)),
      match: (padded, anchors, settings) =>
        matchPadding(padded, match(padded, anchors, settings)),
    }),
  },
  {
    id: "background",
    name: "class 0 is background",
    sentence:
      "Class targets are not moved up by one: circles become background.",
    where: "data and targets",
    wrap: () => ({ classTarget: (label) => label }),
  },
  {
    id: "collapsed",
    name: "every object is class 1",
    sentence: "The class is lost on the way to the targets.",
    where: "data and targets",
    wrap: () => ({ classTarget: () => 1 }),
  },
  {
    id: "untransposed",
    name: "head never transposed",
    sentence:
      "The head's output (channel, row, column) is reshaped as if it were (row, column, channel).",
    where: "network and loss",
    wrap: rearrange(channelsFirst),
  },
  {
    id: "axis0",
    name: "maps concatenated on axis 0",
    sentence:
      "The maps' predictions are joined along the images, not along the anchors.",
    where: "network and loss",
    wrap: rearrange(joinedOnAxis0),
  },
  {
    id: "easiest",
    name: "the easiest negatives mined",
    sentence: "The negatives are sorted the wrong way round.",
    where: "network and loss",
    wrap: ({ mine }) => ({
      mine: (losses, count, chosen) =>
        mine(
          losses.map((loss) => (loss < 0 ? loss : 1 / (1 + loss))),
          count,
          chosen,
        ),
    }),
  },
  {
    id: "nonegatives",
    name: "no negatives in the loss",
    sentence: "Only positives pay for their class.",
    where: "network and loss",
    wrap: () => ({ mine: (_losses, _count, chosen) => chosen.fill(0) }),
  },
  {
    id: "rate",
    name: "learning rate ten times too high",
    sentence: "0.05 in place of 0.005.",
    where: "network and loss",
    settings: { lr: 0.05 },
  },
  {
    id: "raw",
    name: "input never normalized",
    sentence: "Pixels go in as 0 to 1, in training and in use.",
    where: "network and loss",
    wrap: () => ({ input: setRaw, inputInUse: setRaw }),
  },
  {
    id: "variances",
    name: "variances forgotten",
    sentence: "Decoding applies the offsets 10 and 5 times too large.",
    where: "decoding and use",
    wrap: ({ decode }) => ({ decode: scaleOffsets(decode, [10, 10, 5, 5]) }),
  },
  {
    id: "onevariance",
    name: "one variance for all",
    sentence: "Decoding multiplies sizes by 0.1, too; training divided by 0.2.",
    where: "decoding and use",
    wrap: ({ decode }) => ({ decode: scaleOffsets(decode, [1, 1, 0.5, 0.5]) }),
  },
  {
    id: "halfcell",
    name: "half a cell forgotten",
    sentence:
      "Decoding puts anchors at the cells' corners, not at their centers.",
    where: "decoding and use",
    wrap: () => ({ anchorsInUse: atCorners }),
  },
  {
    id: "columns",
    name: "cells column by column",
    sentence: "Decoding counts the cells of a map down, then across.",
    where: "decoding and use",
    wrap: () => ({ anchorsInUse: columnByColumn }),
  },
  {
    id: "shapes",
    name: "shapes in another order",
    sentence:
      "Decoding counts the anchors of a cell from the last to the first.",
    where: "decoding and use",
    wrap: () => ({ anchorsInUse: shapesReversed }),
  },
  {
    id: "corner",
    name: "center taken for corner",
    sentence: "Decoded centers are drawn as upper left corners.",
    where: "decoding and use",
    wrap: ({ decode }) => ({
      decode: (anchors, offsets, settings) =>
        centersAsCorners(decode(anchors, offsets, settings)),
    }),
  },
  {
    id: "axes",
    name: "axes exchanged in decoding",
    sentence: "The offsets (x, y, w, h) are read as (y, x, h, w).",
    where: "decoding and use",
    wrap: ({ decode }) => ({
      decode: (anchors, offsets, settings) =>
        decode(anchors, exchangeAxes(offsets), settings),
    }),
  },
  {
    id: "names",
    name: "class names shifted by one",
    sentence: "The list of names is in another order than in training.",
    where: "decoding and use",
    wrap: () => ({ labelInUse: (label) => (label + 1) % 3 }),
  },
  {
    id: "logits",
    name: "logits taken for scores",
    sentence: "The softmax is forgotten.",
    where: "decoding and use",
    wrap: () => ({ scores: (logits) => logits }),
  },
  {
    id: "unnormalized",
    name: "not normalized in use",
    sentence: "Training takes the mean color off; use does not.",
    where: "decoding and use",
    wrap: () => ({ inputInUse: setRaw }),
  },
  {
    id: "unscaled",
    name: "not scaled in use",
    sentence: "Training multiplies the input by 3; use does not.",
    where: "decoding and use",
    wrap: () => ({
      inputInUse: (network, i, pixels) =>
        network.setImage(i, pixels, meanColor(pixels), FULL_SCALE),
    }),
  },
  {
    id: "bgr",
    name: "red and blue exchanged in use",
    sentence: "Training reads RGB; use reads BGR.",
    where: "decoding and use",
    wrap: ({ inputInUse }) => ({
      inputInUse: (network, i, pixels) =>
        inputInUse(network, i, exchangeRedAndBlue(pixels)),
    }),
  },
  {
    id: "nonms",
    name: "NMS off",
    sentence: "Nothing is suppressed.",
    where: "decoding and use",
    wrap: () => ({ suppress: (_boxes, scores) => argsortDescending(scores) }),
  },
  {
    id: "nextscene",
    name: "ground truth of the next scene",
    sentence: "Detections are judged by the labels of another image.",
    where: "decoding and use",
    wrap: () => ({
      groundTruth: (labels) => [...labels.slice(1), ...labels.slice(0, 1)],
    }),
  },
];

/**
 * The steps with a bug in them.
 *
 * @param {string} id "" for none
 * @returns {Steps}
 */
export function withBug(id) {
  const bug = BUGS.find((one) => one.id === id);
  return { ...STEPS, ...bug?.wrap?.(STEPS) };
}

/**
 * The settings that a bug changes.
 *
 * @param {Settings} settings
 * @returns {Settings}
 */
export function withBugSettings(settings) {
  const bug = BUGS.find((one) => one.id === settings.bug);
  return { ...settings, ...bug?.settings };
}
