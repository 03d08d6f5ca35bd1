/** All pictures, small, with their boxes: one is chosen. */

import { CLASS_COLORS } from "../lib/colors.js";
import { element, setLabel } from "../lib/dom.js";
import { makePicture } from "../playground/pictures.js";
import { STORED_SIDE } from "../own_engine/pyramid.js";

/** @typedef {import("../lib/labels.js").Labels} Labels */
/** @typedef {import("./state.js").Picture} Picture */

/** @param {(id: string) => void} choose */
export function makeThumbs(choose) {
  /** @type {Map<string, ReturnType<typeof makeThumb>>} */
  const thumbs = new Map();
  const node = element("div", {
    ...{ className: "d2l-own-thumbs", role: "group" },
    "aria-label": "All pictures",
  });
  /** @param {import("./state.js").State} state */
  const show = ({ pictures, selected, classes }) => {
    for (const [id, { button }] of thumbs) {
      if (pictures.some((picture) => picture.id === id)) continue;
      button.remove();
      thumbs.delete(id);
    }
    pictures.forEach((picture, k) => {
      const { id } = picture;
      const thumb = thumbs.get(id) ?? makeThumb(picture, () => choose(id));
      thumbs.set(id, thumb);
      if (node.children[k] !== thumb.button) {
        node.insertBefore(thumb.button, node.children[k] ?? null);
      }
      thumb.show(picture, k, id === selected, classes);
    });
  };
  return { node, show };
}

/**
 * @param {Picture} picture
 * @param {() => void} onclick
 */
function makeThumb({ pixels, width, height }, onclick) {
  const { canvas, setPixels } = makePicture(STORED_SIDE);
  setPixels(pixels);
  const boxes = makeBoxes();
  const button = element(
    "button",
    { className: "d2l-own-thumb", type: "button", onclick },
    canvas,
    boxes.node,
  );
  button.style.aspectRatio = `${width / height}`;
  /**
   * @param {Picture} picture
   * @param {number} k
   * @param {boolean} isChosen
   * @param {string[]} classes
   */
  const show = (picture, k, isChosen, classes) => {
    const { ready, keptBack, labels } = picture;
    boxes.show(labels);
    button.setAttribute("aria-pressed", String(isChosen));
    button.dataset.mark = ready ? (keptBack ? "kept back" : "✓") : "boxes?";
    const names = labels.classes.map((label) => classes[label]).join(", ");
    const what = ready ? names || "without it" : "waits for its boxes";
    setLabel(
      button,
      `Picture ${k + 1}: ${what}${ready && keptBack ? ", kept back" : ""}`,
    );
  };
  return { button, show };
}

/** Boxes that lie over a small picture. */
export function makeBoxes() {
  const node = element("span", { className: "d2l-own-boxes" });
  /** @type {Labels | null} */
  let shown = null;
  /** @param {Labels} labels */
  const show = (labels) => {
    if (labels === shown) return;
    shown = labels;
    const { classes, boxes } = labels;
    node.replaceChildren(
      ...classes.map((label, k) => {
        const box = element("i");
        const [x0, y0, x1, y1] = boxes.subarray(4 * k, 4 * k + 4);
        Object.assign(box.style, {
          ...{ left: percent(x0), top: percent(y0) },
          ...{ width: percent(x1 - x0), height: percent(y1 - y0) },
          color: CLASS_COLORS[label],
        });
        return box;
      }),
    );
  };
  return { node, show };
}

/** @param {number} share */
function percent(share) {
  return `${100 * share}%`;
}
