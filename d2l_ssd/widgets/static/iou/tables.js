/** IoUExplorer's numbers: what both boxes measure, and what was guessed. */

import { formatCount, formatShare } from "../lib/format.js";
import { setRows } from "../lib/table.js";
import { measure, TRUTH, PREDICTION } from "./data.js";
import { formatSigned } from "./texts.js";

/** @typedef {import("./data.js").Measures} Measures */
/** @typedef {import("./data.js").State} State */
/** @typedef {import("./parts.js").Parts} Parts */

/**
 * @param {Parts} parts
 * @param {State} state
 */
export function showMeasures({ measures: table }, { measures, shown }) {
  const rows = measureRows(measures).map(([name, value, text, how]) => ({
    cells: shown ? [name, text, how] : [name, "?", ""],
    data: { measure: name, value: shown ? value : "" },
  }));
  setRows(table, rows);
}

/**
 * @param {Measures} measures
 * @returns {[name: string, value: number, text: string, how: string][]}
 */
function measureRows(measures) {
  const { areas, intersection, union, enclosing, iou, giou, distance } =
    measures;
  const count = formatCount;
  const empty = enclosing - union;
  const sum = `${count(areas[TRUTH])} + ${count(areas[PREDICTION])}`;
  const less = `${formatShare(iou)} − ${count(empty)} / ${count(enclosing)}`;
  return [
    ["Intersection", intersection, count(intersection), "both cover it"],
    ["Union", union, count(union), `${sum} − ${count(intersection)}`],
    ["IoU", iou, formatShare(iou), `${count(intersection)} / ${count(union)}`],
    ["Enclosing", enclosing, count(enclosing), `${count(empty)} of it empty`],
    ["GIoU", giou, formatSigned(giou), less],
    ["Distance", distance, distance.toFixed(1), "from center to center"],
  ];
}

/**
 * List the cases whose IoU was guessed.
 *
 * @param {Parts} parts
 * @param {State} state
 */
export function showSeen({ seen }, { guesses }) {
  const rows = Object.entries(guesses).map(([name, { guess, boxes }]) => {
    const { iou, giou } = measure(boxes);
    return {
      cells: [name, formatShare(guess), formatShare(iou), formatSigned(giou)],
      data: { name, guess, iou, giou },
    };
  });
  seen.table.hidden = !rows.length;
  setRows(seen, rows);
}
