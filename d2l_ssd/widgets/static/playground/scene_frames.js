/** The scenes in their frames, with what is chosen above and explained below. */

import { CLASSES } from "../engine/scenes.js";
import { CLASS_COLORS, textOn } from "../lib/colors.js";
import { element } from "../lib/dom.js";
import { LETTERS } from "./pictures.js";
import { OWN } from "./state.js";

/** @param {import("./layout.js").Parts} parts */
export function layScenes(parts) {
  const { chips, views, scenes, frames, zoom, own, classes } = parts;
  const nodes = scenes.map(({ stage }, k) => {
    const frame = element("div", { className: "d2l-pg-scene" }, stage.canvas);
    frame.dataset.scene = String(k);
    if (k === OWN) frame.append(own.node, layHint());
    return frame;
  });
  frames.append(...nodes, zoom.node);
  return element(
    "div",
    { className: "d2l-pg-left" },
    chips.node,
    views.node,
    frames,
    element(
      "div",
      { className: "d2l-pg-legend" },
      ...CLASSES.map((name, k) => layClass(name, k)),
      element("span", { className: "d2l-pg-dashed" }, "ground truth"),
      element("span", { className: "d2l-pg-yours" }, "yours:", classes.node),
    ),
  );
}

function layHint() {
  return element("span", { className: "d2l-pg-hint" }, "yours: drag a shape");
}

/**
 * @param {string} name
 * @param {number} k
 */
function layClass(name, k) {
  const key = element("b", {}, LETTERS[k]);
  key.style.background = CLASS_COLORS[k];
  key.style.color = textOn(CLASS_COLORS[k]);
  return element("span", {}, key, name);
}
