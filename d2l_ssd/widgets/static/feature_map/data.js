/** What FeatureMapExplorer knows of its layers. */

import { activationAt, fieldOf, paintMap } from "../lib/activations.js";
import { toBytes } from "../lib/bytes.js";

/** @typedef {import("../lib/bytes.js").Bytes} Bytes */
/** @typedef {import("../lib/activations.js").Layer} Layer */

/**
 * @typedef {object} Traits
 * @property {Bytes} picture the image
 * @property {[height: number, width: number]} image_size that the network saw
 * @property {Layer[]} layers
 * @property {Bytes[]} activations per layer (channels, h, w) uint8
 * @property {number} layer
 * @property {number} channel rank, counted from 1
 * @property {number} row
 * @property {number} column
 */

/** @typedef {import("../lib/types.d.ts").Model<Traits>} Model */
/** @typedef {ReturnType<typeof readData>} Data */
/** @typedef {ReturnType<typeof readChoice>} Choice */

/** @param {Model} model */
export function readData(model) {
  const layers = model.get("layers");
  const activations = model.get("activations").map(toBytes);
  return { layers, activations, drawingOf: makeDrawings(layers, activations) };
}

/**
 * Make what draws each map once, when it is first asked for.
 *
 * @param {Layer[]} layers
 * @param {Uint8Array[]} activations
 */
function makeDrawings(layers, activations) {
  /** @type {HTMLCanvasElement[][]} */
  const drawings = layers.map(() => []);
  /**
   * @param {number} number of the layer
   * @param {number} channel
   */
  return (number, channel) => {
    const { shape } = layers[number];
    const size = shape[0] * shape[1];
    const start = channel * size;
    const bytes = activations[number].subarray(start, start + size);
    return (drawings[number][channel] ??= paintMap(bytes, shape));
  };
}

/**
 * Read which cell of which map is chosen, and what it has and sees.
 *
 * @param {Model} model
 * @param {Data} data
 */
export function readChoice(model, { layers, activations }) {
  const number = model.get("layer");
  const layer = layers[number];
  const channel = Math.min(model.get("channel"), layer.channels.length) - 1;
  const [row, column] = [model.get("row"), model.get("column")];
  const bytes = activations[number];
  return {
    number,
    layer,
    channel,
    cell: /** @type {[row: number, column: number]} */ ([row, column]),
    value: activationAt(bytes, layer, channel, row, column),
    field: { x: fieldOf(column, layer), y: fieldOf(row, layer) },
  };
}
