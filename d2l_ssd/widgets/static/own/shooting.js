/** The camera, taking pictures that teach. */

import { byRatio, makeCanvas } from "../lib/canvas.js";
import { CLASS_COLORS } from "../lib/colors.js";
import { element, note, setLabel, setText } from "../lib/dom.js";
import { drawPlate, outlineRect, rectOf } from "../lib/draw.js";
import { makeButton } from "../playground/controls.js";
import { drawFitted } from "./fitted.js";
import { makeRow } from "./rows.js";
import { hasThing } from "./state.js";

/** @typedef {import("./state.js").State} State */

const DASHED = { dash: [7, 5], width: 2 };
// A phone has no keys
const hasKeys = globalThis.matchMedia?.("(hover: hover)").matches;
const TAKE = hasKeys ? "Take a picture (space)" : "Take a picture";
const HINT = "Move it between two pictures: near, far, turned, into a corner.";
const LAST = " The dashed box is where it was last.";

/**
 * @param {import("./actions.js").Actions} actions
 * @param {() => void} redraw
 * @param {() => void} edit lets keys draw boxes
 */
export function makeShooting({ shoot }, redraw, edit) {
  const stage = makeCanvas({ height: byRatio(0.75), redraw });
  setLabel(stage.canvas, "What the camera sees");
  const main = makeButton(TAKE, shoot.take, "d2l-pg-train");
  const boxes = makeButton("", () => {
    shoot.label();
    edit();
  });
  const hint = note();
  const node = element(
    "div",
    {
      ...{ className: "d2l-own-shooting", hidden: true, role: "group" },
      "aria-label": "The camera: the space key takes a picture",
    },
    element("div", { className: "d2l-own-stage" }, stage.canvas),
    main,
    makeRow(boxes, makeButton("Stop the camera", shoot.stop)),
    hint,
  );
  // With the focus here, the space key takes a picture, and Enter none: it may have
  // been meant for the last box
  node.tabIndex = -1;
  /** @param {State} state */
  const show = ({ source, pictures }) => {
    const isHidden = source?.kind !== "camera";
    if (node.hidden && !isHidden) setTimeout(() => node.focus());
    node.hidden = isHidden;
    const waiting = pictures.filter(({ ready }) => !ready).length;
    setText(boxes, `Draw the boxes (${waiting})`);
    boxes.disabled = !waiting;
    setText(hint, pictures.some(hasThing) ? HINT + LAST : HINT);
  };
  return { node, stage, show, draw: drawCamera.bind(null, stage) };
}

/**
 * Draw what the camera sees, and where the thing was last.
 *
 * @param {import("../lib/canvas.js").Stage} stage
 * @param {State} state
 */
function drawCamera(stage, { source, pictures, classes }) {
  const picture = source?.picture();
  if (!picture || !stage.width) return;
  const { context, size } = drawFitted(stage, picture);
  const last = pictures.filter(hasThing).pop();
  last?.labels.classes.forEach((label, k) => {
    const rect = rectOf(last.labels.boxes, k, size);
    const [x, y] = rect;
    const color = CLASS_COLORS[label];
    outlineRect(context, rect, color, DASHED);
    drawPlate(context, `last ${classes[label]}`, [x, y], size, color);
  });
}
