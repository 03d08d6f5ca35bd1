/**
 * Two thresholds against flicker: a box needs a high score to appear, and stays down
 * to a lower one while it overlaps a box that was shown on the frame before.
 */

import { exactIou } from "../lib/boxes.js";
import { take } from "../engine/detect.js";

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
 * @param {Candidates} detections of a frame
 * @param {Shown | null} before those of the frame before
 * @param {{ appear: number, stay: number }} settings
 * @returns {Candidates}
 */
export function keepShown(detections, before, { appear, stay }) {
  const { boxes, scores, classes } = detections;
  /** @param {number} row */
  const wasThere = (row) =>
    before?.classes.some(
      (label, k) =>
        label === classes[row] && exactIou(boxes, row, before.boxes, k) >= SAME,
    );
  const rows = [...scores.keys()].filter(
    (row) => scores[row] >= appear || (scores[row] >= stay && wasThere(row)),
  );
  return take(detections, rows);
}
