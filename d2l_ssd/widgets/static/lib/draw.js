/** What is drawn on pictures: boxes, name plates, arrows. */

import { textOn } from "./colors.js";

/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {{ width: number, height: number }} Size in CSS pixels */
/** @typedef {[x: number, y: number]} Point in CSS pixels */
/** @typedef {[x: number, y: number, width: number, height: number]} Rect */

/**
 * @typedef {object} Line
 * @property {number} [width]
 * @property {number[]} [dash]
 *
 * @typedef {object} Edge the darker line under a colored one, to read anywhere
 * @property {number} [edgeWidth]
 * @property {string} [edge] its color
 */

/**
 * The place in a picture of box i.
 *
 * @param {ArrayLike<number>} boxes
 * @param {number} i
 * @param {Size} size of the picture
 * @returns {Rect}
 */
export function rectOf(boxes, i, { width, height }) {
  const [x0, y0] = [boxes[i * 4] * width, boxes[i * 4 + 1] * height];
  const [x1, y1] = [boxes[i * 4 + 2] * width, boxes[i * 4 + 3] * height];
  return [x0, y0, x1 - x0, y1 - y0];
}

/**
 * @param {Context} context
 * @param {Rect} rect
 * @param {string} color
 * @param {Line} [line]
 */
export function strokeRect(
  context,
  rect,
  color,
  { width = 2.5, dash = [] } = {},
) {
  context.setLineDash(dash);
  context.lineWidth = width;
  context.strokeStyle = color;
  context.strokeRect(...rect);
  context.setLineDash([]);
}

/**
 * Draw a rectangle that reads on any picture: a dark edge under the colored line.
 *
 * @param {Context} context
 * @param {Rect} rect
 * @param {string} color
 * @param {Line & Edge} [options]
 */
export function outlineRect(context, rect, color, options = {}) {
  const { edge = "rgba(0, 0, 0, 0.55)", edgeWidth = 4.5, ...line } = options;
  strokeRect(context, rect, edge, { width: edgeWidth });
  strokeRect(context, rect, color, line);
}

/**
 * Draw a small name plate with its lower left corner at a point, kept in the picture.
 *
 * @param {Context} context
 * @param {string} text
 * @param {Point} corner
 * @param {Size} size of the picture
 * @param {string} color
 */
export function drawPlate(context, text, [x, y], { width }, color) {
  context.font = "600 12px system-ui, sans-serif";
  const wide = context.measureText(text).width + 10;
  const left = Math.max(0, Math.min(x, width - wide));
  const top = Math.max(0, y - 18);
  context.fillStyle = color;
  context.fillRect(left, top, wide, 18);
  context.fillStyle = textOn(color);
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.fillText(text, left + 5, top + 9.5);
}

/**
 * Draw an arrow; a dot where it has no length to show.
 *
 * @param {Context} context
 * @param {Point} from
 * @param {Point} to
 * @param {string} color
 */
export function drawArrow(context, [x0, y0], [x1, y1], color) {
  const lineWidth = 2.5;
  const length = Math.hypot(x1 - x0, y1 - y0);
  context.strokeStyle = context.fillStyle = color;
  context.lineWidth = lineWidth;
  context.beginPath();
  context.arc(x0, y0, lineWidth + 0.5, 0, 2 * Math.PI);
  context.fill();
  if (length < 2) return;
  const head = Math.min(10, length);
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const [bx, by] = [x1 - ux * head, y1 - uy * head];
  strokePath(context, [
    [x0, y0],
    [bx, by],
  ]);
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(bx - (uy * head) / 2, by + (ux * head) / 2);
  context.lineTo(bx + (uy * head) / 2, by - (ux * head) / 2);
  context.fill();
}

/**
 * Draw a line through points, with the context's style.
 *
 * @param {Context} context
 * @param {Point[]} points
 */
export function strokePath(context, points) {
  context.beginPath();
  for (const point of points) context.lineTo(...point);
  context.stroke();
}

/**
 * Fill a square around a point.
 *
 * @param {Context} context
 * @param {Point} center
 * @param {number} side
 */
export function fillSquare(context, [x, y], side) {
  context.fillRect(x - side / 2, y - side / 2, side, side);
}

/**
 * Draw the lines between the cells of a map.
 *
 * @param {Context} context
 * @param {import("./grid.js").Shape} shape
 * @param {Size} size of the picture
 */
export function drawCellLines(context, [rows, columns], { width, height }) {
  context.strokeStyle = "rgba(255, 255, 255, 0.35)";
  context.lineWidth = 1;
  context.beginPath();
  for (let row = 1; row < rows; row++) {
    context.moveTo(0, (row * height) / rows);
    context.lineTo(width, (row * height) / rows);
  }
  for (let column = 1; column < columns; column++) {
    context.moveTo((column * width) / columns, 0);
    context.lineTo((column * width) / columns, height);
  }
  context.stroke();
}

/**
 * The place of a cell in a picture.
 *
 * @param {[row: number, column: number]} cell
 * @param {import("./grid.js").Shape} shape
 * @param {Size} size of the picture
 * @returns {Rect}
 */
export function cellRect([row, column], [rows, columns], { width, height }) {
  const [wide, high] = [width / columns, height / rows];
  return [column * wide, row * high, wide, high];
}
