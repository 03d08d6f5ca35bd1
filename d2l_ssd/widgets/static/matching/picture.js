/** MatchingExplorer's image: the objects, and the anchors of the table. */

import { setLabel } from "../lib/dom.js";
import { drawPlate, outlineRect, rectOf, strokeRect } from "../lib/draw.js";
import { drawImage } from "../lib/images.js";
import { fillShared } from "./close_up.js";
import { colorOf } from "../lib/object_colors.js";
import { decided } from "./steps.js";
import { formatIou, nameAnchor } from "./texts.js";

/** @typedef {import("../lib/canvas.js").Stage} Stage */
/** @typedef {import("../lib/draw.js").Context} Context */
/** @typedef {import("../lib/draw.js").Rect} Rect */
/** @typedef {import("./data.js").State} State */
/** @typedef {import("./parts.js").Parts} Parts */

const PLATE = { width: 18, height: 18 }; // with one digit
const SMALL = 50; // pixels: a plate would cover what is in the box
const [ANCHOR, DECIDED] = ["#ffffff", "#bbbbbb"];

/**
 * @param {Parts} parts
 * @param {HTMLImageElement} image
 * @param {State} state
 */
export function drawPicture({ picture }, image, state) {
  const context = picture.begin();
  drawImage(context, image, picture);
  // A veil, so that the boxes stand out
  context.fillStyle = "rgba(0, 0, 0, 0.3)";
  context.fillRect(0, 0, picture.width, picture.height);
  const focus = focusOf(state);
  drawAnchors(context, picture, state, focus);
  drawTruths(context, picture, state);
  if (focus) drawFocus(context, picture, state, focus);
  drawNumbers(context, picture, state, focus);
  setLabel(picture.canvas, describe(state, focus));
}

/** @typedef {{ anchor: number, truth: number }} Pair */

/**
 * The anchor in question and the object with which it is compared: that which is
 * pointed at, or the step's.
 *
 * @param {State} state
 * @returns {Pair | undefined}
 */
export function focusOf({ pointed, steps, current, guess, scene }) {
  if (pointed < 0) return current;
  if (guess === undefined) return { anchor: pointed, truth: scene.asked };
  return steps.find(({ anchor }) => anchor === pointed);
}

/**
 * Draw the anchors, thin.
 *
 * @param {Context} context
 * @param {Stage} picture
 * @param {State} state
 * @param {Pair | undefined} focus
 */
function drawAnchors(context, picture, { scene, done }, focus) {
  const { anchors, count } = scene;
  const got = decided(done);
  for (let anchor = 0; anchor < count; anchor++) {
    if (anchor === focus?.anchor) continue;
    const match = got.get(anchor);
    const rect = rectOf(anchors, anchor, picture);
    const color = colorOfMatch(match);
    const dash = match === undefined ? [5, 3] : match < 0 ? [2, 4] : [];
    strokeRect(context, rect, color, { width: 1.5, dash });
  }
}

/**
 * Draw the anchors' numbers over everything, the one in question last.
 *
 * @param {Context} context
 * @param {Stage} picture
 * @param {State} state
 * @param {Pair | undefined} focus
 */
function drawNumbers(context, picture, { scene, done }, focus) {
  const { anchors, count } = scene;
  const got = decided(done);
  for (let anchor = 0; anchor < count; anchor++) {
    if (anchor === focus?.anchor) continue;
    const rect = rectOf(anchors, anchor, picture);
    drawNumber(context, anchor, rect, picture, colorOfMatch(got.get(anchor)));
  }
  if (!focus) return;
  const rect = rectOf(anchors, focus.anchor, picture);
  drawNumber(context, focus.anchor, rect, picture, ANCHOR);
}

/** @param {number | undefined} match */
function colorOfMatch(match) {
  if (match === undefined) return ANCHOR;
  return match < 0 ? DECIDED : colorOf(match);
}

/**
 * @param {Context} context
 * @param {Stage} picture
 * @param {State} state
 */
function drawTruths(context, picture, { scene }) {
  const { truths, names } = scene;
  names.forEach((name, truth) => {
    const rect = rectOf(truths, truth, picture);
    const [x, y] = rect;
    outlineRect(context, rect, colorOf(truth), { width: 3.5, edgeWidth: 6 });
    drawPlate(context, name, [x, y], picture, colorOf(truth));
  });
}

/**
 * Draw the anchor in question; the close-up says more of it.
 *
 * @param {Context} context
 * @param {Stage} picture
 * @param {State} state
 * @param {Pair} focus
 */
function drawFocus(context, picture, { scene }, { anchor, truth }) {
  const rect = rectOf(scene.anchors, anchor, picture);
  const object = rectOf(scene.truths, truth, picture);
  fillShared(context, rect, object, colorOf(truth));
  const line = { width: 3, edgeWidth: 6, edge: "rgba(0, 0, 0, 0.75)" };
  outlineRect(context, rect, ANCHOR, line);
}

/**
 * Draw an anchor's number in one of its lower corners; below it, if it is small.
 *
 * @param {Context} context
 * @param {number} anchor
 * @param {Rect} rect
 * @param {Stage} picture
 * @param {string} color
 */
function drawNumber(context, anchor, [x, y, wide, high], picture, color) {
  const left = anchor % 2 ? x + wide - PLATE.width : x;
  const base = y + high + (high < SMALL ? PLATE.height : 0);
  const shown = Math.max(Math.min(base, picture.height), PLATE.height);
  drawPlate(context, String(anchor + 1), [left, shown], picture, color);
}

/**
 * @param {State} state
 * @param {Pair | undefined} focus
 */
function describe({ scene, posIou }, focus) {
  const { names, count, ious } = scene;
  const objects = `The boxes of ${names.join(", ")}, and ${count} anchors.`;
  if (!focus) return objects;
  const { anchor, truth } = focus;
  const iou = formatIou(ious[truth * count + anchor], posIou);
  return `${objects} In question: ${nameAnchor(anchor)} and the ${names[truth]}, IoU ${iou}.`;
}
