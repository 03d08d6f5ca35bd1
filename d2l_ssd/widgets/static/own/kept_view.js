/** The pictures kept back, with what the detector finds in them. */

import { STEPS } from "../engine/steps.js";
import { smallestBoxAt } from "../lib/boxes.js";
import { makeCanvas } from "../lib/canvas.js";
import { CLASS_COLORS, COLORS } from "../lib/colors.js";
import { element, setLabel } from "../lib/dom.js";
import { outlineRect, rectOf } from "../lib/draw.js";
import { placeAt } from "../lib/pointer.js";
import { STORED_SIDE } from "../own_engine/pyramid.js";
import { makeOwnAnchors } from "../own_engine/trainer.js";
import {
  beginPicture,
  chooseShown,
  drawDetections,
  drawMatched,
  drawTruths,
  makePicture,
} from "../playground/pictures.js";
import { lastScores } from "../playground/runs.js";
import { isGuessing, KEPT_BACK } from "./state.js";

/** @typedef {import("./state.js").Boxes} Boxes */
/** @typedef {import("./state.js").Picture} Picture */
/** @typedef {import("./state.js").State} State */
/** @typedef {ReturnType<typeof makeFrame>} Frame */

const THICK = { width: 3.5 };
const DASHED = { width: 2, dash: [6, 4] };

/**
 * @param {import("./actions.js").Actions} actions
 * @param {() => void} redraw
 */
export function makeKeptView({ look }, redraw) {
  const frames = Array.from({ length: KEPT_BACK }, (_, k) => {
    const frame = makeFrame(redraw);
    frame.node.onclick = (event) => {
      const anchor = frame.anchorAt(event);
      if (anchor >= 0) look(k, anchor);
    };
    return frame;
  });
  const node = element(
    "div",
    { className: "d2l-own-kept" },
    ...frames.map((frame) => frame.node),
  );
  return {
    node,
    stages: frames.map(({ stage }) => stage),
    /** @param {State} state */
    show(state) {
      frames.forEach((frame, k) => frame.show(state, k));
    },
  };
}

/** @param {() => void} redraw */
function makeFrame(redraw) {
  let ratio = 0.75;
  /** @type {{ boxes: Float32Array, anchors: number[] }} to be asked about */
  let shown = { boxes: new Float32Array(0), anchors: [] };
  const height = (/** @type {number} */ width) => Math.round(width * ratio);
  const stage = makeCanvas({ height, redraw });
  stage.canvas.removeAttribute("role"); // the button says what it shows
  const picture = makePicture(STORED_SIDE);
  const node = element(
    "button",
    { type: "button", className: "d2l-own-frame" },
    stage.canvas,
  );
  return {
    ...{ node, stage },
    /**
     * The anchor of the box at a place; by a key, of the best box.
     *
     * @param {MouseEvent} event
     */
    anchorAt(event) {
      const { boxes, anchors } = shown;
      if (!event.detail) return anchors[0] ?? -1;
      const place = placeAt(event, stage.canvas);
      return anchors[smallestBoxAt(boxes, [...anchors.keys()], place)] ?? -1;
    },
    /**
     * @param {State} state
     * @param {number} k
     */
    show(state, k) {
      const kept = state.kept[k];
      node.hidden = !kept;
      if (!kept) return;
      ratio = kept.height / kept.width;
      node.style.aspectRatio = String(1 / ratio);
      picture.setPixels(kept.pixels);
      if (stage.width) shown = drawKept(stage, picture, state, k);
      if (state.runs.now.phase !== "training" || !node.ariaLabel) {
        setLabel(node, describe(state, k, shown.anchors.length));
      }
    },
  };
}

/**
 * @param {import("../lib/canvas.js").Stage} stage
 * @param {import("../playground/pictures.js").Picture} picture
 * @param {State} state
 * @param {number} k
 */
function drawKept(stage, picture, state, k) {
  const context = beginPicture(stage, picture);
  const { labels } = state.kept[k];
  drawTruths(context, stage, labels);
  const shown =
    state.view === "targets"
      ? drawTargets(context, stage, labels, state)
      : drawFound(context, stage, labels, state, foundOf(state, k));
  const { looked, inside } = state;
  if (inside && looked?.picture === k) {
    const { anchorBox, box, label } = inside;
    outlineRect(context, rectOf(anchorBox, 0, stage), COLORS.missed, DASHED);
    outlineRect(context, rectOf(box, 0, stage), CLASS_COLORS[label], THICK);
  }
  return shown;
}

/**
 * @param {State} state
 * @param {number} k
 * @returns {Boxes | undefined}
 */
function foundOf({ runs }, k) {
  return /** @type {any} */ (lastScores(runs.now))?.found?.[k];
}

/**
 * @param {import("../lib/draw.js").Context} context
 * @param {import("../lib/canvas.js").Stage} stage
 * @param {Picture["labels"]} labels
 * @param {State} state
 * @param {Boxes | undefined} found
 */
function drawFound(context, stage, labels, state, found) {
  if (!found) return { boxes: new Float32Array(0), anchors: [] };
  const { appear } = state.settings;
  const things = labels.classes.length;
  const shown = chooseShown(found, things, appear, isGuessing(state));
  drawDetections(context, stage, found, shown, state.classes);
  return { boxes: found.boxes, anchors: found.anchors.slice(0, shown.all) };
}

/**
 * @param {import("../lib/draw.js").Context} context
 * @param {import("../lib/canvas.js").Stage} stage
 * @param {Picture["labels"]} labels
 * @param {State} state
 */
function drawTargets(context, stage, labels, { settings }) {
  const all = makeOwnAnchors(settings);
  const matches = STEPS.match(labels, all, /** @type {any} */ (settings));
  const anchors = [...matches.keys()].filter((a) => matches[a] >= 0);
  const truths = anchors.map((a) => matches[a]);
  drawMatched(context, stage, all, { labels, anchors, truths });
  const rows = anchors.flatMap((a) => [...all.subarray(4 * a, 4 * a + 4)]);
  return { boxes: Float32Array.from(rows), anchors };
}

/**
 * @param {State} state
 * @param {number} k
 * @param {number} count of the boxes that are shown
 */
function describe(state, k, count) {
  const names = (/** @type {number[]} */ labels) =>
    labels.map((label) => state.classes[label]).join(", ") || "nothing";
  const found = foundOf(state, k);
  const head = `Kept-back picture ${k + 1} shows ${names(state.kept[k].labels.classes)}`;
  return found
    ? `${head}; found: ${names(found.classes.slice(0, count))}. Look inside.`
    : `${head}.`;
}
