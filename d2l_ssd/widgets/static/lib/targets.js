/** What anchors are to learn, as `d2l_ssd.targets` says it. */

import { boxIou } from "./boxes.js";
import { exp, log } from "./math.js";

const f = Math.fround;

export const VARIANCES = new Float32Array([0.1, 0.1, 0.2, 0.2]);
export const MAX_LOG_SCALE = f(Math.log(1000 / 16));
export const BACKGROUND = -1; // in matches; others are indices of ground truths
export const IGNORED = -2;

/**
 * Match anchors with ground-truth boxes: the box's index, BACKGROUND or IGNORED.
 *
 * @param {Float32Array} anchors
 * @param {Float32Array} truths
 * @param {number} [posIou]
 * @param {number} [negIou]
 */
export function matchAnchors(anchors, truths, posIou = 0.5, negIou = 0.5) {
  const matches = new Int32Array(anchors.length / 4);
  return matchByIou(boxIou(truths, anchors), posIou, negIou, matches);
}

/**
 * Match from IoUs that are known: moving a threshold needs no new ones.
 *
 * @param {Float32Array} ious (M, A), of `boxIou(truths, anchors)`
 * @param {number} posIou
 * @param {number} negIou
 * @param {Int32Array} matches (A,), written to and returned
 */
export function matchByIou(ious, posIou, negIou, matches) {
  matchByThreshold(ious, posIou, negIou, matches);
  return forceMatches(ious, matches);
}

/**
 * Match each anchor with the ground truth that it overlaps most, if that is enough.
 *
 * @param {Float32Array} ious
 * @param {number} posIou
 * @param {number} negIou
 * @param {Int32Array} matches written to and returned
 */
export function matchByThreshold(ious, posIou, negIou, matches) {
  const numAnchors = matches.length;
  const [positive, negative] = [f(posIou), f(negIou)];
  matches.fill(BACKGROUND);
  if (!ious.length) return matches;
  for (let a = 0; a < numAnchors; a++) {
    let truth = 0;
    let best = ious[a];
    for (let t = 1, k = a + numAnchors; k < ious.length; t++, k += numAnchors) {
      if (ious[k] > best) {
        truth = t;
        best = ious[k];
      }
    }
    if (best >= positive) matches[a] = truth;
    else if (best >= negative) matches[a] = IGNORED;
  }
  return matches;
}

/**
 * Give every ground truth an anchor of its own.
 *
 * @param {Float32Array} ious
 * @param {Int32Array} matches written to and returned
 */
export function forceMatches(ious, matches) {
  for (const [truth, anchor] of ownAnchors(ious, matches.length)) {
    matches[anchor] = truth;
  }
  return matches;
}

/**
 * Choose every ground truth's own anchor, greedily from the highest IoU, one to
 * one. A box that overlaps no anchor that is left gets none.
 *
 * @param {Float32Array} ious
 * @param {number} numAnchors
 * @returns {[truth: number, anchor: number][]} in the order of their choice
 */
export function ownAnchors(ious, numAnchors) {
  /** @type {Set<number>} */
  const taken = new Set();
  /** @param {number} truth */
  const firstBest = (truth) => {
    let anchor = -1;
    let best = 0;
    for (let a = 0, k = truth * numAnchors; a < numAnchors; a++, k++) {
      if (ious[k] > best && !taken.has(a)) {
        anchor = a;
        best = ious[k];
      }
    }
    return { truth, anchor, best };
  };
  let open = Array.from({ length: ious.length / numAnchors }, (_, t) =>
    firstBest(t),
  );
  /** @type {[number, number][]} */
  const pairs = [];
  while (open.length) {
    const chosen = open.reduce((a, b) => (b.best > a.best ? b : a));
    if (chosen.anchor < 0) break;
    pairs.push([chosen.truth, chosen.anchor]);
    taken.add(chosen.anchor);
    open = open
      .filter((other) => other !== chosen)
      .map((other) =>
        other.anchor === chosen.anchor ? firstBest(other.truth) : other,
      );
  }
  return pairs;
}

/**
 * Count what the anchors from number `from` to `to` are.
 *
 * @param {Int32Array} matches
 * @param {number} [from]
 * @param {number} [to]
 */
export function countStates(matches, from = 0, to = matches.length) {
  let [positive, ignored] = [0, 0];
  for (let a = from; a < to; a++) {
    if (matches[a] >= 0) positive++;
    else if (matches[a] === IGNORED) ignored++;
  }
  return { positive, ignored, background: to - from - positive - ignored };
}

/**
 * Compute the offsets that move anchors onto boxes, four numbers per pair.
 *
 * @param {Float32Array} anchors
 * @param {Float32Array} boxes
 */
export function encodeOffsets(anchors, boxes) {
  const out = new Float32Array(anchors.length);
  for (let k = 0; k < out.length; k += 4) {
    for (let axis = 0; axis < 2; axis++) {
      const low = k + axis;
      const high = low + 2;
      const size = f(anchors[high] - anchors[low]);
      const center = f(f(anchors[low] + anchors[high]) / 2);
      const target = f(f(boxes[low] + boxes[high]) / 2);
      const targetSize = f(boxes[high] - boxes[low]);
      out[low] = f(f(target - center) / size) / VARIANCES[axis];
      out[high] = f(log(f(targetSize / size))) / VARIANCES[axis + 2];
    }
  }
  return out;
}

/**
 * Compute the boxes that offsets make of anchors; clamps before exp.
 *
 * @param {Float32Array} anchors
 * @param {Float32Array} offsets
 */
export function decodeOffsets(anchors, offsets) {
  const out = new Float32Array(anchors.length);
  for (let k = 0; k < out.length; k += 4) {
    for (let axis = 0; axis < 2; axis++) {
      const low = k + axis;
      const high = low + 2;
      const size = f(anchors[high] - anchors[low]);
      const middle = f(f(anchors[low] + anchors[high]) / 2);
      const center = f(middle + f(f(offsets[low] * VARIANCES[axis]) * size));
      const logScale = f(offsets[high] * VARIANCES[axis + 2]);
      const scale = f(exp(Math.min(logScale, MAX_LOG_SCALE)));
      const half = f(f(size * scale) / 2);
      out[low] = center - half;
      out[high] = center + half;
    }
  }
  return out;
}
