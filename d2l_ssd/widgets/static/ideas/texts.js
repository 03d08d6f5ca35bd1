/** IdeasExplorer's sentences. */

import { mapOf } from "./data.js";
import { countOf } from "./task.js";

/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Idea} Idea */
/** @typedef {import("./data.js").State} State */

/**
 * Name an object: "square 2" is the second object, a square.
 *
 * @param {Data} data
 * @param {State} state
 * @param {number} object
 */
export function objectName({ names }, { truths }, object) {
  return `${names[truths.classes[object]]} ${object + 1}`;
}

/**
 * Say who answers for the selected object, or for all of them.
 *
 * @param {Data} data
 * @param {State} state
 */
export function whoOf(data, state) {
  const { answering, truths, selected, idea } = state;
  const objects = truths.classes.length;
  if (!objects) return "There is no object: no prediction answers.";
  if (selected < 0) {
    const each = (answering.length / objects).toFixed(1);
    return (
      `${answerCount(answering.length)} for ${countOf(objects, "object")}` +
      `${objects === 1 ? "" : `, ${each} for each on average`}. Point at an ` +
      "object, or use the arrow keys, to see which ones are its own."
    );
  }
  const { objects: owners, anchors } = idea.answers;
  const own = answering.filter((p) => owners[p] === selected);
  const name = objectName(data, state, selected);
  const start = `${name[0].toUpperCase()}${name.slice(1)}: `;
  if (!own.length) {
    return `${start}no prediction answers, so training does not see it.`;
  }
  const maps = sayMaps(
    idea,
    own.map((p) => anchors[p]),
  );
  return `${start}${answerCount(own.length)}, ${maps}.`;
}

/** @param {number} count */
function answerCount(count) {
  return `${countOf(count, "prediction")} ${count === 1 ? "answers" : "answer"}`;
}

/**
 * "7 on the 12 × 12 map, 2 on the 6 × 6 map"
 *
 * @param {Idea} idea
 * @param {number[]} anchors
 */
function sayMaps(idea, anchors) {
  const what = idea.shapes.length > 1 ? "map" : "grid";
  const maps = anchors.map((anchor) => mapOf(idea, anchor));
  return [...new Set(maps)]
    .map((map) => {
      const [rows, columns] = idea.shapes[map];
      const count = maps.filter((own) => own === map).length;
      const all = maps.length > 1 ? "all " : "";
      const some = count < maps.length ? `${count} ` : all;
      return `${some}on the ${rows} × ${columns} ${what}`;
    })
    .join(", ");
}

/**
 * Head the picture of detections.
 *
 * @param {State} state
 */
export function headingOf({ idea, nms }) {
  if (!idea.usesNms) return "What it detects: it uses no NMS";
  return nms ? "What is left after NMS" : "What it detects, without NMS";
}

/**
 * Say what is detected, and what NMS does to it.
 *
 * @param {State} state
 */
export function leftOf(state) {
  const { hidden, image, counts, found, score } = state;
  if (hidden) return "Guess first: the task asks how many boxes there are.";
  const { shown, correct, wrong, missed } = counts[image];
  const kinds = wrong.map((d) => found.judged[d].kind);
  const duplicates = kinds.filter((kind) => kind === "duplicate").length;
  const again = duplicates
    ? ` (${duplicates} on ${duplicates === 1 ? "an object that has" : "objects that have"} a better box)`
    : "";
  return (
    `${countOf(shown.length, "box", "boxes")} from a score of ${score.toFixed(2)}: ` +
    `${correct.length} right, ${wrong.length} wrong${again}, ` +
    `${countOf(missed.length, "object")} missed. ${sayNms(state)}`
  );
}

/** @param {State} state */
function sayNms({ idea, nms, rows, number }) {
  const { before, after } = rows[number];
  if (!idea.usesNms) {
    return nms
      ? "NMS on or off is the same here: this idea does without."
      : "This idea does without NMS.";
  }
  return nms
    ? `NMS has removed ${before - after} of ${before}.`
    : `NMS would remove ${before - after}.`;
}

/**
 * Say which boxes the table counts.
 *
 * @param {State} state
 */
export function captionOf({ image, score }) {
  return `All ideas on image ${image + 1}, from a score of ${score.toFixed(2)}`;
}

/**
 * Say what the table's columns are.
 *
 * @param {State} state
 */
export function columnsOf({ nms }) {
  return (
    "Answers: predictions that answer for an object in training, on average. " +
    "Before, after: boxes before and after NMS. Right, wrong, missed: as boxes " +
    `are ${nms ? "after" : "before"} it.`
  );
}
