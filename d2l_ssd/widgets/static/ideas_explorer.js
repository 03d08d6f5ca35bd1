/**
 * IdeasExplorer's view: a scene through several detectors, with the predictions
 * that answer for each object in training, and what is detected with NMS and
 * without.
 */

import { readData, readState } from "./ideas/data.js";
import { layOut, makeParts } from "./ideas/parts.js";
import { drawAnswers, drawLeft } from "./ideas/picture.js";
import { showRows, tell } from "./ideas/tables.js";
import { isSolved, rangeName, taskOf } from "./ideas/task.js";
import { headingOf, leftOf, whoOf } from "./ideas/texts.js";
import { smallestBoxAt } from "./lib/boxes.js";
import { setLabel, setText } from "./lib/dom.js";
import { decodeImages } from "./lib/images.js";
import { onKeys, onListKeys } from "./lib/keyboard.js";
import { onChange, setTraits } from "./lib/model.js";
import { onPoint, placeAt } from "./lib/pointer.js";
import { oncePerFrame } from "./lib/schedule.js";
import { countDrawing, openView } from "./lib/view.js";

/** @typedef {import("./ideas/data.js").Data} Data */
/** @typedef {import("./ideas/data.js").Model} Model */
/** @typedef {import("./ideas/data.js").State} State */
/** @typedef {import("./ideas/parts.js").Parts} Parts */

const NONE = -1; // as the object selected

/**
 * Select nothing where another image is shown.
 *
 * @param {{ model: Model }} props
 */
function initialize({ model }) {
  return onChange(model, ["image"], () => select(model, NONE));
}

/** @param {{ model: Model, el: HTMLElement }} props */
function render({ model, el }) {
  const redraw = oncePerFrame(() => draw());
  const data = readData(model);
  const images = decodeImages(model.get("images"), redraw);
  let state = readState(model, data);
  const parts = makeParts(images, redraw, {
    choose: (image) => setTraits(model, { image }),
    say: (range) => guess(model, parts, state, range),
  });

  function draw() {
    state = readState(model, data);
    drawAnswers(parts.picture, data, images[state.image], state);
    drawLeft(parts.left, data, images[state.image], state);
    showTexts(parts, data, state);
    showTask(parts, data, state);
    showCounts(parts, state);
    showRows(parts, state);
    tell(el, data, state);
    countDrawing(el);
  }

  selectObjects(model, parts, () => state);
  chooseByRow(model, parts);
  return openView({
    el,
    model,
    watch: ["idea", "image", "nms", "score_threshold", "selected", "guess"],
    children: layOut(parts),
    stages: [parts.picture, parts.left],
    colors: parts.colors,
    redraw,
  });
}

/**
 * @param {Model} model
 * @param {number} selected
 */
function select(model, selected) {
  if (selected !== model.get("selected")) setTraits(model, { selected });
}

/**
 * @param {Model} model
 * @param {Parts} parts
 * @param {State} state
 * @param {number} range
 */
function guess(model, { frame }, { image, score }, range) {
  setTraits(model, { guess: { range, image, score } });
  frame.focus({ preventScroll: true }); // the button is gone
}

/**
 * Let a pointer and keys select an object.
 *
 * @param {Model} model
 * @param {Parts} parts
 * @param {() => State} now
 */
function selectObjects(model, { frame, picture }, now) {
  onPoint(frame, (event) => {
    const { boxes, classes } = now().truths;
    const place = placeAt(event, picture.canvas);
    select(model, smallestBoxAt(boxes, [...classes.keys()], place));
  });
  frame.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") select(model, NONE);
  });
  onKeys(frame, { Escape: () => select(model, NONE) });
  onListKeys(frame, (step) => {
    const [selected, count] = [
      model.get("selected"),
      now().truths.classes.length,
    ];
    const next = selected < 0 && step < 0 ? count - 1 : selected + step;
    select(model, next < count ? Math.max(NONE, next) : NONE);
  });
}

/**
 * Let a click on a row of the table choose its idea.
 *
 * @param {Model} model
 * @param {Parts} parts
 */
function chooseByRow(model, { table }) {
  table.body.addEventListener("click", ({ target }) => {
    const row = /** @type {Element} */ (target).closest("tr");
    if (row) setTraits(model, { idea: row.sectionRowIndex });
  });
}

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {State} state
 */
function showTexts(parts, data, state) {
  const { name } = state.idea;
  const [heading, left] = [headingOf(state), leftOf(state)];
  const who = whoOf(data, state);
  setText(parts.heading, heading);
  setText(parts.who, who);
  setText(parts.what, left);
  setLabel(parts.picture.canvas, `${name}: who answers in training. ${who}`);
  setLabel(parts.left.canvas, `${name}: ${heading}. ${left}`);
  const said = [`${name}.`, who, left, taskOf(data, state)].filter(Boolean);
  parts.live.announce(said.join(" "));
}

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {State} state
 */
function showTask({ task, guesses, buttons }, data, state) {
  const objects = state.truths.classes.length;
  setText(task, taskOf(data, state));
  task.dataset.solved = String(isSolved(data, state));
  guesses.hidden = Boolean(state.guess) || data.asked < 0 || !objects;
  buttons.forEach((button, range) => {
    const name = rangeName(range, objects);
    setText(button, name);
    setLabel(button, `I guess ${name}`);
  });
}

/**
 * @param {Parts} parts
 * @param {State} state
 */
function showCounts({ tiles, thumbs }, { image, counts, hidden }) {
  const { correct, wrong, missed } = counts[image];
  tiles.show({
    correct: correct.length,
    wrong: wrong.length,
    missed: missed.length,
  });
  tiles.row.classList.toggle("d2l-ideas-hidden", hidden);
  thumbs.strip.classList.toggle("d2l-ideas-unknown", hidden);
  thumbs.show(image, counts);
}

export default { initialize, render };
