/** Buttons under a picture: they name boxes, remove them, and go on. */

import { element, note, setText } from "../lib/dom.js";
import { makeButton } from "../playground/controls.js";
import { accept, add, name, ready, remove, undo } from "./box_edits.js";

/** @typedef {import("./boxes.js").Editor} Editor */

/** @param {Editor} editor */
export function makeBoxTools(editor) {
  const main = makeButton("", () => ready(editor), "d2l-pg-train d2l-box-main");
  const take = makeButton("Accept", () => accept(editor));
  const less = makeButton("", () => remove(editor));
  const back = makeButton("Undo", () => undo(editor));
  const names = element("div", {
    className: "d2l-pg-segments",
    role: "group",
    "aria-label": "Thing",
  });
  const more = makeButton("Add a box", () => add(editor));
  const node = element(
    "div",
    { className: "d2l-box-tools" },
    ...[names, main, take, more, less, back],
    note(
      "Drag, or click two corners. Keys: N new, arrows move, Shift + arrows " +
        "resize (with Ctrl in large steps), Delete, A accept, Enter next.",
    ),
  );
  const show = () => {
    const { items, open, chosen, past, isRemoved } = editor;
    setText(main, readyText(editor));
    // Most pictures show the thing: that this one does not is said more quietly
    main.classList.toggle("d2l-box-none", !items.length && !open.length);
    take.hidden = !open.length;
    setText(less, chosen < 0 && open.length ? "Reject" : "Delete box");
    less.disabled = chosen < 0 && !open.length;
    back.disabled = !past.length && !isRemoved;
    showNames(names, editor);
  };
  return { node, show };
}

/**
 * Say what Enter does.
 *
 * @param {Editor} editor
 */
function readyText({ items, open, classes }) {
  if (items.length) return "Ready, next";
  return open.length ? "Accept, next" : `No ${classes.join(" or ")} here, next`;
}

/**
 * @param {HTMLElement} group
 * @param {Editor} editor
 */
function showNames(group, editor) {
  const { classes, items, chosen, label } = editor;
  const { children } = group;
  group.hidden = classes.length < 2;
  while (children.length < classes.length) {
    const k = children.length;
    group.append(makeButton("", () => name(editor, k), "d2l-pg-segment"));
  }
  const shown = items[chosen]?.label ?? label;
  [...children].forEach((child, k) => {
    /** @type {HTMLElement} */ (child).hidden = k >= classes.length;
    setText(child, `${k + 1} ${classes[k]}`);
    child.setAttribute("aria-pressed", `${k === shown}`);
  });
}
