/** Beside the pictures: names, what is missing, and what can be done with all. */

import { CLASS_COLORS } from "../lib/colors.js";
import { column, element, heading, note, setText } from "../lib/dom.js";
import { makeButton } from "../playground/controls.js";
import { makeGuide } from "./guide.js";
import { makePart, makeRow } from "./rows.js";
import { FORMATS } from "./saving.js";
import { MAX_CLASSES, warning, whyNotTeach } from "./state.js";

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
  const node = column(
    ...[names.node, guide.node, warn, teach, add],
    makeEnd(actions),
  );
  /** @param {State} state */
  const show = (state) => {
    names.show(state.classes);
    guide.show(state.pictures, state.classes);
    const why = whyNotTeach(state);
    setText(warn, why || warning(state));
    camera.hidden = remove.hidden = Boolean(state.source);
    teach.disabled = Boolean(why);
  };
  return { node, show };
}

/**
 * The names of the things; the reader writes over them.
 *
 * @param {Actions} actions
 */
function makeNames({ rename, addThing, dropThing }) {
  const inputs = Array.from({ length: MAX_CLASSES }, (_, k) => {
    const input = element("input", {
      ...{
        type: "text",
        maxLength: 30,
        "aria-label": `Name of thing ${k + 1}`,
      },
      oninput: () => rename(k, input.value), // a reload may come at once
    });
    input.style.borderLeftColor = CLASS_COLORS[k];
    return input;
  });
  const more = makeButton("+ another thing", addThing, "d2l-pg-link");
  const less = makeButton("− last thing", dropThing, "d2l-pg-link");
  const node = makePart("names", heading("Your thing"), ...inputs, more, less);
  /** @param {string[]} classes */
  const show = (classes) => {
    inputs.forEach((input, k) => {
      input.hidden = k >= classes.length;
      if (document.activeElement !== input) input.value = classes[k] ?? "";
    });
    more.hidden = classes.length >= MAX_CLASSES;
    less.hidden = classes.length < 2;
  };
  return { node, show };
}

/**
 * Files of all pictures, and their end.
 *
 * @param {Actions} actions
 */
function makeEnd({ savePictures, clear }) {
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
  return makeRow(
    ...FORMATS.map((format) =>
      makeButton(`Save as ${format} (zip)`, () => savePictures(format)),
    ),
    first,
    sure,
  );
}
