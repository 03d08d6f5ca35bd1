/** Step 1: pictures and their boxes. */

import { firstOf } from "../engine/scores.js";
import { element } from "../lib/dom.js";
import { makeBoxEditor } from "./boxes.js";
import { selectedPicture } from "./picture_actions.js";
import { makeSide } from "./pictures_side.js";
import { makeShooting } from "./shooting.js";
import { makeFileInput, makeStart } from "./start.js";
import { makeThumbs } from "./thumbs.js";

/** @typedef {import("./state.js").State} State */

/**
 * @param {import("./actions.js").Actions} actions
 * @param {() => void} redraw
 */
export function makePicturesView(actions, redraw) {
  const files = makeFileInput("image/*", actions.read);
  const start = makeStart(actions, files.open);
  const shooting = makeShooting(actions, redraw);
  const { label: change, confirm: next } = actions;
  const editor = makeBoxEditor({ change, next });
  const thumbs = makeThumbs(actions.choose);
  const side = makeSide(actions, files.open);
  const left = element(
    "div",
    { className: "d2l-own-left" },
    ...[shooting.node, editor.node, files.node],
  );
  const body = element(
    "div",
    { className: "d2l-own-body" },
    ...[left, side.node, thumbs.node],
  );
  return {
    node: element("div", {}, start, body),
    ...{ stage: shooting.stage, draw: shooting.draw },
    /** @param {State} state */
    show(state) {
      const { pictures, source, classes } = state;
      const isShooting = source?.kind === "camera";
      body.hidden = !pictures.length && !isShooting;
      start.hidden = !body.hidden;
      shooting.show(state);
      editor.show(
        isShooting ? null : selectedPicture(state),
        classes,
        proposalsOf(state),
      );
      thumbs.show(state);
      side.show(state);
    },
  };
}

/**
 * What the detector proposes for the selected picture, if it is sure enough.
 *
 * @param {State} state
 */
function proposalsOf({ proposals, selected, settings }) {
  if (proposals?.id !== selected) return null;
  const { found } = proposals;
  const count = found.scores.filter((s) => s >= settings.stay).length;
  return count ? firstOf(/** @type {any} */ (found), count) : null;
}
