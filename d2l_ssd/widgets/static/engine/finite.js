/** Why a run's numbers are no longer finite: what can be measured, most certain first. */

/** @typedef {import("./loss.js").Targets} Targets */
/** @typedef {import("./settings.js").Settings} Settings */

/**
 * @typedef {object} Trouble what a step knows when its loss is not finite
 * @property {Settings} settings
 * @property {Targets} targets
 * @property {Float32Array} weights before the step
 * @property {number[]} norms of the gradient: of the first steps, and of the last
 * @property {number} steps before this one
 */

const HUGE = 1000; // offsets: of a box as far away as a hundred anchors are wide
const GROWTH = 100; // of the gradient's norm
const ORDINARY = { lr: 0.005, loc: 10 };

/**
 * Say in a sentence what has probably made a loss or a gradient infinite.
 *
 * @param {Trouble} trouble
 */
export function whyNotFinite(trouble) {
  const { steps } = trouble;
  const count = `${steps} step${steps === 1 ? "" : "s"}`;
  return `Stopped after ${count}, as the numbers are no longer finite: ${causeOf(trouble)}`;
}

/** @param {Trouble} trouble */
function causeOf({ settings, targets, weights, norms, steps }) {
  const { lr, loc } = settings;
  if (!Number.isFinite(lr)) return "the learning rate is no number.";
  if (!Number.isFinite(loc)) {
    return "the weight of the localization loss is no number.";
  }
  const largest = largestOffset(targets);
  if (!(largest < Infinity)) {
    return "a target is infinite; look for a label without area, or with a coordinate that is no number.";
  }
  if (!weights.every(Number.isFinite)) {
    return steps
      ? `the last step made weights infinite; the learning rate, ${lr}, is too high.`
      : "the weights were not finite before the first step.";
  }
  if (largest > HUGE) {
    return `a target offset is ${rounded(largest)}; are boxes and anchors in the same units?`;
  }
  return causeOfGrowth(settings, norms);
}

/**
 * @param {Settings} settings
 * @param {number[]} norms
 */
function causeOfGrowth({ lr, loc }, [first, last]) {
  const grown = last / first;
  if (lr > ORDINARY.lr && grown >= GROWTH) {
    return `the gradient has grown ${rounded(grown)} times; the learning rate, ${lr}, is too high.`;
  }
  if (loc > ORDINARY.loc) {
    return `the weight of the localization loss, ${loc}, is too high.`;
  }
  if (lr > ORDINARY.lr) return `the learning rate, ${lr}, is too high.`;
  return "the network's outputs have grown without end; restart it, with a lower learning rate.";
}

/** @param {number} value */
function rounded(value) {
  return Number(value.toPrecision(1)).toLocaleString("en");
}

/**
 * The largest offset of a positive; NaN if there is one.
 *
 * @param {Targets} targets
 */
function largestOffset({ classes, offsets }) {
  let largest = 0;
  for (let k = 0; k < offsets.length; k++) {
    if (classes[k >> 2] <= 0) continue;
    const size = Math.abs(offsets[k]);
    if (!(size <= largest)) largest = size;
    if (Number.isNaN(size)) break;
  }
  return largest;
}
