/** What TrainingReplay computes. */

import { readEpoch } from "../lib/detections.js";
import { countImage, tally } from "../lib/judging.js";
import { readLabels } from "../lib/labels.js";

/** @typedef {import("../lib/bytes.js").Bytes} Bytes */

/**
 * @typedef {object} Traits
 * @property {Bytes[]} images
 * @property {Bytes[]} truths per image (M, 5): class and box
 * @property {Bytes[]} difficult per image (M,): 1 where it does not count
 * @property {Bytes[]} detections per epoch (N, 7): image, class, score and box
 * @property {Record<string, number[]>} losses name -> one number per epoch
 * @property {(number | null)[]} ap50 AP at IoU 0.5 per epoch, if it is known
 * @property {string[]} class_names
 * @property {number} epoch counted from 1
 * @property {number} score_threshold
 * @property {boolean} playing
 */

/** @typedef {import("../lib/types.d.ts").Model<Traits>} Model */
/** @typedef {ReturnType<typeof readData>} Data */
/** @typedef {ReturnType<ReturnType<typeof makeCounter>>} Counted */

/** @param {Model} model */
export function readData(model) {
  const labels = readLabels(model.get("truths"), model.get("difficult"));
  const losses = Object.entries(model.get("losses"));
  return {
    names: model.get("class_names"),
    losses: losses.map(([name, values]) => ({
      text: name.replace(/_/g, " "),
      values,
    })),
    ap50: model.get("ap50"),
    labels,
    epochs: model.get("detections").map((bytes) => readEpoch(bytes, labels)),
  };
}

/**
 * Make what counts at the score threshold: the images of the epoch shown, and the
 * totals of all epochs, which are kept while the threshold stays.
 *
 * @param {Model} model
 * @param {Data} data
 */
export function makeCounter(model, { epochs, labels }) {
  /** @type {number | undefined} */
  let countedAt;
  /** @type {import("../lib/judging.js").Count[][]} per epoch and image */
  let counts = [];
  /** @type {ReturnType<typeof tally>[]} per epoch */
  let totals = [];
  return () => {
    const least = Math.fround(model.get("score_threshold")); // as in Python
    const fresh = countedAt !== least;
    if (fresh) {
      counts = epochs.map((found) =>
        found.map((image, i) => countImage(image, labels[i], least)),
      );
      totals = epochs.map((found, e) => tally(counts[e], found, labels));
    }
    countedAt = least;
    const epoch = model.get("epoch");
    return {
      fresh,
      epoch,
      found: epochs[epoch - 1],
      counts: counts[epoch - 1],
      total: totals[epoch - 1],
      totals,
    };
  };
}
