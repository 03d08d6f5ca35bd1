/** LossExplorer's image: a square for every anchor, as large as what it pays. */

import { CLASS_COLORS, COLORS } from "../lib/colors.js";
import { dotAt } from "../lib/dots.js";
import {
  drawPlate,
  fillSquare,
  outlineRect,
  rectOf,
  strokeRect,
} from "../lib/draw.js";
import { drawImage } from "../lib/images.js";
import { decodeOffsets } from "../lib/targets.js";
import { outputOf } from "./data.js";

/** @typedef {import("../lib/canvas.js").Stage} Stage */
/** @typedef {import("../lib/draw.js").Context} Context */
/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Reckoned} Reckoned */

export const INKS = {
  positive: COLORS.positive,
  background: COLORS.miss,
  localization: COLORS.neutral,
};
const FREE = "rgba(255, 255, 255, 0.35)"; // that pays nothing
const SCALE = 4; // pixels of the side of a square that pays 1
const [LEAST, MOST] = [1.5, 16]; // pixels
const MARKED = 5; // pixels of a positive anchor, at least

/**
 * @param {Stage} picture
 * @param {Data} data
 * @param {HTMLImageElement} image
 * @param {Reckoned} reckoned
 */
export function drawPicture(picture, data, image, reckoned) {
  const { truths, guess, selected } = reckoned;
  const context = picture.begin();
  drawImage(context, image, picture);
  context.fillStyle = "rgba(0, 0, 0, 0.45)"; // so that the squares stand out
  context.fillRect(0, 0, picture.width, picture.height);
  drawBackground(context, data, reckoned, picture);
  truths.classes.forEach((label, t) => {
    outlineRect(context, rectOf(truths.boxes, t, picture), CLASS_COLORS[label]);
  });
  drawPositives(context, data, reckoned, picture);
  truths.classes.forEach((label, t) => {
    const [x, y] = rectOf(truths.boxes, t, picture);
    const name = data.names[label];
    drawPlate(context, name, [x, y], picture, CLASS_COLORS[label]);
  });
  if (guess && selected >= 0) drawSelected(context, data, reckoned, picture);
}

/**
 * @param {Context} context
 * @param {Data} data
 * @param {Reckoned} reckoned
 * @param {Stage} picture
 */
function drawBackground(context, { dots, count }, reckoned, picture) {
  const { matches, counted, classification, guess } = reckoned;
  context.fillStyle = FREE;
  for (let a = 0; a < count; a++) {
    if (matches[a] >= 0 || (guess && counted[a])) continue;
    fillSquare(context, dotAt(dots, a, picture), LEAST);
  }
  if (!guess) return;
  context.fillStyle = INKS.background;
  for (const a of reckoned.negatives) {
    fillSquare(context, dotAt(dots, a, picture), sideOf(classification[a]));
  }
}

/**
 * Draw the positive anchors: what they pay for the class inside of what they pay
 * for the box.
 *
 * @param {Context} context
 * @param {Data} data
 * @param {Reckoned} reckoned
 * @param {Stage} picture
 */
function drawPositives(context, { dots }, reckoned, picture) {
  const { positives, classification, localization, guess } = reckoned;
  for (const a of positives) {
    const forClass = guess ? classification[a] : 0;
    const both = forClass + (guess ? localization[a] : 0);
    const at = dotAt(dots, a, picture);
    const side = Math.max(sideOf(both), MARKED);
    context.fillStyle = "#000000";
    fillSquare(context, at, side + 2);
    context.fillStyle = guess ? INKS.localization : INKS.positive;
    fillSquare(context, at, side);
    context.fillStyle = INKS.positive;
    fillSquare(context, at, both ? side * Math.sqrt(forClass / both) : side);
  }
}

/**
 * The side of a square whose area says what is paid.
 *
 * @param {number} loss
 */
function sideOf(loss) {
  return Math.min(Math.max(SCALE * Math.sqrt(loss), LEAST), MOST);
}

/**
 * Draw the chosen anchor, dashed, and the box that the network makes of it.
 *
 * @param {Context} context
 * @param {Data} data
 * @param {Reckoned} reckoned
 * @param {Stage} picture
 */
function drawSelected(context, data, reckoned, picture) {
  const { selected, matches } = reckoned;
  const anchor = data.anchors.slice(4 * selected, 4 * selected + 4);
  const output = outputOf(data, reckoned, selected);
  if (output) {
    const offsets = Float32Array.from(output.offsets);
    const ink = matches[selected] < 0 ? INKS.background : INKS.localization;
    const box = decodeOffsets(anchor, offsets);
    outlineRect(context, rectOf(box, 0, picture), ink);
  }
  const place = rectOf(anchor, 0, picture);
  strokeRect(context, place, "rgba(0, 0, 0, 0.6)", { width: 4 });
  strokeRect(context, place, "#ffffff", { width: 2, dash: [6, 4] });
  const dot = dotAt(data.dots, selected, picture);
  context.lineWidth = 2;
  context.strokeStyle = "#ffffff";
  context.beginPath();
  context.arc(...dot, MOST / 2 + 3, 0, 2 * Math.PI);
  context.stroke();
}
