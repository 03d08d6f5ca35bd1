/** TargetExplorer's image, under the anchors' dots. */

import { boxCenter } from "../lib/boxes.js";
import { CLASS_COLORS, COLORS } from "../lib/colors.js";
import { dotAt } from "../lib/dots.js";
import {
  drawArrow,
  drawPlate,
  fillSquare,
  outlineRect,
  rectOf,
  strokeRect,
} from "../lib/draw.js";
import { drawImage } from "../lib/images.js";
import { BACKGROUND, IGNORED } from "../lib/targets.js";

/** @typedef {import("../lib/canvas.js").Stage} Stage */
/** @typedef {import("../lib/draw.js").Context} Context */
/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Matched} Matched */
/** @typedef {import("./parts.js").Parts} Parts */

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {HTMLImageElement} image
 * @param {Matched} matched
 */
export function drawPicture({ picture }, data, image, matched) {
  const { anchors, names, dots } = data;
  const { truths, matches, positives, selected } = matched;
  const context = picture.begin();
  drawImage(context, image, picture);
  // A veil, so that the dots stand out
  context.fillStyle = "rgba(0, 0, 0, 0.35)";
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = "rgba(255, 255, 255, 0.45)";
  drawDots(context, data, matched, BACKGROUND, 1.5, picture);
  truths.classes.forEach((label, t) => {
    outlineRect(context, rectOf(truths.boxes, t, picture), CLASS_COLORS[label]);
  });
  /** @param {number} a */
  const colorOf = (a) => CLASS_COLORS[truths.classes[matches[a]]];
  for (const a of positives) {
    if (a === selected) continue;
    const line = { width: 1, dash: [4, 3] };
    strokeRect(context, rectOf(anchors, a, picture), colorOf(a), line);
  }
  context.fillStyle = COLORS.ignored;
  drawDots(context, data, matched, IGNORED, 3.5, picture);
  for (const a of positives) {
    drawDot(context, dotAt(dots, a, picture), 5, colorOf(a));
  }
  truths.classes.forEach((label, t) => {
    const [x, y] = rectOf(truths.boxes, t, picture);
    drawPlate(context, names[label], [x, y], picture, CLASS_COLORS[label]);
  });
  if (selected >= 0)
    drawSelected(context, data, matched, picture, colorOf(selected));
}

/**
 * @param {Context} context
 * @param {Data} data
 * @param {Matched} matched
 * @param {Stage} picture
 * @param {string} color
 */
function drawSelected(context, { anchors, dots }, matched, picture, color) {
  const { truths, matches, selected } = matched;
  const line = { edge: "rgba(0, 0, 0, 0.7)", edgeWidth: 5 };
  outlineRect(context, rectOf(anchors, selected, picture), "#ffffff", line);
  const dot = dotAt(dots, selected, picture);
  drawDot(context, dot, 9, "#ffffff");
  drawDot(context, dot, 5, color);
  /**
   * @param {Float32Array} boxes
   * @param {number} i
   * @returns {[number, number]}
   */
  const centerOf = (boxes, i) => {
    const [x, y] = boxCenter(boxes, i);
    return [x * picture.width, y * picture.height];
  };
  const truth = centerOf(truths.boxes, matches[selected]);
  drawArrow(context, centerOf(anchors, selected), truth, "#ffffff");
}

/**
 * Draw the dots of all anchors of one state.
 *
 * @param {Context} context
 * @param {Data} data
 * @param {Matched} matched
 * @param {number} state
 * @param {number} side
 * @param {Stage} picture
 */
function drawDots(
  context,
  { dots },
  { matches, from, to },
  state,
  side,
  picture,
) {
  for (let a = from; a < to; a++) {
    if (matches[a] === state)
      fillSquare(context, dotAt(dots, a, picture), side);
  }
}

/**
 * Draw a dot with a dark border.
 *
 * @param {Context} context
 * @param {[number, number]} center
 * @param {number} side
 * @param {string} color
 */
function drawDot(context, center, side, color) {
  context.fillStyle = "#000000";
  fillSquare(context, center, side + 2);
  context.fillStyle = color;
  fillSquare(context, center, side);
}
