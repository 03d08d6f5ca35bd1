/**
 * IoUExplorer's view: two boxes that can be moved, guess first, then their
 * intersection, union, IoU and GIoU while they move.
 */

import { choose, place, readState, reveal, toShares } from "./iou/data.js";
import { followHand } from "./iou/hand.js";
import { listenToKeys, placeHandles } from "./iou/handles.js";
import { layOut, makeParts } from "./iou/parts.js";
import { drawPicture } from "./iou/picture.js";
import { drawScale } from "./iou/scale.js";
import { showMeasures, showSeen } from "./iou/tables.js";
import {
  changeOf,
  taskLines,
  taskVerdict,
  titleOf,
  verdictOf,
} from "./iou/texts.js";
import { dragBox } from "./lib/box_drag.js";
import { setText } from "./lib/dom.js";
import { decodeImages } from "./lib/images.js";
import { setTraits } from "./lib/model.js";
import { oncePerFrame } from "./lib/schedule.js";
import { countDrawing, openView } from "./lib/view.js";

/** @typedef {import("./iou/data.js").Model} Model */
/** @typedef {import("./iou/data.js").State} State */
/** @typedef {import("./iou/parts.js").Parts} Parts */

/** @param {{ model: Model, el: HTMLElement }} props */
function render({ model, el }) {
  const redraw = oncePerFrame(() => draw());
  const size = model.get("size");
  const [image] = decodeImages([model.get("image")], redraw);
  const parts = makeParts(model, redraw, {
    show: () => reveal(model),
    choose: (number) => choose(model, number),
  });

  function draw() {
    const state = readState(model);
    drawPicture(parts, image, size, state);
    placeHandles(parts.handles, state.boxes, size);
    drawScale(parts, state);
    showMeasures(parts, state);
    showSeen(parts, state);
    showTexts(parts, state, model.get("case"));
    el.dataset.boxes = JSON.stringify(state.boxes);
    el.dataset.shown = String(state.shown);
    el.dataset.solved = String(state.isSolved);
    countDrawing(el);
  }

  listen(parts, model);
  return openView({
    el,
    model,
    watch: ["case", "boxes", "before", "selected", "guess", "guesses"],
    children: layOut(parts, model.get("goal")),
    stages: [parts.picture, parts.scale],
    colors: parts.colors,
    redraw,
  });
}

/**
 * Let a pointer and the keys move the boxes.
 *
 * @param {Parts} parts
 * @param {Model} model
 */
function listen({ frame, picture, handles }, model) {
  const size = model.get("size");
  const now = () => toShares(model.get("boxes"), size);
  let before = model.get("boxes");
  listenToKeys(handles, (k, grip, [x, y]) => {
    const box = now().slice(4 * k, 4 * k + 4);
    const moved = dragBox(box, grip, [x / size[1], y / size[0]]);
    place(model, k, moved, model.get("boxes"));
  });
  followHand(frame, picture.canvas, {
    now,
    selected: () => model.get("selected"),
    grip({ k, grip }) {
      before = model.get("boxes");
      const isHeld = (/** @type {import("./iou/handles.js").Handle} */ one) =>
        one.k === k && `${one.grip}` === `${grip}`;
      const held = handles.find(isHeld) ?? handles.find((one) => one.k === k);
      held?.node.focus({ preventScroll: true });
    },
    move: (k, box) => place(model, k, box, before),
  });
  for (const { node, k } of handles) {
    node.addEventListener("focus", () => setTraits(model, { selected: k }));
  }
}

/**
 * @param {Parts} parts
 * @param {State} state
 * @param {number} chosen the case
 */
function showTexts(parts, state, chosen) {
  const [title, text] = [titleOf(state), verdictOf(state)];
  const [change, solved] = [changeOf(state), taskVerdict(state)];
  setText(parts.title, title);
  setText(parts.verdict, text);
  setText(parts.change, change);
  setText(parts.solved, solved);
  parts.reveal.disabled = state.shown;
  taskLines(state).forEach((line, k) => setText(parts.conditions[k], line));
  parts.cases.forEach((button, k) => {
    button.setAttribute("aria-pressed", String(k === chosen));
  });
  const moved = state.isMoved && state.shown;
  const said = moved ? `${change} ${solved}` : `${title}. ${text}`;
  parts.live.announce(said);
}

export default { render };
