/** The names of the things, and how many there are. */

import { CLASS_COLORS } from "../lib/colors.js";
import { element, heading, note, setText } from "../lib/dom.js";
import { makeButton } from "../playground/controls.js";
import { makePart, makeRow } from "./rows.js";
import { isTrained, MAX_CLASSES, readyPictures } from "./state.js";

/** @typedef {import("./state.js").State} State */

/** @param {import("./actions.js").Actions} actions */
export function makeNames({ rename, addThing, dropThing }) {
  const inputs = Array.from({ length: MAX_CLASSES }, (_, k) => {
    return makeInput(k, rename);
  });
  const ask = makeQuestion("Yes, another thing", addThing);
  /** @type {State} */
  let now;
  const askOrAdd = () => {
    const cost = costOfThing(now);
    if (cost) ask.open(cost);
    else addThing();
  };
  const more = makeButton("+ another thing", askOrAdd, "d2l-pg-link");
  const less = makeButton("", dropThing, "d2l-pg-link");
  const why = note();
  const node = makePart(
    "names",
    ...[heading("Your thing"), ...inputs, more, less, why, ask.node],
  );
  /** @param {State} state */
  const show = (state) => {
    now = state;
    const { classes } = state;
    inputs.forEach((input, k) => {
      input.hidden = k >= classes.length;
      if (document.activeElement !== input) input.value = classes[k] ?? "";
    });
    more.hidden = classes.length >= MAX_CLASSES;
    less.hidden = classes.length < 2;
    const { length } = classes;
    setText(less, `− remove thing ${length} (${classes[length - 1]})`);
    const reason = whyThingStays(state);
    less.disabled = Boolean(reason);
    setText(why, reason);
  };
  return { node, show };
}

/**
 * @param {number} k
 * @param {(k: number, name: string) => void} rename
 */
function makeInput(k, rename) {
  const input = element("input", {
    ...{ type: "text", maxLength: 30, "aria-label": `Name of thing ${k + 1}` },
    oninput: () => rename(k, input.value), // a reload may come at once
  });
  input.style.borderLeftColor = CLASS_COLORS[k];
  return input;
}

/**
 * A question before something is lost.
 *
 * @param {string} yes
 * @param {() => void} act
 */
function makeQuestion(yes, act) {
  const text = note();
  const close = () => (node.hidden = true);
  const sure = makeButton(yes, () => {
    close();
    act();
  });
  const node = makeRow(text, sure, makeButton("No", close));
  node.hidden = true;
  /** @param {string} question */
  const open = (question) => {
    setText(text, question);
    node.hidden = false;
    sure.focus();
  };
  return { node, open };
}

/**
 * What another thing would cost, or "".
 *
 * @param {State} state
 */
export function costOfThing(state) {
  const { length } = readyPictures(state);
  const again = `you go through ${length} pictures again: a thing without its box is taught as background`;
  const lost = "the detector is taught anew";
  const costs = [length ? again : "", isTrained(state) ? lost : ""];
  const said = costs.filter(Boolean).join("; ");
  return said && `With another thing, ${said}.`;
}

/**
 * Why the last thing cannot be removed, or "".
 *
 * @param {State} state
 */
export function whyThingStays({ classes, pictures }) {
  const last = classes.length - 1;
  if (!last) return "";
  const shown = pictures.filter(({ labels }) => labels.classes.includes(last));
  const { length } = shown;
  if (!length) return "";
  const where =
    length === 1 ? "1 picture has a box" : `${length} pictures have boxes`;
  return `${where} of thing ${last + 1}: remove them first.`;
}
