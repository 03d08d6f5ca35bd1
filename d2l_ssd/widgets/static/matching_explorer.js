/**
 * MatchingExplorer's view: the table of IoUs, crossed out step by step, beside the
 * boxes in question; after a guess.
 */

import { smallestBoxAt } from "./lib/boxes.js";
import { makeButton, setText } from "./lib/dom.js";
import { decodeImages } from "./lib/images.js";
import { onKeys } from "./lib/keyboard.js";
import { onChange, setTraits } from "./lib/model.js";
import { placeAt } from "./lib/pointer.js";
import { oncePerFrame } from "./lib/schedule.js";
import { countDrawing, openView } from "./lib/view.js";
import {
  goTo,
  NONE,
  pointAt,
  readData,
  readState,
  takeGuess,
} from "./matching/data.js";
import { layOut, makeParts } from "./matching/parts.js";
import { drawCloseUp } from "./matching/close_up.js";
import { drawPicture } from "./matching/picture.js";
import { showTables } from "./matching/tables.js";
import { isSolved, taskOf, USUAL } from "./matching/task.js";
import { nameAnchor, sentenceOf, titleOf } from "./matching/texts.js";

/** @typedef {import("./matching/data.js").Data} Data */
/** @typedef {import("./matching/data.js").Model} Model */
/** @typedef {import("./matching/data.js").State} State */
/** @typedef {import("./matching/parts.js").Parts} Parts */

/**
 * Start from the first step and the usual rules with every image.
 *
 * @param {{ model: Model }} props
 */
function initialize({ model }) {
  const start = { step: 0, anchor: NONE, pos_iou: USUAL, forced: true };
  onChange(model, ["image"], () => setTraits(model, start));
}

/** @param {{ model: Model, el: HTMLElement }} props */
function render({ model, el }) {
  const redraw = oncePerFrame(() => draw());
  const data = readData(model);
  const images = decodeImages(model.get("images"), redraw);
  const parts = makeParts(redraw, {
    go: (choose) => goTo(model, data, choose),
  });

  function draw() {
    const state = readState(model, data);
    drawPicture(parts, images[state.image], state);
    drawCloseUp(parts, images[state.image], state);
    showTables(parts, state);
    showTexts(parts, state);
    showButtons(parts, state);
    showGuesses(parts, state, model, data);
    el.dataset.step = String(state.step);
    el.dataset.solved = String(isSolved(state));
    countDrawing(el);
  }

  listen(parts, model, data);
  return openView({
    el,
    model,
    watch: ["image", "pos_iou", "forced", "step", "anchor", "guesses"],
    children: layOut(parts),
    stages: [parts.picture, parts.closeUp],
    colors: parts.colors,
    redraw,
  });
}

/**
 * Let keys and pointers go through the steps, and point at anchors.
 *
 * @param {Parts} parts
 * @param {Model} model
 * @param {Data} data
 */
function listen({ frame, picture, ious }, model, data) {
  onKeys(frame, {
    ArrowLeft: () => goTo(model, data, (now) => now - 1),
    ArrowRight: () => goTo(model, data, (now) => now + 1),
    ArrowUp: () => pointAt(model, data, -1),
    ArrowDown: () => pointAt(model, data, 1),
    Home: () => goTo(model, data, () => 0),
    End: () => goTo(model, data, (_, last) => last),
    Enter: () => takeGuess(model, data, model.get("anchor")),
    Escape: () => setTraits(model, { anchor: NONE }),
  });
  frame.addEventListener("pointerdown", (event) => {
    const { anchors, count } = readState(model, data).scene;
    const all = Array.from({ length: count }, (_, anchor) => anchor);
    const place = placeAt(event, picture.canvas);
    setTraits(model, { anchor: smallestBoxAt(anchors, all, place) });
  });
  ious.body.addEventListener("pointerover", ({ target }) => {
    const row = /** @type {Element} */ (target).closest("tr");
    if (row) setTraits(model, { anchor: row.sectionRowIndex });
  });
  ious.body.addEventListener("pointerleave", () =>
    setTraits(model, { anchor: NONE }),
  );
}

/**
 * @param {Parts} parts
 * @param {State} state
 */
function showTexts(parts, state) {
  const { scene } = state;
  const [title, sentence] = [titleOf(state), sentenceOf(state)];
  setText(parts.title, title);
  setText(parts.sentence, sentence);
  const some =
    scene.total > scene.count
      ? `These are ${scene.count} of the image’s ${scene.total.toLocaleString("en-US")} anchors. ` +
        "Matching all of them gives these the same result."
      : "";
  setText(parts.some, some);
  const task = taskOf(state);
  setText(parts.task, task);
  parts.live.announce(`${title}. ${sentence} ${task}`);
}

/**
 * Switch the buttons on or off; the focus does not stay on one that is off.
 *
 * @param {Parts} parts
 * @param {State} state
 */
function showButtons({ back, next, start, end, frame }, state) {
  const { guess, step, last } = state;
  const open = guess === undefined;
  const focused = document.activeElement;
  next.disabled = end.disabled = open || step === last;
  back.disabled = start.disabled = open || step === 0;
  const all = [next, back, end, start];
  if (all.some((button) => button === focused && button.disabled)) {
    (all.find((button) => !button.disabled) ?? frame).focus();
  }
}

/**
 * Offer the anchors to guess, until one is guessed.
 *
 * @param {Parts} parts
 * @param {State} state
 * @param {Model} model
 * @param {Data} data
 */
function showGuesses({ guesses, next }, { guess, scene }, model, data) {
  const focused = guesses.contains(document.activeElement);
  guesses.hidden = guess !== undefined;
  if (guesses.hidden) {
    if (focused) next.focus();
    return;
  }
  if (guesses.querySelectorAll("button").length === scene.count + 1) return;
  const anchors = Array.from({ length: scene.count }, (_, anchor) => anchor);
  const buttons = [...anchors, NONE].map((anchor) => {
    const [text, name] =
      anchor === NONE
        ? ["none", "none"]
        : [String(anchor + 1), nameAnchor(anchor)];
    const guessIt = () => takeGuess(model, data, anchor);
    const button = makeButton(text, guessIt, `Guess: ${name}`);
    button.onfocus = button.onpointerenter = () => setTraits(model, { anchor });
    return button;
  });
  guesses.replaceChildren("Anchor", ...buttons);
}

export default { initialize, render };
