/** From a network's outputs to detections, as `d2l_ssd.inference.predict_ssd`. */

import { takeBoxes } from "./boxes.js";
import { clamp } from "./grid.js";
import { argsortDescending, batchedNms } from "./nms.js";
import { decodeOffsets } from "./targets.js";

/**
 * @typedef {object} Detections of one image
 * @property {Float32Array} boxes (N, 4)
 * @property {number[]} scores
 * @property {number[]} classes
 * @property {number[]} anchors that predicted them
 *
 * @typedef {object} Outputs of a network for one image
 * @property {Float32Array} probs (A, K + 1) after softmax, background first
 * @property {Float32Array} offsets (A, 4)
 * @property {Float32Array} anchors (A, 4)
 *
 * @typedef {object} Options
 * @property {number} [scoreThreshold] the lowest probability of a detection
 * @property {number} [nmsIou]
 * @property {number} [topK] candidates per class that enter NMS
 * @property {number} [maxDetections]
 */

const SMALLEST = 1e-12; // side of a box in the image, as in `d2l_ssd.boxes.has_area`

/**
 * Detect the objects of one image.
 *
 * @param {Outputs} outputs
 * @param {Options} [options]
 * @returns {{ found: Detections, candidates: Detections }} best first, and class by
 *   class what entered NMS
 */
export function predictSsd(outputs, options = {}) {
  const { scoreThreshold = 0.01, nmsIou = 0.45 } = options;
  const { topK = 400, maxDetections = 100 } = options;
  const candidates = decodeCandidates(outputs, scoreThreshold, topK);
  const { boxes, scores, classes } = candidates;
  const kept = batchedNms(boxes, scores, classes, nmsIou);
  return {
    found: takeDetections(candidates, kept.slice(0, maxDetections)),
    candidates,
  };
}

/**
 * Decode what enters NMS: class by class, best first.
 *
 * @param {Outputs} outputs
 * @param {number} scoreThreshold
 * @param {number} topK
 * @returns {Detections}
 */
export function decodeCandidates(outputs, scoreThreshold, topK) {
  const { probs, offsets, anchors } = outputs;
  const columns = (4 * probs.length) / anchors.length;
  /** @type {Omit<Detections, "boxes">} */
  const best = { scores: [], classes: [], anchors: [] };
  for (let label = 0; label < columns - 1; label++) {
    const scores = probs.filter((_, k) => k % columns === label + 1);
    for (const anchor of bestAnchors(scores, scoreThreshold, topK)) {
      best.scores.push(scores[anchor]);
      best.classes.push(label);
      best.anchors.push(anchor);
    }
  }
  const own = takeBoxes(anchors, best.anchors);
  const boxes = decodeOffsets(own, takeBoxes(offsets, best.anchors));
  return inImage({ ...best, boxes });
}

/**
 * The anchors with the best scores of a class, best first; equals keep their order.
 *
 * @param {Float32Array} scores
 * @param {number} threshold
 * @param {number} most
 */
export function bestAnchors(scores, threshold, most) {
  const least = Math.fround(threshold);
  // Without a comparison, a typed array's sort is fast
  const likely = scores.filter((score) => score >= least).sort();
  const cut = likely.length > most ? likely[likely.length - most] : least;
  /** @type {number[]} */
  const anchors = [];
  for (let a = 0; a < scores.length; a++) {
    if (scores[a] >= cut) anchors.push(a);
  }
  return argsortDescending(scores, anchors).slice(0, most);
}

/**
 * Clip boxes to the image, and drop those of which nothing is left.
 *
 * @param {Detections} all
 * @returns {Detections}
 */
export function inImage(all) {
  const boxes = all.boxes.map((x) => clamp(x, 0, 1));
  /** @type {number[]} */
  const rows = [];
  for (let k = 0; k < boxes.length; k += 4) {
    const width = boxes[k + 2] - boxes[k];
    const height = boxes[k + 3] - boxes[k + 1];
    if (width > SMALLEST && height > SMALLEST) rows.push(k / 4);
  }
  const clipped = { ...all, boxes };
  return 4 * rows.length < boxes.length
    ? takeDetections(clipped, rows)
    : clipped;
}

/**
 * @param {Detections} all
 * @param {number[]} rows
 * @returns {Detections}
 */
export function takeDetections({ boxes, scores, classes, anchors }, rows) {
  return {
    boxes: takeBoxes(boxes, rows),
    scores: rows.map((row) => scores[row]),
    classes: rows.map((row) => classes[row]),
    anchors: rows.map((row) => anchors[row]),
  };
}
