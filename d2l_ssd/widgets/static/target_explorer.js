/**
 * TargetExplorer's view: every anchor as a dot, colored by what it is to learn; one
 * positive anchor with its ground truth, and the four offsets between them.
 */

import { nearestDot } from "./lib/dots.js";
import { decodeImages } from "./lib/images.js";
import { onListKeys } from "./lib/keyboard.js";
import { onChange, setTraits } from "./lib/model.js";
import { placeAt } from "./lib/pointer.js";
import { oncePerFrame } from "./lib/schedule.js";
import { countDrawing, openView } from "./lib/view.js";
import { showCounts } from "./target/counts.js";
import { makeMatcher, readData, selectedOf } from "./target/data.js";
import { showSelected } from "./target/offsets.js";
import { layOut, makeParts } from "./target/parts.js";
import { drawPicture } from "./target/picture.js";

/** @typedef {import("./target/data.js").Traits} Traits */
/** @typedef {import("./target/data.js").Model} Model */

/**
 * Let one threshold push the other one: ignored lies below positive.
 *
 * @param {{ model: Model }} props
 */
function initialize({ model }) {
  const inOrder = () => model.get("neg_iou") <= model.get("pos_iou");
  onChange(model, ["pos_iou"], () => {
    if (!inOrder()) setTraits(model, { neg_iou: model.get("pos_iou") });
  });
  onChange(model, ["neg_iou"], () => {
    if (!inOrder()) setTraits(model, { pos_iou: model.get("neg_iou") });
  });
}

/** @param {{ model: Model, el: HTMLElement }} props */
function render({ model, el }) {
  const redraw = oncePerFrame(() => draw());
  const data = readData(model);
  const match = makeMatcher(model, data);
  const images = decodeImages(model.get("images"), redraw);
  const parts = makeParts(data, redraw, selectNext);
  let matched = match();

  function draw() {
    matched = match();
    drawPicture(parts, data, images[matched.image], matched);
    showCounts(parts, data, matched, model);
    showSelected(parts, data, matched);
    countDrawing(el);
  }

  /** @param {number} step */
  function selectNext(step) {
    const { positives } = matched;
    const { length } = positives;
    if (!length) return;
    const now = positives.indexOf(selectedOf(positives, model.get("anchor")));
    setTraits(model, { anchor: positives[(now + step + length) % length] });
  }

  parts.frame.addEventListener("pointerdown", (event) => {
    const place = placeAt(event, parts.picture.canvas);
    const anchor = nearestDot(data.dots, matched.positives, place);
    if (anchor >= 0) setTraits(model, { anchor });
  });
  onListKeys(parts.frame, selectNext);
  return openView({
    el,
    model,
    watch: ["image", "map", "pos_iou", "neg_iou", "anchor"],
    children: layOut(parts, data.names),
    stages: [parts.picture, parts.closeUp],
    colors: parts.colors,
    redraw,
  });
}

export default { initialize, render };
