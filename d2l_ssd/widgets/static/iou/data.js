/** What IoUExplorer computes: two boxes in pixels, and how they lie to each other. */

import {
  boxArea,
  boxCenter,
  enclosingBox,
  exactIou,
  intersectionBox,
} from "../lib/boxes.js";
import { setTraits } from "../lib/model.js";

/** @typedef {number[]} Pair two boxes in pixels: the ground truth, then the prediction */
/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string} asks what there is to guess
 * @property {Pair} boxes
 *
 * @typedef {object} Guess
 * @property {number} guess of the IoU
 * @property {Pair} boxes that it was made for
 *
 * @typedef {object} Goal of the task
 * @property {number} iou
 * @property {number} within
 * @property {number} factor between the areas, at least
 *
 * @typedef {object} Traits
 * @property {import("../lib/bytes.js").Bytes} image
 * @property {[height: number, width: number]} size of the image, in pixels
 * @property {Case[]} cases
 * @property {number} case the one chosen
 * @property {Pair} boxes
 * @property {Pair} before the last move
 * @property {number} selected 0: the ground truth, 1: the prediction
 * @property {number} guess of the slider
 * @property {Record<string, Guess>} guesses by the case's name
 * @property {Goal} goal
 */

/** @typedef {import("../lib/types.d.ts").Model<Traits>} Model */
/** @typedef {ReturnType<typeof measure>} Measures */
/** @typedef {ReturnType<typeof readState>} State */

export const [TRUTH, PREDICTION] = [0, 1];
export const NAMES = ["Ground truth", "Prediction"];
export const FOUND = 0.5; // the IoU from which on VOC counts a box as found

/**
 * One box of a pair.
 *
 * @param {Pair} boxes
 * @param {number} k
 */
export function boxOf(boxes, k) {
  return boxes.slice(4 * k, 4 * k + 4);
}

/**
 * Measure how two boxes lie to each other; areas in pixels. GIoU is IoU less the
 * share of the enclosing box that neither covers (Rezatofighi et al., 2019).
 *
 * @param {Pair} boxes
 */
export function measure(boxes) {
  const [a, b] = [boxOf(boxes, TRUTH), boxOf(boxes, PREDICTION)];
  const shared = intersectionBox(a, b);
  const areas = [boxArea(a, 0), boxArea(b, 0)];
  const intersection = shared ? boxArea(shared, 0) : 0;
  const union = areas[0] + areas[1] - intersection;
  const enclosing = boxArea(enclosingBox(a, b), 0);
  const iou = exactIou(a, 0, b, 0);
  const giou = iou - (enclosing - union) / enclosing;
  const [from, to] = [boxCenter(a, 0), boxCenter(b, 0)];
  const distance = Math.hypot(to[0] - from[0], to[1] - from[1]);
  return { areas, intersection, union, enclosing, iou, giou, distance };
}

/**
 * Whether one of two boxes lies inside the other.
 *
 * @param {Measures} measures
 */
export function isNested({ areas, intersection }) {
  return intersection === Math.min(...areas);
}

/**
 * Which conditions of the task two boxes meet: that of the IoU, of the areas, and of
 * the place.
 *
 * @param {Measures} measures
 * @param {Goal} goal
 */
export function conditionsOf(measures, { iou, within, factor }) {
  const { areas } = measures;
  return [
    Math.abs(measures.iou - iou) <= within,
    Math.max(...areas) >= factor * Math.min(...areas),
    !isNested(measures),
  ];
}

/**
 * @param {Pair} some
 * @param {Pair} others
 */
function areSame(some, others) {
  return some.every((value, k) => value === others[k]);
}

/**
 * What is shown, and whether its numbers may be: after a guess.
 *
 * @param {Model} model
 */
export function readState(model) {
  const [boxes, before] = [model.get("boxes"), model.get("before")];
  const [guesses, goal] = [model.get("guesses"), model.get("goal")];
  const chosen = model.get("cases")[model.get("case")];
  const measures = measure(boxes);
  const shown = chosen.name in guesses;
  const conditions = conditionsOf(measures, goal);
  return {
    ...{ chosen, boxes, guesses, goal, shown, measures, conditions },
    earlier: measure(before),
    isMoved: !areSame(before, boxes),
    isOwn: !areSame(chosen.boxes, boxes),
    isGuessed: shown && areSame(guesses[chosen.name].boxes, boxes),
    isSolved: shown && conditions.every(Boolean),
    guess: shown ? guesses[chosen.name].guess : model.get("guess"),
    selected: model.get("selected"),
  };
}

/**
 * Begin a case.
 *
 * @param {Model} model
 * @param {number} number
 */
export function choose(model, number) {
  const { boxes } = model.get("cases")[number];
  setTraits(model, { case: number, boxes, before: boxes });
}

/**
 * Show the case's numbers from now on, with the slider's guess.
 *
 * @param {Model} model
 */
export function reveal(model) {
  const { chosen, shown, boxes, guesses } = readState(model);
  if (shown) return;
  const guess = { guess: model.get("guess"), boxes };
  setTraits(model, { guesses: { ...guesses, [chosen.name]: guess } });
}

/**
 * Put a box somewhere else, on whole pixels.
 *
 * @param {Model} model
 * @param {number} k
 * @param {number[]} box in [0, 1] of the image
 * @param {Pair} before the move began
 */
export function place(model, k, box, before) {
  const [height, width] = model.get("size");
  const boxes = [...model.get("boxes")];
  box.forEach((value, i) => {
    boxes[4 * k + i] = Math.round(value * (i % 2 ? height : width));
  });
  setTraits(model, { boxes, before, selected: k });
}

/**
 * Two boxes in [0, 1] of the image.
 *
 * @param {Pair} boxes
 * @param {[height: number, width: number]} size
 */
export function toShares(boxes, [height, width]) {
  return boxes.map((value, i) => value / (i % 2 ? height : width));
}
