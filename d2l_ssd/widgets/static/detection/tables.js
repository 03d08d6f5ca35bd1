/** DetectionExplorer's tables and texts. */

import { judgedLook } from "../lib/colors.js";
import { setLabel, setText } from "../lib/dom.js";
import { formatShare } from "../lib/format.js";
import { tally } from "../lib/judging.js";
import { setRows } from "../lib/table.js";
import { anchorOf } from "./data.js";

/** @typedef {import("../lib/judging.js").Found} Found */
/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Detected} Detected */
/** @typedef {import("./parts.js").Parts} Parts */

const MAX_ROWS = 8; // of the table of boxes

/**
 * Say what the selected box is, or how many there are.
 *
 * @param {Parts} parts
 * @param {Data} data
 * @param {Detected} detected
 */
export function showWhy({ why }, data, detected) {
  const { names, candidates } = data;
  const { image, found, shown, rank, selected } = detected;
  const count = shown.length;
  const text =
    selected === undefined
      ? `${count} of ${candidates[image].classes.length} candidates are left. ` +
        "Point at a box to ask about it."
      : `Box ${rank + 1} of ${count}: ` +
        `${explain(found[image], selected, names)}. ` +
        `It comes from the dashed anchor: IoU ` +
        `${anchorOf(data, detected)?.iou.toFixed(2)} with it.`;
  setText(why, text);
}

/**
 * @param {Found} found
 * @param {number} d
 * @param {string[]} names
 */
function explain({ scores, classes, judged }, d, names) {
  const { kind, iou } = judged[d];
  const name = names[classes[d]];
  /** @type {Record<string, string>} */
  const reasons = {
    correct: `right, IoU ${iou.toFixed(2)} with the object`,
    ignored: "not judged, the object is marked as difficult",
    duplicate: `wrong, a better box has this ${name} already`,
    classification: "wrong, the object is of another class",
    localization: `wrong, IoU ${iou.toFixed(2)} with a ${name} is less than 0.50`,
    background: `wrong, there is no ${name}`,
  };
  return `${name}, score ${scores[d].toFixed(2)}; ${reasons[kind]}`;
}

/**
 * List the best boxes of the image.
 *
 * @param {Parts} parts
 * @param {Data} data
 * @param {Detected} detected
 */
export function showBoxes({ boxTable }, { names }, detected) {
  const { shown, selected } = detected;
  const { scores, classes, judged } = detected.found[detected.image];
  /** @type {import("../lib/table.js").Row[]} */
  const rows = shown.slice(0, MAX_ROWS).map((d) => ({
    cells: [
      names[classes[d]],
      scores[d].toFixed(2),
      judged[d].iou.toFixed(2),
      `${judgedLook(judged[d].kind).mark} ${judged[d].kind}`,
    ],
    data: { score: scores[d], kind: judged[d].kind },
    className: selected === d ? "d2l-total" : "",
  }));
  if (shown.length > MAX_ROWS) {
    const rest = `and ${shown.length - MAX_ROWS} more`;
    rows.push({ cells: [rest, "", "", ""], data: { score: "", kind: "" } });
  }
  setRows(boxTable, rows);
}

/**
 * Show how all images fare, class by class.
 *
 * @param {Parts} parts
 * @param {Data} data
 * @param {Detected} detected
 */
export function showClasses(parts, { names, labels }, detected) {
  const { counts, found, curves, on } = detected;
  const rows = names
    .map((name, label) => {
      const total = tally(counts, found, labels, label);
      return classRow(name, total, curves[label].ap);
    })
    .filter((_, label) => on[label]);
  const aps = curves
    .filter((_, label) => on[label])
    .map(({ ap }) => ap)
    .filter((ap) => !Number.isNaN(ap));
  const mean = aps.reduce((sum, ap) => sum + ap, 0) / aps.length;
  const total = tally(counts, found, labels);
  rows.push(classRow("all", total, mean, "d2l-total"));
  setRows(parts.classTable, rows);
  summarize(parts, rows, labels.length);
}

/**
 * @param {string} name
 * @param {ReturnType<typeof tally>} total
 * @param {number} ap
 * @param {string} [className]
 */
function classRow(name, total, ap, className = "") {
  const { objects, correct, wrong, precision, recall } = total;
  return {
    cells: [
      name,
      `${correct} of ${objects}`,
      String(wrong),
      formatShare(precision),
      formatShare(recall),
      formatShare(ap),
    ],
    data: { objects, correct, wrong, precision, recall, ap },
    className,
  };
}

/**
 * @param {Parts} parts
 * @param {ReturnType<typeof classRow>[]} rows the last one of all classes
 * @param {number} images
 */
function summarize({ summary, chart }, rows, images) {
  const [, , , precision, recall, ap] = rows[rows.length - 1].cells;
  setText(
    summary,
    `All ${images} images: precision ${precision}, recall ${recall}, ` +
      `mean AP ${ap}.`,
  );
  const spoken = rows.map(
    ({ cells: [name, , , ...shares] }) =>
      `${name}: precision ${shares[0]}, recall ${shares[1]}, AP ${shares[2]}`,
  );
  const text = `Precision over recall. ${spoken.join("; ")}.`;
  setLabel(chart.canvas, text);
}
