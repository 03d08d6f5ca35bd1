/**
 * Training that answers messages, in a worker or in slices on the page's own thread.
 *
 * What it is told: `start` {run, settings, unseen, own}, `train` {until}, `pause`,
 * `step`, `live` {settings}, `apply` {settings}, `own` {shapes}, `look` {scene,
 * anchor}, `diagnose` {ids}, `save`, `load` {bytes}. What it says carries the number
 * of the run: `started`, `losses`, `scores`, `found`, `paused`, `finished`, `stopped`,
 * `inside`, `diagnosed`, `weights`, `loaded`, `refused`.
 */

import { withBug, withBugSettings } from "./bugs.js";
import { examine } from "./examine.js";
import { lookInside } from "./inside.js";
import { LossKeeper } from "./loss_log.js";
import { drawShapes } from "./scenes.js";
import { firstOf, scoreDetections } from "./scores.js";
import { Slices } from "./slices.js";
import { BATCH, makeAnchors, rememberUnseen, Trainer } from "./trainer.js";
import { loadWeights, saveWeights } from "./weights.js";

/** @typedef {import("./detect.js").Detections} Detections */
/** @typedef {import("./scenes.js").Scene} Scene */
/** @typedef {import("./scenes.js").Shape} Shape */
/** @typedef {import("./slices.js").Clock} Clock */
/** @typedef {import("./settings.js").Settings} Settings */

/** Which of the unseen scenes are shown; the reader's own is the last. */
export const SHOWN = [3, 42, 19];
export const OWN = SHOWN.length;
export const OWN_GROUND = 46; // the seed of its ground
const SCORES_EVERY = 500; // scenes

const LOSSES_EVERY = 80; // scenes
const FOUND_EVERY = 250; // milliseconds
const MOST_BOXES = 60; // of a scene that are sent
const NO_SUMS = { steps: 0, classLoss: 0, boxLoss: 0, from: 0 };

export class Session {
  /**
   * @param {(message: any) => void} post
   * @param {WebAssembly.Module | null} module of compileKernels
   * @param {Clock} clock
   */
  constructor(post, module, clock) {
    this.module = module;
    this.clock = clock;
    this.run = 0;
    this.send = (/** @type {any} */ message) =>
      post({ run: this.run, ...message });
    /** @type {Trainer | null} */
    this.trainer = null;
    /** @type {Scene | null} */
    this.own = null;
    this.numUnseen = 0;
    this.training = this.loaded = false;
    this.until = this.scored = 0; // scenes: at the end, at the last scores
    this.seconds = this.beganAt = 0;
    /** @type {Detections[] | null} of the unseen scenes that are being scored */
    this.evaluated = null;
    this.stale = { own: false, all: false };
    this.foundAt = -Infinity;
    this.sums = NO_SUMS;
    this.keeper = new LossKeeper();
    this.slices = new Slices(clock, () => this.#workOnce());
  }

  /** @param {any} message */
  handle(message) {
    if (message.type === "start") this.#start(message);
    else if (this.trainer) this.#answer(this.trainer, message);
    this.slices.wake();
  }

  /** @param {any} message */
  #start({ run, settings, unseen = 100, own = [] }) {
    this.run = run;
    this.trainer = new Trainer(settings, this.module);
    this.numUnseen = unseen;
    this.own = drawShapes(own, OWN_GROUND);
    this.training = this.loaded = false;
    this.seconds = this.scored = 0;
    this.evaluated = null;
    this.stale = { own: false, all: false };
    this.foundAt = -Infinity;
    this.sums = NO_SUMS;
    this.keeper = new LossKeeper();
    this.send({
      type: "started",
      anchors: this.trainer.numAnchors,
      kernels: this.module ? "wasm" : "plain",
    });
  }

  /**
   * @param {Trainer} trainer
   * @param {any} message
   */
  #answer(trainer, message) {
    const { type, until, settings, shapes, scene, anchor } = message;
    if (type === "train") this.#train(until);
    else if (type === "pause") this.#pause("paused");
    else if (type === "step") this.#step(trainer, 1);
    else if (type === "live") this.#adopt(trainer, settings);
    else if (type === "apply") {
      trainer.anchors = makeAnchors(settings);
      this.#adopt(trainer, settings);
    } else if (type === "own") {
      this.own = drawShapes(shapes, OWN_GROUND);
      this.stale.own = true;
    } else if (type === "look") {
      const inside = lookInside(trainer, this.#shown()[scene], anchor);
      this.send({ type: "inside", scene, ...inside });
    } else if (type === "diagnose") {
      const { ids } = message;
      const scenes = rememberUnseen(trainer.settings.test, this.numUnseen);
      const subject = { trainer, log: this.keeper.log, scenes };
      const symptoms = examine(subject, this.module, ids);
      this.send({ type: "diagnosed", ids, symptoms });
    } else if (type === "save") {
      const bytes = saveWeights(trainer.network);
      this.send({ type: "weights", bytes });
    } else if (type === "load") this.#load(trainer, message.bytes);
  }

  /**
   * @param {Trainer} trainer
   * @param {Uint8Array} bytes of a safetensors file
   */
  #load(trainer, bytes) {
    try {
      loadWeights(trainer.network, bytes);
      this.send({ type: "loaded" });
      this.loaded = true;
      this.stale.all = true;
      this.evaluated = [];
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      this.send({ type: "refused", sentence: message });
    }
  }

  /** @param {number} until */
  #train(until) {
    this.until = until;
    this.training = true;
    this.beganAt = this.clock.now();
    this.sums = { ...this.sums, from: this.beganAt };
  }

  /** @param {"paused" | "finished" | "stopped"} type */
  #pause(type, more = {}) {
    if (!this.training && type === "paused") return;
    this.training = false;
    this.seconds += (this.clock.now() - this.beganAt) / 1000;
    this.stale.all = true;
    const count = this.trainer?.count;
    this.send({ type, count, seconds: this.seconds, ...more });
  }

  /**
   * Go on with other settings: of use, or, on purpose, of training.
   *
   * @param {Trainer} trainer
   * @param {Settings} settings
   */
  #adopt(trainer, settings) {
    trainer.settings = withBugSettings(settings);
    trainer.steps = withBug(settings.bug);
    if (!trainer.count) return;
    this.stale.all = true;
    this.evaluated = [];
  }

  /** Do the next small piece of work; false if there is none. */
  #workOnce() {
    const { trainer, stale } = this;
    if (!trainer) return false;
    const begun = trainer.count > 0 || this.loaded;
    if (begun && stale.own) this.#find(trainer, [OWN]);
    else if (begun && stale.all) this.#find(trainer, [0, 1, 2, OWN]);
    else if (this.evaluated) this.#evaluate(trainer, this.evaluated);
    else if (this.training) this.#step(trainer, LOSSES_EVERY / BATCH);
    else return false;
    return true;
  }

  /**
   * Train on one batch, and say what must be said after so many scenes.
   *
   * @param {Trainer} trainer
   * @param {number} every so many steps the losses are said
   */
  #step(trainer, every) {
    const { classLoss, boxLoss, stopped } = trainer.step();
    if (stopped) return this.#pause("stopped", { sentence: stopped });
    this.keeper.add({ classLoss, boxLoss });
    const { sums, stale } = this;
    this.sums = {
      from: sums.from,
      steps: sums.steps + 1,
      classLoss: sums.classLoss + classLoss,
      boxLoss: sums.boxLoss + boxLoss,
    };
    const now = this.clock.now();
    if (this.sums.steps >= every) this.#sayLosses(trainer.count, now);
    if (now - this.foundAt > FOUND_EVERY || !this.training) stale.all = true;
    if (trainer.count % SCORES_EVERY < BATCH) this.evaluated = [];
    if (this.training && trainer.count >= this.until) this.#finish(trainer);
  }

  /** @param {Trainer} trainer */
  #finish({ count }) {
    if (this.scored === count) this.#pause("finished");
    else this.evaluated ??= []; // which finishes
  }

  /**
   * @param {number} count
   * @param {number} now
   */
  #sayLosses(count, now) {
    const { steps, classLoss, boxLoss, from } = this.sums;
    this.send({
      type: "losses",
      count,
      classLoss: classLoss / steps,
      boxLoss: boxLoss / steps,
      speed: (1000 * steps * BATCH) / Math.max(1, now - from),
    });
    this.sums = { ...NO_SUMS, from: now };
  }

  /** The scenes that the page shows. */
  #shown() {
    const { settings } = /** @type {Trainer} */ (this.trainer);
    const scenes = rememberUnseen(settings.test, this.numUnseen);
    const own = /** @type {Scene} */ (this.own);
    return [...SHOWN.map((number) => scenes[number]), own];
  }

  /**
   * @param {Trainer} trainer
   * @param {number[]} numbers of the scenes shown
   */
  #find(trainer, numbers) {
    const shown = this.#shown();
    const found = trainer.detect(numbers.map((number) => shown[number]));
    numbers.forEach((scene, k) => {
      const detections = firstOf(found[k], MOST_BOXES);
      this.send({ type: "found", scene, detections });
    });
    if (numbers.length > 1) this.foundAt = this.clock.now();
    this.stale = { own: false, all: this.stale.all && numbers.length === 1 };
  }

  /**
   * Detect the objects of the next few unseen scenes; after the last, say the scores.
   *
   * @param {Trainer} trainer
   * @param {Detections[]} found so far
   */
  #evaluate(trainer, found) {
    const { steps, settings, count } = trainer;
    const scenes = rememberUnseen(settings.test, this.numUnseen);
    const next = scenes.slice(found.length, found.length + BATCH);
    found.push(...trainer.detect(next));
    if (found.length < scenes.length) return;
    const labels = steps.groundTruth(scenes.map((scene) => scene.labels));
    const scores = scoreDetections(found, labels, settings.show);
    this.send({ type: "scores", count, ...scores });
    this.evaluated = null;
    this.scored = count;
    if (this.training && count >= this.until) this.#pause("finished");
  }
}
