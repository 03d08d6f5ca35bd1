/** Beside the pictures: names, what is missing, and what can be done with all. */

import { column, note, setText } from "../lib/dom.js";
import { makeButton } from "../playground/controls.js";
import { makeGuide } from "./guide.js";
import { makeNames } from "./names.js";
import { makeRow } from "./rows.js";
import { FORMATS } from "./saving.js";
import { warning, whyNotTeach } from "./state.js";

/** @typedef {import("./actions.js").Actions} Actions */
/** @typedef {import("./state.js").State} State */

/**
 * @param {Actions} actions
 * @param {() => void} choose opens the list of files
 */
export function makeSide(actions, choose) {
  const names = makeNames(actions);
  const guide = makeGuide();
  const warn = note("", "d2l-own-warn");
  const teach = makeButton("Teach", actions.begin, "d2l-pg-train");
  const camera = makeButton("Use the camera", actions.shoot.open);
  const remove = makeButton("Remove this picture", actions.remove);
  const add = makeRow(
    ...[camera, makeButton("Choose pictures", choose), remove],
  );
  const end = makeEnd(actions);
  const node = column(...[names.node, guide.node, warn, teach, add, end.node]);
  /** @param {State} state */
  const show = (state) => {
    names.show(state);
    end.show(state);
    guide.show(state.pictures, state.classes);
    const why = whyNotTeach(state);
    setText(warn, why || warning(state));
    camera.hidden = remove.hidden = Boolean(state.source);
    teach.disabled = Boolean(why);
  };
  return { node, show };
}

/**
 * Files of all pictures, and their end.
 *
 * @param {Actions} actions
 */
function makeEnd({ savePictures, clear, tryExample }) {
  const sure = makeRow(
    makeButton("Yes, delete all", () => {
      ask(false);
      clear();
    }),
    makeButton("No", () => ask(false)),
  );
  const first = makeButton("Delete all", () => ask(true));
  /** @param {boolean} isAsked */
  const ask = (isAsked) => {
    [sure.hidden, first.hidden] = [!isAsked, isAsked];
  };
  ask(false);
  const example = makeButton("See the example", tryExample);
  const node = makeRow(
    ...FORMATS.map((format) =>
      makeButton(`Save as ${format} (zip)`, () => savePictures(format)),
    ),
    ...[example, first, sure],
  );
  /** @param {State} state */
  const show = ({ aside, busy }) => {
    example.hidden = Boolean(aside); // own pictures come back after it
    example.disabled = Boolean(busy);
  };
  return { node, show };
}
