/** Step 1: pictures and their boxes. */

import { firstOf } from "../engine/scores.js";
import { element } from "../lib/dom.js";
import { makeBoxEditor } from "./boxes.js";
import { selectedPicture } from "./picture_actions.js";
import { makeSide } from "./pictures_side.js";
import { makePart } from "./rows.js";
import { makeShooting } from "./shooting.js";
import { makeFileInput, makeStart } from "./start.js";
import { makeThumbs } from "./thumbs.js";

/** @typedef {import("./state.js").State} State */

/**
 * @param {import("./actions.js").Actions} actions
 * @param {() => void} redraw
 */
export function makePicturesView(actions, redraw) {
  const { label: change, confirm: next, bringBack } = actions;
  const editor = makeBoxEditor({ change, next, bringBack });
  const edit = () => void requestAnimationFrame(editor.focus);
  const files = makeFileInput("image/*", async (chosen) => {
    await actions.read(chosen);
    edit();
  });
  const start = makeStart(actions, files.open);
  const shooting = makeShooting(actions, redraw, edit);
  const thumbs = makeThumbs((id) => {
    actions.choose(id);
    edit();
    // On a phone the picture may be far above
    const { top } = left.getBoundingClientRect();
    if (top < 0) left.scrollIntoView();
  });
  const side = makeSide(actions, files.open);
  const left = makePart("left", shooting.node, editor.node, files.node);
  const body = makePart("body", left, side.node, thumbs.node);
  return {
    node: element("div", {}, start.node, body),
    ...{ stage: shooting.stage, draw: shooting.draw },
    /** @param {State} state */
    show(state) {
      const isShooting = state.source?.kind === "camera";
      body.hidden = !state.pictures.length && !isShooting;
      const picture = isShooting ? null : selectedPicture(state);
      const found = proposalsOf(state);
      editor.show(picture, state.classes, found, !!state.removed);
      for (const part of [start, shooting, thumbs, side]) part.show(state);
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
