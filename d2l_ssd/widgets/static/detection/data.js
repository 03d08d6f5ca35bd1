/** What DetectionExplorer computes. */

import { iou } from "../lib/boxes.js";
import { toFloats } from "../lib/bytes.js";
import { detect, readCandidates } from "../lib/detections.js";
import { countImage, curveOf } from "../lib/judging.js";
import { readBoxes, readLabels } from "../lib/labels.js";

/** @typedef {import("../lib/bytes.js").Bytes} Bytes */
/** @typedef {import("../lib/judging.js").Count} Count */

/**
 * @typedef {object} Traits and `shows_0`, `shows_1`, ... : whether a class is shown
 * @property {Bytes[]} images
 * @property {Bytes[]} truths per image (M, 5): class and box
 * @property {Bytes[]} difficult per image (M,): 1 where it does not count
 * @property {Bytes[]} candidates per image (N, 6): class, score and box
 * @property {Bytes[]} anchors per image (N, 4): of the candidates
 * @property {string[]} class_names
 * @property {boolean} compact
 * @property {number} image
 * @property {number} score_threshold
 * @property {number} nms_iou
 * @property {number} box rank of the box selected, or -1
 */

/** @typedef {import("../lib/types.d.ts").Model<Traits>} Model */
/** @typedef {ReturnType<typeof readData>} Data */
/** @typedef {ReturnType<ReturnType<typeof makeDetector>>} Detected */

/** @param {Model} model */
export function readData(model) {
  const names = model.get("class_names");
  const labels = readLabels(model.get("truths"), model.get("difficult"));
  return {
    names,
    compact: model.get("compact"),
    labels,
    candidates: model
      .get("candidates")
      .map((bytes, image) => readCandidates(bytes, labels[image])),
    anchors: model.get("anchors").map((bytes) => readBoxes(toFloats(bytes), 4)),
    toggles: togglesOf(model),
  };
}

/**
 * The traits that say whether a class is shown.
 *
 * @param {Model} model
 */
function togglesOf(model) {
  const names = model.get("class_names").map((_, label) => `shows_${label}`);
  return /** @type {(keyof Traits)[]} */ (names);
}

/**
 * The traits of the controls: what decides which boxes there are.
 *
 * @param {Model} model
 * @returns {(keyof Traits)[]}
 */
export function settingsOf(model) {
  return ["image", "nms_iou", "score_threshold", ...togglesOf(model)];
}

/**
 * Make what detects and counts as the controls say; detections and curves are kept
 * while the NMS threshold stays.
 *
 * @param {Model} model
 * @param {Data} data
 */
export function makeDetector(model, { names, labels, candidates, toggles }) {
  /** @type {number | undefined} */
  let foundAt;
  /** @type {ReturnType<typeof detect>[]} per image, from the lowest score on */
  let found = [];
  /** @type {ReturnType<typeof curveOf>[]} per class */
  let curves = [];
  return () => {
    const nmsIou = model.get("nms_iou");
    if (foundAt !== nmsIou) {
      found = candidates.map((rows) => detect(rows, nmsIou));
      curves = names.map((_, label) => curveOf(label, found, labels));
    }
    foundAt = nmsIou;
    const least = Math.fround(model.get("score_threshold")); // as in Python
    const on = toggles.map((name) => Boolean(model.get(name)));
    const counts = found.map((one, i) => countImage(one, labels[i], least, on));
    const image = model.get("image");
    const { shown } = counts[image];
    const rank = model.get("box");
    const selected = /** @type {number | undefined} */ (shown[rank]);
    return { image, least, on, found, curves, counts, shown, rank, selected };
  };
}

/**
 * Which anchor the selected box comes from, and their IoU; undefined if none is.
 *
 * @param {Data} data
 * @param {Detected} detected
 */
export function anchorOf({ anchors }, { image, found, selected }) {
  if (selected === undefined) return undefined;
  const { boxes, rows } = found[image];
  const row = rows[selected];
  return { row, iou: iou(boxes, selected, anchors[image], row) };
}
