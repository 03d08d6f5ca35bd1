/** A picture with its detections, right or wrong, and the objects that are missed. */

import { judgedLook } from "./colors.js";
import { drawPlate, outlineRect, rectOf, strokeRect } from "./draw.js";
import { drawImage, fitImage } from "./images.js";
import { isWrong } from "./judging.js";

/** @typedef {import("./draw.js").Context} Context */
/** @typedef {import("./judging.js").Count} Count */
/** @typedef {import("./judging.js").Found} Found */
/** @typedef {import("./labels.js").Labels} Labels */

const CROWD = 12; // from here on wrong boxes are thin, and none has a name
const OUTLINE = { width: 2, edge: "rgba(0, 0, 0, 0.5)", edgeWidth: 3.5 };

/**
 * @typedef {object} Judgement what is drawn
 * @property {Found} found
 * @property {Labels} truths
 * @property {Count} count
 * @property {string[]} names of the classes
 */

/**
 * Draw an image with its wrong boxes, missed objects and right boxes.
 *
 * @param {Context} context
 * @param {HTMLImageElement} image
 * @param {number} side
 * @param {Judgement} what
 */
export function drawJudged(context, image, side, what) {
  const size = fitImage(image, { width: side, height: side });
  context.translate(size.left, size.top);
  drawImage(context, image, size);
  drawJudgedBoxes(context, size, what);
}

/**
 * Draw wrong boxes, missed objects and right boxes on an image.
 *
 * @param {Context} context
 * @param {import("./draw.js").Size} size of the image
 * @param {Judgement} what
 */
export function drawJudgedBoxes(context, size, what) {
  const { found, truths, count, names } = what;
  const { boxes, classes, judged } = found;
  const crowd = count.shown.length > CROWD;
  /** @param {number} d */
  const stroke = (d) => {
    const { color, dash } = judgedLook(judged[d].kind);
    const rect = rectOf(boxes, d, size);
    const thin = crowd && isWrong(judged[d].kind);
    if (thin) strokeRect(context, rect, color, { width: 1.2, dash });
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
