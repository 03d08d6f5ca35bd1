/**
 * DetectionExplorer's view: what is left of a network's candidates on an image at
 * two thresholds, right and wrong boxes and missed objects; thumbnails of the
 * gallery, and its precision-recall curves.
 */

import { makeDetector, readData, settingsOf } from "./detection/data.js";
import { layOut, makeParts } from "./detection/parts.js";
import { drawPicture } from "./detection/picture.js";
import { showBoxes, showClasses, showWhy } from "./detection/tables.js";
import { smallestBoxAt } from "./lib/boxes.js";
import { setLabel } from "./lib/dom.js";
import { clamp } from "./lib/grid.js";
import { decodeImages, fitImage } from "./lib/images.js";
import { onKeys, onListKeys } from "./lib/keyboard.js";
import { onChange, setTraits } from "./lib/model.js";
import { onDrag, onPoint, pixelAt, placeAt } from "./lib/pointer.js";
import { drawPrecisionRecall, nearestScore } from "./lib/precision_recall.js";
import { oncePerFrame } from "./lib/schedule.js";
import { countDrawing, openView } from "./lib/view.js";

/** @typedef {import("./detection/data.js").Data} Data */
/** @typedef {import("./detection/data.js").Detected} Detected */
/** @typedef {import("./detection/data.js").Model} Model */
/** @typedef {import("./detection/parts.js").Parts} Parts */
/** @typedef {() => Detected} Now what was drawn last */

const [LOWEST, HIGHEST] = [0.01, 0.99]; // scores that the control goes to

/**
 * Let a box be selected until another setting changes.
 *
 * @param {{ model: Model }} props
 */
function initialize({ model }) {
  onChange(model, settingsOf(model), () => chooseBox(model, -1));
}

/** @param {{ model: Model, el: HTMLElement }} props */
function render({ model, el }) {
  const redraw = oncePerFrame(() => draw());
  const data = readData(model);
  const detect = makeDetector(model, data);
  const images = decodeImages(model.get("images"), redraw);
  const chooseImage = (/** @type {number} */ image) =>
    setTraits(model, { image });
  const parts = makeParts(images, data.compact, chooseImage, redraw);
  let detected = detect();

  function draw() {
    detected = detect();
    show(parts, data, images, detected);
    showText(parts, images.length, detected, model);
    const { image, shown } = detected;
    const candidates = data.candidates[image].classes.length;
    Object.assign(el.dataset, { kept: shown.length, candidates });
    countDrawing(el);
  }

  const now = () => detected;
  chooseBoxes(model, parts, images, now);
  dragCurve(model, parts, now);
  return openView({
    el,
    model,
    watch: [...settingsOf(model), "box"],
    children: layOut(parts, data.compact),
    stages: [parts.picture, parts.chart],
    colors: parts.colors,
    redraw,
  });
}

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {HTMLImageElement[]} images
 * @param {Detected} detected
 */
function show(parts, data, images, detected) {
  const { image, counts, curves, on, least } = detected;
  drawPicture(parts, data, images[image], detected);
  showWhy(parts, data, detected);
  parts.tiles.show(lengthsOf(counts[image]));
  parts.thumbs.show(image, counts);
  showClasses(parts, data, detected);
  const options = { names: data.names, on, least, colors: parts.colors };
  drawPrecisionRecall(parts.chart, curves, options);
  if (!data.compact) showBoxes(parts, data, detected);
}

/** @param {import("./lib/judging.js").Count} count */
function lengthsOf({ correct, wrong, missed }) {
  return {
    correct: correct.length,
    wrong: wrong.length,
    missed: missed.length,
  };
}

/**
 * @param {Parts} parts
 * @param {number} images
 * @param {Detected} detected
 * @param {Model} model
 */
function showText(parts, images, { image, counts, shown }, model) {
  const { correct, wrong, missed } = lengthsOf(counts[image]);
  const text =
    `Image ${image + 1} of ${images}: ${shown.length} boxes; ` +
    `${correct} right, ${wrong} wrong, ${missed} objects missed, at a score ` +
    `from ${model.get("score_threshold").toFixed(2)} and NMS above IoU ` +
    `${model.get("nms_iou").toFixed(2)}.`;
  setLabel(parts.picture.canvas, text);
  const asked = model.get("box") >= 0;
  parts.live.announce(asked ? (parts.why.textContent ?? "") : text);
}

/**
 * @param {Model} model
 * @param {number} box
 */
function chooseBox(model, box) {
  if (box !== model.get("box")) setTraits(model, { box });
}

/**
 * Let a pointer and keys ask about a box.
 *
 * @param {Model} model
 * @param {Parts} parts
 * @param {HTMLImageElement[]} images
 * @param {Now} now
 */
function chooseBoxes(model, { frame, picture }, images, now) {
  // The smallest of the boxes under the pointer; none where there is none
  onPoint(frame, (event) => {
    const image = model.get("image");
    const { left, top, width, height } = fitImage(images[image], picture);
    const [x, y] = placeAt(event, picture.canvas);
    const { boxes } = now().found[image];
    const place = /** @type {[number, number]} */ ([
      (x * picture.width - left) / width,
      (y * picture.height - top) / height,
    ]);
    chooseBox(model, smallestBoxAt(boxes, now().shown, place));
  });
  frame.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") chooseBox(model, -1);
  });
  onKeys(frame, { Escape: () => chooseBox(model, -1) });
  onListKeys(frame, (step) => {
    const [box, count] = [model.get("box"), now().shown.length];
    const next = box < 0 && step < 0 ? count - 1 : box + step;
    chooseBox(model, next < count ? Math.max(-1, next) : -1);
  });
}

/**
 * Let a pointer drag the point of a curve: to the threshold that leads there.
 *
 * @param {Model} model
 * @param {Parts} parts
 * @param {Now} now
 */
function dragCurve(model, { chart, chartFrame }, now) {
  onDrag(chartFrame, (event) => {
    const { curves, on } = now();
    const place = pixelAt(event, chart.canvas);
    const score = nearestScore(chart, curves, on, place);
    if (score === undefined) return;
    const rounded = Math.floor(score * 100) / 100;
    setTraits(model, { score_threshold: clamp(rounded, LOWEST, HIGHEST) });
  });
}

export default { initialize, render };
