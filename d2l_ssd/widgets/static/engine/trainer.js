/** One run: a detector, its scenes, its training, and what it finds. */

import { ssdAnchors } from "../lib/anchors.js";
import { shiftScene } from "./augment.js";
import { withBug, withBugSettings } from "./bugs.js";
import { cocoScores, detect } from "./detect.js";
import { learnBatch } from "./learning.js";
import { Network } from "./network.js";
import { keyOf, makeRandom, randomAt, STREAMS } from "./random.js";
import { CLASSES, drawScene, makePixels, SIZE } from "./scenes.js";
import { writeTargets } from "./steps.js";

/** @typedef {import("../lib/labels.js").Labels} Labels */
/** @typedef {import("./detect.js").Detections} Detections */
/** @typedef {import("./scenes.js").Scene} Scene */
/** @typedef {import("./scenes.js").World} World */
/** @typedef {import("./settings.js").Settings} Settings */

export const BATCH = 8;
export const MAP_SIDES = [12, 6, 3];
const SIZES = [
  [0.17, 0.26],
  [0.38, 0.52],
  [0.68, 0.84],
];
const UNSEEN_SEED = 0; // no run's: theirs start from 1

/** @type {Record<Settings["crowd"], Partial<World>>} */
const WORLDS = {
  ordinary: {},
  herd: { objects: [6, 10], sides: [11, 16], overlap: 0.75, classes: [1] },
};

/**
 * Draw scenes that no run is trained on.
 *
 * @param {Settings["test"]} test
 * @param {number} count
 * @param {number} [first]
 */
export function unseenScenes(test, count, first = 0) {
  return Array.from({ length: count }, (_, i) => {
    const world = test === "crosses" ? { crosses: i % 2 } : WORLDS[test];
    return drawScene(UNSEEN_SEED, first + i, world);
  });
}

/** @type {Map<string, Scene[]>} */
const unseen = new Map();

/**
 * The same, drawn once for all who ask.
 *
 * @param {Settings["test"]} test
 * @param {number} count
 */
export function rememberUnseen(test, count) {
  const key = `${test} ${count}`;
  const scenes = unseen.get(key) ?? unseenScenes(test, count);
  unseen.set(key, scenes);
  return scenes;
}

/**
 * The sizes of the anchors on each map.
 *
 * @param {Settings} settings
 */
function anchorSizes({ sizes, scale }) {
  return SIZES.map(([small, large]) => {
    const chosen = sizes === 1 ? [Math.sqrt(small * large)] : [small, large];
    return chosen.map((size) => size * scale);
  });
}

/**
 * The anchors of the maps that are on.
 *
 * @param {Settings} settings
 */
export function makeAnchors(settings) {
  const on = MAP_SIDES.map((side) => settings.maps.includes(side));
  const ratios = on.map((isOn) => (isOn ? settings.ratios : []));
  /** @type {[number, number][]} */
  const shapes = MAP_SIDES.map((side) => [side, side]);
  return ssdAnchors(shapes, anchorSizes(settings), ratios);
}

/** @param {Settings} settings */
function anchorsPerCell({ maps, sizes, ratios }) {
  return MAP_SIDES.map((side) =>
    maps.includes(side) ? sizes + ratios.length - 1 : 0,
  );
}

export class Trainer {
  /**
   * @param {Settings} settings
   * @param {WebAssembly.Module | null} module of compileKernels
   */
  constructor(settings, module) {
    this.settings = withBugSettings(settings);
    this.steps = withBug(settings.bug);
    const classes = CLASSES.length;
    const perCell = anchorsPerCell(settings);
    const plan = { size: SIZE, classes, perCell, batch: BATCH };
    this.network = new Network(plan, module);
    this.network.initialize(makeRandom(keyOf(settings.seed, STREAMS.weights)));
    this.anchors = makeAnchors(settings);
    this.numAnchors = this.network.layout.numAnchors;
    this.targets = {
      classes: new Int32Array(BATCH * this.numAnchors),
      offsets: new Float32Array(BATCH * this.numAnchors * 4),
    };
    this.pixels = makePixels();
    /** How many scenes it has been trained on. */
    this.count = 0;
    /** The gradient's norm at the first steps (their mean) and at the last one. */
    this.norms = [0, 0];
  }

  /**
   * The training scene of a number, augmented.
   *
   * @param {number} number counted from the start of the run
   * @returns {Scene}
   */
  trainingScene(number) {
    const { seed, scenes, crowd, empty, crosses, flip, shift } = this.settings;
    const world = {
      ...WORLDS[crowd],
      empty: empty / 100,
      crosses: crosses / 100,
    };
    const index = scenes ? number % scenes : number;
    let scene = drawScene(seed, index, world, this.pixels);
    const key = keyOf(seed, STREAMS.training, number);
    if (flip && randomAt(key, 0) < 0.5) scene = this.steps.flip(scene);
    if (shift) {
      const [right, down] = [1, 2].map(
        (place) => Math.floor(randomAt(key, place) * (2 * shift + 1)) - shift,
      );
      scene = shiftScene(scene, right, down);
    }
    return scene;
  }

  /** Train on the next batch. */
  step() {
    const { network, steps, settings, targets } = this;
    for (let b = 0; b < BATCH; b++) {
      const { pixels, labels } = this.trainingScene(this.count + b);
      steps.input(network, b, pixels);
      writeTargets(steps, labels, this.anchors, settings, targets, b);
    }
    this.count += BATCH;
    return learnBatch(this);
  }

  /**
   * Detect the objects of scenes with the running mean of the weights.
   *
   * @param {Scene[]} scenes
   * @returns {Detections[]}
   */
  detect(scenes) {
    const { network, steps, settings } = this;
    const { maps, numAnchors, columns } = network.layout;
    const anchors = steps.anchorsInUse(this.anchors, maps);
    /** @type {Detections[]} */
    const found = [];
    network.exchangeMean();
    for (let start = 0; start < scenes.length; start += BATCH) {
      const batch = scenes.slice(start, start + BATCH);
      batch.forEach(({ pixels }, b) => steps.inputInUse(network, b, pixels));
      steps.forward(network, batch.length);
      batch.forEach((_, b) => {
        const rows = numAnchors * columns;
        const outputs = network.outputs.subarray(b * rows, (b + 1) * rows);
        found.push(detect(outputs, anchors, steps, settings));
      });
    }
    network.exchangeMean();
    return found;
  }

  /**
   * Measure AP50, AP75 and COCO AP on scenes.
   *
   * @param {Scene[]} scenes
   */
  evaluate(scenes) {
    const found = this.detect(scenes);
    const labels = this.steps.groundTruth(scenes.map((scene) => scene.labels));
    return { ...cocoScores(found, labels), found };
  }
}
