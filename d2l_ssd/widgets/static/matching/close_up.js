/** MatchingExplorer's close-up: the anchor in question on its object. */

import { setLabel } from "../lib/dom.js";
import { drawPlate, outlineRect, rectOf } from "../lib/draw.js";
import { colorOf } from "../lib/object_colors.js";
import { focusOf } from "./picture.js";
import { bestAnchor, gains } from "./steps.js";
import { formatIou, nameAnchor } from "./texts.js";

/** @typedef {import("../lib/canvas.js").Stage} Stage */
/** @typedef {import("../lib/draw.js").Context} Context */
/** @typedef {import("../lib/draw.js").Rect} Rect */
/** @typedef {import("./data.js").State} State */
/** @typedef {import("./parts.js").Parts} Parts */
/** @typedef {import("./picture.js").Pair} Pair */

const MARGIN = 28; // pixels around both boxes, with room for their plates
const ANCHOR = "#ffffff";

/**
 * @param {Parts} parts
 * @param {HTMLImageElement} image
 * @param {State} state
 */
export function drawCloseUp({ closeUp }, image, state) {
  const { scene, posIou } = state;
  const { names, ious, count } = scene;
  const { anchor, truth } = focusOf(state) ?? askedPair(state);
  const context = closeUp.begin();
  if (!closeUp.width) return;
  const place = makePlace(state, { anchor, truth }, closeUp);
  drawAround(context, image, place([0, 0, 1, 1]), closeUp);
  const [own, object] = [
    place(rectOf(scene.anchors, anchor, UNIT)),
    place(rectOf(scene.truths, truth, UNIT)),
  ];
  fillShared(context, own, object, colorOf(truth));
  outlineRect(context, object, colorOf(truth), { width: 3, edgeWidth: 5.5 });
  outlineRect(context, own, ANCHOR, { width: 2, edgeWidth: 4.5, dash: [6, 4] });
  drawPlate(context, names[truth], corner(object), closeUp, colorOf(truth));
  const iou = formatIou(ious[truth * count + anchor], posIou);
  const text = `anchor ${anchor + 1}: IoU ${iou}`;
  const base = own[1] + own[3] + PLATE;
  drawPlate(context, text, [own[0], base], closeUp, ANCHOR);
  const label = `Close-up of ${nameAnchor(anchor)} and the ${names[truth]}: IoU ${iou}.`;
  setLabel(closeUp.canvas, label);
}

const UNIT = { width: 1, height: 1 };
const PLATE = 18; // the height of one

/**
 * The object that is asked for, and the anchor that it has or wants.
 *
 * @param {State} state
 * @returns {Pair}
 */
function askedPair({ scene, done }) {
  const { ious, count, asked: truth } = scene;
  const anchor = bestAnchor(ious, count, truth);
  return gains(done, truth)[0] ?? { anchor, truth };
}

/** @param {Rect} rect */
const corner = ([x, y]) => /** @type {[number, number]} */ ([x, y]);

/**
 * Make what places a rectangle of the image (in [0, 1]) in the close-up, so that both
 * boxes are as large as they fit.
 *
 * @param {State} state
 * @param {Pair} pair
 * @param {Stage} stage
 * @returns {(rect: Rect) => Rect}
 */
function makePlace({ scene }, { anchor, truth }, { width, height }) {
  const boxes = [
    scene.anchors.subarray(4 * anchor, 4 * anchor + 4),
    scene.truths.subarray(4 * truth, 4 * truth + 4),
  ];
  /** @param {number} k */
  const lowest = (k) => Math.min(...boxes.map((box) => box[k]));
  /** @param {number} k */
  const highest = (k) => Math.max(...boxes.map((box) => box[k]));
  const [left, top, right, bottom] = [
    lowest(0),
    lowest(1),
    highest(2),
    highest(3),
  ];
  const scale = Math.min(
    (width - 2 * MARGIN) / (right - left),
    (height - 2 * MARGIN) / (bottom - top),
  );
  const x0 = width / 2 - (scale * (left + right)) / 2;
  const y0 = height / 2 - (scale * (top + bottom)) / 2;
  return ([x, y, wide, high]) => [
    x0 + scale * x,
    y0 + scale * y,
    scale * wide,
    scale * high,
  ];
}

/**
 * Draw the image where it is, which may be far larger than the close-up.
 *
 * @param {Context} context
 * @param {HTMLImageElement} image
 * @param {Rect} rect
 * @param {Stage} stage
 */
function drawAround(context, image, rect, { width, height }) {
  context.fillStyle = "#22272e"; // outside of the image
  context.fillRect(0, 0, width, height);
  if (image.complete) context.drawImage(image, ...rect);
  context.fillStyle = "rgba(0, 0, 0, 0.2)";
  context.fillRect(0, 0, width, height);
}

/**
 * Fill what two rectangles share.
 *
 * @param {Context} context
 * @param {Rect} one
 * @param {Rect} other
 * @param {string} color
 */
export function fillShared(context, one, other, color) {
  context.save();
  context.beginPath();
  context.rect(...other);
  context.clip();
  context.globalAlpha = 0.45;
  context.fillStyle = color;
  context.fillRect(...one);
  context.restore();
}
