/** What is found in the scene: by the network now, or as it was recorded. */

import { boxCenter, iou, takeBoxes } from "../lib/boxes.js";
import { predictSsd, takeDetections } from "../lib/predict.js";
import { anchorsOf, makeIsRecorded, mapShapes, readRecord } from "./data.js";

/** @typedef {import("./data.js").About} About */
/** @typedef {import("./data.js").Model} Model */
/** @typedef {import("./data.js").State} State */
/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("../lib/predict.js").Detections} Detections */
/** @typedef {import("../lib/predict.js").Outputs} Outputs */
/** @typedef {import("./worker.js").Result} Result */

/**
 * @typedef {object} Finding
 * @property {"live" | "recorded" | "none"} source
 * @property {Detections} all from MIN_SCORE on, best first
 * @property {Detections} found those over the score's threshold
 * @property {Detections | null} candidates before NMS
 * @property {Outputs | null} outputs of the network
 * @property {Float32Array} anchors
 * @property {number} side of the input
 * @property {About} about
 */

const MIN_SCORE = 0.01;
const SAME_IOU = 0.3; // a box that overlaps the chosen one so much is the same one's
/** @type {Detections} */
const NOTHING = {
  ...{ boxes: new Float32Array(0), scores: [], classes: [], anchors: [] },
};

/**
 * Make what finds: with the network, or on the path that was recorded.
 *
 * @param {Model} model with the first scene
 */
export function makeFinder(model) {
  const [record, isRecorded] = [readRecord(model), makeIsRecorded(model)];
  const detect = makeDetector();
  const about = model.get("about");
  const anchors = anchorsOf(about, about.image_size[0]);
  /**
   * @param {State} state
   * @param {Network} network
   * @param {boolean} isOwn whether the reader's own picture is shown
   * @returns {Finding}
   */
  return (state, network, isOwn) => {
    if (network.phase === "ready" && network.result && network.about) {
      const { result, about } = network;
      return over(detect(result, about, state.nmsIou), state.threshold);
    }
    const known = !isOwn && isRecorded(state);
    const all = known ? record[state.step] : NOTHING;
    const source = known ? "recorded" : "none";
    const [side] = about.image_size;
    const rest = { candidates: null, outputs: null, anchors, side, about };
    return over({ source, all, found: all, ...rest }, state.threshold);
  };
}

/** Make what detects in outputs, and does not do it twice. */
function makeDetector() {
  let key = "";
  /** @type {Finding} */
  let last;
  /** @type {Float32Array} */
  let anchors = new Float32Array(0);
  let anchorSide = 0;
  /**
   * @param {Result} result
   * @param {About} about
   * @param {number} nmsIou
   * @returns {Finding}
   */
  return (result, about, nmsIou) => {
    const { number, side, probs, offsets } = result;
    if (side !== anchorSide) anchors = anchorsOf(about, side);
    anchorSide = side;
    const now = `${number} ${side} ${nmsIou}`;
    if (now === key) return last;
    const outputs = { probs, offsets, anchors };
    const options = { scoreThreshold: MIN_SCORE, nmsIou };
    const { found, candidates } = predictSsd(outputs, options);
    key = now;
    const rest = { candidates, outputs, anchors, side, about };
    last = { source: "live", all: found, found, ...rest };
    return last;
  };
}

/**
 * Leave out what has a low score: it was done for all scores at once, as who
 * suppresses has the higher one.
 *
 * @param {Finding} finding
 * @param {number} threshold
 * @returns {Finding}
 */
function over(finding, threshold) {
  const least = Math.fround(threshold);
  const { all } = finding;
  const rows = [...all.scores.keys()].filter((row) => all.scores[row] >= least);
  return { ...finding, found: takeDetections(all, rows) };
}

/**
 * The best score of a class of which the box's center is in a box.
 *
 * @param {Detections} all
 * @param {number} label
 * @param {number[]} box
 */
export function bestScore({ boxes, scores, classes }, label, box) {
  const [x0, y0, x1, y1] = box;
  const inside = scores.filter((_, row) => {
    const [x, y] = boxCenter(boxes, row);
    return classes[row] === label && x > x0 && x < x1 && y > y0 && y < y1;
  });
  return Math.max(0, ...inside);
}

/**
 * The row of the box that follows the chosen one; the best where none does.
 *
 * @param {Detections} found
 * @param {ArrayLike<number> | null} chosen a box
 */
export function rowOf({ boxes, scores }, chosen) {
  if (!chosen || !scores.length) return scores.length ? 0 : -1;
  const ious = scores.map((_, row) => iou(boxes, row, chosen, 0));
  const best = Math.max(...ious);
  return best >= SAME_IOU ? ious.indexOf(best) : 0;
}

/**
 * The candidates that a kept box removes: the same class, and an IoU over the
 * threshold.
 *
 * @param {Detections} candidates
 * @param {Detections} kept
 * @param {number} row of the kept box
 * @param {number} nmsIou
 */
export function rivalsOf(candidates, kept, row, nmsIou) {
  const least = Math.fround(nmsIou);
  const own = takeBoxes(kept.boxes, [row]);
  return [...candidates.scores.keys()]
    .filter(
      (k) =>
        candidates.classes[k] === kept.classes[row] &&
        candidates.anchors[k] !== kept.anchors[row],
    )
    .map((k) => ({ k, overlap: iou(own, 0, candidates.boxes, k) }))
    .filter(({ overlap }) => overlap > least)
    .map(({ k, overlap }) => {
      const { anchors, scores } = candidates;
      return { anchor: anchors[k], score: scores[k], overlap };
    });
}

/**
 * Say of an anchor its map, cell, size, and ratio.
 *
 * @param {number} anchor
 * @param {About} about
 * @param {number} side of the input
 */
export function describeAnchor(anchor, { sizes, ratios, image_size }, side) {
  let first = 0;
  const shapes = mapShapes(side);
  for (let map = 0; map < shapes.length; map++) {
    const [rows, columns] = shapes[map];
    const perCell = ratios[map].length + sizes[map].length - 1;
    const count = rows * columns * perCell;
    if (anchor < first + count) {
      const cell = Math.floor((anchor - first) / perCell);
      const k = (anchor - first) % perCell;
      const { length } = ratios[map];
      const size = sizes[map][Math.max(0, k - length + 1)];
      return {
        ...{ cells: rows, row: Math.floor(cell / columns) },
        ...{ column: cell % columns, ratio: ratios[map][k < length ? k : 0] },
        size: (size * Math.min(...image_size)) / side,
      };
    }
    first += count;
  }
  throw new RangeError(`there is no anchor ${anchor}`);
}
