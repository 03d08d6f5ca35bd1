/** NMSExplorer's image: candidates that wait, are kept, tested or removed. */

import { COLORS } from "../lib/colors.js";
import { outlineRect } from "../lib/draw.js";
import { drawPlates } from "./plates.js";
import { objectName, objectsOf, scoreOf } from "./texts.js";
import { drawPart, fitPart, placeIn } from "./zoom.js";

/** @typedef {import("../lib/draw.js").Context} Context */
/** @typedef {import("../lib/draw.js").Rect} Rect */
/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./data.js").Traced} Traced */
/** @typedef {import("./parts.js").Parts} Parts */
/** @typedef {import("./plates.js").Plate} Plate */
/** @typedef {import("./zoom.js").View} View */

const WAITING = "#ffffff";
const SHARED = "rgba(213, 94, 0, 0.35)"; // what the two boxes share
/** How boxes look, by color, line and mark. */
const LOOKS = {
  kept: { color: COLORS.positive, dash: [], mark: "kept" },
  removed: { color: COLORS.miss, dash: [7, 4], mark: "✗" },
  stays: { color: COLORS.neutral, dash: [7, 4], mark: "stays" },
};

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {HTMLImageElement} image
 * @param {Traced} traced
 */
export function drawPicture({ picture, colors }, data, image, traced) {
  const context = picture.begin();
  const view = fitPart(image, traced.part, picture);
  context.fillStyle = colors.panel;
  context.fillRect(0, 0, picture.width, picture.height);
  context.translate(view.left, view.top);
  drawPart(context, image, view);
  drawObjects(context, traced, view);
  drawDecided(context, traced, view);
  drawStep(context, traced, view);
  const plates = [
    ...platesOfStep(traced, view),
    ...platesOfKept(traced, view),
    ...platesOfObjects(data, traced, view),
  ];
  drawPlates(context, plates, view);
}

/**
 * The place in the picture of the candidate of a rank.
 *
 * @param {Traced} traced
 * @param {number} rank
 * @param {View} view
 */
function placeOf({ candidates, group }, rank, view) {
  return placeIn(candidates.boxes, group.from + rank, view);
}

/**
 * Draw the ground truth of the class.
 *
 * @param {Context} context
 * @param {Traced} traced
 * @param {View} view
 */
function drawObjects(context, { truths, label }, view) {
  for (const truth of objectsOf(truths, label)) {
    const rect = placeIn(truths.boxes, truth, view);
    const line = { width: 1.5, dash: [2, 3], edgeWidth: 3 };
    outlineRect(context, rect, COLORS.missed, line);
  }
}

/**
 * Draw the boxes that wait, thin, and on them those that are kept.
 *
 * @param {Context} context
 * @param {Traced} traced
 * @param {View} view
 */
function drawDecided(context, traced, view) {
  const thin = { width: 1, edgeWidth: 2.5, edge: "rgba(0, 0, 0, 0.4)" };
  traced.decisions.forEach(({ fate }, rank) => {
    if (fate !== "waiting") return;
    outlineRect(context, placeOf(traced, rank, view), WAITING, thin);
  });
  traced.decisions.forEach(({ fate }, rank) => {
    if (fate !== "kept") return;
    outlineRect(context, placeOf(traced, rank, view), LOOKS.kept.color);
  });
}

/**
 * Draw the step: the box that is kept, and the one that is tested against it.
 *
 * @param {Context} context
 * @param {Traced} traced
 * @param {View} view
 */
function drawStep(context, traced, view) {
  const { now } = traced;
  if (!now) return;
  const line = { width: 3.5, edgeWidth: 6 };
  const kept = placeOf(traced, now.kept, view);
  const tested = now.tested < 0 ? kept : placeOf(traced, now.tested, view);
  if (now.tested >= 0) fillShared(context, kept, tested);
  outlineRect(context, kept, LOOKS.kept.color, line);
  if (now.tested < 0) return;
  const { color, dash } = LOOKS[now.removed ? "removed" : "stays"];
  outlineRect(context, tested, color, { ...line, dash });
}

/**
 * @param {Context} context
 * @param {Rect} a
 * @param {Rect} b
 */
function fillShared(context, a, b) {
  const [x, y] = [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - x;
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - y;
  if (width <= 0 || height <= 0) return;
  context.fillStyle = SHARED;
  context.fillRect(x, y, width, height);
}

/**
 * Name a candidate above its box: "2: 0.98 ✗".
 *
 * @param {Traced} traced
 * @param {number} rank
 * @param {keyof LOOKS} fate
 * @param {View} view
 * @returns {Plate}
 */
function plateOf(traced, rank, fate, view) {
  const [x, y] = placeOf(traced, rank, view);
  const { color, mark } = LOOKS[fate];
  return { text: `${rank + 1}: ${scoreOf(traced, rank)} ${mark}`, x, y, color };
}

/**
 * @param {Traced} traced
 * @param {View} view
 */
function platesOfStep(traced, view) {
  const { now } = traced;
  if (!now) return [];
  const kept = plateOf(traced, now.kept, "kept", view);
  if (now.tested < 0) return [kept];
  const fate = now.removed ? "removed" : "stays";
  return [kept, plateOf(traced, now.tested, fate, view)];
}

/**
 * Name the boxes that were kept before, once all is decided.
 *
 * @param {Traced} traced
 * @param {View} view
 */
function platesOfKept(traced, view) {
  const { decisions, done, now } = traced;
  if (!done) return [];
  const ranks = [...decisions.keys()].filter(
    (rank) => decisions[rank].fate === "kept" && rank !== now?.kept,
  );
  return ranks.map((rank) => plateOf(traced, rank, "kept", view));
}

/**
 * Name the objects below them, if there are several; in the end, those that are lost.
 *
 * @param {Data} data
 * @param {Traced} traced
 * @param {View} view
 * @returns {Plate[]}
 */
function platesOfObjects(data, traced, view) {
  const { done, guess, outcome, truths, label } = traced;
  const objects = objectsOf(truths, label);
  const lost = done && guess ? outcome.lost : [];
  return objects.flatMap((truth) => {
    const gone = lost.includes(truth);
    if (objects.length === 1 && !gone) return [];
    const [x, y, width, height] = placeIn(truths.boxes, truth, view);
    const name = objectName(data, traced, truth);
    const below = { x: x + width / 2, y: y + height + 20 };
    return [
      { text: gone ? `${name}: lost` : name, ...below, color: COLORS.missed },
    ];
  });
}
