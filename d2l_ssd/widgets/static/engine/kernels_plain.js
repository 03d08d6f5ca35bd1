/**
 * The kernels of kernels_simd.ts in plain JavaScript, for browsers without SIMD: five
 * times slower. Addresses are indices of `floats`. Blocks are of 3 pixels x 4
 * channels, in doubles: rounding every sum to single precision would halve the speed.
 */

/** @typedef {import("./kernels.js").Kernels} Kernels */

/**
 * @param {Float32Array} F the network's memory
 * @returns {Kernels}
 */
export function makePlainKernels(F) {
  return {
    forward: (...sizes) => forward(F, ...sizes),
    backwardWeights: (...sizes) => backwardWeights(F, ...sizes),
    backwardInput: (...sizes) => backwardInput(F, ...sizes),
    maskRelu(dy, y, count) {
      for (let i = 0; i < count; i++) if (!(F[y + i] > 0)) F[dy + i] = 0;
    },
    adam: (...sizes) => adam(F, ...sizes),
    sumOfSquares(g, count) {
      let sum = 0;
      for (let i = g; i < g + count; i++) sum += F[i] * F[i];
      return sum;
    },
  };
}

/** @type {(F: Float32Array, ...sizes: Parameters<Kernels["forward"]>) => void} */
function forward(F, x, xImage, xRow, w, b, y, yImage, yRow, ...rest) {
  const [images, height, width, channels, filters, stride, relu] = rest;
  const [step, depth] = [stride * channels, 3 * channels];
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < height; row++) {
      const from = x + image * xImage + row * stride * xRow;
      const to = y + image * yImage + row * yRow;
      for (let n = 0; n < filters; n += 4) {
        for (let i = 0; i < width; i += 3) {
          block.fill(0);
          for (let k = 0; k < 3; k++) {
            const kernel = w + k * depth * filters + n;
            addBlock(
              F,
              from + k * xRow + i * step,
              step,
              kernel,
              filters,
              depth,
            );
          }
          for (
            let p = 0, at = to + i * filters + n;
            p < 3;
            p++, at += filters
          ) {
            for (let c = 0; c < 4; c++) {
              const value = block[4 * p + c] + F[b + n + c];
              F[at + c] = relu && value <= 0 ? 0 : value;
            }
          }
        }
      }
    }
  }
}

const block = new Float64Array(12);

/**
 * Add to the block the product of 3 lines, `step` apart, with 4 columns of weights.
 *
 * @param {Float32Array} F
 * @param {number} p
 * @param {number} step
 * @param {number} w
 * @param {number} wRow
 * @param {number} depth
 */
function addBlock(F, p, step, w, wRow, depth) {
  let [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3] = block;
  const [second, third] = [step, 2 * step];
  for (const end = p + depth; p < end; p++, w += wRow) {
    const [w0, w1, w2, w3] = [F[w], F[w + 1], F[w + 2], F[w + 3]];
    const [a, b, c] = [F[p], F[p + second], F[p + third]];
    a0 += a * w0;
    a1 += a * w1;
    a2 += a * w2;
    a3 += a * w3;
    b0 += b * w0;
    b1 += b * w1;
    b2 += b * w2;
    b3 += b * w3;
    c0 += c * w0;
    c1 += c * w1;
    c2 += c * w2;
    c3 += c * w3;
  }
  block.set([a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3]);
}

/** @type {(F: Float32Array, ...sizes: Parameters<Kernels["backwardWeights"]>) => void} */
function backwardWeights(
  F,
  x,
  xImage,
  xRow,
  dy,
  yImage,
  yRow,
  dw,
  db,
  ...rest
) {
  const [images, height, width, channels, filters, stride] = rest;
  const [step, depth] = [stride * channels, 3 * channels];
  F.fill(0, dw, dw + 3 * depth * filters);
  F.fill(0, db, db + filters);
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < height; row++) {
      const gradients = dy + image * yImage + row * yRow;
      for (let i = 0; i < width * filters; i++) {
        F[db + (i % filters)] += F[gradients + i];
      }
      for (let k = 0; k < 3; k++) {
        const from = x + image * xImage + (row * stride + k) * xRow;
        const to = dw + k * depth * filters;
        for (let i = 0; i < width; i++) {
          addOuter(
            F,
            from + i * step,
            depth,
            gradients + i * filters,
            filters,
            to,
          );
        }
      }
    }
  }
}

/**
 * Add the product of every input with every gradient to the weights' gradients.
 *
 * @param {Float32Array} F
 * @param {number} x
 * @param {number} depth
 * @param {number} g
 * @param {number} filters
 * @param {number} to
 */
function addOuter(F, x, depth, g, filters, to) {
  for (const end = x + depth; x < end; x++, to += filters) {
    const input = F[x];
    if (!input) continue; // after a relu, half of them
    for (let n = 0; n < filters; n += 4) {
      F[to + n] += input * F[g + n];
      F[to + n + 1] += input * F[g + n + 1];
      F[to + n + 2] += input * F[g + n + 2];
      F[to + n + 3] += input * F[g + n + 3];
    }
  }
}

/** @type {(F: Float32Array, ...sizes: Parameters<Kernels["backwardInput"]>) => void} */
function backwardInput(
  F,
  dy,
  yImage,
  yRow,
  w,
  _turned,
  dx,
  xImage,
  xRow,
  ...rest
) {
  const [images, height, width, channels, filters, stride] = rest;
  const depth = 3 * channels;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < height; row++) {
      for (let i = 0; i < width; i++) {
        const g = dy + image * yImage + row * yRow + i * filters;
        for (let k = 0; k < 3; k++) {
          const to =
            dx +
            image * xImage +
            (row * stride + k) * xRow +
            i * stride * channels;
          addInput(F, g, filters, w + k * depth * filters, depth, to);
        }
      }
    }
  }
}

/**
 * @param {Float32Array} F
 * @param {number} g
 * @param {number} filters
 * @param {number} w
 * @param {number} depth
 * @param {number} to
 */
function addInput(F, g, filters, w, depth, to) {
  for (const end = to + depth; to < end; to++, w += filters) {
    let [sum, other] = [0, 0];
    for (let n = 0; n < filters; n += 4) {
      sum += F[w + n] * F[g + n] + F[w + n + 1] * F[g + n + 1];
      other += F[w + n + 2] * F[g + n + 2] + F[w + n + 3] * F[g + n + 3];
    }
    F[to] += sum + other;
  }
}

/** @type {(F: Float32Array, ...sizes: Parameters<Kernels["adam"]>) => void} */
function adam(F, w, g, m, v, mean, count, rate, beta1, beta2, ...rest) {
  const [correction1, correction2, scale, keep] = rest;
  for (let i = 0; i < count; i++) {
    const gradient = F[g + i] * scale;
    F[m + i] = beta1 * F[m + i] + (1 - beta1) * gradient;
    F[v + i] = beta2 * F[v + i] + (1 - beta2) * gradient * gradient;
    const root = Math.sqrt(F[v + i] * correction2) + 1e-8;
    F[w + i] -= (rate * correction1 * F[m + i]) / root;
    F[mean + i] = keep * F[mean + i] + (1 - keep) * F[w + i];
  }
}
