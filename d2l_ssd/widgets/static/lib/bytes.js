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
