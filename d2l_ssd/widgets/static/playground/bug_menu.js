/** The menu of bugs: one may be on. */

import { BUGS } from "../engine/bugs.js";
import { element, heading, note, setText } from "../lib/dom.js";

/**
 * A menu of all bugs, by where they are.
 *
 * @param {string} label
 * @param {(id: string) => void} choose
 * @param {string} none what no bug is called
 */
export function makeBugSelect(label, choose, none) {
  const places = [...new Set(BUGS.map(({ where }) => where))];
  const groups = places.map((place) =>
    element(
      "optgroup",
      { label: place },
      ...BUGS.filter(({ where }) => where === place).map(({ id, name }) =>
        element("option", { value: id }, name),
      ),
    ),
  );
  const select = element(
    "select",
    { "aria-label": label, onchange: () => choose(select.value) },
    element("option", { value: "" }, none),
    ...groups,
  );
  return select;
}

/**
 * @param {(id: string) => void} choose
 */
export function makeBugMenu(choose) {
  const select = makeBugSelect("A bug that is on", choose, "no bug");
  const sentence = note("", "d2l-why");
  const node = element(
    "div",
    { className: "d2l-side" },
    heading("Plant a bug"),
    note(
      "Most of these leave the loss falling. Bugs of decoding and use change at once; the others start a new run from the same seed.",
    ),
    element("div", { className: "d2l-pg-bug" }, select),
    sentence,
  );
  /** @param {string} id */
  const show = (id) => {
    if (select.value !== id) select.value = id;
    setText(sentence, BUGS.find((bug) => bug.id === id)?.sentence ?? "");
  };
  return { node, show };
}
