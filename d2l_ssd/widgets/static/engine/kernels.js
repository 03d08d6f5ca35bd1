/**
 * The arithmetic of training, for a memory of float32 numbers: WebAssembly with
 * SIMD, or plain JavaScript.
 */

import { makePlainKernels } from "./kernels_plain.js";

/**
 * @typedef {object} Kernels addresses, distances and counts are in numbers
 * @property {(x: number, xImage: number, xRow: number, w: number, b: number,
 *   y: number, yImage: number, yRow: number, images: number, height: number,
 *   width: number, channels: number, filters: number, stride: number,
 *   relu: number) => void} forward
 * @property {(x: number, xImage: number, xRow: number, dy: number, yImage: number,
 *   yRow: number, dw: number, db: number, pixels: number, images: number,
 *   height: number, width: number, channels: number, filters: number,
 *   stride: number) => void} backwardWeights
 * @property {(dy: number, yImage: number, yRow: number, w: number, turned: number,
 *   dx: number, xImage: number, xRow: number, images: number, height: number,
 *   width: number, channels: number, filters: number, stride: number
 *   ) => void} backwardInput
 * @property {(dy: number, y: number, count: number) => void} maskRelu
 * @property {(w: number, g: number, m: number, v: number, mean: number,
 *   count: number, rate: number, beta1: number, beta2: number, correction1: number,
 *   correction2: number, scale: number, keep: number) => void} adam
 * @property {(g: number, count: number) => number} sumOfSquares
 */

/**
 * Compile the kernels; null where the browser has no SIMD.
 *
 * @param {BufferSource} bytes of kernels.wasm
 */
export function compileKernels(bytes) {
  try {
    return new WebAssembly.Module(bytes);
  } catch {
    return null;
  }
}

/**
 * Make a memory of `count` numbers and the kernels that work in it.
 *
 * @param {number} count
 * @param {WebAssembly.Module | null} module
 */
export function makeKernels(count, module) {
  if (!module) {
    const floats = new Float32Array(count);
    return { floats, kernels: makePlainKernels(floats) };
  }
  const pages = Math.ceil((count * 4) / 65536);
  const memory = new WebAssembly.Memory({ initial: pages });
  const floats = new Float32Array(memory.buffer);
  return { floats, kernels: inBytes(module, memory) };
}

/**
 * Turn the first arguments that are addresses from numbers into bytes.
 *
 * @param {WebAssembly.Module} module
 * @param {WebAssembly.Memory} memory
 * @returns {Kernels}
 */
function inBytes(module, memory) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const run = /** @type {any} */ (exports);
  return {
    forward: (x, xImage, xRow, w, b, y, ...sizes) =>
      run.forward(4 * x, xImage, xRow, 4 * w, 4 * b, 4 * y, ...sizes),
    backwardWeights: (x, xImage, xRow, dy, yImage, yRow, dw, db, ...rest) => {
      const [pixels, ...sizes] = rest;
      run.backwardWeights(
        ...[4 * x, xImage, xRow, 4 * dy, yImage, yRow, 4 * dw, 4 * db],
        ...[4 * pixels, ...sizes],
      );
    },
    backwardInput: (dy, yImage, yRow, w, turned, dx, ...sizes) =>
      run.backwardInput(
        ...[4 * dy, yImage, yRow, 4 * w, 4 * turned, 4 * dx],
        ...sizes,
      ),
    maskRelu: (dy, y, count) => run.maskRelu(4 * dy, 4 * y, count),
    adam: (w, g, m, v, mean, ...rest) =>
      run.adam(4 * w, 4 * g, 4 * m, 4 * v, 4 * mean, ...rest),
    sumOfSquares: (g, count) => run.sumOfSquares(4 * g, count),
  };
}
