/** Keys of the box editor. */

import * as edits from "./box_edits.js";
import { MAX_CLASSES } from "./state.js";

/** @typedef {import("./boxes.js").Editor} Editor */
/** @typedef {Partial<Record<string, (editor: Editor) => void>>} Actions */

/** @type {Actions} */
const EVERYWHERE = {
  n: edits.add,
  a: (editor) => edits.accept(editor),
  "ctrl+z": edits.undo,
  ...Object.fromEntries(
    Array.from({ length: MAX_CLASSES }, (_, k) => [
      `${k + 1}`,
      (/** @type {import("./boxes.js").Editor} */ editor) =>
        edits.name(editor, k),
    ]),
  ),
};
/** @type {Actions} */
const ON_THE_PICTURE = {
  ...EVERYWHERE,
  enter: edits.ready,
  delete: edits.remove,
  backspace: edits.remove,
  escape: (editor) => edits.choose(editor, -1),
};

/**
 * Listen to keys while the focus is in the editor.
 *
 * @param {HTMLElement} node
 * @param {HTMLElement} frame of the picture
 * @param {Editor} editor
 */
export function listenToKeys(node, frame, editor) {
  node.onkeydown = (event) => {
    const target = /** @type {Element} */ (event.target);
    const key = keyOf(event);
    const isOn = frame.contains(target);
    if (key === "enter" && target.matches(".d2l-box-proposal")) return;
    const action = (isOn ? ON_THE_PICTURE : EVERYWHERE)[key];
    const isArrow = isOn && /^(ctrl\+)?arrow/.test(key);
    if (action || isArrow) edits.endDrag(editor);
    if (isArrow ? !edits.nudge(editor, event) : !action) return;
    event.preventDefault();
    if (!event.repeat) action?.(editor);
  };
}

/** @param {KeyboardEvent} event */
function keyOf({ key, ctrlKey, metaKey, altKey }) {
  const held = altKey ? "alt+" : ctrlKey || metaKey ? "ctrl+" : "";
  return held + key.toLowerCase();
}
