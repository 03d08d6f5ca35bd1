/**
 * exp, log and sin from additions and multiplications alone. The language leaves
 * the last bits of Math.exp to the browser; with these, the same seed trains the
 * same detector in all of them.
 */

const LN2_HIGH = 0.6931471803691238; // its product with a small integer is exact
const LN2_LOW = 1.9082149292705877e-10;
const TAU = 2 * Math.PI;

const double = new Float64Array(1);
const words = new Int32Array(double.buffer); // low, high: all browsers' order

/** 2^k at k + 1022; by doubling, which is exact. */
const POWERS = new Float64Array(2046);
POWERS[0] = 2.2250738585072014e-308;
for (let k = 1; k < POWERS.length; k++) POWERS[k] = 2 * POWERS[k - 1];

/** @param {number} x */
export function exp(x) {
  if (!(x > -700)) return x <= -700 ? 0 : NaN;
  if (x > 700) return Infinity;
  const k = Math.floor(x * Math.LOG2E + 0.5) | 0;
  const r = x - k * LN2_HIGH - k * LN2_LOW; // at most ln(2) / 2
  // The series, in Horner's form: a sum of r^n / n!
  const high = 1 / 362880 + r * (1 / 3628800 + r * (1 / 39916800));
  const middle = 1 / 720 + r * (1 / 5040 + r * (1 / 40320 + r * high));
  const low = 1 / 6 + r * (1 / 24 + r * (1 / 120 + r * middle));
  return (1 + r * (1 + r * (1 / 2 + r * low))) * POWERS[k + 1022];
}

/** @param {number} x */
export function log(x) {
  if (!(x > 2.3e-308)) return x >= 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  double[0] = x;
  let k = (words[1] >> 20) - 1023;
  words[1] = (words[1] & 0xfffff) | (1023 << 20);
  let m = double[0]; // x = m · 2^k
  if (m > Math.SQRT2) {
    m /= 2;
    k++;
  }
  const s = (m - 1) / (m + 1); // log m = 2 artanh s
  const square = s * s;
  const high = 1 / 13 + square * (1 / 15 + square * (1 / 17 + square / 19));
  const low = 1 / 7 + square * (1 / 9 + square * (1 / 11 + square * high));
  const sum = 1 + square * (1 / 3 + square * (1 / 5 + square * low));
  return k * LN2_HIGH + (k * LN2_LOW + 2 * s * sum);
}

/** @param {number} x of moderate size */
export function sin(x) {
  const r = x - TAU * Math.round(x / TAU);
  // Fold to [-π/2, π/2], where the series converges fast
  const y = Math.abs(r) > Math.PI / 2 ? Math.sign(r) * Math.PI - r : r;
  const square = y * y;
  let sum = 0;
  for (let n = 19; n >= 1; n -= 2)
    sum = 1 - (sum * square) / ((n + 1) * (n + 2));
  return y * sum;
}

/** @param {number} x of moderate size */
export function cos(x) {
  return sin(x + Math.PI / 2);
}

/**
 * Mix the 32 bits of a number well (a bijection), as `d2l_ssd.shapes.mix`.
 *
 * @param {number} x
 */
export function mix(x) {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
