/** LiveDetector's tables: the boxes, and one of them from its anchor on. */

import { explainOffsets } from "../lib/offsets.js";
import { setRows } from "../lib/table.js";
import { describeAnchor, rivalsOf } from "./finding.js";

/** @typedef {import("./finding.js").Finding} Finding */
/** @typedef {import("./parts.js").Parts} Parts */

const MOST_RIVALS = 8;

/**
 * @param {Parts} parts
 * @param {Finding} finding
 * @param {number} row of the chosen box
 */
export function showBoxes({ boxes }, { found, about }, row) {
  setRows(
    boxes,
    found.scores.map((score, k) => ({
      cells: [
        `${k === row ? "▸ " : ""}${about.classes[found.classes[k]]}`,
        score.toFixed(3),
        formatBox(found.boxes, k),
        `${found.anchors[k]}`,
      ],
      data: {
        ...{ label: found.classes[k], score, anchor: found.anchors[k] },
        box: [...found.boxes.subarray(4 * k, 4 * k + 4)].join(" "),
      },
      className: k === row ? "d2l-live-chosen" : "",
    })),
  );
}

/**
 * @param {Float32Array} boxes
 * @param {number} k
 */
function formatBox(boxes, k) {
  const numbers = [...boxes.subarray(4 * k, 4 * k + 4)];
  return numbers.map((x) => x.toFixed(2)).join(" ");
}

/**
 * Show where the chosen box comes from.
 *
 * @param {Parts} parts
 * @param {Finding} finding
 * @param {number} row
 * @param {number} nmsIou
 */
export function showInside(parts, finding, row, nmsIou) {
  const { found, outputs, candidates } = finding;
  const open = row >= 0 && outputs !== null;
  parts.inside.hidden = !open;
  parts.closed.hidden = open;
  if (!open || !outputs || !candidates) return;
  setRows(parts.origin, originRows(finding, row));
  setRows(parts.classes, classRows(finding, row));
  const anchor = found.anchors[row];
  const [own, offsets] = [finding.anchors, outputs.offsets].map((all) =>
    all.subarray(4 * anchor, 4 * anchor + 4),
  );
  const box = found.boxes.subarray(4 * row, 4 * row + 4);
  setRows(parts.offsets, explainOffsets(offsets, own, box));
  const rivals = rivalsOf(candidates, found, row, nmsIou);
  parts.rivalCount.textContent =
    `NMS removed ${rivals.length} other ` +
    `${rivals.length === 1 ? "box" : "boxes"} of this class in favor of it` +
    (rivals.length > MOST_RIVALS ? `. The best ${MOST_RIVALS}:` : ".");
  setRows(
    parts.rivals,
    rivals.slice(0, MOST_RIVALS).map(({ anchor: other, score, overlap }) => ({
      cells: [`${other}`, score.toFixed(3), overlap.toFixed(2)],
      data: { anchor: other, score, overlap },
    })),
  );
}

/**
 * @param {Finding} finding
 * @param {number} row
 */
function originRows({ found, anchors, about, side }, row) {
  const anchor = found.anchors[row];
  const {
    cells,
    row: cellRow,
    column,
    size,
    ratio,
  } = describeAnchor(anchor, about, side);
  return [
    { cells: ["Anchor", `number ${anchor}`] },
    {
      cells: [
        "Its cell",
        `row ${cellRow + 1}, column ${column + 1} of ${cells} × ${cells}`,
      ],
    },
    { cells: ["Size, ratio", `${size.toFixed(2)}, ${ratio}`] },
    { cells: ["Anchor's box", formatBox(anchors, anchor)] },
    { cells: ["Decoded box", formatBox(found.boxes, row)] },
  ];
}

/**
 * @param {Finding} finding
 * @param {number} row
 */
function classRows({ found, outputs, about }, row) {
  const names = ["background", ...about.classes];
  const { probs } = /** @type {import("../lib/predict.js").Outputs} */ (
    outputs
  );
  const start = found.anchors[row] * names.length;
  return names.map((name, k) => {
    const p = probs[start + k];
    return {
      cells: [name, signed(Math.log(p)), p.toFixed(4)],
      data: { p },
    };
  });
}

/**
 * "−7.75"; what rounds to nothing has no sign.
 *
 * @param {number} value
 */
function signed(value) {
  const text = Math.abs(value).toFixed(2);
  return value < 0 && Number(text) ? `−${text}` : text;
}
