/** The four offsets from an anchor to a box: in words, and as arrows. */

import { boxCenter } from "./boxes.js";
import { COLORS } from "./colors.js";
import { drawArrow, strokeRect } from "./draw.js";

/** @typedef {import("./canvas.js").Stage} Stage */
/** @typedef {import("./draw.js").Point} Point */
/** @typedef {import("./table.js").Row} Row */

const MARGIN = 14; // pixels around the close-up

/**
 * Explain offsets in a table's rows: number, and what it does to the anchor.
 *
 * @param {Float32Array} offsets
 * @param {Float32Array} anchor
 * @param {Float32Array} box
 * @returns {Row[]}
 */
export function explainOffsets(offsets, anchor, box) {
  const size = [anchor[2] - anchor[0], anchor[3] - anchor[1]];
  const [right, down] = [0, 1].map(
    (k) => (box[k] + box[k + 2] - anchor[k] - anchor[k + 2]) / 2 / size[k],
  );
  const [wide, high] = [0, 1].map((k) => (box[k + 2] - box[k]) / size[k]);
  const texts = [
    `${wholePercent(right)} of its width to the ${right < 0 ? "left" : "right"}`,
    `${wholePercent(down)} of its height ${down < 0 ? "up" : "down"}`,
    `${wide.toFixed(2)} times as wide`,
    `${high.toFixed(2)} times as high`,
  ];
  return ["x", "y", "w", "h"].map((name, k) => ({
    cells: [name, signed(offsets[k]), texts[k]],
    data: { offset: offsets[k] },
  }));
}

/** @param {number} share */
function wholePercent(share) {
  return `${Math.abs(100 * share).toFixed(0)} %`;
}

/** @param {number} value */
function signed(value) {
  return (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);
}

/**
 * Draw anchor and box as large as they fit: the move of the center as one arrow,
 * what is then missing at the right and below as two more.
 *
 * @param {Stage} stage
 * @param {Float32Array} anchor
 * @param {Float32Array} box
 * @param {object} options
 * @param {number} options.aspect height of the image by its width
 * @param {string} options.color of the box
 * @param {string} options.ink of the anchor
 */
export function drawCloseUp(stage, anchor, box, { aspect, color, ink }) {
  const context = stage.begin();
  const at = makeCloseUp(stage, anchor, box, aspect);
  /** @param {Float32Array} b */
  const place = (b) => {
    const [[x0, y0], [x1, y1]] = [at(b[0], b[1]), at(b[2], b[3])];
    return /** @type {import("./draw.js").Rect} */ ([x0, y0, x1 - x0, y1 - y0]);
  };
  strokeRect(context, place(box), color);
  strokeRect(context, place(anchor), ink, { dash: [6, 4] });
  const [x, y] = boxCenter(box, 0);
  const right = x + (anchor[2] - anchor[0]) / 2;
  const below = y + (anchor[3] - anchor[1]) / 2;
  drawArrow(context, at(right, y), at(box[2], y), COLORS.neutral);
  drawArrow(context, at(x, below), at(x, box[3]), COLORS.neutral);
  drawArrow(context, at(...boxCenter(anchor, 0)), at(x, y), COLORS.miss);
}

/**
 * Make the map from the image to a stage that both boxes fill.
 *
 * @param {Stage} stage
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {number} aspect
 * @returns {(x: number, y: number) => Point}
 */
function makeCloseUp({ width, height }, a, b, aspect) {
  const [x0, y0] = [0, 1].map((k) => Math.min(a[k], b[k]));
  const [x1, y1] = [2, 3].map((k) => Math.max(a[k], b[k]));
  const scale = Math.min(
    (width - 2 * MARGIN) / (x1 - x0),
    (height - 2 * MARGIN) / ((y1 - y0) * aspect),
  );
  const left = (width - (x1 - x0) * scale) / 2;
  const top = (height - (y1 - y0) * scale * aspect) / 2;
  return (x, y) => [left + (x - x0) * scale, top + (y - y0) * scale * aspect];
}
