/** Detections of a network: read, suppressed and judged. */

import { takeBoxes } from "./boxes.js";
import { toFloats } from "./bytes.js";
import { bestTruths, judgeDetections } from "./judging.js";
import { readBoxes, readColumn } from "./labels.js";
import { argsortDescending, nmsByIou, overlapsBefore } from "./nms.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */
/** @typedef {import("./judging.js").Found} Found */
/** @typedef {import("./labels.js").Labels} Labels */

const MAX_DETECTIONS = 100; // of an image, as in predict_ssd

/** @typedef {ReturnType<typeof readCandidates>} Candidates */

/**
 * Read one image's candidates, and compute all that no threshold changes: which of
 * them overlap, and which ground truths they reach.
 *
 * @param {Bytes} bytes (N, 6) float32: class, score, box; class by class, best first
 * @param {Labels} truths
 */
export function readCandidates(bytes, truths) {
  const rows = toFloats(bytes);
  const classes = readColumn(rows, 6, 0);
  const scores = readColumn(rows, 6, 1);
  const boxes = readBoxes(rows, 6);
  const groups = [];
  for (let from = 0, to; from < classes.length; from = to) {
    to = from;
    while (to < classes.length && classes[to] === classes[from]) to++;
    const overlaps = overlapsBefore(boxes, from, to);
    groups.push({ from, count: to - from, overlaps });
  }
  const best = bestTruths({ boxes, classes }, truths);
  const { difficult } = truths;
  return { classes, scores, boxes, groups, best, difficult };
}

/**
 * Suppress and judge one image's candidates.
 *
 * It is done for all scores at once. A score threshold keeps the first of what
 * comes out: who suppresses has the higher score, and so has who finds an object
 * first.
 *
 * @param {Candidates} candidates
 * @param {number} nmsIou
 * @returns {Found & { rows: number[] }}
 */
export function detect(candidates, nmsIou) {
  const { classes, scores, boxes, groups, best, difficult } = candidates;
  const all = groups.flatMap(({ from, count, overlaps }) =>
    nmsByIou(overlaps, count, nmsIou, MAX_DETECTIONS).map((i) => from + i),
  );
  const kept = argsortDescending(scores, all).slice(0, MAX_DETECTIONS);
  return {
    boxes: takeBoxes(boxes, kept),
    scores: kept.map((i) => scores[i]),
    classes: kept.map((i) => classes[i]),
    judged: judgeDetections(
      kept.map((i) => best[i]),
      difficult,
    ),
    rows: kept,
  };
}

/**
 * Read and judge an epoch's detections, image by image.
 *
 * @param {Bytes} bytes (N, 7) float32: image, class, score, box; best first
 * @param {Labels[]} labels per image
 * @returns {Found[]}
 */
export function readEpoch(bytes, labels) {
  const rows = toFloats(bytes);
  const [images, allClasses, allScores] = [0, 1, 2].map((column) =>
    readColumn(rows, 7, column),
  );
  const allBoxes = readBoxes(rows, 7);
  return labels.map((truths, image) => {
    const own = [...images.keys()].filter((row) => images[row] === image);
    const boxes = takeBoxes(allBoxes, own);
    const scores = own.map((row) => allScores[row]);
    const classes = own.map((row) => allClasses[row]);
    const best = bestTruths({ boxes, classes }, truths);
    const judged = judgeDetections(best, truths.difficult);
    return { boxes, scores, classes, judged };
  });
}
