/** The selected anchor and its offsets. */

import { CLASS_COLORS } from "../lib/colors.js";
import { setLabel, setText } from "../lib/dom.js";
import { drawCloseUp, explainOffsets } from "../lib/offsets.js";
import { setRows } from "../lib/table.js";
import { encodeOffsets } from "../lib/targets.js";

/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Matched} Matched */
/** @typedef {import("./parts.js").Parts} Parts */

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {Matched} matched
 */
export function showSelected(parts, data, matched) {
  for (const button of parts.buttons) {
    button.disabled = matched.positives.length < 2;
  }
  if (matched.selected < 0) showNothing(parts);
  else showOffsets(parts, data, matched);
}

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {Matched} matched
 */
function showOffsets(parts, { anchors, names, aspect }, matched) {
  const { truths, ious, matches, positives, selected } = matched;
  const truth = matches[selected];
  const box = truths.boxes.slice(truth * 4, truth * 4 + 4);
  const anchor = anchors.slice(selected * 4, selected * 4 + 4);
  const name = names[truths.classes[truth]];
  const iou = ious[truth * matches.length + selected].toFixed(2);
  const place = `${positives.indexOf(selected) + 1} of ${positives.length}`;
  setText(parts.which, `Positive ${place}: ${name}, IoU ${iou}`);
  const rows = explainOffsets(encodeOffsets(anchor, box), anchor, box);
  setRows(parts.offsetTable, rows);
  Object.assign(parts.offsetTable.table.dataset, { anchor: selected, truth });
  const color = CLASS_COLORS[truths.classes[truth]];
  const look = { aspect, color, ink: parts.colors.text };
  drawCloseUp(parts.closeUp, anchor, box, look);
  const spoken = rows.map(({ cells }) => cells[2]).join(", ");
  const text = `From the anchor, dashed, to the ${name}: ${spoken}.`;
  setLabel(parts.closeUp.canvas, text);
}

/** @param {Parts} parts */
function showNothing(parts) {
  setText(parts.which, "No positive anchor here.");
  setRows(parts.offsetTable, []);
  parts.closeUp.begin();
  setLabel(parts.closeUp.canvas, "No positive anchor to show.");
}
