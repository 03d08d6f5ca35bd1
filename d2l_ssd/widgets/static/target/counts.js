/** TargetExplorer's counts of anchors. */

import { setLabel, setText } from "../lib/dom.js";
import { formatCount } from "../lib/format.js";
import { formatShape } from "../lib/grid.js";
import { setRows } from "../lib/table.js";
import { countStates } from "../lib/targets.js";

/** @typedef {import("./data.js").Model} Model */
/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Matched} Matched */
/** @typedef {import("./parts.js").Parts} Parts */

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {Matched} matched
 * @param {Model} model
 */
export function showCounts(parts, { shapes, names, ranges }, matched, model) {
  const { image, truths, matches } = matched;
  const all = countStates(matches);
  const rows = shapes.map((shape, map) => {
    const [from, to] = ranges[map];
    return countRow(formatShape(shape), countStates(matches, from, to));
  });
  setRows(parts.mapTable, [...rows, countRow("all", all, "d2l-total")]);
  setText(parts.summary, summarize(names, truths.classes, matches, all));
  const thresholds = [model.get("pos_iou"), model.get("neg_iou")]
    .map((value) => value.toFixed(2))
    .join(" and ");
  const text =
    `Image ${image + 1}, ${truths.classes.length} objects. ` +
    `${all.positive} positive, ${all.ignored} ignored, ${all.background} ` +
    `background anchors at thresholds ${thresholds}.`;
  setLabel(parts.picture.canvas, text);
  parts.live.announce(text);
}

/** @typedef {ReturnType<typeof countStates>} States */

/**
 * @param {string} name
 * @param {States} states
 * @param {string} [className]
 */
function countRow(name, { positive, ignored, background }, className = "") {
  const counts = [positive, ignored, background].map(formatCount);
  return {
    cells: [name, ...counts],
    data: { positive, ignored, background },
    className,
  };
}

/**
 * @param {string[]} names
 * @param {number[]} classes of the ground truths
 * @param {Int32Array} matches
 * @param {States} states
 */
function summarize(names, classes, matches, { positive, background }) {
  const byClass = names.map((name, label) => {
    const own = matches.reduce(
      (n, t) => n + Number(t >= 0 && classes[t] === label),
      0,
    );
    return `${own} ${name}`;
  });
  const balance = positive
    ? `${formatCount(Math.round(background / positive))} background anchors ` +
      "for each positive one."
    : "No object, so every anchor is background.";
  return `Positive: ${byClass.join(", ")}. ${balance}`;
}
