/**
 * A small SSD: five 3 x 3 convolutions, a head on each of three maps; forward,
 * backward, Adam. It is the network of the chapter "SSD on one page".
 */

import { makeKernels } from "./kernels.js";
import { planNetwork } from "./plan.js";
import { normal } from "./random.js";

/** @typedef {import("./plan.js").Convolution} Convolution */
/** @typedef {import("./plan.js").Plan} Plan */

const WARM_UP = 50; // steps
const MAX_NORM = 5; // of the gradient
const [BETA_1, BETA_2] = [0.9, 0.999];
const MEAN_KEEPS = 0.99;
const BACKGROUND_BIAS = 2; // so that it starts with few detections
const INPUT_STEP = 4; // numbers of a pixel
const FILTERS_STEP = 8; // of the kernels with SIMD
export const INPUT_SCALE = 3 / 255;

/**
 * @param {Convolution[]} layers
 * @throws {Error} where the kernels would compute something else, and say nothing
 */
function checkFilters(layers) {
  for (const { name, filters } of layers) {
    if (filters % FILTERS_STEP === 0) continue;
    throw new Error(`${name} has ${filters} filters: no multiple of eight`);
  }
}

export class Network {
  /**
   * @param {Plan} plan
   * @param {WebAssembly.Module | null} module of compileKernels
   */
  constructor(plan, module) {
    this.layout = planNetwork(plan);
    if (module) checkFilters(this.layout.layers);
    const { total, batch, numAnchors, columns } = this.layout;
    const { floats, kernels } = makeKernels(total, module);
    this.floats = floats;
    this.kernels = kernels;
    const rows = batch * numAnchors * columns;
    const { outputs, outputGradients } = this.layout;
    /** Predictions (batch, anchors, columns): K + 1 logits, 4 offsets. */
    this.outputs = floats.subarray(outputs, outputs + rows);
    this.outputGradients = floats.subarray(
      outputGradients,
      outputGradients + rows,
    );
    this.steps = 0;
  }

  /**
   * Draw the first weights (He; the heads' small).
   *
   * @param {() => number} random
   */
  initialize(random) {
    const { floats } = this;
    const { layers, columns } = this.layout;
    this.restart();
    for (const { w, b, count, inputs, filters, head } of layers) {
      const deviation = Math.sqrt((head ? 0.1 : 2) / inputs);
      for (let i = 0; i < count; i++) {
        floats[w + i] = deviation * normal(random);
      }
      if (!head) continue;
      for (let i = 0; i < filters; i += columns)
        floats[b + i] = BACKGROUND_BIAS;
    }
    this.startMean();
  }

  /** Forget weights, and what training knows of their gradients. */
  restart() {
    const { weights, mean } = this.layout; // gradients and moments lie between
    this.floats.fill(0, weights, mean);
    this.steps = 0;
  }

  /** Let the running mean be the weights of now. */
  startMean() {
    const { floats } = this;
    const { weights, numWeights, mean } = this.layout;
    floats.copyWithin(mean, weights, weights + numWeights);
  }

  /**
   * Set image `i` of the batch.
   *
   * @param {number} i
   * @param {Uint8ClampedArray} pixels (size, size, 3), RGB
   * @param {number[]} shift taken off each color
   * @param {number} [scale]
   */
  setImage(i, pixels, [red, green, blue], scale = INPUT_SCALE) {
    const { floats } = this;
    const { size, x: start, xImage, xRow } = this.layout;
    for (let y = 0, k = 0; y < size; y++) {
      let at = start + i * xImage + (y + 1) * xRow + INPUT_STEP;
      for (let x = 0; x < size; x++, at += INPUT_STEP, k += 3) {
        floats[at] = scale * (pixels[k] - red);
        floats[at + 1] = scale * (pixels[k + 1] - green);
        floats[at + 2] = scale * (pixels[k + 2] - blue);
      }
    }
  }

  /**
   * Compute the outputs of the batch's first `count` images.
   *
   * @param {number} [count]
   */
  forward(count = this.layout.batch) {
    for (const one of this.layout.layers) {
      const { w, b, yImage, yRow, side, channels, filters, stride } = one;
      const relu = one.head ? 0 : 1;
      this.kernels.forward(
        ...this.#input(one),
        ...[w, b, this.#inner(one, one.y), yImage, yRow],
        ...[count, side, side, channels, filters, stride, relu],
      );
    }
  }

  /**
   * Compute the gradients of the weights from those of the outputs.
   *
   * @param {number} [count]
   */
  backward(count = this.layout.batch) {
    const { floats } = this;
    const { layers } = this.layout;
    for (const { head, dy, yImage } of layers) {
      if (!head) floats.fill(0, dy, dy + count * yImage);
    }
    const heads = layers.filter(({ head }) => head);
    const trunk = layers.filter(({ head }) => !head).reverse();
    for (const one of [...heads, ...trunk]) this.#backwardLayer(one, count);
  }

  /**
   * @param {Convolution} one
   * @param {number} count
   */
  #backwardLayer(one, count) {
    const { w, b, y, dy, yImage, yRow, side, channels, filters, stride } = one;
    const { gradients, weights, layers, turned, pixels } = this.layout;
    const away = gradients - weights;
    const gradient = this.#inner(one, dy);
    /** @type {[number, number, number, number, number, number]} */
    const sizes = [count, side, side, channels, filters, stride];
    if (!one.head) this.kernels.maskRelu(dy, y, count * yImage);
    this.kernels.backwardWeights(
      ...this.#input(one),
      ...[gradient, yImage, yRow, w + away, b + away, pixels],
      ...sizes,
    );
    if (one.from < 0) return;
    const below = layers[one.from];
    this.kernels.backwardInput(
      ...[gradient, yImage, yRow, w, turned],
      ...[below.dy, below.yImage, below.yRow],
      ...sizes,
    );
  }

  /**
   * @param {Convolution} one
   * @returns {[number, number, number]}
   */
  #input({ from }) {
    const { x, xImage, xRow, layers } = this.layout;
    if (from < 0) return [x, xImage, xRow];
    const { y, yImage, yRow } = layers[from];
    return [y, yImage, yRow];
  }

  /**
   * The address of a map's first pixel, inside its border.
   *
   * @param {Convolution} one
   * @param {number} start
   */
  #inner({ head, yRow, filters }, start) {
    return head ? start : start + yRow + filters;
  }

  /** The norm of the gradient of all weights. */
  gradientNorm() {
    const { gradients, numWeights } = this.layout;
    return Math.sqrt(this.kernels.sumOfSquares(gradients, numWeights));
  }

  /**
   * Take a step of Adam, with warm-up, and update the running mean of the weights.
   *
   * @param {number} rate the learning rate after warm-up
   * @param {number} norm of the gradient, which is clipped to MAX_NORM
   * @param {number} [keep] the part that the running mean keeps
   */
  update(rate, norm, keep = MEAN_KEEPS) {
    const t = ++this.steps;
    const { kernels } = this;
    const { gradients, weights, numWeights, mean } = this.layout;
    const { firstMoments, secondMoments } = this.layout;
    kernels.adam(
      ...[weights, gradients, firstMoments, secondMoments],
      ...[mean, numWeights, rate * Math.min(1, t / WARM_UP), BETA_1, BETA_2],
      ...[1 / (1 - power(BETA_1, t)), 1 / (1 - power(BETA_2, t))],
      ...[norm > MAX_NORM ? MAX_NORM / norm : 1, Math.min(keep, t / (t + 10))],
    );
  }

  /** Exchange the weights with their running mean, for use; and back again. */
  exchangeMean() {
    const { floats } = this;
    const { weights, mean, spare, numWeights } = this.layout;
    floats.copyWithin(spare, weights, weights + numWeights);
    floats.copyWithin(weights, mean, mean + numWeights);
    floats.copyWithin(mean, spare, spare + numWeights);
  }
}

/**
 * base^exponent of a whole number: Math.pow's last bits are the browser's affair.
 *
 * @param {number} base
 * @param {number} exponent
 */
function power(base, exponent) {
  let result = 1;
  for (let n = exponent; n > 0; n >>= 1, base *= base) {
    if (n & 1) result *= base;
  }
  return result;
}
