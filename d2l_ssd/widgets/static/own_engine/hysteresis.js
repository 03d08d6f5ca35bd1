/**
 * Two thresholds against flicker: a box needs a high score to appear, and stays down
 * to a lower one if it goes on from a box that was shown on the frame before.
 */

import { matchFree } from "../engine/detect.js";
import { exactIou } from "../lib/boxes.js";
import { takeDetections } from "../lib/predict.js";

/** @typedef {import("../engine/detect.js").Candidates} Candidates */

/**
 * @typedef {object} Shown
 * @property {Float32Array} boxes
 * @property {number[]} classes
 */

const SAME = 0.3; // IoU with a box of the frame before: a thing moves meanwhile

/**
 * The detections that are shown.
 *
 * @param {Candidates} detections of a frame, best first
 * @param {Shown | null} before those of the frame before
 * @param {{ appear: number, stay: number }} settings
 * @returns {Candidates}
 */
export function keepShown(detections, before, { appear, stay }) {
  const goesOn = before ? matchBefore(detections, before) : [];
  const rows = [...detections.scores.keys()].filter((row) => {
    const score = detections.scores[row];
    return score >= appear || (score >= stay && goesOn[row]);
  });
  return takeDetections(detections, rows);
}

/**
 * Which detections go on from a box of the frame before. Each box goes on in one
 * detection, the best: a thing that is found again leaves none to a weaker box
 * beside it.
 *
 * @param {Candidates} detections
 * @param {Shown} before
 */
function matchBefore({ boxes, classes }, before) {
  const overlaps = classes.map((label, row) =>
    before.classes.map((other, k) =>
      label === other ? exactIou(boxes, row, before.boxes, k) : 0,
    ),
  );
  /** @type {boolean[]} */
  const goesOn = [];
  matchFree(overlaps, SAME, goesOn);
  return goesOn;
}
