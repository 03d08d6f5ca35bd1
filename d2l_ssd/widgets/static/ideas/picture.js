/** IdeasExplorer's pictures: who answers for which object, and what is detected. */

import { textOn } from "../lib/colors.js";
import { dotAt } from "../lib/dots.js";
import {
  drawPlate,
  fillSquare,
  outlineRect,
  rectOf,
  strokeRect,
} from "../lib/draw.js";
import { clamp } from "../lib/grid.js";
import { drawImage } from "../lib/images.js";
import { drawJudgedBoxes } from "../lib/judged_picture.js";
import { colorOf } from "../lib/object_colors.js";
import { mapOf } from "./data.js";

/** @typedef {import("../lib/canvas.js").Stage} Stage */
/** @typedef {import("../lib/draw.js").Context} Context */
/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").State} State */

const VEIL = "rgba(0, 0, 0, 0.35)"; // so that boxes and squares stand out
const FAINT = 0.3; // opacity of what belongs to another object
const [LEAST, MOST] = [11, 22]; // pixels of a square

/**
 * @param {Stage} picture
 * @param {Data} data
 * @param {HTMLImageElement} image
 * @param {State} state
 */
export function drawAnswers(picture, data, image, state) {
  const { truths, selected } = state;
  const context = drawScene(picture, image);
  if (selected >= 0) drawAnchors(context, state, picture);
  const objects = [...truths.classes.keys()];
  for (const t of objects) {
    context.globalAlpha = alphaOf(state, t);
    const rect = rectOf(truths.boxes, t, picture);
    outlineRect(context, rect, colorOf(t), { width: 3, edgeWidth: 5 });
  }
  drawSquares(context, state, picture);
  for (const t of objects) {
    context.globalAlpha = alphaOf(state, t);
    const [x, y] = rectOf(truths.boxes, t, picture);
    const name = `${t + 1} ${data.names[truths.classes[t]]}`;
    drawPlate(context, name, [x, y], picture, colorOf(t));
  }
  context.globalAlpha = 1;
}

/**
 * Draw a scene of few pixels, each of which is seen, under a veil.
 *
 * @param {Stage} picture
 * @param {HTMLImageElement} image
 */
function drawScene(picture, image) {
  const context = picture.begin();
  context.imageSmoothingEnabled = false;
  drawImage(context, image, picture);
  context.fillStyle = VEIL;
  context.fillRect(0, 0, picture.width, picture.height);
  return context;
}

/**
 * @param {State} state
 * @param {number} object
 */
function alphaOf({ selected }, object) {
  return selected < 0 || selected === object ? 1 : FAINT;
}

/**
 * Outline the anchors that answer for the selected object.
 *
 * @param {Context} context
 * @param {State} state
 * @param {Stage} picture
 */
function drawAnchors(context, { idea, answering, selected }, picture) {
  const { objects, boxes } = idea.answers;
  for (const p of answering) {
    if (objects[p] !== selected) continue;
    const rect = rectOf(boxes, p, picture);
    strokeRect(context, rect, "rgba(0, 0, 0, 0.5)", { width: 3 });
    const line = { width: 1.5, dash: [5, 4] };
    strokeRect(context, rect, colorOf(selected), line);
  }
}

/**
 * Draw a square with its object's number for each prediction that answers.
 *
 * @param {Context} context
 * @param {State} state
 * @param {Stage} picture
 */
function drawSquares(context, state, picture) {
  const { idea, answering } = state;
  const { objects, anchors } = idea.answers;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const p of answering) {
    const [, columns] = idea.shapes[mapOf(idea, anchors[p])];
    const side = clamp(5 + picture.width / columns / 5, LEAST, MOST);
    const [x, y] = dotAt(idea.dots, anchors[p], picture);
    const color = colorOf(objects[p]);
    context.globalAlpha = alphaOf(state, objects[p]);
    context.fillStyle = "#000000";
    fillSquare(context, [x, y], side + 2);
    context.fillStyle = color;
    fillSquare(context, [x, y], side);
    context.fillStyle = textOn(color);
    context.font = `600 ${Math.round(0.8 * side)}px system-ui, sans-serif`;
    context.fillText(String(objects[p] + 1), x, y + 1);
  }
}

/**
 * @param {Stage} left
 * @param {Data} data
 * @param {HTMLImageElement} image
 * @param {State} state
 */
export function drawLeft(left, data, image, state) {
  const { found, truths, counts, hidden } = state;
  const context = drawScene(left, image);
  if (hidden) return;
  const count = counts[state.image];
  drawJudgedBoxes(context, left, { found, truths, count, names: data.names });
}
