/** A detector of the reader's things: its training pictures, training, and use. */

import { learnBatch } from "../engine/learning.js";
import { keyOf, makeRandom, STREAMS } from "../engine/random.js";
import { STEPS, writeTargets } from "../engine/steps.js";
import { drawSample } from "./augmentation.js";
import { anchorsFor, Finder, makeNetwork, sideInUse } from "./finder.js";
import { areaOf } from "./paste.js";
import { INPUT_SIDE, makePyramid } from "./pyramid.js";
import { scorePictures } from "./scores.js";
import { DEFAULTS } from "./settings.js";
import { makeCanvas } from "./warp.js";

/** @typedef {import("../engine/detect.js").Detections} Detections */
/** @typedef {import("./augmentation.js").Source} Source */
/** @typedef {import("./paste.js").Cut} Cut */
/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./types.js").Picture} Picture */
/** @typedef {import("./warp.js").Box} Box */

export const BATCH = 4;
const KEEP = 0.995; // of the running mean of the weights
const FALL = 5000; // pictures after which the rate is divided by √2

/**
 * Settings with all that the playground's steps read of theirs.
 *
 * @param {Settings} settings
 */
function forSteps(settings) {
  const whole = { ...settings, log: true };
  return /** @type {import("../engine/settings.js").Settings & Settings} */ (
    /** @type {any} */ (whole)
  );
}

/**
 * The learning rate after so many training pictures: nobody says when training ends,
 * so it falls ever more slowly.
 *
 * @param {number} first
 * @param {number} count
 */
export function rateAt(first, count) {
  return first / Math.sqrt(1 + count / FALL);
}

/**
 * The anchors of a detector in use.
 *
 * @param {{ small: boolean }} [settings]
 */
export function makeOwnAnchors(settings = DEFAULTS) {
  return anchorsFor(sideInUse(settings));
}

export class OwnTrainer {
  /**
   * @param {Settings} settings
   * @param {string[]} classes
   * @param {Picture[]} pictures
   * @param {WebAssembly.Module | null} module of compileKernels
   */
  constructor(settings, classes, pictures, module) {
    this.settings = forSteps(settings);
    this.classes = classes;
    this.network = makeNetwork(classes.length, INPUT_SIDE, BATCH, module);
    this.network.initialize(makeRandom(keyOf(settings.seed, STREAMS.weights)));
    this.anchors = anchorsFor();
    this.finder = new Finder(classes.length, sideInUse(settings), module);
    this.steps = STEPS;
    this.numAnchors = this.network.layout.numAnchors;
    this.targets = {
      classes: new Int32Array(BATCH * this.numAnchors),
      offsets: new Float32Array(BATCH * this.numAnchors * 4),
    };
    this.canvas = makeCanvas(INPUT_SIDE);
    this.input = makeInput(); // of the training picture that is being drawn
    /** How many training pictures it has seen, and the seconds that took. */
    this.count = this.seconds = 0;
    this.norms = [0, 0];
    /** @type {Source[]} */
    this.sources = [];
    /** @type {Cut[]} all things of the sources */
    this.cuts = [];
    this.setPictures(pictures);
  }

  /**
   * Train on other pictures from now on.
   *
   * @param {Picture[]} pictures of which those that are ready and not kept back count
   */
  setPictures(pictures) {
    const used = pictures.filter(({ ready, keptBack }) => ready && !keptBack);
    this.sources = used.map(toSource);
    this.cuts = this.sources.flatMap(({ levels, things }) =>
      things.map((thing) => ({ levels, ...thing })),
    );
  }

  /**
   * Go on with other settings, and other names for the same things.
   *
   * @param {Settings} settings
   * @param {string[]} [classes] another number of them is another network's
   */
  adopt(settings, classes = this.classes) {
    this.settings = forSteps(settings);
    if (classes.length === this.classes.length) this.classes = classes;
  }

  /**
   * A training picture as the network sees it, drawn by its number.
   *
   * @param {number} [number]
   * @param {Uint8ClampedArray} [pixels] that it is written to
   */
  sample(number = this.count, pixels = makeInput()) {
    const { settings, canvas, sources, cuts } = this;
    const random = makeRandom(keyOf(settings.seed, STREAMS.training, number));
    const labels = drawSample(
      canvas,
      pixels,
      { sources, cuts },
      random,
      settings,
    );
    return { pixels, labels };
  }

  /** Train on the next batch. */
  step() {
    const { network, steps, settings, targets, anchors } = this;
    for (let b = 0; b < BATCH; b++) {
      const { pixels, labels } = this.sample(this.count + b, this.input);
      steps.input(network, b, pixels);
      writeTargets(steps, labels, anchors, settings, targets, b);
    }
    this.count += BATCH;
    return learnBatch(this, KEEP, rateAt(settings.lr, this.count));
  }

  /**
   * Detect things with the running mean of the weights.
   *
   * @param {Uint8ClampedArray[]} inputs (96, 96, 3), or twice as large; always so if
   *   the setting `small` is on
   * @returns {Detections[]}
   */
  detect(inputs) {
    this.finder.learnFrom(this.network);
    return inputs.map((pixels) => this.finder.find(pixels, this.settings));
  }

  /**
   * Measure AP50 on pictures.
   *
   * @param {Picture[]} pictures
   */
  evaluate(pictures) {
    const found = this.detect(pictures.map(({ pixels }) => pixels));
    const labels = pictures.map((picture) => picture.labels);
    return { ...scorePictures(found, labels, this.classes.length), found };
  }
}

function makeInput() {
  return new Uint8ClampedArray(3 * INPUT_SIDE * INPUT_SIDE);
}

/**
 * @param {Picture} picture
 * @returns {Source}
 */
function toSource({ pixels, labels: { classes, boxes } }) {
  const things = classes.map((label, k) => {
    const box = /** @type {Box} */ ([...boxes.subarray(4 * k, 4 * k + 4)]);
    return { label, box };
  });
  return {
    levels: makePyramid(pixels),
    things: things.filter(({ box }) => areaOf(box) > 0), // a line has no offsets
  };
}
