/** Step 3: the detector at work. */

import { byRatio, makeCanvas } from "../lib/canvas.js";
import { heading, note, setLabel, setText } from "../lib/dom.js";
import { formatShare } from "../lib/format.js";
import { KNOBS } from "../own_engine/settings.js";
import { makeButton } from "../playground/controls.js";
import { makeSheet } from "../playground/knobs.js";
import { drawDetections } from "../playground/pictures.js";
import { drawFitted } from "./fitted.js";
import { makePart, makeRow } from "./rows.js";
import { makeFileInput } from "./start.js";
import { isGuessing, isInDoubt, isTrained, ratesAt } from "./state.js";
import { makeStrip } from "./strip.js";

/** @typedef {import("./actions.js").Actions} Actions */
/** @typedef {import("./state.js").State} State */

/**
 * @param {Actions} actions
 * @param {() => void} redraw
 */
export function makeWatchView(actions, redraw) {
  const stage = makeCanvas({ height: byRatio(0.75), redraw });
  const strip = makeStrip(stage.canvas);
  const sources = makeSourceButtons(actions);
  const turning = makeTurning(actions);
  const knobs = KNOBS.filter(({ key }) => key === "appear" || key === "stay");
  const sheet = makeSheet({ change: actions.change }, knobs);
  const [rates, empty] = [note("", "d2l-own-rates"), note("", "d2l-own-empty")];
  const screen = makePart("stage", stage.canvas, empty);
  const files = makeExports(actions, strip.save);
  return {
    node: makePart(
      "body",
      makePart("left", screen, turning.node),
      makePart("right", sources.node, sheet.node, rates, files.node),
    ),
    stage,
    /** @param {State} state */
    show(state) {
      sources.show(state);
      turning.show(state);
      files.show(state);
      sheet.show(state.draft);
      setText(rates, explainRates(state));
      setText(empty, whyEmpty(state));
      if (!state.source && stage.width) stage.begin();
      setLabel(stage.canvas, describe(state));
    },
    /** @param {State} state */
    draw(state) {
      const fitted = drawWatched(stage, state);
      if (fitted) strip.take(fitted);
    },
  };
}

/**
 * @param {import("../lib/canvas.js").Stage} stage
 * @param {State} state
 * @returns where the picture is, if there is one
 */
function drawWatched(stage, state) {
  const { source, shown, best, classes } = state;
  const picture = source?.picture();
  if (!picture || !stage.width) return null;
  const fitted = drawFitted(stage, picture);
  const { context, size } = fitted;
  const sure = shown.scores.length;
  const guess = sure || !isGuessing(state) ? null : best;
  const boxes = guess ?? shown;
  const all = boxes.scores.length;
  const sized = /** @type {any} */ (size); // of a stage, no more is used
  drawDetections(context, sized, boxes, { sure, all }, classes);
  return fitted;
}

/** @param {Actions} actions */
function makeSourceButtons({ openScene, openCamera, begin, watch }) {
  const files = makeFileInput("image/*,video/*", watch);
  const scene = makeButton("Moving scene", openScene);
  /** @type {[RegExp, HTMLButtonElement][]} */
  const buttons = [
    [/scene/, scene],
    [/camera/, makeButton("Camera", openCamera)],
    [/pictures|video/, makeButton("Pictures or a video", files.open)],
  ];
  const teach = makeButton("Teach first", begin, "d2l-pg-train");
  const row = makeRow(...buttons.map(([, button]) => button));
  const node = makePart("run", teach, heading("Watch"), row, files.node);
  /** @param {State} state */
  const show = (state) => {
    teach.hidden = isTrained(state);
    scene.hidden = !state.aside;
    for (const [kind, button] of buttons) {
      const isNow = kind.test(state.source?.kind ?? "");
      button.setAttribute("aria-pressed", String(isNow));
    }
  };
  return { node, show };
}

/** @type {Record<import("./sources.js").Source["kind"], string>} */
const ENDS = {
  scene: "Close the scene",
  camera: "Turn the camera off",
  video: "Close the video",
  pictures: "Close the pictures",
};

/** @param {Actions} actions */
function makeTurning({ rest, turn, close, shoot }) {
  const pause = makeButton("", rest);
  const before = makeButton("Previous picture", () => turn(-1));
  const next = makeButton("Next picture", () => turn(1));
  const end = makeButton("", close);
  const keep = makeButton("Keep this picture (space)", shoot.keepFrame);
  const node = makeRow(pause, keep, before, next, end);
  /** @param {State} state */
  const show = ({ source, isPaused, aside }) => {
    node.hidden = !source;
    keep.hidden = source?.kind !== "camera" || Boolean(aside);
    pause.hidden = Boolean(source?.turn);
    before.hidden = next.hidden = !source?.turn;
    setText(pause, isPaused ? "Play" : "Pause");
    if (source) setText(end, ENDS[source.kind]);
  };
  return { node, show };
}

/**
 * @param {Actions} actions
 * @param {() => void} saveStrip
 */
function makeExports({ save, load }, saveStrip) {
  const files = makeFileInput(".safetensors", async ([file]) =>
    load(new Uint8Array(await file.arrayBuffer())),
  );
  const strip = makeButton("Save a strip (PNG)", saveStrip);
  const detector = makeButton("Save the detector (safetensors)", save);
  const other = makeButton("Load a detector", files.open);
  const row = makeRow(strip, detector, other, files.node);
  const node = makePart("run", heading("Keep it"), row);
  /** @param {State} state */
  const show = (state) => {
    strip.disabled = !state.source;
    detector.disabled = !isTrained(state);
  };
  return { node, show };
}

/** @param {State} state */
function explainRates(state) {
  const rates = ratesAt(state);
  if (!rates) return "";
  const [precision, recall] = [rates.precision, rates.recall].map(formatShare);
  return (
    `Boxes with a score of at least ${state.settings.appear.toFixed(2)}, in the ` +
    `pictures kept back (${state.kept.length}): precision ${precision} (the share of ` +
    `boxes that are right), recall ${recall} (the share of things that are found).`
  );
}

/**
 * Why no box is shown, and what helps, or "".
 *
 * @param {State} state
 */
export function whyEmpty(state) {
  const { source, shown, best, settings } = state;
  if (!isTrained(state)) return "Nothing has been taught yet.";
  if (!source) return "Choose what to watch, or drop pictures or a video here.";
  if (shown.scores.length) return "";
  const least = settings.appear.toFixed(2);
  const score = (best?.scores[0] ?? 0).toFixed(1);
  const hint = isInDoubt(state)
    ? " If the box is right, lower “Score to appear”."
    : "";
  return `Not sure enough: the best box scores about ${score}, and ${least} is needed.${hint}`;
}

/** @param {State} state */
function describe({ source, shown, classes }) {
  if (!source) return "Nothing is watched";
  const names = shown.classes.map((label) => classes[label]).join(", ");
  return `Found: ${names || "nothing"}`;
}
