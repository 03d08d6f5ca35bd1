/** FeatureMapExplorer's image, with what a cell sees of it, and the map beside it. */

import { COLORS } from "../lib/colors.js";
import { cellRect, outlineRect } from "../lib/draw.js";
import { clamp } from "../lib/grid.js";
import { drawImage } from "../lib/images.js";

/** @typedef {import("../lib/canvas.js").Stage} Stage */
/** @typedef {import("../lib/draw.js").Rect} Rect */
/** @typedef {import("./data.js").Choice} Choice */

/**
 * Draw the image under a veil that leaves out what the cell sees.
 *
 * @param {Stage} stage
 * @param {HTMLImageElement} image
 * @param {[height: number, width: number]} imageSize
 * @param {Choice} choice
 */
export function drawPicture(stage, image, [height, width], choice) {
  const { layer, cell, field } = choice;
  const context = stage.begin();
  drawImage(context, image, stage);
  const [wide, high] = [stage.width / width, stage.height / height];
  const [x0, x1] = field.x.map((pixel) => pixel * wide);
  const [y0, y1] = field.y.map((pixel) => pixel * high);
  context.fillStyle = "rgba(0, 0, 0, 0.55)";
  context.beginPath();
  context.rect(0, 0, stage.width, stage.height);
  context.rect(x0, y0, x1 - x0, y1 - y0);
  context.fill("evenodd");
  const line = { edge: "rgba(0, 0, 0, 0.6)" };
  const border = keepInside([x0, y0, x1, y1], stage);
  outlineRect(context, border, COLORS.positive, line);
  outlineRect(context, cellRect(cell, layer.shape, stage), "#ffffff", line);
}

/**
 * A field that reaches beyond the image has its line at the border.
 *
 * @param {[x0: number, y0: number, x1: number, y1: number]} corners
 * @param {Stage} stage
 * @returns {Rect}
 */
function keepInside([x0, y0, x1, y1], { width, height }) {
  const [left, top] = [Math.max(1.5, x0), Math.max(1.5, y0)];
  const right = Math.min(width - 1.5, x1);
  const bottom = Math.min(height - 1.5, y1);
  return [left, top, right - left, bottom - top];
}

/**
 * @param {Stage} stage
 * @param {HTMLCanvasElement} drawing of the map
 * @param {Choice} choice
 */
export function drawMap(stage, drawing, { layer, cell }) {
  const context = stage.begin();
  context.imageSmoothingEnabled = false;
  context.drawImage(drawing, 0, 0, stage.width, stage.height);
  const rect = cellRect(cell, layer.shape, stage);
  outlineRect(context, rect, "#ffffff", { edge: "#000000" });
}

/**
 * Say which part of the image a field covers.
 *
 * @param {Choice["field"]} field
 * @param {[height: number, width: number]} imageSize
 */
export function describeField({ x, y }, [height, width]) {
  /**
   * @param {number[]} span
   * @param {number} size
   */
  const inside = (span, size) =>
    span.map((pixel) => Math.round(clamp(pixel, 0, size))).join(" to ");
  return `columns ${inside(x, width)}, rows ${inside(y, height)}`;
}
