/** AnchorExplorer's image, and the table of its objects. */

import { boxSize } from "../lib/boxes.js";
import { COLORS, judgedLook } from "../lib/colors.js";
import { setLabel, setText } from "../lib/dom.js";
import {
  cellRect,
  drawCellLines,
  drawPlate,
  outlineRect,
  rectOf,
  strokeRect,
} from "../lib/draw.js";
import { formatCount } from "../lib/format.js";
import { formatShape } from "../lib/grid.js";
import { drawImage } from "../lib/images.js";
import { setRows } from "../lib/table.js";
import { REACHED } from "./data.js";

/** @typedef {import("../lib/grid.js").Shape} Shape */
/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Settings} Settings */
/** @typedef {import("./data.js").Reach} Reach */
/** @typedef {import("./parts.js").Parts} Parts */

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {HTMLImageElement} image
 * @param {Settings} settings
 * @param {Reach} reach
 */
export function drawPicture(
  { picture },
  { anchors, shapes, names },
  image,
  settings,
  reach,
) {
  const { truths, best, index, first, perCell } = reach;
  const context = picture.begin();
  drawImage(context, image, picture);
  const shape = shapes[settings.map];
  context.fillStyle = "rgba(86, 180, 233, 0.55)";
  context.fillRect(...cellRect(settings.cell, shape, picture));
  drawCellLines(context, shape, picture);
  for (let a = first; a < first + perCell; a++) {
    const line = { width: 2, edge: "rgba(0, 0, 0, 0.6)", edgeWidth: 3.5 };
    outlineRect(context, rectOf(anchors, a, picture), COLORS.neutral, line);
  }
  best.forEach((value, t) => {
    if (index[t] >= 0) {
      const line = { width: 1, dash: [2, 3] };
      strokeRect(context, rectOf(anchors, index[t], picture), "#ffffff", line);
    }
    const { color, dash } = lookOf(value);
    outlineRect(context, rectOf(truths.boxes, t, picture), color, { dash });
  });
  best.forEach((value, t) => {
    const text = `${names[truths.classes[t]]} ${value.toFixed(2)}`;
    const [x, y] = rectOf(truths.boxes, t, picture);
    drawPlate(context, text, [x, y], picture, lookOf(value).color);
  });
}

/** @param {number} best */
function lookOf(best) {
  return judgedLook(best >= REACHED ? "correct" : "wrong");
}

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {Settings} settings
 * @param {Reach} reach
 */
export function showObjects(
  parts,
  { anchors, shapes, names },
  settings,
  reach,
) {
  const { truths, best, index, counts, perCell, mapOf } = reach;
  setText(
    parts.count,
    `${formatCount(anchors.length / 4)} anchors on all maps; on this one ` +
      `${perCell} per cell, ${formatCount(counts[settings.map])} in all.`,
  );
  const rows = truths.classes.map((label, t) => ({
    cells: [
      names[label],
      boxSize(truths.boxes, t).toFixed(2),
      `${best[t].toFixed(2)} ${lookOf(best[t]).mark}`,
      index[t] < 0 ? "none" : formatShape(shapes[mapOf(index[t])]),
    ],
    data: { iou: best[t], anchor: index[t] },
  }));
  setRows(parts.truthTable, rows);
  const text = describe(shapes, names, settings, reach);
  setLabel(parts.picture.canvas, text);
  parts.live.announce(text);
}

/**
 * @param {Shape[]} shapes
 * @param {string[]} names
 * @param {Settings} settings
 * @param {Reach} reach
 */
function describe(shapes, names, { image, map, cell }, reach) {
  const { truths, best, perCell } = reach;
  const found = truths.classes.map(
    (label, t) => `${names[label]} ${best[t].toFixed(2)}`,
  );
  return (
    `Image ${image + 1}. Map ${formatShape(shapes[map])}, ` +
    `row ${cell[0] + 1}, column ${cell[1] + 1}: ${perCell} anchors. ` +
    `Best IoU: ${found.join(", ") || "no object"}.`
  );
}
