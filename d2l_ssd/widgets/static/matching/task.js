/** MatchingExplorer's task: the highest threshold that serves every object. */

import { gains, matchingSteps } from "./steps.js";

/** @typedef {import("./data.js").Table} Table */
/** @typedef {import("./data.js").State} State */

const STEP = 0.01; // of the slider
const [LOWEST, HIGHEST] = [0.1, 0.9]; // its ends
export const USUAL = 0.5;
const TASK =
  "Your task: switch rule 1 off, and find the highest threshold at which every " +
  "object still has an anchor.";
const IMPOSSIBLE =
  "Without rule 1, no threshold gives every object an anchor here.";

/**
 * The objects that no anchor learns.
 *
 * @param {Table} scene
 * @param {number} posIou
 * @param {boolean} forced
 */
export function unserved({ ious, count, names }, posIou, forced) {
  const steps = matchingSteps(ious, count, posIou, forced);
  return names.filter((_, truth) => !gains(steps, truth).length);
}

/**
 * The highest threshold at which rule 2 alone serves every object; NaN if none does.
 *
 * @param {Table} scene
 */
export function solution(scene) {
  const steps = Math.round((HIGHEST - LOWEST) / STEP);
  for (let k = steps; k >= 0; k--) {
    const posIou = Math.round((LOWEST + k * STEP) / STEP) * STEP;
    if (!unserved(scene, posIou, false).length) return posIou;
  }
  return NaN;
}

/**
 * Whether the task is solved.
 *
 * @param {State} state
 */
export function isSolved({ scene, posIou, forced, guess }) {
  const there = Math.abs(posIou - scene.solution) < STEP / 2;
  return guess !== undefined && !forced && there;
}

/**
 * Say what the task is, and how far the reader is.
 *
 * @param {State} state
 */
export function taskOf(state) {
  const { scene, posIou, forced, guess } = state;
  if (guess === undefined) return "";
  if (Number.isNaN(scene.solution)) return IMPOSSIBLE;
  if (isSolved(state)) return praise(state);
  return forced ? TASK : `${TASK} ${hint(scene, posIou)}`;
}

/**
 * @param {Table} scene
 * @param {number} posIou
 */
function hint(scene, posIou) {
  const missed = unserved(scene, posIou, false);
  const at = posIou.toFixed(2);
  return missed.length
    ? `Not yet: at ${at} no anchor learns the ${missed.join(" or the ")}.`
    : `At ${at} every object has one, but a higher threshold would do.`;
}

/** @param {State} state */
function praise({ posIou, steps }) {
  const solved = `✓ Solved: ${posIou.toFixed(2)}.`;
  if (posIou >= USUAL) {
    return (
      `${solved} Here rule 2 alone serves every object at the usual ` +
      `${USUAL.toFixed(2)}; rule 1 is for images where it does not.`
    );
  }
  const bad = steps.filter(({ positive, iou }) => positive && iou < USUAL);
  return (
    `${solved} The price: ${bad.length} of the table’s anchors now learn an object that they ` +
    `overlap by less than ${USUAL.toFixed(2)}. Rule 1 lets in at most one such ` +
    "anchor per object."
  );
}
