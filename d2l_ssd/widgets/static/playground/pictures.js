/** Scenes as pictures: their pixels, and what lies over them. */

import { CLASSES, SIZE } from "../engine/scenes.js";
import { boxCenter } from "../lib/boxes.js";
import { CLASS_COLORS, judgedLook } from "../lib/colors.js";
import { element } from "../lib/dom.js";
import {
  drawArrow,
  drawPlate,
  outlineRect,
  rectOf,
  strokeRect,
} from "../lib/draw.js";
import {
  bestTruths,
  countImage,
  isWrong,
  judgeDetections,
} from "../lib/judging.js";

/** @typedef {import("../lib/canvas.js").Stage} Stage */
/** @typedef {import("../lib/draw.js").Context} Context */
/** @typedef {import("../lib/labels.js").Labels} Labels */
/** @typedef {import("../engine/detect.js").Candidates} Boxes */

export const LETTERS = CLASSES.map((name) => name[0].toUpperCase());
const GRAY = 127; // of an input of 0
const GAIN = 85; // gray levels per unit of input
const GUESS = { width: 2, edge: "rgba(255, 255, 255, 0.45)", edgeWidth: 4 };
const SURE = { width: 2.5, edgeWidth: 4.5 };
const LEAST_ALPHA = 0.6; // of a guess: it must be seen

/** @typedef {ReturnType<typeof makePicture>} Picture */

/**
 * A picture of as many rows as columns that canvases enlarge.
 *
 * @param {number} [size]
 */
export function makePicture(size = SIZE) {
  const canvas = element("canvas", { width: size, height: size });
  const context = /** @type {Context} */ (canvas.getContext("2d"));
  const data = context.createImageData(size, size);
  data.data.fill(255);
  /** @type {ArrayLike<number> | null} what it shows */
  let shown = null;
  /**
   * @param {ArrayLike<number>} values
   * @param {(k: number) => number} valueAt
   */
  const set = (values, valueAt) => {
    if (values === shown) return;
    shown = values;
    for (let k = 0; k < size * size * 3; k++) {
      data.data[Math.floor(k / 3) * 4 + (k % 3)] = valueAt(k);
    }
    context.putImageData(data, 0, 0);
  };
  return {
    canvas,
    /** @param {Uint8ClampedArray} pixels */
    setPixels: (pixels) => set(pixels, (k) => pixels[k]),
    /** @param {Float32Array} values of a network's input */
    setInput: (values) => set(values, (k) => GRAY + GAIN * values[k]),
  };
}

/**
 * @param {Stage} stage
 * @param {Picture} picture
 */
export function beginPicture(stage, { canvas }) {
  const context = stage.begin();
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, stage.width, stage.height);
  return context;
}

/**
 * Which detections are drawn: those of a high enough score, and, while a network
 * guesses, the best M + 1.
 *
 * @param {{ scores: number[] }} detections best first
 * @param {number} objects M
 * @param {number} show the least score
 * @param {boolean} guessing
 */
export function chooseShown({ scores }, objects, show, guessing) {
  const sure = scores.filter((score) => score >= show).length;
  const most = Math.min(scores.length, objects + 1);
  return { sure, all: guessing ? Math.max(sure, most) : sure };
}

/**
 * Draw detections; guesses are thin and faint.
 *
 * @param {Context} context
 * @param {Stage} stage
 * @param {Boxes} detections best first
 * @param {{ sure: number, all: number }} shown
 * @param {string[]} [names] that are written of the classes
 */
export function drawDetections(
  context,
  stage,
  detections,
  shown,
  names = LETTERS,
) {
  const { boxes, scores, classes } = detections;
  for (let d = shown.all - 1; d >= 0; d--) {
    const color = CLASS_COLORS[classes[d]];
    const rect = rectOf(boxes, d, stage);
    if (Math.min(rect[2], rect[3]) < 1) {
      drawDot(context, rect, color);
      continue;
    }
    const sure = d < shown.sure;
    const fade = Math.min(1, LEAST_ALPHA + scores[d]);
    context.globalAlpha = sure ? 1 : fade;
    outlineRect(context, rect, color, sure ? SURE : GUESS);
    context.globalAlpha = 1;
  }
  for (let d = shown.sure - 1; d >= 0; d--) {
    const [x, y] = rectOf(boxes, d, stage);
    const text = `${names[classes[d]]} ${scores[d].toFixed(2)}`;
    drawPlate(context, text, [x, y], stage, CLASS_COLORS[classes[d]]);
  }
}

/**
 * A box without area, where it is.
 *
 * @param {Context} context
 * @param {import("../lib/draw.js").Rect} rect
 * @param {string} color
 */
function drawDot(context, [x, y], color) {
  context.fillStyle = color;
  context.strokeStyle = "#ffffff";
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(x, y, 5, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

/**
 * @param {Context} context
 * @param {Stage} stage
 * @param {Labels} labels
 */
export function drawTruths(context, stage, { boxes, classes }) {
  classes.forEach((_, t) => {
    const rect = rectOf(boxes, t, stage);
    strokeRect(context, rect, "rgba(0, 0, 0, 0.6)", { width: 3 });
    strokeRect(context, rect, "#ffffff", { width: 1.5, dash: [5, 4] });
  });
}

/**
 * Draw the anchors that answer for an object, in its color.
 *
 * @param {Context} context
 * @param {Stage} stage
 * @param {Float32Array} anchors
 * @param {import("./targets.js").Matched} matched
 */
export function drawMatched(context, stage, anchors, matched) {
  const { labels, truths } = matched;
  matched.anchors.forEach((a, k) => {
    const color = CLASS_COLORS[labels.classes[truths[k]]] ?? "#000000";
    const rect = rectOf(anchors, a, stage);
    outlineRect(context, rect, color, { width: 1.5, edgeWidth: 3 });
  });
  const reached = new Set(truths);
  labels.classes.forEach((_, t) => {
    if (reached.has(t)) return;
    const [x, y] = rectOf(labels.boxes, t, stage);
    drawPlate(context, "no anchor", [x, y], stage, "#F0E442");
  });
}

/**
 * Draw what is right, wrong and missed, and how far boxes are off.
 *
 * @param {Context} context
 * @param {Stage} stage
 * @param {Boxes} detections
 * @param {Labels} labels
 * @param {number} count of the boxes that are shown
 */
export function drawMistakes(context, stage, detections, labels, count) {
  const judged = judge(detections, labels);
  for (let d = count - 1; d >= 0; d--) {
    const { color, dash } = judgedLook(judged[d].kind);
    outlineRect(context, rectOf(detections.boxes, d, stage), color, { dash });
  }
  for (const t of missedOf(detections, judged, labels, count)) {
    const { color, dash } = judgedLook("missed");
    outlineRect(context, rectOf(labels.boxes, t, stage), color, { dash });
    const [x, y] = rectOf(labels.boxes, t, stage);
    drawPlate(context, "missed", [x, y], stage, color);
  }
  for (let d = 0; d < count; d++) {
    drawError(context, stage, detections.boxes, d, labels);
    const { color, mark } = judgedLook(judged[d].kind);
    const [x, y] = rectOf(detections.boxes, d, stage);
    const letter = LETTERS[detections.classes[d]];
    drawPlate(context, `${letter} ${mark}`, [x, y], stage, color);
  }
}

/**
 * @param {Boxes} detections
 * @param {Labels} labels
 */
export function judge(detections, labels) {
  return judgeDetections(bestTruths(detections, labels), labels.difficult);
}

/**
 * @param {Boxes} detections
 * @param {import("../lib/judging.js").Judged[]} judged
 * @param {Labels} labels
 * @param {number} count of the boxes that are shown
 */
export function missedOf(detections, judged, labels, count) {
  const least = count ? detections.scores[count - 1] : Infinity;
  return countImage({ ...detections, judged }, labels, least).missed;
}

/**
 * Draw an arrow from the nearest object's center to a box's.
 *
 * @param {Context} context
 * @param {Stage} stage
 * @param {Float32Array} boxes
 * @param {number} d
 * @param {Labels} labels
 */
function drawError(context, { width, height }, boxes, d, labels) {
  const [x, y] = boxCenter(boxes, d);
  const centers = labels.classes.map((_, t) => boxCenter(labels.boxes, t));
  if (!centers.length) return;
  /** @param {number[]} center */
  const far = (center) => Math.hypot(center[0] - x, center[1] - y);
  const [fromX, fromY] = centers.reduce((a, b) => (far(b) < far(a) ? b : a));
  const from = /** @type {[number, number]} */ ([
    fromX * width,
    fromY * height,
  ]);
  drawArrow(context, from, [x * width, y * height], "#ffffff");
}

/**
 * Name what is found on a scene, for a canvas's label.
 *
 * @param {number} number of the scene
 * @param {Labels} labels
 * @param {Boxes | null} detections
 * @param {number} count of the boxes that are shown
 */
export function describeScene(number, labels, detections, count) {
  const objects = labels.classes.length;
  const head = `Scene ${number}: ${objects} object${objects === 1 ? "" : "s"}.`;
  if (!detections) return `${head} Nothing is trained yet.`;
  const judged = judge(detections, labels);
  const found = [...Array(count).keys()].map((d) => {
    const wrong = isWrong(judged[d].kind) ? ` (${judged[d].kind} error)` : "";
    const name = CLASSES[detections.classes[d]];
    return `${name} ${detections.scores[d].toFixed(2)}${wrong}`;
  });
  const missed = missedOf(detections, judged, labels, count).map(
    (t) => CLASSES[labels.classes[t]],
  );
  const parts = [
    `Found: ${found.join(", ") || "nothing"}`,
    `missed: ${missed.join(", ") || "none"}`,
  ];
  return `${head} ${parts.join("; ")}.`;
}
