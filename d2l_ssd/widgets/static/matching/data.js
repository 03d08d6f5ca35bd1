/** What MatchingExplorer knows: its images, and where the matching stands. */

import { boxIou } from "../lib/boxes.js";
import { toFloats } from "../lib/bytes.js";
import { clamp } from "../lib/grid.js";
import { readLabels } from "../lib/labels.js";
import { setTraits } from "../lib/model.js";
import { matchingSteps } from "./steps.js";
import { solution } from "./task.js";

/** @typedef {import("../lib/bytes.js").Bytes} Bytes */
/**
 * @typedef {object} Table
 * @property {number} count of the anchors
 * @property {Float32Array} ious (M, A)
 * @property {string[]} names of the objects
 */

/**
 * @typedef {object} Traits
 * @property {Bytes[]} images
 * @property {Bytes[]} truths per image (M, 5): class and box
 * @property {Bytes[]} anchors per image (A, 4)
 * @property {number[]} totals per image: of how many anchors these are some
 * @property {string[][]} names per image: of each object
 * @property {number[]} asked per image: the object to guess for
 * @property {number} image
 * @property {number} pos_iou
 * @property {boolean} forced whether rule 1 is on
 * @property {number} step 0: nothing is decided
 * @property {number} anchor the anchor pointed at, or -1
 * @property {Record<string, number>} guesses image -> anchor, NONE for none
 */

/** @typedef {import("../lib/types.d.ts").Model<Traits>} Model */
/** @typedef {ReturnType<typeof readData>} Data */
/** @typedef {Data[number]} Case one image and its table */
/** @typedef {ReturnType<typeof readState>} State */

export const NONE = -1;

/** @param {Model} model */
export function readData(model) {
  const labels = readLabels(model.get("truths"));
  return labels.map(({ boxes: truths }, image) => {
    const anchors = toFloats(model.get("anchors")[image]);
    const table = {
      count: anchors.length / 4,
      ious: boxIou(truths, anchors),
      names: model.get("names")[image],
    };
    return {
      ...table,
      truths,
      anchors,
      solution: solution(table),
      total: model.get("totals")[image],
      asked: model.get("asked")[image],
    };
  });
}

/**
 * @param {Model} model
 * @param {Data} data
 */
export function readState(model, data) {
  const image = model.get("image");
  const scene = data[image];
  const { ious, count } = scene;
  const [posIou, forced] = [model.get("pos_iou"), model.get("forced")];
  const steps = matchingSteps(ious, count, posIou, forced);
  /** @type {number | undefined} */
  const guess = model.get("guesses")[image];
  const last = count + 1; // the step that sums up
  const asked = clamp(model.get("step"), 0, last);
  const step = guess === undefined ? 0 : asked;
  const current = steps[step - 1]; // none at the start and in the end
  const pointed = clamp(model.get("anchor"), NONE, count - 1);
  const done = steps.slice(0, step);
  return {
    image,
    scene,
    posIou,
    forced,
    steps,
    done,
    step,
    ...{ last, guess, current, pointed },
  };
}

/**
 * Guess, once for each image.
 *
 * @param {Model} model
 * @param {Data} data
 * @param {number} anchor or NONE
 */
export function takeGuess(model, data, anchor) {
  const { image, guess } = readState(model, data);
  if (guess !== undefined) return;
  const guesses = { ...model.get("guesses"), [image]: anchor };
  setTraits(model, { guesses, anchor: NONE });
}

/**
 * Go to a step, if the guess is made and there is one.
 *
 * @param {Model} model
 * @param {Data} data
 * @param {(now: number, last: number) => number} choose
 */
export function goTo(model, data, choose) {
  const { step, last, guess } = readState(model, data);
  if (guess === undefined) return;
  setTraits(model, { step: clamp(choose(step, last), 0, last), anchor: NONE });
}

/**
 * Point at the next anchor, or the one before.
 *
 * @param {Model} model
 * @param {Data} data
 * @param {number} by
 */
export function pointAt(model, data, by) {
  const { pointed, scene } = readState(model, data);
  const { count } = scene;
  const from = pointed < 0 && by < 0 ? count : pointed;
  setTraits(model, { anchor: (from + by + count) % count });
}
