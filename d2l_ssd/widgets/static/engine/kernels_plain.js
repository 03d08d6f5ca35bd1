/**
 * The kernels of kernels_simd.ts in plain JavaScript, for browsers without SIMD: some
 * five times slower. Addresses are indices of the memory `F`. Blocks are of two lines
 * x four columns whose sums are local doubles: rounding each to single precision
 * would halve the speed, and so would an array for them.
 */

/** @typedef {import("./kernels.js").Kernels} Kernels */
/** @typedef {(F: Float32Array, ...numbers: number[]) => void} Block */

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

/**
 * The distance to the next pixel of a row; 0 where there is none: the last block of
 * a row of three has one pixel, and computes it twice.
 *
 * @param {number} i
 * @param {number} width
 * @param {number} step
 */
function nextPixel(i, width, step) {
  return i + 1 < width ? step : 0;
}

/** @type {(F: Float32Array, ...sizes: Parameters<Kernels["forward"]>) => void} */
function forward(F, x, xImage, xRow, w, b, y, yImage, yRow, ...rest) {
  const [images, height, width, channels, filters, stride, relu] = rest;
  const step = stride * channels;
  const depth = 3 * channels;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < height; row++) {
      const from = x + image * xImage + row * stride * xRow;
      const to = y + image * yImage + row * yRow;
      for (let n = 0; n < filters; n += 4) {
        for (let i = 0; i < width; i += 2) {
          const next = nextPixel(i, width, step);
          const p = from + i * step;
          const at = to + i * filters + n;
          forwardBlock(
            F,
            p,
            next,
            xRow,
            w + n,
            filters,
            depth,
            b + n,
            at,
            relu,
          );
        }
      }
    }
  }
}

/** @type {Block} two pixels x four filters of the output */
function forwardBlock(F, x, next, xRow, w, wRow, depth, b, y, relu) {
  let a0 = F[b];
  let a1 = F[b + 1];
  let a2 = F[b + 2];
  let a3 = F[b + 3];
  let b0 = a0;
  let b1 = a1;
  let b2 = a2;
  let b3 = a3;
  for (let kernelRow = 0; kernelRow < 3; kernelRow++, x += xRow) {
    for (let p = x; p < x + depth; p++, w += wRow) {
      const w0 = F[w];
      const w1 = F[w + 1];
      const w2 = F[w + 2];
      const w3 = F[w + 3];
      const a = F[p];
      const c = F[p + next];
      a0 += a * w0;
      a1 += a * w1;
      a2 += a * w2;
      a3 += a * w3;
      b0 += c * w0;
      b1 += c * w1;
      b2 += c * w2;
      b3 += c * w3;
    }
  }
  store(F, y, relu, a0, a1, a2, a3);
  if (next) store(F, y + wRow, relu, b0, b1, b2, b3);
}

/** @type {Block} NaN is not <= 0: it must stay visible */
function store(F, y, relu, a, b, c, d) {
  F[y] = relu && a <= 0 ? 0 : a;
  F[y + 1] = relu && b <= 0 ? 0 : b;
  F[y + 2] = relu && c <= 0 ? 0 : c;
  F[y + 3] = relu && d <= 0 ? 0 : d;
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
  const [, images, height, width, channels, filters, stride] = rest;
  const depth = 3 * channels;
  const step = stride * channels;
  const area = { images, height, width, xImage, yImage, yRow, step, filters };
  const pixels = { ...area, xRow: stride * xRow };
  for (let kernelRow = 0; kernelRow < 3; kernelRow++) {
    for (let n = 0; n < filters; n += 4) {
      for (let k = 0; k < depth; k += 2) {
        const to = dw + (kernelRow * depth + k) * filters + n;
        weightsBlock(F, x + kernelRow * xRow + k, dy + n, to, pixels);
      }
    }
  }
  F.fill(0, db, db + filters);
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < height; row++) {
      let g = dy + image * yImage + row * yRow;
      for (let i = 0; i < width; i++) {
        for (let n = 0; n < filters; n++) F[db + n] += F[g++];
      }
    }
  }
}

/**
 * Two weights x four filters, over all pixels.
 *
 * @param {Float32Array} F
 * @param {number} x
 * @param {number} dy
 * @param {number} dw
 * @param {{ images: number, height: number, width: number, xImage: number,
 *   xRow: number, yImage: number, yRow: number, step: number, filters: number }} pixels
 */
function weightsBlock(F, x, dy, dw, pixels) {
  const { images, height, width } = pixels;
  const { xImage, xRow, yImage, yRow, step, filters } = pixels;
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let a3 = 0;
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  let b3 = 0;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < height; row++) {
      let p = x + image * xImage + row * xRow;
      let g = dy + image * yImage + row * yRow;
      for (let i = 0; i < width; i++, p += step, g += filters) {
        const g0 = F[g];
        const g1 = F[g + 1];
        const g2 = F[g + 2];
        const g3 = F[g + 3];
        const a = F[p];
        const b = F[p + 1];
        a0 += a * g0;
        a1 += a * g1;
        a2 += a * g2;
        a3 += a * g3;
        b0 += b * g0;
        b1 += b * g1;
        b2 += b * g2;
        b3 += b * g3;
      }
    }
  }
  store(F, dw, 0, a0, a1, a2, a3);
  store(F, dw + filters, 0, b0, b1, b2, b3);
}

/** @type {(F: Float32Array, ...sizes: Parameters<Kernels["backwardInput"]>) => void} */
function backwardInput(
  F,
  dy,
  yImage,
  yRow,
  w,
  turned,
  dx,
  xImage,
  xRow,
  ...rest
) {
  const [images, height, width, channels, filters, stride] = rest;
  const [step, depth] = [stride * channels, 3 * channels];
  turn(F, w, turned, depth, filters);
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < height; row++) {
      for (let kernelRow = 0; kernelRow < 3; kernelRow++) {
        const from = dy + image * yImage + row * yRow;
        const to = dx + image * xImage + (row * stride + kernelRow) * xRow;
        const weights = turned + kernelRow * filters * depth;
        for (let k = 0; k < depth; k += 4) {
          for (let i = 0; i < width; i += 2) {
            const next = nextPixel(i, width, step);
            const g = from + i * filters;
            const at = to + i * step + k;
            inputBlock(F, g, filters, weights + k, depth, at, next);
          }
        }
      }
    }
  }
}

/** @type {Block} each kernel row's weights (depth, filters), transposed */
function turn(F, w, turned, depth, filters) {
  for (let row = 0; row < 3; row++) {
    for (let k = 0; k < depth; k++) {
      for (let n = 0; n < filters; n++) {
        const value = F[w + (row * depth + k) * filters + n];
        F[turned + (row * filters + n) * depth + k] = value;
      }
    }
  }
}

/** @type {Block} two pixels x four inputs, added to dx: pixels share inputs */
function inputBlock(F, dy, filters, w, wRow, dx, next) {
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let a3 = 0;
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  let b3 = 0;
  const other = next ? filters : 0;
  for (let g = dy; g < dy + filters; g++, w += wRow) {
    const w0 = F[w];
    const w1 = F[w + 1];
    const w2 = F[w + 2];
    const w3 = F[w + 3];
    const a = F[g];
    const b = F[g + other];
    a0 += a * w0;
    a1 += a * w1;
    a2 += a * w2;
    a3 += a * w3;
    b0 += b * w0;
    b1 += b * w1;
    b2 += b * w2;
    b3 += b * w3;
  }
  add(F, dx, a0, a1, a2, a3);
  if (next) add(F, dx + next, b0, b1, b2, b3);
}

/** @type {Block} */
function add(F, at, a, b, c, d) {
  F[at] += a;
  F[at + 1] += b;
  F[at + 2] += c;
  F[at + 3] += d;
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
