/**
 * Arrays of numbers by name, as a safetensors file holds them (and
 * `d2l_ssd.safetensors` reads and writes them): the header's length in 8 bytes, the
 * header in JSON, the numbers.
 */

/**
 * @typedef {object} Tensor
 * @property {number[]} shape
 * @property {Float32Array} data
 *
 * @typedef {Record<string, Tensor>} Tensors
 */

const PREFIX = 8;
const DTYPE = "F32";
const METADATA = "__metadata__"; // a name in the header that is no tensor's

/**
 * @param {Tensors} tensors
 * @param {Record<string, string>} [about] what else the header is to say
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function packTensors(tensors, about = {}) {
  /** @type {Record<string, object>} */
  const header = { [METADATA]: { format: "pt", ...about } };
  let end = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const start = end;
    end += data.byteLength;
    header[name] = { dtype: DTYPE, shape, data_offsets: [start, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(json.length / PREFIX) * PREFIX; // numbers start aligned
  const bytes = new Uint8Array(PREFIX + length + end).fill(" ".charCodeAt(0));
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, PREFIX);
  let at = PREFIX + length;
  for (const { data } of Object.values(tensors)) {
    bytes.set(
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      at,
    );
    at += data.byteLength;
  }
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @returns {Tensors}
 * @throws {Error} with a sentence for whoever chose the file
 */
export function unpackTensors(bytes) {
  const { header, start } = readHeader(bytes);
  /** @type {Tensors} */
  const tensors = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) continue;
    const { dtype, shape, data_offsets: place } = entry;
    if (dtype !== DTYPE) {
      throw new Error(`${name} holds ${dtype} numbers: save it as float32.`);
    }
    const own = bytes.subarray(start + place[0], start + place[1]);
    const part = new Uint8Array(own); // a copy: aligned
    const count = shape.reduce(times, 1);
    if (part.length !== 4 * count) {
      throw new Error(`The file is damaged: ${name} is cut off.`);
    }
    tensors[name] = { shape, data: new Float32Array(part.buffer) };
  }
  return tensors;
}

/**
 * What a file's header says beside its tensors.
 *
 * @param {Uint8Array} bytes
 * @returns {Record<string, string>}
 */
export function readMetadata(bytes) {
  return readHeader(bytes).header[METADATA] ?? {};
}

/**
 * @param {number} a
 * @param {number} b
 */
function times(a, b) {
  return a * b;
}

/** @param {Uint8Array} bytes */
function readHeader(bytes) {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const start = PREFIX + Number(view.getBigUint64(0, true));
    const text = new TextDecoder().decode(bytes.subarray(PREFIX, start));
    return { header: JSON.parse(text), start };
  } catch {
    throw new Error("This is not a safetensors file.");
  }
}
