/**
 * What a detector finds, in numbers: AP by size and without classes, boxes and
 * their precision at the score that is shown, and error arrows.
 */

import { boxCenter, boxSize, takeBoxes } from "../lib/boxes.js";
import { bestTruths, judgeDetections } from "../lib/judging.js";
import { takeDetections } from "../lib/predict.js";
import { meanPrecisions } from "./detect.js";
import { CLASSES, SIZE } from "./scenes.js";

/** @typedef {import("../lib/labels.js").Labels} Labels */
/** @typedef {import("./detect.js").Candidates} Candidates */

const HALF = [0.5]; // the IoU of AP50
const TOUCH = [0.1]; // overlaps at all

/** Sides in pixels between which objects are small, medium and large. */
export const SIZE_LIMITS = [0, 11, 22, Infinity];

/**
 * AP50 of small, medium and large objects. As in COCO, objects of other sizes do
 * not count, nor do boxes that find one of these, nor boxes of other sizes that
 * find nothing.
 *
 * @param {Candidates[]} found per scene
 * @param {Labels[]} labels per scene
 */
export function precisionsBySize(found, labels) {
  return SIZE_LIMITS.slice(1).map((most, k) => {
    /** @type {(boxes: Float32Array, i: number) => boolean} */
    const fits = (boxes, i) => {
      const side = SIZE * boxSize(boxes, i);
      return side >= SIZE_LIMITS[k] && side < most;
    };
    const kept = found.map((one, i) => {
      const best = bestTruths(one, labels[i]);
      const rows = best.flatMap(({ truth, own }, d) => {
        const counts =
          own >= HALF[0] ? fits(labels[i].boxes, truth) : fits(one.boxes, d);
        return counts ? [d] : [];
      });
      return takeDetections(one, rows);
    });
    const objects = labels.map((one) => labelsWhere(one, fits));
    return meanPrecisions(kept, objects, HALF, CLASSES.length)[0];
  });
}

/**
 * @param {Labels} labels
 * @param {(boxes: Float32Array, i: number) => boolean} fits
 * @returns {Labels}
 */
function labelsWhere({ classes, boxes, difficult }, fits) {
  const rows = [...classes.keys()].filter((i) => fits(boxes, i));
  return {
    classes: rows.map((i) => classes[i]),
    boxes: takeBoxes(boxes, rows),
    difficult: rows.map((i) => difficult[i]),
  };
}

/**
 * AP50 where every object and detection is of one class, and the same for an IoU
 * of 0.1: does a box touch an object at all?
 *
 * @param {Candidates[]} found per scene
 * @param {Labels[]} labels per scene
 */
export function precisionsWithoutClass(found, labels) {
  const [boxes, objects] = [found, labels].map((rows) =>
    rows.map((one) => ({ ...one, classes: one.classes.map(() => 0) })),
  );
  const [ap50, touch] = meanPrecisions(
    /** @type {Candidates[]} */ (boxes),
    /** @type {Labels[]} */ (objects),
    [...HALF, ...TOUCH],
    1,
  );
  return { ap50, touch };
}

/**
 * How many boxes a scene shows from a score on, and how good they are.
 *
 * @param {Candidates[]} found per scene
 * @param {Labels[]} labels per scene
 * @param {number} least
 */
export function countShown(found, labels, least) {
  let [boxes, correct, objects] = [0, 0, 0];
  found.forEach((one, i) => {
    const best = bestTruths(one, labels[i]);
    const judged = judgeDetections(best, labels[i].difficult, HALF[0]);
    const shown = judged.filter((_, d) => one.scores[d] >= least);
    boxes += shown.length;
    correct += shown.filter(({ match }) => match >= 0).length;
    objects += labels[i].classes.length;
  });
  return {
    boxes: boxes / found.length,
    precision: boxes ? correct / boxes : NaN,
    recall: objects ? correct / objects : NaN,
  };
}

/**
 * @typedef {object} Arrow from a detection to the nearest object
 * @property {number} scene
 * @property {number} detection
 * @property {number} object
 * @property {[number, number]} shift right and down of the object, in pixels
 * @property {[number, number]} size width and height, times the object's
 *
 * @typedef {object} Spread
 * @property {number} median
 * @property {number} iqr between the quartiles
 */

/**
 * An arrow for each detection from a score on.
 *
 * @param {Candidates[]} found per scene
 * @param {Labels[]} labels per scene
 * @param {number} least
 * @returns {Arrow[]}
 */
export function errorArrows(found, labels, least) {
  return found.flatMap(({ boxes, scores }, scene) => {
    const objects = labels[scene].boxes;
    return scores.flatMap((score, detection) => {
      if (score < least || !objects.length) return [];
      const [x, y] = boxCenter(boxes, detection);
      const { index } = nearestBox(objects, (t) => {
        const [tx, ty] = boxCenter(objects, t);
        return -Math.hypot(x - tx, y - ty);
      });
      const [tx, ty] = boxCenter(objects, index);
      const [width, height] = sidesOf(boxes, detection);
      const [objectWidth, objectHeight] = sidesOf(objects, index);
      return {
        ...{ scene, detection, object: index },
        shift: /** @type {[number, number]} */ ([
          SIZE * (x - tx),
          SIZE * (y - ty),
        ]),
        size: /** @type {[number, number]} */ ([
          width / objectWidth,
          height / objectHeight,
        ]),
      };
    });
  });
}

/**
 * @param {Float32Array} objects
 * @param {(object: number) => number} valueOf
 */
function nearestBox(objects, valueOf) {
  let index = -1;
  let value = -Infinity;
  for (let t = 0; t < objects.length / 4; t++) {
    const other = valueOf(t);
    if (other > value) {
      index = t;
      value = other;
    }
  }
  return { index, value };
}

/**
 * @param {Float32Array} boxes
 * @param {number} i
 */
function sidesOf(boxes, i) {
  const k = 4 * i;
  return [boxes[k + 2] - boxes[k], boxes[k + 3] - boxes[k + 1]];
}

/**
 * The medians of arrows: shift in pixels, log of the size ratio.
 *
 * @param {Arrow[]} arrows
 */
export function medianArrow(arrows) {
  return {
    right: spreadOf(arrows.map(({ shift }) => shift[0])),
    down: spreadOf(arrows.map(({ shift }) => shift[1])),
    width: spreadOf(arrows.map(({ size }) => Math.log(size[0] + TINY))),
    height: spreadOf(arrows.map(({ size }) => Math.log(size[1] + TINY))),
  };
}

const TINY = 1e-3; // so that a box without width has a logarithm

/**
 * @param {number[]} values
 * @returns {Spread}
 */
function spreadOf(values) {
  if (!values.length) return { median: NaN, iqr: NaN };
  const sorted = Float64Array.from(values).sort();
  /** @param {number} part */
  const at = (part) => sorted[Math.floor(part * (sorted.length - 1))];
  return { median: at(0.5), iqr: at(0.75) - at(0.25) };
}
