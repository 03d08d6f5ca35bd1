/** What the settings make of scenes before anything is trained. */

import { withBug, withBugSettings } from "../engine/bugs.js";
import { meanAndStd } from "../engine/checks.js";
import { INPUT_SCALE } from "../engine/network.js";
import { makeAnchors } from "../engine/trainer.js";

/** @typedef {import("../engine/scenes.js").Scene} Scene */
/** @typedef {import("../engine/settings.js").Settings} Settings */
/** @typedef {import("../lib/labels.js").Labels} Labels */

/**
 * @typedef {object} Matched the targets of one scene
 * @property {Labels} labels as the targets have them
 * @property {number[]} anchors that are positive
 * @property {number[]} truths that they answer for
 */

/**
 * Match the anchors of a setting with scenes.
 *
 * @param {Settings} given
 * @param {Scene[]} scenes
 */
export function matchScenes(given, scenes) {
  const settings = withBugSettings(given);
  const steps = withBug(settings.bug);
  const anchors = makeAnchors(settings);
  /** @type {Matched[]} */
  const matched = scenes.map((scene) => {
    const labels = steps.labels(scene.labels);
    const matches = steps.match(labels, anchors, settings);
    const positive = [...matches.keys()].filter((a) => matches[a] >= 0);
    return {
      labels,
      anchors: positive,
      truths: positive.map((a) => matches[a]),
    };
  });
  return { anchors, matched };
}

/**
 * Count positives per object, the objects without one, and the negatives that the
 * loss takes per positive.
 *
 * @param {Matched[]} matched
 * @param {Scene[]} scenes
 * @param {{ neg: number, minneg: number, bug: string }} settings
 * @param {number} total anchors of a scene
 */
export function countPositives(matched, scenes, { neg, minneg, bug }, total) {
  let [positives, objects, without, negatives] = [0, 0, 0, 0];
  matched.forEach(({ anchors: { length }, truths }, i) => {
    const reached = new Set(truths);
    scenes[i].labels.classes.forEach((_, t) => {
      objects++;
      if (!reached.has(t)) without++;
    });
    positives += length;
    const wanted = length ? Math.max(neg * length, minneg) : minneg;
    negatives += bug === "nonegatives" ? 0 : Math.min(wanted, total - length);
  });
  return {
    perObject: positives / objects,
    without: without / objects,
    perPositive: negatives / Math.max(1, positives),
  };
}

/**
 * @typedef {object} Seen what a network gets of a scene
 * @property {Float32Array} values (size, size, 3)
 * @property {number} mean
 * @property {number} deviation
 */

/**
 * What the network sees of a scene in use: we let the step write to a stand-in.
 *
 * @param {Settings} settings
 * @param {Scene} scene
 * @param {"input" | "inputInUse"} step
 * @returns {Seen}
 */
export function seeInput({ bug }, { pixels }, step) {
  const values = new Float32Array(pixels.length);
  const network = {
    /** @type {import("../engine/network.js").Network["setImage"]} */
    setImage(_, given, shift, scale = INPUT_SCALE) {
      given.forEach((value, k) => (values[k] = scale * (value - shift[k % 3])));
    },
  };
  withBug(bug)[step](/** @type {any} */ (network), 0, pixels);
  return { values, ...momentsOf([values]) };
}

/**
 * The mean and the standard deviation of all values.
 *
 * @param {Float32Array[]} arrays
 */
function momentsOf(arrays) {
  const values = Float64Array.from(arrays.flatMap((array) => [...array]));
  const { mean, std } = meanAndStd(values);
  return { mean, deviation: std };
}

/**
 * Say how the network's input is spread, in use and in training.
 *
 * @param {Record<"use" | "training", Seen[]>} inputs
 */
export function inputSentence({ use, training }) {
  const [inUse, before] = [use, training].map((all) => {
    const { mean, deviation } = momentsOf(all.map(({ values }) => values));
    return `mean ${formatNumber(mean)}, deviation ${formatNumber(deviation)}`;
  });
  const same = inUse === before ? "the same" : before;
  return `Gray is zero. In use: ${inUse}. In training: ${same}.`;
}

/** @param {number} value */
function formatNumber(value) {
  const text = value.toFixed(2);
  return text === "-0.00" ? "0.00" : text.replace("-", "−");
}
