/** One step of training, once a batch's pictures and targets are set. */

import { whyNotFinite } from "./finite.js";
import { detectionLoss } from "./loss.js";

/**
 * @typedef {object} Learner
 * @property {import("./network.js").Network} network
 * @property {import("./steps.js").Steps} steps
 * @property {import("./settings.js").Settings} settings
 * @property {import("./loss.js").Targets} targets
 * @property {number} numAnchors
 * @property {number[]} norms the gradient's at the first steps (their mean) and at
 *   the last one
 */

const FIRST_STEPS = 20;

/**
 * Learn from the batch. A loss or gradient that is not finite changes no weight:
 * `stopped` says why, and is "" at all other steps.
 *
 * @param {Learner} learner
 * @param {number} [keep] the part that the running mean of the weights keeps
 * @param {number} [rate] the learning rate of this step, if it is not the setting
 */
export function learnBatch(learner, keep, rate = learner.settings.lr) {
  const { network, steps, settings, targets, numAnchors } = learner;
  const { batch } = network.layout;
  steps.forward(network, batch);
  const { outputs, outputGradients: gradients } = network;
  const filled = { outputs, gradients, targets, numAnchors };
  const loss = detectionLoss(filled, settings, steps.mine);
  steps.backward(network, batch);
  const norm = network.gradientNorm();
  const total = loss.classLoss + settings.loc * loss.boxLoss + norm;
  if (!Number.isFinite(total * rate)) {
    return { ...loss, norm, stopped: why(learner) };
  }
  network.update(rate, norm, keep);
  remember(learner.norms, norm, network.steps);
  return { ...loss, norm, stopped: "" };
}

/**
 * @param {number[]} norms
 * @param {number} norm
 * @param {number} steps
 */
function remember(norms, norm, steps) {
  if (steps <= FIRST_STEPS) norms[0] += (norm - norms[0]) / steps;
  norms[1] = norm;
}

/** @param {Learner} learner */
function why({ settings, targets, norms, network }) {
  const { floats, layout, steps } = network;
  const { weights: start, numWeights } = layout;
  const weights = floats.subarray(start, start + numWeights);
  return whyNotFinite({ settings, targets, weights, norms, steps });
}
