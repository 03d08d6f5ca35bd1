/** IdeasExplorer's task: how many boxes an idea has that uses no NMS. */

import { countOn } from "./data.js";

/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").State} State */

export const NUM_RANGES = 4;

/**
 * Which range a number of boxes lies in: fewer than objects, as many, up to twice
 * as many, or more.
 *
 * @param {number} boxes
 * @param {number} objects
 */
export function rangeOf(boxes, objects) {
  if (boxes <= objects) return boxes < objects ? 0 : 1;
  return boxes <= 2 * objects ? 2 : 3;
}

/**
 * @param {number} range
 * @param {number} objects at least one
 */
export function rangeName(range, objects) {
  const twice = 2 * objects;
  if (range === 0) return objects === 1 ? "none" : `fewer than ${objects}`;
  if (range === 1) return String(objects);
  if (range === 3) return `more than ${twice}`;
  return objects === 1 ? "2" : `${objects + 1} to ${twice}`;
}

/**
 * Whether the guess is made and what it is about is shown.
 *
 * @param {Data} data
 * @param {State} state
 */
export function isSolved({ asked }, { guess, number }) {
  return Boolean(guess) && number === asked;
}

/**
 * The task, or what came of it.
 *
 * @param {Data} data
 * @param {State} state
 */
export function taskOf(data, state) {
  const { guess, truths } = state;
  const asked = data.ideas[data.asked];
  if (!asked) return "";
  if (guess) return verdictOf(data, state, guess);
  const objects = truths.classes.length;
  if (!objects) return "Take an image with objects for the task.";
  const { image, score } = state;
  return (
    `Your task: without NMS, ${sayBoxes(data, image, score)}. How many boxes has ` +
    `“${asked.name}” for ${objects === 1 ? "it" : "them"}? Guess, then choose it.`
  );
}

/**
 * "“SSD” has 24 boxes for the 3 objects"
 *
 * @param {Data} data
 * @param {number} image
 * @param {number} score
 */
function sayBoxes(data, image, score) {
  const { compared, labels } = data;
  if (!compared) return "";
  const boxes = countOn(data, compared, image, score, false).shown.length;
  const objects = labels[image].classes.length;
  return (
    `“${compared.name}” has ${countOf(boxes, "box", "boxes")} for the ` +
    (objects === 1 ? "object" : `${objects} objects`)
  );
}

/**
 * "1 box", "3 boxes"
 *
 * @param {number} count
 * @param {string} one
 * @param {string} many
 */
export function countOf(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

/**
 * @param {Data} data
 * @param {State} state
 * @param {import("./data.js").Guess} guess
 */
function verdictOf(data, state, { range, image, score }) {
  const asked = data.ideas[data.asked];
  const objects = data.labels[image].classes.length;
  const guessed = `You guessed ${rangeName(range, objects)}`;
  if (!isSolved(data, state)) {
    return `${guessed}. Now choose “${asked.name}”, under Idea or in the table.`;
  }
  const boxes = countOn(data, asked, image, score, false).shown.length;
  const right = rangeOf(boxes, objects) === range;
  return (
    `${right ? "✓ " : ""}${guessed}: ${right ? "right" : "not quite"}. On image ` +
    `${image + 1}, from a score of ${score.toFixed(2)}, “${asked.name}” has ` +
    `${countOf(boxes, "box", "boxes")} without NMS; ` +
    `${sayBoxes(data, image, score)}.${whyOf(data, image, boxes)}`
  );
}

/**
 * Say why there are so few, where training let one prediction answer per object, or
 * why there are not.
 *
 * @param {Data} data
 * @param {number} image
 * @param {number} boxes
 */
function whyOf({ ideas, asked, labels }, image, boxes) {
  const { answers } = ideas[asked];
  const own = answers.objects.filter((_, p) => answers.images[p] === image);
  const { classes } = labels[image];
  const each = classes.map((_, t) => own.filter((one) => one === t).length);
  if (each.some((count) => count !== 1)) return "";
  const single = " In training, a single prediction answers for each object";
  return rangeOf(boxes, classes.length) < 3
    ? `${single}; its neighbors learn to say “background”.`
    : `${single}, but its neighbors have not learned yet to score low.`;
}
