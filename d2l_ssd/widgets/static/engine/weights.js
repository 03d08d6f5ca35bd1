/**
 * A network's weights in a file: the names and orders of PyTorch's and MXNet's
 * convolutions, (filters, channels, row, column).
 */

import { packTensors, unpackTensors } from "../lib/safetensors.js";

/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./plan.js").Convolution} Convolution */

const KERNEL = [3, 3];

/**
 * Read the numbers of one kind, such as `layout.gradients`, by the weights' names.
 *
 * @param {Network} network
 * @param {number} start
 * @returns {import("../lib/safetensors.js").Tensors}
 */
export function readTensors({ layout, floats }, start) {
  const away = start - layout.weights;
  const entries = layout.layers.flatMap((layer) => {
    const { name, filters, inputs } = layer;
    const places = weightPlaces(layer);
    const data = Float32Array.from(places, (at) => floats[at + away]);
    const bias = layer.b + away;
    return [
      [`${name}.weight`, { shape: [filters, inputs / 9, ...KERNEL], data }],
      [
        `${name}.bias`,
        { shape: [filters], data: floats.slice(bias, bias + filters) },
      ],
    ];
  });
  return Object.fromEntries(entries);
}

/**
 * The bytes of a safetensors file with the weights that detect: the running mean.
 *
 * @param {Network} network
 */
export function saveWeights(network) {
  return packTensors(readTensors(network, network.layout.mean));
}

/**
 * Let a network have a file's weights, and start its training anew.
 *
 * @param {Network} network
 * @param {Uint8Array} bytes
 * @throws {Error} with a sentence: the weights are another network's
 */
export function loadWeights(network, bytes) {
  const tensors = readFile(bytes);
  const { layers } = network.layout;
  const wanted = layers.flatMap(({ name, filters, inputs }) => [
    { name: `${name}.weight`, shape: [filters, inputs / 9, ...KERNEL] },
    { name: `${name}.bias`, shape: [filters] },
  ]);
  for (const { name, shape } of wanted) {
    checkShape(name, tensors[name]?.shape, shape);
  }
  for (const name of Object.keys(tensors)) {
    if (wanted.some((other) => other.name === name)) continue;
    throw new Error(`The file has ${name}, which this network has not.`);
  }
  for (const [name, { data }] of Object.entries(tensors)) {
    if (data.every(Number.isFinite)) continue;
    throw new Error(`${name} holds numbers that are not finite.`);
  }
  network.restart();
  for (const layer of layers) {
    const { data } = tensors[`${layer.name}.weight`];
    weightPlaces(layer).forEach((at, k) => (network.floats[at] = data[k]));
    network.floats.set(tensors[`${layer.name}.bias`].data, layer.b);
  }
  network.startMean();
}

/** @param {Uint8Array} bytes */
function readFile(bytes) {
  try {
    return unpackTensors(bytes);
  } catch (error) {
    // A header of other JSON
    if (!(error instanceof TypeError)) throw error;
    throw new Error("This is not a safetensors file.");
  }
}

/**
 * @param {string} name
 * @param {number[] | undefined} found
 * @param {number[]} wanted
 */
function checkShape(name, found, wanted) {
  if (!found) throw new Error(`The file has no ${name}.`);
  if (`${found}` === `${wanted}`) return;
  throw new Error(
    `${name} is ${found.join(" × ")} in the file, but ${wanted.join(" × ")} here.`,
  );
}

/**
 * Where a layer's weights lie in memory, in a file's order. The image's fourth
 * channel, which is always 0, is in no file.
 *
 * @param {Convolution} layer
 */
function weightPlaces({ w, channels, filters, inputs }) {
  const cells = KERNEL[0] * KERNEL[1];
  return Int32Array.from({ length: filters * inputs }, (_, k) => {
    const [filter, rest] = [Math.floor(k / inputs), k % inputs];
    const [channel, cell] = [Math.floor(rest / cells), rest % cells];
    return w + (cell * channels + channel) * filters + filter;
  });
}
