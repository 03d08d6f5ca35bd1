/** LiveDetector's picture: the scene as the network sees it, and what it finds. */

import { CLASS_COLORS, COLORS } from "../lib/colors.js";
import {
  drawPlate,
  fillSquare,
  outlineRect,
  rectOf,
  strokePath,
} from "../lib/draw.js";
import { handleOf } from "./hand.js";
import { cornersOf } from "./scene.js";

/** @typedef {import("./data.js").State} State */
/** @typedef {import("./finding.js").Finding} Finding */
/** @typedef {import("../lib/canvas.js").Stage} Stage */

/**
 * @param {Stage} stage
 * @param {HTMLCanvasElement} scene
 * @param {object} shown
 * @param {State | null} shown.state null where there is no object to be selected
 * @param {HTMLImageElement[]} shown.sprites
 * @param {Finding} shown.finding
 * @param {number} shown.row of the chosen box
 */
export function drawPicture(stage, scene, { state, sprites, finding, row }) {
  const context = stage.begin();
  context.imageSmoothingQuality = "high";
  context.drawImage(scene, 0, 0, stage.width, stage.height);
  const { found, anchors, about } = finding;
  const { boxes, classes, scores } = found;
  if (row >= 0) {
    const rect = rectOf(anchors, found.anchors[row], stage);
    outlineRect(context, rect, "#ffffff", { width: 2, dash: [6, 4] });
  }
  scores.forEach((score, k) => {
    const color = CLASS_COLORS[classes[k] % CLASS_COLORS.length];
    const rect = rectOf(boxes, k, stage);
    outlineRect(context, rect, color, {
      ...{ width: k === row ? 4 : 2.5, edgeWidth: k === row ? 6 : 4.5 },
    });
    const text = `${about.classes[classes[k]]} ${score.toFixed(2)}`;
    drawPlate(context, text, [rect[0], rect[1]], stage, color);
  });
  if (state) drawSelection(context, state, sprites, stage);
}

/**
 * Draw thin corners around the selected object, and its handle.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {State} state
 * @param {HTMLImageElement[]} sprites
 * @param {Stage} stage
 */
function drawSelection(context, { objects, selected }, sprites, stage) {
  const one = objects[selected];
  if (one.hidden) return;
  const { width, height } = stage;
  /** @type {(point: import("../lib/draw.js").Point) => import("../lib/draw.js").Point} */
  const at = ([x, y]) => [x * width, y * height];
  const corners = cornersOf(one, sprites[one.sprite]).map(at);
  context.strokeStyle = "rgba(255, 255, 255, 0.85)";
  context.lineWidth = 1;
  context.setLineDash([2, 4]);
  strokePath(context, [...corners, corners[0]]);
  context.setLineDash([]);
  const handle = at(handleOf(one, sprites));
  context.fillStyle = "#000000";
  fillSquare(context, handle, 13);
  context.fillStyle = COLORS.missed;
  fillSquare(context, handle, 9);
}
