/** IdeasExplorer's table of all ideas, and what tests read. */

import { setText } from "../lib/dom.js";
import { setRows } from "../lib/table.js";
import { isSolved } from "./task.js";
import { captionOf, columnsOf } from "./texts.js";

/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").State} State */
/** @typedef {import("./parts.js").Parts} Parts */

export const HEADINGS = [
  "Idea",
  "Answers",
  "Before",
  "After",
  "Right",
  "Wrong",
  "Missed",
];
const HIDDEN = "?";

/**
 * @param {Parts} parts
 * @param {State} state
 */
export function showRows({ table, columns }, state) {
  setText(columns, columnsOf(state));
  setText(/** @type {Element} */ (table.table.caption), captionOf(state));
  setRows(
    table,
    state.rows.map((row, k) => cellsOf(row, k === state.number, state.nms)),
  );
}

/**
 * @param {State["rows"][number]} row
 * @param {boolean} isChosen
 * @param {boolean} nms
 * @returns {import("../lib/table.js").Row}
 */
function cellsOf({ name, answers, hidden, ...boxes }, isChosen, nms) {
  const { before, after, right, wrong, missed } = boxes;
  const counts = [before, after, right, wrong, missed];
  const other = "d2l-ideas-other"; // the number that is not judged
  return {
    cells: [
      `${isChosen ? "▸ " : ""}${name}`,
      answers.toFixed(1),
      ...counts.map((count) => (hidden ? HIDDEN : String(count))),
    ],
    looks: ["", "", nms ? other : "", nms ? "" : other],
    data: hidden ? { answers } : { answers, ...boxes },
    className: isChosen ? "d2l-total" : "",
  };
}

/**
 * Write what is shown into the element's data, for tests.
 *
 * @param {HTMLElement} el
 * @param {Data} data
 * @param {State} state
 */
export function tell(el, data, state) {
  const { image, counts, hidden, selected, answering } = state;
  const { shown, correct, wrong, missed } = counts[image];
  Object.assign(el.dataset, {
    shown: hidden ? "" : shown.length,
    correct: hidden ? "" : correct.length,
    wrong: hidden ? "" : wrong.length,
    missed: hidden ? "" : missed.length,
    answers: answering.length,
    selected,
    solved: isSolved(data, state),
  });
}
