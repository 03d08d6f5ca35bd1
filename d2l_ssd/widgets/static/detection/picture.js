/** DetectionExplorer's image: boxes that are right or wrong, and missed objects. */

import { COLORS, judgedLook } from "../lib/colors.js";
import { drawPlate, outlineRect, rectOf, strokeRect } from "../lib/draw.js";
import { drawImage, fitImage } from "../lib/images.js";
import { anchorOf } from "./data.js";

/** @typedef {import("../lib/draw.js").Context} Context */
/** @typedef {import("../lib/draw.js").Size} Size */
/** @typedef {import("../lib/judging.js").Found} Found */
/** @typedef {import("../lib/labels.js").Labels} Labels */
/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Detected} Detected */
/** @typedef {import("./parts.js").Parts} Parts */

const CROWD = 25; // from here on boxes are drawn thin and without names
const PLATE_HEIGHT = 18;

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {HTMLImageElement} image
 * @param {Detected} detected
 */
export function drawPicture({ picture, colors }, data, image, detected) {
  const { found, counts, shown, on, selected } = detected;
  const { names, labels } = data;
  const { missed } = counts[detected.image];
  const [one, truths] = [found[detected.image], labels[detected.image]];
  const context = picture.begin();
  const size = fitImage(image, picture);
  context.fillStyle = colors.panel;
  context.fillRect(0, 0, picture.width, picture.height);
  context.translate(size.left, size.top);
  drawImage(context, image, size);
  drawObjects(context, truths, on, size);
  const worstFirst = [...shown].reverse();
  const isRight = (/** @type {number} */ d) => one.judged[d].kind === "correct";
  const right = worstFirst.filter(isRight);
  const others = worstFirst.filter((d) => !isRight(d));
  const crowd = shown.length > CROWD;
  drawOthers(context, one, others, crowd, size);
  drawMissed(context, truths, missed, size);
  for (const d of right) {
    outlineRect(context, rectOf(one.boxes, d, size), COLORS.positive);
  }
  for (const d of crowd ? right : [...others, ...right]) {
    nameBox(context, one, d, names, size);
  }
  for (const t of missed) nameMissed(context, truths, t, names, size);
  if (selected === undefined) return;
  drawAnchor(context, data, detected, size);
  const line = { width: 4, edge: "rgba(0, 0, 0, 0.8)", edgeWidth: 7 };
  outlineRect(context, rectOf(one.boxes, selected, size), "#ffffff", line);
  nameBox(context, one, selected, names, size);
}

/**
 * Draw the anchor that the selected box comes from, as far as it is on the image.
 *
 * @param {Context} context
 * @param {Data} data
 * @param {Detected} detected
 * @param {Size} size
 */
function drawAnchor(context, data, detected, size) {
  const anchor = anchorOf(data, detected);
  if (!anchor) return;
  const rect = rectOf(data.anchors[detected.image], anchor.row, size);
  outlineRect(context, rect, COLORS.neutral, { width: 2, dash: [6, 4] });
}

/**
 * @param {Context} context
 * @param {Labels} truths
 * @param {boolean[]} on the classes that are shown
 * @param {Size} size
 */
function drawObjects(context, { boxes, classes }, on, size) {
  classes.forEach((label, t) => {
    if (!on[label]) return;
    const line = { width: 1, dash: [2, 3] };
    strokeRect(context, rectOf(boxes, t, size), "#ffffff", line);
  });
}

/**
 * Draw the boxes that are wrong, or not judged.
 *
 * @param {Context} context
 * @param {Found} found
 * @param {number[]} rows
 * @param {boolean} crowd
 * @param {Size} size
 */
function drawOthers(context, { boxes, judged }, rows, crowd, size) {
  for (const d of rows) {
    const { color, dash } = judgedLook(judged[d].kind);
    const rect = rectOf(boxes, d, size);
    if (crowd) strokeRect(context, rect, color, { width: 1.2, dash });
    else outlineRect(context, rect, color, { dash });
  }
}

/**
 * @param {Context} context
 * @param {Labels} truths
 * @param {number[]} missed
 * @param {Size} size
 */
function drawMissed(context, { boxes }, missed, size) {
  const { color, dash } = judgedLook("missed");
  for (const t of missed) {
    outlineRect(context, rectOf(boxes, t, size), color, { dash });
  }
}

/**
 * @param {Context} context
 * @param {Found} found
 * @param {number} d
 * @param {string[]} names
 * @param {Size} size
 */
function nameBox(context, { boxes, scores, classes, judged }, d, names, size) {
  const { color, mark } = judgedLook(judged[d].kind);
  const text = `${names[classes[d]]} ${scores[d].toFixed(2)} ${mark}`;
  const [x, y] = rectOf(boxes, d, size);
  drawPlate(context, text, [x, y], size, color);
}

/**
 * Name a missed object below it: above it may be the name of a wrong box.
 *
 * @param {Context} context
 * @param {Labels} truths
 * @param {number} t
 * @param {string[]} names
 * @param {Size} size
 */
function nameMissed(context, { boxes, classes }, t, names, size) {
  const [x] = rectOf(boxes, t, size);
  const bottom = boxes[t * 4 + 3] * size.height + PLATE_HEIGHT;
  const text = `missed ${names[classes[t]]}`;
  const corner = /** @type {[number, number]} */ ([
    x,
    Math.min(size.height, bottom),
  ]);
  drawPlate(context, text, corner, size, COLORS.missed);
}
