/**
 * The loss of a batch and its gradient: cross-entropy of the positives and of the
 * hardest negatives, smooth L1 of the positives' offsets, both divided by the
 * number of positives in the batch (SSD, equations 1 to 3).
 */

import { exp, log } from "../lib/math.js";

/**
 * @typedef {object} Targets of a batch
 * @property {Int32Array} classes (images, anchors); 0 is background
 * @property {Float32Array} offsets (images, anchors, 4)
 *
 * @typedef {object} LossSettings
 * @property {number} neg negatives per positive; Infinity takes all
 * @property {number} minneg the least per image
 * @property {number} loc weight of the localization loss
 *
 * @typedef {object} Loss
 * @property {number} classLoss
 * @property {number} boxLoss before it is weighted
 * @property {number} positives in the batch
 */

/**
 * Which of an image's anchors count as negatives: those with the highest loss.
 *
 * @typedef {(losses: Float32Array, count: number, chosen: Uint8Array) => void} Mine
 */

/** @type {Mine} */
export function mineHardest(losses, count, chosen) {
  const negatives = reuse("negatives", losses.length);
  let found = 0;
  for (const loss of losses) if (loss >= 0) negatives[found++] = loss;
  const wanted = Math.min(count, found);
  const cut = wanted > 0 ? nthLargest(negatives, found, wanted) : Infinity;
  let ties = wanted; // with the last that is chosen: the first of them are
  for (let k = 0; k < found; k++) if (negatives[k] > cut) ties--;
  for (let a = 0; a < losses.length; a++) {
    const loss = losses[a];
    chosen[a] = +(loss > cut || (loss === cut && ties-- > 0));
  }
}

/**
 * The n-th largest of an array's first numbers, which change places (Hoare's
 * selection: each round leaves the part that holds it).
 *
 * @param {Float32Array} values
 * @param {number} length
 * @param {number} n from 1
 */
function nthLargest(values, length, n) {
  let first = 0;
  let last = length - 1;
  while (first < last) {
    const pivot = values[(first + last) >> 1];
    let i = first - 1;
    let j = last + 1;
    for (;;) {
      do i++;
      while (values[i] > pivot);
      do j--;
      while (values[j] < pivot);
      if (i >= j) break;
      const value = values[i];
      values[i] = values[j];
      values[j] = value;
    }
    if (n - 1 <= j) last = j;
    else first = j + 1;
  }
  return values[first];
}

const memory = { losses: new Float32Array(0), negatives: new Float32Array(0) };

/**
 * Memory for one number per anchor: a training asks for it at every step.
 *
 * @param {keyof typeof memory} name
 * @param {number} count
 */
function reuse(name, count) {
  if (memory[name].length !== count) memory[name] = new Float32Array(count);
  return memory[name];
}

let marks = new Uint8Array(0); // anchors that are chosen; reused, too

const OFFSETS = 4;
const NO_NEGATIVE = -1; // in `losses`: positive or ignored

/**
 * @typedef {object} Batch
 * @property {Float32Array} outputs (images, anchors, K + 1 + 4): logits, offsets
 * @property {Float32Array} gradients the same shape, written to
 * @property {Targets} targets
 * @property {number} numAnchors of an image
 */

/**
 * Compute the loss, and write its gradient.
 *
 * @param {Batch} batch
 * @param {LossSettings} settings
 * @param {Mine} [mine]
 * @returns {Loss}
 */
export function detectionLoss(batch, settings, mine = mineHardest) {
  const { targets, numAnchors } = batch;
  const rows = targets.classes.length;
  let positives = 0;
  for (const label of targets.classes) if (label > 0) positives++;
  const weight = 1 / Math.max(1, positives);
  const losses = reuse("losses", numAnchors);
  if (marks.length !== numAnchors) marks = new Uint8Array(numAnchors);
  const chosen = marks;
  batch.gradients.fill(0);
  let [classLoss, boxLoss] = [0, 0];
  for (let start = 0; start < rows; start += numAnchors) {
    const found = positivesLoss(batch, start, losses, weight, settings.loc);
    const wanted = Math.max(settings.neg * found.count, settings.minneg);
    mine(losses, Math.min(wanted, numAnchors - found.count), chosen);
    classLoss += found.classLoss + negativesLoss(batch, start, chosen, weight);
    boxLoss += found.boxLoss;
  }
  return {
    classLoss: classLoss * weight,
    boxLoss: boxLoss * weight,
    positives,
  };
}

/**
 * Add up what one image's positives pay, and list what its negatives would.
 *
 * @param {Batch} batch
 * @param {number} start row of its first anchor
 * @param {Float32Array} losses written to
 * @param {number} weight
 * @param {number} boxWeight
 */
function positivesLoss(batch, start, losses, weight, boxWeight) {
  const { outputs, targets } = batch;
  const columns = outputs.length / targets.classes.length;
  const logits = columns - OFFSETS;
  let [count, classLoss, boxLoss] = [0, 0, 0];
  for (let a = 0; a < losses.length; a++) {
    const row = start + a;
    const label = targets.classes[row];
    losses[a] = NO_NEGATIVE;
    if (label === 0) losses[a] = backgroundLoss(outputs, row * columns, logits);
    if (label <= 0) continue;
    count++;
    classLoss += crossEntropy(batch, row * columns, logits, label, weight);
    const at = row * columns + logits;
    boxLoss += smoothL1(batch, at, row, weight * boxWeight);
  }
  return { count, classLoss, boxLoss };
}

/**
 * @param {Batch} batch
 * @param {number} start
 * @param {Uint8Array} chosen
 * @param {number} weight
 */
function negativesLoss(batch, start, chosen, weight) {
  const columns = batch.outputs.length / batch.targets.classes.length;
  let sum = 0;
  for (let a = 0; a < chosen.length; a++) {
    if (!chosen[a]) continue;
    const at = (start + a) * columns;
    sum += crossEntropy(batch, at, columns - OFFSETS, 0, weight);
  }
  return sum;
}

/**
 * @param {Float32Array} outputs
 * @param {number} at
 * @param {number} count of the logits
 */
function logSumExp(outputs, at, count) {
  let max = outputs[at];
  for (let k = 1; k < count; k++)
    if (outputs[at + k] > max) max = outputs[at + k];
  let sum = 0;
  for (let k = 0; k < count; k++) sum += exp(outputs[at + k] - max);
  return max + log(sum);
}

/**
 * The cross-entropy of an anchor without an object: cheaper than from logSumExp, and
 * asked of all of them. Its order is all that counts, so it may become infinite.
 *
 * @param {Float32Array} outputs
 * @param {number} at
 * @param {number} count of the logits
 */
function backgroundLoss(outputs, at, count) {
  let sum = 1;
  for (let k = 1; k < count; k++) sum += exp(outputs[at + k] - outputs[at]);
  return log(sum);
}

/**
 * The cross-entropy of one anchor; its gradient is softmax minus one-hot.
 *
 * @param {Batch} batch
 * @param {number} at of its first logit
 * @param {number} count of the logits
 * @param {number} label
 * @param {number} weight
 */
function crossEntropy({ outputs, gradients }, at, count, label, weight) {
  const total = logSumExp(outputs, at, count);
  for (let k = 0; k < count; k++) {
    const probability = exp(outputs[at + k] - total);
    gradients[at + k] = weight * (probability - +(k === label));
  }
  return total - outputs[at + label];
}

/**
 * The smooth L1 loss of one anchor's offsets.
 *
 * @param {Batch} batch
 * @param {number} at of its first offset
 * @param {number} row of the anchor
 * @param {number} weight
 */
function smoothL1({ outputs, gradients, targets }, at, row, weight) {
  let sum = 0;
  for (let k = 0; k < OFFSETS; k++) {
    const error = outputs[at + k] - targets.offsets[OFFSETS * row + k];
    const size = Math.abs(error);
    sum += size < 1 ? 0.5 * error * error : size - 0.5;
    gradients[at + k] = weight * Math.min(1, Math.max(-1, error));
  }
  return sum;
}

/**
 * The level of knowing nothing: the least class loss of a network that gives every
 * anchor the same probabilities, (r + 1) ln(r + 1) - r ln r + ln K.
 *
 * @param {number} negatives r, per positive
 * @param {number} classes K
 */
export function knowNothing(negatives, classes) {
  const r = negatives;
  const entropy = r ? (r + 1) * Math.log(r + 1) - r * Math.log(r) : 0;
  return entropy + Math.log(classes);
}
