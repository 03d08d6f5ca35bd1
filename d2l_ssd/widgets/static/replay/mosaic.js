/** The images side by side, each with its detections. */

import { judgedLook } from "../lib/colors.js";
import { drawPlate, outlineRect, rectOf, strokeRect } from "../lib/draw.js";
import { drawImage, fitImage } from "../lib/images.js";

/** @typedef {import("../lib/draw.js").Context} Context */
/** @typedef {import("../lib/judging.js").Count} Count */
/** @typedef {import("../lib/judging.js").Found} Found */
/** @typedef {import("../lib/labels.js").Labels} Labels */

const GAP = 6; // pixels between images
const CROWD = 12; // from here on boxes are drawn thin and without names
const PHONE_WIDTH = 500; // pixels; below it there are two columns, else four

/** @param {number} width */
function columnsOf(width) {
  return width < PHONE_WIDTH ? 2 : 4;
}

/**
 * The height of so many images.
 *
 * @param {number} count
 * @returns {(width: number) => number}
 */
export function mosaicHeight(count) {
  return (width) => {
    const step = (width + GAP) / columnsOf(width);
    return Math.round(step * Math.ceil(count / columnsOf(width)) - GAP);
  };
}

/**
 * @param {import("../lib/canvas.js").Stage} stage
 * @param {HTMLImageElement[]} images
 * @param {import("../lib/theme.js").Colors} colors
 * @param {(context: Context, image: number, side: number) => void} drawOne
 */
export function drawMosaic(stage, images, colors, drawOne) {
  const context = stage.begin();
  const columns = columnsOf(stage.width);
  const step = (stage.width + GAP) / columns;
  const side = step - GAP;
  images.forEach((_, number) => {
    const [row, column] = [Math.floor(number / columns), number % columns];
    context.save();
    context.translate(column * (side + GAP), row * (side + GAP));
    context.beginPath();
    context.rect(0, 0, side, side);
    context.clip();
    context.fillStyle = colors.panel;
    context.fill();
    drawOne(context, number, side);
    context.restore();
  });
}

/**
 * Draw an image with its wrong boxes, missed objects and right boxes.
 *
 * @param {Context} context
 * @param {HTMLImageElement} image
 * @param {number} side
 * @param {{ found: Found, truths: Labels, count: Count, names: string[] }} what
 */
export function drawJudged(context, image, side, what) {
  const { found, truths, count, names } = what;
  const { boxes, classes, judged } = found;
  const size = fitImage(image, { width: side, height: side });
  context.translate(size.left, size.top);
  drawImage(context, image, size);
  const crowd = count.shown.length > CROWD;
  /** @param {number} d */
  const stroke = (d) => {
    const { color, dash } = judgedLook(judged[d].kind);
    const rect = rectOf(boxes, d, size);
    if (crowd) strokeRect(context, rect, color, { width: 1.2, dash });
    else outlineRect(context, rect, color, { ...OUTLINE, dash });
  };
  count.wrong.forEach(stroke);
  for (const t of count.missed) {
    const { color, dash } = judgedLook("missed");
    outlineRect(context, rectOf(truths.boxes, t, size), color, { dash });
  }
  count.correct.forEach(stroke);
  if (crowd) return;
  for (const d of [...count.wrong, ...count.correct]) {
    const { color, mark } = judgedLook(judged[d].kind);
    const [x, y] = rectOf(boxes, d, size);
    drawPlate(context, `${names[classes[d]]} ${mark}`, [x, y], size, color);
  }
}

const OUTLINE = { width: 2, edge: "rgba(0, 0, 0, 0.5)", edgeWidth: 3.5 };
