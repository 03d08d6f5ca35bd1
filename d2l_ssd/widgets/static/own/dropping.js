/** Pictures that are dropped on the page, or pasted; and the space key. */

import { shootOnSpace } from "./camera.js";

/**
 * @param {HTMLElement} el
 * @param {import("./state.js").State} state
 * @param {import("./actions.js").Actions} actions
 * @returns {() => void} what ends it
 */
export function takeFiles(el, state, actions) {
  const endDrops = takeDrops(el, (data) => {
    if (state.step === "watch") actions.watch([...data.files]);
    else actions.read(data);
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
    const { step, source } = state;
    if (step === "pictures" && source) actions.shoot.take();
    if (step === "watch" && source?.kind === "camera")
      actions.shoot.keepFrame();
  });
  return () => {
    document.removeEventListener("paste", paste);
    endDrops();
  };
}

/**
 * Take files that are dropped anywhere on the page, while this part of it is to be
 * seen: a browser opens a file that nobody takes, and the page is gone.
 *
 * @param {HTMLElement} el
 * @param {(data: DataTransfer) => void} take
 * @returns {() => void} what ends it
 */
function takeDrops(el, take) {
  const mark = (/** @type {boolean} */ isOver) =>
    el.classList.toggle("d2l-own-over", isOver);
  /** @param {DragEvent} event */
  const drag = (event) => {
    const { dataTransfer: data, target, defaultPrevented, type } = event;
    if (type === "dragleave") return event.relatedTarget || mark(false);
    const isOurs = el.contains(/** @type {Node} */ (target)) || isSeen(el);
    // Another part of the page may have a use for it
    if (!data?.types.includes("Files") || defaultPrevented) return mark(false);
    event.preventDefault();
    mark(isOurs && type === "dragover");
    if (isOurs && type === "drop") take(data);
  };
  const types = /** @type {const} */ (["dragover", "dragleave", "drop"]);
  for (const type of types) document.addEventListener(type, drag);
  return () => {
    for (const type of types) document.removeEventListener(type, drag);
  };
}

/** @param {HTMLElement} el */
function isSeen(el) {
  const { top, bottom } = el.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}
