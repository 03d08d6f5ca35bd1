/** What diagnostics showed, as sentences for the page and for screen readers. */

import { formatShare } from "../lib/format.js";

/** @typedef {import("./diagnostics.js").Symptoms} Symptoms */

/** @param {number} value */
const percent = (value) => `${Math.round(100 * value)} %`;

/** @param {number} value in pixels, with its sign */
const shift = (value) =>
  `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)} px`;

/** @param {number} value logarithm of a ratio */
const times = (value) => `× ${Math.exp(value).toFixed(2)}`;

/** @type {Record<string, (s: Symptoms) => string>} by the diagnostic's id */
const READINGS = {
  picture: (s) =>
    `Judged by the scenes that one sees: AP50 ${formatShare(s.seen)}, ignoring class ${formatShare(s.seenAnyClass)}, for an IoU of 0.1 ${formatShare(s.touch)}. Highest score ${formatShare(s.maxScore)}; boxes without area per scene: ${formatShare(s.points)}.`,
  first: (s) =>
    `Confidence ${formatShare(s.firstClassLoss)}, localization ${formatShare(s.firstBoxLoss)}.`,
  losses: (s) =>
    `Confidence ${formatShare(s.classLoss)}; knowing nothing costs ${formatShare(s.line)}. Localization ${formatShare(s.boxLoss)}.`,
  positives: (s) =>
    `Per object ${formatShare(s.matched)} matched, ${formatShare(s.counted)} counted in the loss; by class from ${formatShare(s.leastOfAClass)} to ${formatShare(s.mostOfAClass)}. Objects without one: ${percent(s.alone)}.`,
  heart: (s) =>
    `Confidence loss ${formatShare(s.heartLoss)}, AP50 on the two scenes ${formatShare(s.heartAp)}.`,
  roundTrip: (s) =>
    `AP50 ${formatShare(s.tripAp50)}, AP75 ${formatShare(s.tripAp75)}, AP50 ignoring class ${formatShare(s.tripAnyClass)}.`,
  input: (s) =>
    `Mean and spread in training ${formatShare(s.mean)} and ${formatShare(s.std)}, in use ${formatShare(s.meanInUse)} and ${formatShare(s.stdInUse)}; mean difference ${formatShare(s.inputDifference)}.`,
  training: (s) => `AP50 on training scenes ${formatShare(s.trainAp50)}.`,
  boxes: (s) =>
    `${formatShare(s.boxes)} boxes per scene, precision ${formatShare(s.precision)}, recall ${formatShare(s.recall)}.`,
  ap: (s) =>
    `AP50 ${formatShare(s.ap50)}, AP75 ${formatShare(s.ap75)}, AP50 ignoring class ${formatShare(s.anyClass)}.`,
  sizes: (s) =>
    `AP50 of small objects ${formatShare(s.small)}, medium ${formatShare(s.medium)}, large ${formatShare(s.large)}.`,
  arrows: (s) =>
    `Medians: ${shift(s.right)} to the right, ${shift(s.down)} down, width ${times(s.width)}, height ${times(s.height)}. Half of the boxes lie within ${formatShare(s.rightSpread)} px, their widths within a factor of ${Math.exp(s.widthSpread).toFixed(2)}.`,
  company: (s) => `${percent(s.company)} of the outputs change in company.`,
};

/**
 * Say what a diagnostic showed.
 *
 * @param {string} diagnostic its id
 * @param {Symptoms} symptoms
 */
export function readSymptoms(diagnostic, symptoms) {
  return READINGS[diagnostic](symptoms).replace(/-(?=\d)/g, "−");
}
