/** All channels of a layer as small pictures. */

import { COLORS } from "../lib/colors.js";
import { outlineRect } from "../lib/draw.js";

/** @typedef {import("../lib/canvas.js").Stage} Stage */

const GAP = 4; // pixels between the small pictures
const COLUMNS = 8; // of small pictures

/**
 * The height of so many small pictures.
 *
 * @param {number} count
 * @returns {(width: number) => number}
 */
export function overviewHeight(count) {
  const rows = Math.ceil(count / COLUMNS);
  return (width) => Math.round((rows * (width + GAP)) / COLUMNS - GAP);
}

/**
 * @param {Stage} stage
 * @param {HTMLCanvasElement[]} drawings of the channels
 * @param {number} chosen the channel with a border
 * @param {import("../lib/theme.js").Colors} colors
 */
export function drawOverview(stage, drawings, chosen, colors) {
  const context = stage.begin();
  context.imageSmoothingEnabled = false;
  drawings.forEach((drawing, channel) => {
    context.drawImage(drawing, ...placeOf(stage, channel));
  });
  const [x, y, wide, high] = placeOf(stage, chosen);
  const line = { width: 3, edge: colors.panel, edgeWidth: 5 };
  const border = /** @type {import("../lib/draw.js").Rect} */ ([
    x + 1.5,
    y + 1.5,
    wide - 3,
    high - 3,
  ]);
  outlineRect(context, border, COLORS.miss, line);
}

/**
 * @param {Stage} stage
 * @param {number} channel
 * @returns {import("../lib/draw.js").Rect}
 */
function placeOf({ width }, channel) {
  const step = (width + GAP) / COLUMNS;
  const [row, column] = [Math.floor(channel / COLUMNS), channel % COLUMNS];
  return [column * step, row * step, step - GAP, step - GAP];
}

/**
 * The channel whose small picture is at a place, which may be one too many.
 *
 * @param {Stage} stage
 * @param {import("../lib/pointer.js").Point} place
 */
export function channelAt({ width }, [x, y]) {
  const step = (width + GAP) / COLUMNS;
  return Math.floor(y / step) * COLUMNS + Math.floor(x / step);
}
