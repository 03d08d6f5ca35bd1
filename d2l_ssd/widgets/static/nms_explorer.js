/**
 * NMSExplorer's view: non-maximum suppression of one class on one image, a step at a
 * time, after a guess how many boxes it will leave.
 */

import { smallestBoxAt } from "./lib/boxes.js";
import { setLabel, setText } from "./lib/dom.js";
import { clamp } from "./lib/grid.js";
import { decodeImages } from "./lib/images.js";
import { onKeys } from "./lib/keyboard.js";
import { setTraits } from "./lib/model.js";
import { pixelAt } from "./lib/pointer.js";
import { oncePerFrame } from "./lib/schedule.js";
import { countDrawing, openView } from "./lib/view.js";
import { follow, play } from "./nms/follow.js";
import { keyOf, makeTracer, readData } from "./nms/data.js";
import { layOut, makeParts } from "./nms/parts.js";
import { drawPicture } from "./nms/picture.js";
import { showBoxes } from "./nms/rows.js";
import { endingOf, isSolved, taskOf, titleOf, verdictOf } from "./nms/texts.js";
import { fitPart, pointOf } from "./nms/zoom.js";

/** @typedef {import("./nms/data.js").Data} Data */
/** @typedef {import("./nms/data.js").Model} Model */
/** @typedef {import("./nms/data.js").Traced} Traced */
/** @typedef {import("./nms/parts.js").Parts} Parts */
/** @typedef {() => Traced} Now what was drawn last */

/**
 * Let the step follow the other traits, and the replay go on by itself.
 *
 * @param {{ model: Model }} props
 */
function initialize({ model }) {
  const trace = makeTracer(model, readData(model));
  follow(model, trace);
  return play(model, trace);
}

/** @param {{ model: Model, el: HTMLElement }} props */
function render({ model, el }) {
  const redraw = oncePerFrame(() => draw());
  const data = readData(model);
  const trace = makeTracer(model, data);
  const images = decodeImages(model.get("images"), redraw);
  const parts = makeParts(
    redraw,
    makeActions(model, () => traced),
  );
  let traced = trace();

  function draw() {
    traced = trace();
    drawPicture(parts, data, images[traced.image], traced);
    showTexts(parts, data, traced);
    showControls(parts, traced, model.get("playing"));
    showBoxes(parts, data, traced);
    tell(el, traced);
    countDrawing(el);
  }

  moveByKeys(parts, model, () => traced);
  askByClick(parts, images, model, () => traced);
  return openView({
    el,
    model,
    watch: ["image", "label", "nms_iou", "step", "guesses", "playing"],
    children: layOut(parts),
    stages: [parts.picture],
    colors: parts.colors,
    redraw,
  });
}

/**
 * @param {Model} model
 * @param {Now} now
 * @returns {import("./nms/parts.js").Actions}
 */
function makeActions(model, now) {
  return {
    move: (by) => goTo(model, now(), now().step + by),
    go: (step) => goTo(model, now(), step),
    play: () => setTraits(model, { playing: !model.get("playing") }),
    say(left) {
      const guess = { left, nms_iou: now().threshold };
      const guesses = { ...model.get("guesses"), [keyOf(now())]: guess };
      setTraits(model, { guesses, step: 0 });
    },
  };
}

/**
 * Go to a step, by hand: a replay ends.
 *
 * @param {Model} model
 * @param {Traced} traced
 * @param {number} step
 */
function goTo(model, { guess, steps }, step) {
  if (!guess) return;
  setTraits(model, { step: clamp(step, 0, steps.length), playing: false });
}

/**
 * @param {Parts} parts
 * @param {Model} model
 * @param {Now} now
 */
function moveByKeys({ frame }, model, now) {
  /** @param {number} way */
  const toKept = (way) => {
    const { steps, step } = now();
    const last = way < 0 ? 0 : steps.length;
    let to = clamp(step + way, 0, steps.length);
    while (to !== last && steps[to - 1]?.tested >= 0) to += way;
    goTo(model, now(), to);
  };
  onKeys(frame, {
    ArrowLeft: () => goTo(model, now(), now().step - 1),
    ArrowRight: () => goTo(model, now(), now().step + 1),
    ArrowUp: () => toKept(-1),
    ArrowDown: () => toKept(1),
    Home: () => goTo(model, now(), 0),
    End: () => goTo(model, now(), Infinity),
  });
}

/**
 * Go to the step that decided a box, where somebody clicks or taps on it.
 *
 * @param {Parts} parts
 * @param {HTMLImageElement[]} images
 * @param {Model} model
 * @param {Now} now
 */
function askByClick({ frame, picture }, images, model, now) {
  frame.addEventListener("click", (event) => {
    const { image, part, candidates, group, steps } = now();
    const view = fitPart(images[image], part, picture);
    const at = pointOf(pixelAt(event, picture.canvas), view);
    const rows = Array.from({ length: group.count }, (_, k) => group.from + k);
    const rank = smallestBoxAt(candidates.boxes, rows, at);
    const decides = steps.findIndex(({ kept, tested, removed }) =>
      tested < 0 ? kept === rank : removed && tested === rank,
    );
    if (decides >= 0) goTo(model, now(), decides + 1);
  });
}

/**
 * @param {Parts} parts
 * @param {Data} data
 * @param {Traced} traced
 */
function showTexts(parts, data, traced) {
  const [title, verdict] = [titleOf(data, traced), verdictOf(data, traced)];
  const [ending, task] = [endingOf(data, traced), taskOf(data, traced)];
  setText(parts.title, title);
  setText(parts.verdict, verdict);
  setText(parts.ending, ending);
  setText(parts.task, task);
  parts.task.dataset.solved = String(isSolved(traced));
  setLabel(parts.picture.canvas, `${title}. ${verdict}`);
  parts.live.announce([verdict, ending, task].filter(Boolean).join(" "));
}

/**
 * @param {Parts} parts
 * @param {Traced} traced
 * @param {boolean} playing
 */
function showControls(parts, { guess, group, step, steps, done }, playing) {
  const { previous, next, player, end, slider, guesses } = parts;
  const closed = !guess || !group.count;
  const guessed = guesses.row.contains(document.activeElement);
  guesses.show(guess ? 0 : group.count);
  previous.disabled = closed || !step;
  next.disabled = end.disabled = closed || done;
  player.disabled = slider.disabled = closed;
  setText(player, playing ? "❚❚ Pause" : "▶ Play");
  setLabel(player, playing ? "Pause" : "Play");
  slider.max = String(steps.length);
  slider.value = String(step);
  if (guessed && !closed) next.focus(); // its own button is gone
}

/**
 * Write what is shown into the element's data, for tests.
 *
 * @param {HTMLElement} el
 * @param {Traced} traced
 */
function tell(el, traced) {
  const { step, steps, outcome, guess, now } = traced;
  Object.assign(el.dataset, {
    step,
    steps: steps.length,
    kept: guess ? outcome.kept.length : "",
    tested: now ? now.tested : "",
    iou: now ? now.iou : "",
    solved: isSolved(traced),
  });
}

export default { initialize, render };
