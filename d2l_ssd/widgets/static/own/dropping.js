/** Pictures that are dropped on the page, or pasted; and the space key. */

import { shootOnSpace } from "./camera.js";

/**
 * @param {HTMLElement} el
 * @param {import("./state.js").State} state
 * @param {import("./actions.js").Actions} actions
 * @returns {() => void} what ends it
 */
export function takeFiles(el, state, actions) {
  el.addEventListener("dragover", (event) => event.preventDefault());
  el.addEventListener("drop", (event) => {
    event.preventDefault();
    const { dataTransfer } = event;
    if (!dataTransfer) return;
    if (state.step === "watch") actions.watch([...dataTransfer.files]);
    else actions.read(dataTransfer);
  });
  /** @param {ClipboardEvent} event */
  const paste = (event) => {
    const { clipboardData, target } = event;
    const isText = /** @type {Element} */ (target).closest("input, textarea");
    if (isText || !clipboardData?.files.length || !isSeen(el)) return;
    event.preventDefault();
    if (state.step === "watch") actions.watch([...clipboardData.files]);
    else actions.read(event);
  };
  document.addEventListener("paste", paste);
  shootOnSpace(el, () => {
    if (state.step === "pictures" && state.source) actions.shoot.take();
  });
  return () => document.removeEventListener("paste", paste);
}

/** @param {HTMLElement} el */
function isSeen(el) {
  const { top, bottom } = el.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}
