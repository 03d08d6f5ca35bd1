/** A detector in a safetensors file: its weights, and what its things are called. */

import { loadWeights, readTensors } from "../engine/weights.js";
import { packTensors, readMetadata } from "../lib/safetensors.js";

/** @typedef {import("./trainer.js").OwnTrainer} OwnTrainer */

/** @param {OwnTrainer} trainer */
export function saveDetector({ network, classes, settings }) {
  const tensors = readTensors(network, network.layout.mean);
  const about = {
    classes: JSON.stringify(classes),
    small: `${settings.small}`,
  };
  return packTensors(tensors, about);
}

/**
 * Let a trainer have a file's weights.
 *
 * @param {OwnTrainer} trainer
 * @param {Uint8Array} bytes
 * @throws {Error} with a sentence: the weights are another network's
 */
export function loadDetector(trainer, bytes) {
  const { names, small } = readAbout(bytes);
  const { classes, settings } = trainer;
  if (names && names.length !== classes.length) {
    throw new Error(
      `The file knows ${count(names)}, but ${count(classes)} here.`,
    );
  }
  if (small && small !== `${settings.small}`) {
    const other = settings.small ? "off" : "on";
    throw new Error(
      `The file was taught with "Look for small things" ${other}: switch it ${other}.`,
    );
  }
  loadWeights(trainer.network, bytes);
  return names ?? classes;
}

/** @param {string[]} names */
function count(names) {
  const things = names.length === 1 ? "thing" : "things";
  return `${names.length} ${things} (${names.join(", ")})`;
}

/**
 * @param {Uint8Array} bytes
 * @returns {{ names: string[] | null, small?: string }}
 */
function readAbout(bytes) {
  try {
    const { classes, small } = readMetadata(bytes);
    const names = JSON.parse(classes);
    return { names: Array.isArray(names) ? names.map(String) : null, small };
  } catch {
    return { names: null }; // another program's; loading says if it is no file at all
  }
}
