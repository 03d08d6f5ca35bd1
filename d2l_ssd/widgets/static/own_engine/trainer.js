/** A detector of the reader's things: its training pictures, training, and use. */

import { detect, take } from "../engine/detect.js";
import { whyNotFinite } from "../engine/finite.js";
import { detectionLoss } from "../engine/loss.js";
import { Network } from "../engine/network.js";
import { keyOf, makeRandom, STREAMS } from "../engine/random.js";
import { STEPS, writeTargets } from "../engine/steps.js";
import { ssdAnchors } from "../lib/anchors.js";
import { drawSample } from "./augmentation.js";
import { areaOf } from "./paste.js";
import { INPUT_SIDE, makePyramid, toInput } from "./pyramid.js";
import { scorePictures } from "./scores.js";
import { makeCanvas } from "./warp.js";

/** @typedef {import("../engine/detect.js").Detections} Detections */
/** @typedef {import("./augmentation.js").Source} Source */
/** @typedef {import("./paste.js").Cut} Cut */
/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./types.js").Picture} Picture */
/** @typedef {import("./warp.js").Box} Box */

export const BATCH = 8;
const KEEP = 0.995; // of the running mean of the weights
const FIRST_STEPS = 20;

/** @type {NonNullable<import("../engine/plan.js").Plan["trunk"]>} */
const TRUNK = [
  [16, 2, false],
  [24, 2, false],
  [32, 2, false],
  [32, 1, true],
  [48, 2, true],
  [64, 2, true],
];
const MAP_SIDES = [12, 6, 3];
const SIZES = [
  [0.17, 0.26],
  [0.38, 0.52],
  [0.68, 0.84],
];
const RATIOS = [1, 2, 0.5];
const PER_CELL = RATIOS.length + 1; // anchors: a second size for the first ratio

/** The anchors of all maps. */
export function makeOwnAnchors() {
  /** @type {[number, number][]} */
  const shapes = MAP_SIDES.map((side) => [side, side]);
  return ssdAnchors(
    shapes,
    SIZES,
    MAP_SIDES.map(() => RATIOS),
  );
}

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
 * How many classes a network has for so many things: its kernels want numbers of
 * filters that are multiples of eight, and a class too many is never taught.
 *
 * @param {number} things
 */
function classesFor(things) {
  return things === 2 ? 3 : things;
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
    this.network = new Network(
      {
        ...{ size: INPUT_SIDE, batch: BATCH, trunk: TRUNK },
        classes: classesFor(classes.length),
        perCell: MAP_SIDES.map(() => PER_CELL),
      },
      module,
    );
    this.network.initialize(makeRandom(keyOf(settings.seed, STREAMS.weights)));
    this.anchors = makeOwnAnchors();
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
   * Go on with other settings.
   *
   * @param {Settings} settings
   */
  adopt(settings) {
    this.settings = forSteps(settings);
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

  /**
   * Train on the next batch. A loss or gradient that is not finite changes no weight:
   * `stopped` says why, and is "" at all other steps.
   */
  step() {
    const { network, steps, settings, targets, anchors, numAnchors } = this;
    for (let b = 0; b < BATCH; b++) {
      const { pixels, labels } = this.sample(this.count + b, this.input);
      steps.input(network, b, pixels);
      writeTargets(steps, labels, anchors, this.settings, targets, b);
    }
    network.forward();
    const { outputs, outputGradients: gradients } = network;
    const loss = detectionLoss(
      { outputs, gradients, targets, numAnchors },
      settings,
    );
    network.backward();
    this.count += BATCH;
    const norm = network.gradientNorm();
    const total = loss.classLoss + settings.loc * loss.boxLoss + norm;
    if (!Number.isFinite(total * settings.lr)) {
      return { ...loss, norm, stopped: this.#why() };
    }
    network.update(settings.lr, norm, KEEP);
    this.#remember(norm);
    return { ...loss, norm, stopped: "" };
  }

  /** @param {number} norm */
  #remember(norm) {
    const { steps } = this.network;
    if (steps <= FIRST_STEPS) this.norms[0] += (norm - this.norms[0]) / steps;
    this.norms[1] = norm;
  }

  #why() {
    const { settings, targets, norms } = this;
    const { floats, layout, steps } = this.network;
    const { weights: start, numWeights } = layout;
    const weights = floats.subarray(start, start + numWeights);
    return whyNotFinite({ settings, targets, weights, norms, steps });
  }

  /**
   * Detect things with the running mean of the weights.
   *
   * @param {Uint8ClampedArray[]} inputs (96, 96, 3), or twice as large
   * @returns {Detections[]}
   */
  detect(inputs) {
    const { network, steps, settings, anchors, numAnchors } = this;
    const rows = numAnchors * network.layout.columns;
    /** @type {Detections[]} */
    const found = [];
    network.exchangeMean();
    for (let start = 0; start < inputs.length; start += BATCH) {
      const batch = inputs.slice(start, start + BATCH);
      batch.forEach((pixels, b) => steps.input(network, b, toInput(pixels)));
      network.forward(batch.length);
      batch.forEach((_, b) => {
        const outputs = network.outputs.subarray(b * rows, (b + 1) * rows);
        found.push(this.#known(detect(outputs, anchors, steps, settings)));
      });
    }
    network.exchangeMean();
    return found;
  }

  /**
   * Detections without those of a class that stands for no thing.
   *
   * @param {Detections} found
   */
  #known(found) {
    const { length } = this.classes;
    if (found.classes.every((label) => label < length)) return found;
    const rows = [...found.classes.keys()];
    return {
      ...found,
      ...take(
        found,
        rows.filter((d) => found.classes[d] < length),
      ),
    };
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
