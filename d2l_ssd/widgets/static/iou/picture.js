/** IoUExplorer's picture: the image, both boxes, and the areas that they make. */

import { enclosingBox, intersectionBox } from "../lib/boxes.js";
import { hatchRect } from "../lib/chart.js";
import { CLASS_COLORS, COLORS } from "../lib/colors.js";
import { setLabel } from "../lib/dom.js";
import {
  drawPlate,
  fillSquare,
  outlineRect,
  rectOf,
  strokeRect,
} from "../lib/draw.js";
import { formatShare } from "../lib/format.js";
import { drawImage } from "../lib/images.js";
import { boxOf, NAMES, PREDICTION, toShares, TRUTH } from "./data.js";

/** @typedef {import("../lib/draw.js").Context} Context */
/** @typedef {import("../lib/draw.js").Rect} Rect */
/** @typedef {import("./data.js").State} State */
/** @typedef {import("./parts.js").Parts} Parts */

const BOX_COLORS = [CLASS_COLORS[0], CLASS_COLORS[1]];
const BOX_DASHES = [[8, 5], []];
const VEIL = "rgba(0, 0, 0, 0.3)";
const TINT = "55"; // of a box, as the last two digits of its color
const ENCLOSING = { width: 1.5, dash: [2, 4] };
const HANDLE = 7; // pixels
const PLATE = 20; // pixels from a box to the lower side of a name below it
const HATCH = `repeating-linear-gradient(135deg, #fff 0 1px, ${COLORS.positive} 1px 4px)`;

/** What the legend says. */
export const LOOKS = [
  {
    text: "ground truth",
    style: { border: `2px dashed ${BOX_COLORS[TRUTH]}`, background: "none" },
  },
  {
    text: "prediction",
    style: { border: `2px solid ${BOX_COLORS[PREDICTION]}` },
  },
  { text: "intersection", style: { background: HATCH } },
  { text: "union: all that is tinted", style: { background: "#9aa5b1" } },
  { text: "enclosing box", style: { border: "2px dotted #9aa5b1" } },
];

/**
 * @param {Parts} parts
 * @param {HTMLImageElement} image
 * @param {[height: number, width: number]} size of the image
 * @param {State} state
 */
export function drawPicture({ picture }, image, size, state) {
  const context = picture.begin();
  drawImage(context, image, picture);
  const shares = toShares(state.boxes, size);
  const rects = [TRUTH, PREDICTION].map((k) => rectOf(shares, k, picture));
  if (state.shown) {
    context.fillStyle = VEIL;
    context.fillRect(0, 0, picture.width, picture.height);
    drawAreas(context, shares, rects, picture);
  }
  const order = [1 - state.selected, state.selected];
  for (const k of order) {
    outlineRect(context, rects[k], BOX_COLORS[k], { dash: BOX_DASHES[k] });
  }
  drawNames(context, rects, picture);
  drawHandles(context, rects[state.selected]);
  setLabel(picture.canvas, describe(state));
}

/**
 * Fill both boxes and what they share, and outline the enclosing box.
 *
 * @param {Context} context
 * @param {number[]} shares
 * @param {Rect[]} rects
 * @param {import("../lib/draw.js").Size} picture
 */
function drawAreas(context, shares, rects, picture) {
  const [a, b] = [boxOf(shares, TRUTH), boxOf(shares, PREDICTION)];
  rects.forEach((rect, k) => {
    context.fillStyle = BOX_COLORS[k] + TINT;
    context.fillRect(...rect);
  });
  const shared = intersectionBox(a, b);
  if (shared) {
    const rect = rectOf(shared, 0, picture);
    context.fillStyle = `${COLORS.positive}cc`;
    context.fillRect(...rect);
    context.strokeStyle = "rgba(255, 255, 255, 0.55)";
    context.lineWidth = 1;
    hatchRect(context, rect);
  }
  const around = rectOf(enclosingBox(a, b), 0, picture);
  strokeRect(context, around, "#ffffff", ENCLOSING);
}

/**
 * Name the boxes: the upper one above it, the lower one below it, where the plates
 * hide neither.
 *
 * @param {Context} context
 * @param {Rect[]} rects
 * @param {import("../lib/draw.js").Size} picture
 */
function drawNames(context, rects, picture) {
  const upper = rects[TRUTH][1] < rects[PREDICTION][1] ? TRUTH : PREDICTION;
  rects.forEach(([x, y, , high], k) => {
    const base = Math.min(y + high + PLATE, picture.height);
    /** @type {[number, number]} */
    const corner = [x, k === upper ? y : base];
    drawPlate(context, NAMES[k].toLowerCase(), corner, picture, BOX_COLORS[k]);
  });
}

/**
 * Draw what can be gripped of a box: its corners and the middles of its sides.
 *
 * @param {Context} context
 * @param {Rect} rect
 */
function drawHandles(context, [x, y, wide, high]) {
  for (const across of [0, 0.5, 1]) {
    for (const down of [0, 0.5, 1]) {
      if (across === 0.5 && down === 0.5) continue;
      /** @type {[number, number]} */
      const at = [x + across * wide, y + down * high];
      context.fillStyle = "#000000";
      fillSquare(context, at, HANDLE + 2);
      context.fillStyle = "#ffffff";
      fillSquare(context, at, HANDLE);
    }
  }
}

/** @param {State} state */
function describe({ boxes, shown, measures: { iou } }) {
  const places = NAMES.map((name, k) => {
    const [x0, y0, x1, y1] = boxOf(boxes, k);
    return `${name} from ${x0}, ${y0} to ${x1}, ${y1} pixels`;
  });
  const value = shown ? ` IoU ${formatShare(iou)}.` : "";
  return `${places.join("; ")}.${value}`;
}
