/**
 * The teaching of the reader's own things, told by messages, in a worker or in slices
 * on the page's own thread.
 *
 * What it is told: `start` {run, settings, classes, pictures}, `train` {until} in
 * seconds of training, `pause`, `pictures` {pictures}, `live` {settings, classes}
 * with `classes` if things are renamed, `frame` {id, pixels}, `samples` {count},
 * `look` {pixels, labels, anchor}, `save`, `load` {bytes}. What it says carries the
 * number of the run: `started`, `losses`, `scores`, `found`, `samples`, `inside`,
 * `paused`, `finished`, `stopped`, `weights`, `loaded`, `refused`.
 */

import { lookInside } from "../engine/inside.js";
import { firstOf } from "../engine/scores.js";
import { Slices } from "../engine/slices.js";
import { toInput } from "./pyramid.js";
import { BATCH, OwnTrainer } from "./trainer.js";
import { whyNothingToLearn } from "./trouble.js";
import { loadDetector, saveDetector } from "./weights.js";

/** @typedef {import("../engine/slices.js").Clock} Clock */
/** @typedef {import("../engine/trainer.js").Trainer} Trainer */
/** @typedef {import("./types.js").Picture} Picture */

const LOSSES_EVERY = 20; // steps
const SCORES_EVERY = 2; // seconds of training
const MOST_BOXES = 60; // of a picture that are sent
const NO_SUMS = { steps: 0, classLoss: 0, boxLoss: 0, from: 0 };
const NO_DETECTIONS = {
  ...{ boxes: new Float32Array(), scores: [], classes: [], anchors: [] },
};

export class OwnSession {
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
    /** @type {OwnTrainer | null} */
    this.trainer = null;
    /** @type {Picture[]} */
    this.keptBack = [];
    this.training = this.loaded = this.unscored = false;
    this.until = this.scored = 0; // seconds: of the end, of the last scores
    this.sums = NO_SUMS;
    /** @type {Map<string, { id: string, pixels: Uint8ClampedArray }>} */
    this.frames = new Map();
    this.slices = new Slices(clock, () => this.#workOnce());
  }

  /** @param {any} message */
  handle(message) {
    if (message.type === "start") this.#start(message);
    else if (this.trainer) this.#answer(this.trainer, message);
    this.slices.wake();
  }

  /** @param {any} message */
  #start({ run, settings, classes, pictures }) {
    this.run = run;
    this.trainer = new OwnTrainer(settings, classes, [], this.module);
    this.training = this.loaded = this.unscored = false;
    this.scored = 0;
    this.sums = NO_SUMS;
    this.frames.clear();
    this.#setPictures(this.trainer, pictures);
    this.send({
      type: "started",
      anchors: this.trainer.finder.numAnchors,
      kernels: this.module ? "wasm" : "plain",
    });
  }

  /**
   * @param {OwnTrainer} trainer
   * @param {any} message
   */
  #answer(trainer, message) {
    const { type, until, settings, classes, pictures } = message;
    if (type === "train") this.#train(trainer, until);
    else if (type === "pause") this.#pause("paused");
    else if (type === "pictures") {
      this.#setPictures(trainer, pictures);
      this.#scoreAgain(trainer);
    } else if (type === "live") {
      trainer.adopt(settings, classes);
      this.#scoreAgain(trainer);
    } else if (type === "frame") this.#keepFrame(message);
    else if (type === "samples") this.#saySamples(trainer, message.count);
    else if (type === "look") this.#look(trainer, message);
    else if (type === "save") {
      this.send({ type: "weights", bytes: saveDetector(trainer) });
    } else if (type === "load") this.#load(trainer, message.bytes);
  }

  /**
   * Keep the newest frame of each kind: who asks for many wants the last.
   *
   * @param {{ id: string, pixels: Uint8ClampedArray }} frame the id is the kind and,
   *   after a space, its own
   */
  #keepFrame({ id, pixels }) {
    this.frames.set(`${id}`.split(" ")[0], { id, pixels });
  }

  /**
   * @param {OwnTrainer} trainer
   * @param {Picture[]} pictures
   */
  #setPictures(trainer, pictures) {
    trainer.setPictures(pictures);
    this.keptBack = pictures.filter(({ ready, keptBack }) => ready && keptBack);
  }

  /** @param {OwnTrainer} trainer */
  #scoreAgain(trainer) {
    this.unscored ||= this.#hasBegun(trainer);
  }

  /** @param {OwnTrainer} trainer */
  #hasBegun({ count }) {
    return count > 0 || this.loaded;
  }

  /**
   * @param {OwnTrainer} trainer
   * @param {number} until
   */
  #train({ seconds }, until) {
    this.until = until;
    this.training = true;
    this.sums = { ...this.sums, from: seconds };
  }

  /** @param {"paused" | "finished" | "stopped"} type */
  #pause(type, more = {}) {
    if (!this.training) return;
    this.training = false;
    const { count, seconds } = /** @type {OwnTrainer} */ (this.trainer);
    this.send({ type, count, seconds, ...more });
  }

  /**
   * @param {OwnTrainer} trainer
   * @param {number} count
   */
  #saySamples(trainer, count) {
    if (!trainer.sources.length) return;
    const pictures = Array.from({ length: count }, (_, k) =>
      trainer.sample(trainer.count + k),
    );
    this.send({ type: "samples", count: trainer.count, pictures });
  }

  /**
   * @param {OwnTrainer} trainer
   * @param {{ pixels: Uint8ClampedArray, labels: any, anchor: number }} message
   */
  #look(trainer, { pixels, labels, anchor }) {
    const { steps, settings, finder } = trainer;
    const { network, anchors, numAnchors, size } = finder;
    const looked = { steps, settings, network, anchors, numAnchors };
    const detect = () => trainer.detect([pixels]);
    const inside = lookInside(
      /** @type {Trainer} */ (/** @type {unknown} */ ({ ...looked, detect })),
      /** @type {any} */ ({ pixels: toInput(pixels, size), labels }),
      anchor,
    );
    this.send({ type: "inside", ...inside });
  }

  /**
   * @param {OwnTrainer} trainer
   * @param {Uint8Array} bytes of a safetensors file
   */
  #load(trainer, bytes) {
    try {
      const classes = loadDetector(trainer, bytes);
      trainer.adopt(trainer.settings, classes);
      this.loaded = this.unscored = true;
      this.send({ type: "loaded", classes });
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      this.send({ type: "refused", sentence: message });
    }
  }

  /** Do the next small piece of work; false if there is none. */
  #workOnce() {
    const { trainer } = this;
    if (!trainer) return false;
    if (this.frames.size) this.#answerFrame(trainer);
    else if (this.unscored) this.#sayScores(trainer);
    else if (this.training) this.#step(trainer);
    else return false;
    return true;
  }

  /** @param {OwnTrainer} trainer */
  #answerFrame(trainer) {
    const [[kind, { id, pixels }]] = this.frames;
    this.frames.delete(kind);
    const detections = this.#hasBegun(trainer)
      ? firstOf(trainer.detect([pixels])[0], MOST_BOXES)
      : NO_DETECTIONS;
    this.send({ type: "found", id, detections });
  }

  /**
   * Train on one batch, and say what must be said.
   *
   * @param {OwnTrainer} trainer
   */
  #step(trainer) {
    const sentence = whyNothingToLearn(trainer);
    if (sentence) return this.#pause("stopped", { sentence });
    const begin = this.clock.now();
    const { classLoss, boxLoss, stopped } = trainer.step();
    trainer.seconds += (this.clock.now() - begin) / 1000;
    if (stopped) return this.#pause("stopped", { sentence: stopped });
    const { sums } = this;
    this.sums = {
      from: sums.from,
      steps: sums.steps + 1,
      classLoss: sums.classLoss + classLoss,
      boxLoss: sums.boxLoss + boxLoss,
    };
    if (this.sums.steps >= LOSSES_EVERY) this.#sayLosses(trainer);
    const { seconds } = trainer;
    const isLast = seconds >= this.until;
    if (isLast || seconds - this.scored >= SCORES_EVERY) this.unscored = true;
  }

  /** @param {OwnTrainer} trainer */
  #sayLosses({ count, seconds }) {
    const { steps, classLoss, boxLoss, from } = this.sums;
    this.send({
      ...{ type: "losses", count, seconds },
      classLoss: classLoss / steps,
      boxLoss: boxLoss / steps,
      speed: (steps * BATCH) / Math.max(0.001, seconds - from),
    });
    this.sums = { ...NO_SUMS, from: seconds };
  }

  /** @param {OwnTrainer} trainer */
  #sayScores(trainer) {
    const { count, seconds } = trainer;
    const { ap50, curve, found } = trainer.evaluate(this.keptBack);
    this.send({
      ...{ type: "scores", count, seconds, ap50, curve },
      found: found.map((one) => firstOf(one, MOST_BOXES)),
    });
    this.unscored = false;
    this.scored = seconds;
    if (seconds >= this.until) this.#pause("finished");
  }
}
