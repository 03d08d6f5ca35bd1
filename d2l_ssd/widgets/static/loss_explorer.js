/**
 * LossExplorer's view: what each anchor of an image pays for its class and its box,
 * after a guess which share the background pays.
 */

import { nearestDot } from "./lib/dots.js";
import { setLabel, setText } from "./lib/dom.js";
import { clamp } from "./lib/grid.js";
import { decodeImages } from "./lib/images.js";
import { onListKeys } from "./lib/keyboard.js";
import { onChange, setTraits } from "./lib/model.js";
import { placeAt } from "./lib/pointer.js";
import { oncePerFrame } from "./lib/schedule.js";
import { countDrawing, openView } from "./lib/view.js";
import { whichOf, whyOf } from "./loss/anchor_texts.js";
import { keyOf, makeReckoner, readData } from "./loss/data.js";
import { layOut, makeParts } from "./loss/parts.js";
import { drawPicture } from "./loss/picture.js";
import { showAnchor, showSums, tell } from "./loss/tables.js";
import {
  formulaOf,
  isSolved,
  taskOf,
  titleOf,
  verdictOf,
} from "./loss/texts.js";

/** @typedef {import("./loss/data.js").Data} Data */
/** @typedef {import("./loss/data.js").Model} Model */
/** @typedef {import("./loss/data.js").Reckoned} Reckoned */
/** @typedef {import("./loss/parts.js").Parts} Parts */

const DEAREST = -1; // as the anchor selected
/** @type {(keyof import("./loss/data.js").Traits)[]} */
const WATCHED = [
  "image",
  "network",
  "mining",
  "pick",
  "divisor",
  "anchor",
  "guesses",
];

/**
 * Select the anchor that pays most where another image is shown.
 *
 * @param {{ model: Model }} props
 */
function initialize({ model }) {
  return onChange(model, ["image", "network"], () => {
    setTraits(model, { anchor: DEAREST });
  });
}

/** @param {{ model: Model, el: HTMLElement }} props */
function render({ model, el }) {
  const redraw = oncePerFrame(() => draw());
  const data = readData(model);
  const reckon = makeReckoner(model, data);
  const images = decodeImages(model.get("images"), redraw);
  let reckoned = reckon();
  const parts = makeParts(data, redraw, {
    move: (step) => select(model, reckoned, step),
    say: (range) => guess(model, reckoned, range),
  });

  function draw() {
    reckoned = reckon();
    drawPicture(parts.picture, data, images[reckoned.image], reckoned);
    showTexts(parts, data, reckoned);
    showSums(parts, data, reckoned);
    showAnchor(parts, data, reckoned);
    showControls(parts, reckoned);
    tell(el, data, reckoned, isSolved(reckoned));
    countDrawing(el);
  }

  onListKeys(parts.frame, (step) => select(model, reckoned, step));
  parts.frame.addEventListener("click", (event) => {
    const place = placeAt(event, parts.picture.canvas);
    const anchor = nearestDot(data.dots, reckoned.ranking, place);
    if (reckoned.guess && anchor >= 0) setTraits(model, { anchor });
  });
  return openView({
    el,
    model,
    watch: WATCHED,
    children: layOut(parts),
    stages: [parts.picture],
    colors: parts.colors,
    redraw,
  });
}

/**
 * Select an anchor so many places further in the ranking.
 *
 * @param {Model} model
 * @param {Reckoned} reckoned
 * @param {number} step
 */
function select(model, { guess, ranking, selected }, step) {
  if (!guess) return;
  const to = clamp(ranking.indexOf(selected) + step, 0, ranking.length - 1);
  setTraits(model, { anchor: ranking[to] });
}

/**
 * @param {Model} model
 * @param {Reckoned} reckoned
 * @param {number} range
 */
function guess(model, reckoned, range) {
  const { mining, pick } = reckoned;
  const said = { [keyOf(reckoned)]: { range, mining, pick } };
  setTraits(model, { guesses: { ...model.get("guesses"), ...said } });
}

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {Reckoned} reckoned
 */
function showTexts(parts, data, reckoned) {
  const [title, verdict] = [titleOf, verdictOf].map((of) => of(data, reckoned));
  const [which, why] = [whichOf, whyOf].map((of) => of(data, reckoned));
  const [formula, task] = [formulaOf, taskOf].map((of) => of(data, reckoned));
  setText(parts.title, title);
  setText(parts.verdict, verdict);
  setText(parts.which, which);
  setText(parts.why, why);
  setText(parts.formula, formula);
  setText(parts.task, task);
  parts.task.dataset.solved = String(isSolved(reckoned));
  setLabel(parts.picture.canvas, `${title}. ${verdict}`);
  const said = [verdict, formula, which, why, task].filter(Boolean);
  parts.live.announce(said.join(" "));
}

/**
 * @param {Parts} parts
 * @param {Reckoned} reckoned
 */
function showControls({ guesses, buttons, frame, chooser }, reckoned) {
  const { guess, ranking, selected } = reckoned;
  const guessed = guesses.contains(document.activeElement);
  const place = ranking.indexOf(selected);
  guesses.hidden = Boolean(guess);
  chooser.hidden = !guess;
  buttons[0].disabled = place <= 0;
  buttons[1].disabled = place === ranking.length - 1;
  if (guess && guessed) frame.focus(); // its own button is gone
}

export default { initialize, render };
