/** Bytes from Python, as the arrays that they were there. */

/** @typedef {ArrayBuffer | ArrayBufferView} Bytes as a trait brings them */

/**
 * Read float32 numbers.
 *
 * @param {Bytes} bytes
 */
export function toFloats(bytes) {
  return new Float32Array(copyBytes(bytes));
}

/**
 * Read uint8 numbers.
 *
 * @param {Bytes} bytes
 */
export function toBytes(bytes) {
  return new Uint8Array(copyBytes(bytes));
}

/**
 * Copy bytes, because a view may start anywhere and an array of floats may not.
 *
 * @param {Bytes} bytes
 * @returns {ArrayBuffer}
 */
export function copyBytes(bytes) {
  if (!ArrayBuffer.isView(bytes)) return bytes.slice(0);
  const { buffer, byteOffset, byteLength } = bytes;
  const copy = buffer.slice(byteOffset, byteOffset + byteLength);
  return /** @type {ArrayBuffer} */ (copy);
}

/**
 * Read float16 numbers, which older browsers have no array for.
 *
 * @param {Bytes} bytes
 */
export function toHalves(bytes) {
  return Float32Array.from(new Uint16Array(copyBytes(bytes)), (half) => {
    const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
    const sign = half >> 15 ? -1 : 1;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    if (!exponent) return sign * fraction * 2 ** -24;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}
