/** LossExplorer's sentences. */

import { formatCount, formatPercent } from "../lib/format.js";
import { EVEN, lossOf, RANDOM, RANGES, rangeOf, UNTRAINED } from "./data.js";

/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Guess} Guess */
/** @typedef {import("./data.js").Reckoned} Reckoned */

const ALPHA = 1; // the weight of the localization loss

/**
 * "1 anchor", "5,378 anchors"
 *
 * @param {number} count
 * @param {string} one
 */
function countOf(count, one) {
  return `${formatCount(count)} ${one}${count === 1 ? "" : "s"}`;
}

/**
 * Write a loss: in two digits, or as many as a small one needs.
 *
 * @param {number} loss
 */
export function formatLoss(loss) {
  if (loss === Infinity) return "∞";
  if (loss >= 100) return formatCount(Math.round(loss));
  return !loss || loss >= 0.1 ? loss.toFixed(2) : loss.toPrecision(2);
}

/**
 * Write a share, near 1 in as many digits as tell it from 1.
 *
 * @param {number} share
 */
function percentOf(share) {
  const close = share < 1 && share >= 0.9995;
  return close ? `${(100 * share).toFixed(2)} %` : formatPercent(share);
}

/**
 * Name one of RANGES.
 *
 * @param {number} range
 */
export function rangeName(range) {
  const percent = RANGES.map((share) => Math.round(100 * share));
  if (!range) return `up to ${percent[0]} %`;
  if (range === RANGES.length - 1) return `over ${percent[range - 1]} %`;
  return `${percent[range - 1]} to ${percent[range]} %`;
}

/**
 * Say what the image is made of.
 *
 * @param {Data} data
 * @param {Reckoned} reckoned
 */
export function titleOf({ count }, { positives }) {
  const positive = countOf(positives.length, "positive anchor");
  return `${positive}, ${formatCount(count - positives.length)} background`;
}

/**
 * Ask, or say what the background pays and why.
 *
 * @param {Data} data
 * @param {Reckoned} reckoned
 */
export function verdictOf(data, reckoned) {
  const { guess, network } = reckoned;
  if (!guess) {
    const sure =
      network === UNTRAINED
        ? `The network gives each of ${data.names.length + 1} classes the same ` +
          "probability"
        : "The network has been trained, and is sure of nearly all of its anchors";
    return (
      `Predict first: ${sure}. What share of the classification loss comes ` +
      `from background anchors if ${whoCounts(reckoned)}?`
    );
  }
  return [judge(reckoned), sayShare(reckoned), sayWhy(data, reckoned)]
    .filter(Boolean)
    .join(" ");
}

/**
 * Say which background anchors count.
 *
 * @param {Reckoned} reckoned
 */
function whoCounts({ ratio, negatives, pick }) {
  if (ratio === null) return "all of them count";
  const how = pick === RANDOM ? "at random" : "only, the hardest,";
  const verb = negatives.length === 1 ? "counts" : "count";
  return `${formatCount(negatives.length)} ${how} ${verb}`;
}

/**
 * Judge a guess, where the switches are as they were then.
 *
 * @param {Reckoned} reckoned
 */
function judge({ guess, mining, pick, share }) {
  if (!guess || guess.mining !== mining || guess.pick !== pick) return "";
  const right = guess.range === rangeOf(share);
  return `You said ${rangeName(guess.range)}: ${right ? "right" : "not quite"}.`;
}

/** @param {Reckoned} reckoned */
function sayShare({ terms, share }) {
  const { numNegatives, numPositives, positive, negative } = terms;
  if (!numPositives) {
    return (
      `There is no object: ${countOf(numNegatives, "background anchor")} pay ` +
      `all of ${formatLoss(negative)}.`
    );
  }
  return (
    `${countOf(numNegatives, "background anchor")} pay ${formatLoss(negative)}, ` +
    `${countOf(numPositives, "positive one")} ${formatLoss(positive)}: ` +
    `background pays ${percentOf(share)} of the classification loss.`
  );
}

/**
 * @param {Data} data
 * @param {Reckoned} reckoned
 */
function sayWhy(data, reckoned) {
  const { network, ratio, terms } = reckoned;
  if (ratio !== null) return sayLeftOut(data, reckoned);
  if (network !== UNTRAINED) return sayFew(data, reckoned);
  if (!terms.numPositives) return "";
  const classes = data.names.length + 1;
  return (
    `Each anchor pays ln ${classes} = ${Math.log(classes).toFixed(2)}, so the ` +
    "many decide what the network learns: to say “background”."
  );
}

/**
 * Say what the background anchors that do not count would pay.
 *
 * @param {Data} data
 * @param {Reckoned} reckoned
 */
function sayLeftOut({ count, minimum }, { ratio, pick, leftOut, terms }) {
  const { numPositives, numNegatives } = terms;
  const left = formatCount(count - numPositives - numNegatives);
  const least =
    (ratio ?? 0) * numPositives < minimum
      ? `At least ${minimum} count on every image. `
      : "";
  const chance = pick === RANDOM ? ": chance finds few of the mistakes." : ".";
  return `${least}The ${left} left out would pay ${formatLoss(leftOut)} more${chance}`;
}

/**
 * Say how few of all background anchors pay nine tenths of what they pay.
 *
 * @param {Data} data
 * @param {Reckoned} reckoned
 */
function sayFew({ count }, { orders, classification, terms }) {
  let [few, sum] = [0, 0];
  while (sum < 0.9 * terms.negative) sum += classification[orders[0][few++]];
  return (
    `${formatCount(few)} of them pay nine tenths of that: the others, ` +
    `${formatCount(count - terms.numPositives - few)}, are nearly free.`
  );
}

/**
 * The formula with this image's numbers.
 *
 * @param {Data} data
 * @param {Reckoned} reckoned
 */
export function formulaOf(data, reckoned) {
  const { terms, divisor, guess } = reckoned;
  if (!guess) return "";
  const { by, loss } = lossOf(data, reckoned);
  const sums = [terms.positive, terms.negative].map(formatLoss).join(" + ");
  const formula =
    `L = 1/${formatCount(by)} × (${sums} + ${ALPHA} × ` +
    `${formatLoss(terms.localization)}) = ${formatLoss(loss)}`;
  if (!divisor) return formula;
  const times = Math.round(data.count / Math.max(terms.numPositives, 1));
  return `${formula}: ${formatCount(times)} times less than divided by N, and so is every gradient.`;
}

/**
 * Whether positives and background pay the same, with all logits 0.
 *
 * @param {Reckoned} reckoned
 */
export function isSolved({ guess, network, share }) {
  const even = Math.abs(share - 0.5) <= EVEN;
  return Boolean(guess) && network === UNTRAINED && even;
}

/**
 * The task, or that it is solved.
 *
 * @param {Data} data
 * @param {Reckoned} reckoned
 */
export function taskOf(data, reckoned) {
  const { guess, network, ratio, positives, terms, share } = reckoned;
  if (!guess) return "";
  if (isSolved(reckoned)) {
    return (
      `Solved: at a mining ratio of ${ratio}, ${terms.numNegatives} background ` +
      `anchors pay as much as ${terms.numPositives} positive ones.`
    );
  }
  const now = network === UNTRAINED ? ` Now: ${percentOf(share)}.` : "";
  const few = network === UNTRAINED && positives.length < data.minimum;
  const hint = few
    ? ` Here at least ${data.minimum} negatives count, more than there are positives: take another image.`
    : "";
  return (
    "Your task: with all logits 0, find the mining ratio at which background " +
    `pays half of the classification loss.${now}${hint}`
  );
}
