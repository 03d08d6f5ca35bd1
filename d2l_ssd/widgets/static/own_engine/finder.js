/**
 * The network in use. It is made of the same convolutions as the one that is trained,
 * so it can look at larger pictures: for small things it sees stored pictures as they
 * are, while training saw their quarters.
 */

import { detect } from "../engine/detect.js";
import { Network } from "../engine/network.js";
import { STEPS } from "../engine/steps.js";
import { ssdAnchors } from "../lib/anchors.js";
import { takeDetections } from "../lib/predict.js";
import { INPUT_SIDE, STORED_SIDE, toInput } from "./pyramid.js";

/** @typedef {import("../engine/detect.js").Detections} Detections */
/** @typedef {import("../engine/settings.js").Settings} Settings of its steps */

/** @type {NonNullable<import("../engine/plan.js").Plan["trunk"]>} */
const TRUNK = [
  [16, 2, false],
  [24, 2, false],
  [32, 2, false],
  [32, 1, true],
  [48, 2, true],
  [64, 2, true],
];
const STRIDES = [8, 16, 32]; // of the maps, in pixels
const SIZES = [
  [0.17, 0.26],
  [0.38, 0.52],
  [0.68, 0.84],
]; // of what training sees
const RATIOS = [1, 2, 0.5];
const PER_CELL = RATIOS.length + 1; // anchors: a second size for the first ratio

/**
 * How many classes a network has for so many things: its kernels want numbers of
 * filters that are multiples of eight, and a class too many is never taught.
 *
 * @param {number} things
 */
export function classesFor(things) {
  return things + 1 - (things % 2); // a filter has classes + 5 numbers, four times
}

/**
 * @param {number} things
 * @param {number} size of its image, in pixels
 * @param {number} batch
 * @param {WebAssembly.Module | null} module
 */
export function makeNetwork(things, size, batch, module) {
  const perCell = STRIDES.map(() => PER_CELL);
  const classes = classesFor(things);
  return new Network({ size, classes, perCell, batch, trunk: TRUNK }, module);
}

/**
 * The anchors on an image of a size: as large in pixels as those of training.
 *
 * @param {number} [size]
 */
export function anchorsFor(size = INPUT_SIDE) {
  /** @type {[number, number][]} */
  const shapes = STRIDES.map((stride) => [size / stride, size / stride]);
  const sizes = SIZES.map((pair) => pair.map((s) => (s * INPUT_SIDE) / size));
  return ssdAnchors(
    shapes,
    sizes,
    shapes.map(() => RATIOS),
  );
}

/**
 * The side of the pictures that a detector looks at.
 *
 * @param {{ small: boolean }} settings
 */
export function sideInUse({ small }) {
  return small ? STORED_SIDE : INPUT_SIDE;
}

export class Finder {
  /**
   * @param {number} things
   * @param {number} size
   * @param {WebAssembly.Module | null} module of compileKernels
   */
  constructor(things, size, module) {
    this.things = things;
    this.size = size;
    this.network = makeNetwork(things, size, 1, module);
    this.anchors = anchorsFor(size);
    this.numAnchors = this.network.layout.numAnchors;
  }

  /**
   * Use the running mean of a network's weights.
   *
   * @param {Network} trained
   */
  learnFrom({ floats, layout }) {
    const { mean, numWeights } = layout;
    const weights = floats.subarray(mean, mean + numWeights);
    this.network.floats.set(weights, this.network.layout.weights);
  }

  /**
   * Detect the things of a picture.
   *
   * @param {Uint8ClampedArray} pixels of a square that is at least as large as `size`
   * @param {Settings} settings
   * @returns {Detections}
   */
  find(pixels, settings) {
    const { network, anchors, things } = this;
    STEPS.input(network, 0, toInput(pixels, this.size));
    network.forward();
    const found = detect(network.outputs, anchors, STEPS, settings);
    const rows = [...found.classes.keys()];
    const known = rows.filter((row) => found.classes[row] < things);
    return { ...found, ...takeDetections(found, known) };
  }
}
